"""Each check of a release fails once, on purpose, in a copy of the checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest

from tools.release_check import components
from tools.release_check.__main__ import main
from tools.release_check.release import PACKAGE, ROOT
from tools.release_check.version import own_version

NAMES = (
    *(".gitignore", "CHANGELOG.md", "LICENSE", "README.md", "generated", "generator-config.yaml"),
    *("openapi.yaml", "public-names.txt", "pyproject.toml", "sandbox", "tests/package"),
    *("requirements.txt", "tools"),
)
OWN = own_version(ROOT)
WHEEL = "[tool.hatch.build.targets.wheel]\n"
METHOD = "def with_timeout("


class Checkout:
    """A copy of the checkout with its own history."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        for name in NAMES:
            source, target = ROOT / name, root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)

    def check(self, *arguments: str) -> tuple[int, str]:
        """The exit code and the output of the release check."""
        self._capsys.readouterr()
        code = main(list(arguments), self.root)
        return code, self._capsys.readouterr().out

    def edit(self, name: str | Path, old: str, new: str) -> None:
        text = (self.root / name).read_text("utf-8")
        assert text.count(old) == 1
        (self.root / name).write_text(text.replace(old, new), "utf-8")

    def set_version(self, number: str) -> None:
        path = self.root / PACKAGE / "_package.py"
        text = re.sub(r'(?<=__version__ = ")[^"]+', number, path.read_text("utf-8"))
        path.write_text(text, "utf-8")

    def commit(self, tag: str = "") -> None:
        self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A state")
        if tag:
            self.git("tag", tag)

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True)

    def build(self) -> None:
        command = (sys.executable, "-m", "hatchling", "build", "--directory", "dist")
        subprocess.run(command, cwd=self.root, capture_output=True, check=True)


@pytest.fixture
def checkout(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Checkout:
    for name in [name for name in os.environ if name.startswith("GIT_") or name == "CI"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    return Checkout(tmp_path / "copy", capsys)


@pytest.fixture
def released(checkout: Checkout) -> Checkout:
    """A copy with the release 1.2.9 and a later commit."""
    checkout.set_version("1.2.9")
    checkout.commit("v1.2.9")
    checkout.commit()
    return checkout


def test_the_first_release_follows_nothing(checkout: Checkout) -> None:
    checkout.commit("v-is-no-version")

    assert checkout.check("version", "git") == (
        0,
        f"ok    version     {OWN}; nothing was released before\n"
        "ok    git         everything is committed\n",
    )


def test_the_tagged_commit_passes(checkout: Checkout) -> None:
    checkout.set_version("1.2.3")
    checkout.commit("v1.2.3")

    assert checkout.check("version", "--tag", "v1.2.3")[0] == 0
    assert (
        "the tag is v1.2.4 and the version 1.2.3: tag v1.2.3, or set"
        in (checkout.check("version", "--tag", "v1.2.4")[1])
    )


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1.2.9", "1.2.9 does not follow the released 1.2.9, 1.2.10 is due: set package_version"),
        ("1.1.10", "1.1.10 does not follow the released 1.2.9"),
        ("1.2.10", "ok    version     1.2.10, after 1.2.9"),
        ("1.2.3rc1", "the version 1.2.3rc1 is not of the form 1.2.3"),
    ],
)
def test_a_version_follows_the_last_release(released: Checkout, number: str, said: str) -> None:
    released.set_version(number)

    code, output = released.check("version")

    assert code == ("ok  " not in said)
    assert said in output


@pytest.mark.parametrize(
    ("method", "number", "due"),
    [
        ("def _gone(", "1.3.0", "2.0.0"),
        ("def _gone(", "2.0.0", ""),
        (f"def new(self) -> None: ...\n\n    {METHOD}", "1.2.10", "1.3.0"),
        (f"def new(self) -> None: ...\n\n    {METHOD}", "1.3.0", ""),
    ],
)
def test_the_step_is_as_large_as_the_change_of_the_api(
    released: Checkout, method: str, number: str, due: str
) -> None:
    released.edit(PACKAGE / "_base_client.py", METHOD, method)
    released.set_version(number)

    code, output = released.check("version")

    assert code == bool(due)
    assert (f"too small a step from 1.2.9, {due} is due: " in output) == bool(due)


def test_tags_that_cannot_be_read_stop(released: Checkout, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    released.git("clone", "--quiet", "--depth", "1", f"file://{released.root}", str(shallow))
    released.root = shallow
    assert "git fetch --unshallow --tags" in released.check("version")[1]

    shutil.rmtree(shallow / ".git")
    assert (
        "STOP  version     git rev-parse: fatal: not a git repository"
        in (released.check("version")[1])
    )


def test_what_is_not_committed_stops_a_strict_check(checkout: Checkout) -> None:
    checkout.commit()
    (checkout.root / "README.md").write_text("", "utf-8")

    by_hand, strict = checkout.check("git"), checkout.check("git", "--strict")

    said = "git         not checked: 1 files are not committed, first README.md\n"
    assert ((0, f"--    {said}"), (1, f"STOP  {said}")) == (by_hand, strict)


ENTRY = "- A thing.\n"
DATED = f"## [{OWN}] - 2026-01-31\n"
OLD = "## [0.0.1] - 2025-12-01\n- The first.\n"


@pytest.mark.parametrize(
    ("text", "untagged", "tagged"),
    [
        (OLD, "has no entry for", "put `## ["),
        (ENTRY + OLD, "1 entries under Unreleased", "put `## ["),
        (DATED + OLD, "has no entry for", "has no entry for"),
        (ENTRY + DATED + ENTRY, "move the entries", "move the entries"),
        (f"## [{OWN}]\n{ENTRY}", "has no day", "has no day"),
        (f"## [{OWN}] - soon\n{ENTRY}", "has no day", "has no day"),
        (DATED + ENTRY + OLD, "1 entries under ", "1 entries under "),
    ],
)
def test_the_changelog_has_entries_for_the_version(
    checkout: Checkout, text: str, untagged: str, tagged: str
) -> None:
    (checkout.root / "CHANGELOG.md").write_text(f"# Changelog\n## [Unreleased]\n{text}")

    for said, arguments in ((untagged, ()), (tagged, ("--tag", f"v{OWN}"))):
        code, output = checkout.check("changelog", *arguments)
        assert code == (not said.startswith("1 entries"))
        assert said in output


def test_a_wheel_with_a_stray_file_stops(checkout: Checkout) -> None:
    stray = f'{WHEEL}force-include = {{ "CHANGELOG.md" = "CHANGELOG.md" }}\n'
    checkout.edit("pyproject.toml", WHEEL, stray)
    checkout.build()
    checkout.edit("pyproject.toml", stray, WHEEL)  # dist/ is checked and published

    code, output = checkout.check("contents")

    assert code == 1
    assert "test_the_wheel_holds_the_generated_package_and_nothing_else" in output


def test_without_a_wheel_nothing_passes(checkout: Checkout) -> None:
    code, output = checkout.check("twine", "contents")

    assert code == 1
    assert output.count("dist/ holds 0 *.whl, not one: run `make build`") == 2


SKIPPED = "import pytest\ndef test_a(): pass\ndef test_b(): pytest.skip('no Python 3.99')\n"


def test_a_python_that_is_not_installed_stops_a_strict_check(checkout: Checkout) -> None:
    (checkout.root / "tests/package/test_distribution.py").write_text(SKIPPED)
    (checkout.root / "dist").mkdir()
    for name in ("a.whl", "a.tar.gz"):
        (checkout.root / "dist" / name).touch()

    by_hand, strict = checkout.check("contents"), checkout.check("contents", "--strict")

    assert ("--", "STOP") == (by_hand[1][:4].strip(), strict[1][:4])
    assert (0, 1) == (by_hand[0], strict[0])
    assert "not checked: no Python 3.99" in by_hand[1]


def test_a_readme_that_installs_from_a_clone_stops_a_release(checkout: Checkout) -> None:
    between, release = checkout.check("readme"), checkout.check("readme", "--tag", "v1.2.3")
    readme = checkout.root / "README.md"
    readme.write_text(readme.read_text("utf-8").replace("dist/*.whl", "openrouter-analytics"))
    released = checkout.check("readme", "--tag", "v1.2.3")

    assert (0, 1, 0) == (between[0], release[0], released[0])
    assert "STOP  readme      README.md installs a wheel of dist/ in line " in release[1]


def test_a_description_that_an_index_cannot_show_stops(checkout: Checkout) -> None:
    checkout.edit("tools/package_page.py", "text/markdown", "text/x-rst")
    checkout.build()

    code, output = checkout.check("twine")

    assert code == 1
    assert "`long_description` has syntax errors in markup" in output


@pytest.mark.parametrize("licence", ["GPL-3.0-only", "MIT AND LGPL-2.1-only", "Our own", ""])
def test_a_licence_that_is_not_permissive_stops(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, licence: str
) -> None:
    permissive = checkout.check("licences")

    def other_licence(metadata: object) -> str:
        return licence

    monkeypatch.setattr(components, "licence", other_licence)
    other = checkout.check("licences")

    assert 0 == permissive[0], permissive[1]
    assert 1 == other[0]
    assert f"httpx=={version('httpx')}: {licence}\n" in other[1]


class Service(BaseHTTPRequestHandler):
    """A vulnerability service with one vulnerability, in one package."""

    vulnerable = ""

    def do_POST(self) -> None:
        package = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]
        advisory = {"id": "TEST-1", "summary": "It is broken.", "affected": [{"package": package}]}
        known = package["name"] == self.vulnerable
        body = json.dumps({"vulns": [advisory]} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def osv_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def test_a_known_vulnerability_stops_and_components_are_listed(
    checkout: Checkout, osv_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    healthy = checkout.check("advisories", "--osv-url", osv_url)
    listed = json.loads((checkout.root / "reports/sbom.cdx.json").read_text("utf-8"))
    monkeypatch.setattr(Service, "vulnerable", "httpx")
    broken = checkout.check("advisories", "--osv-url", osv_url)

    assert 0 == healthy[0], healthy[1]
    assert "CycloneDX" == listed["bomFormat"]
    assert {"attrs", "httpx", "msgspec", "rich"} <= {one["name"] for one in listed["components"]}
    assert 1 == broken[0]
    assert "TEST-1" in broken[1]


def test_a_service_that_cannot_be_reached_stops_a_strict_check(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("advisories", "--osv-url", "http://127.0.0.1:9/")

    by_hand = checkout.check(*arguments)
    monkeypatch.setenv("CI", "true")
    in_ci = checkout.check(*arguments)

    assert (0, 1) == (by_hand[0], in_ci[0])
    assert "not checked: the vulnerability service cannot be reached" in by_hand[1]
