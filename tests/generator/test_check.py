"""`make check-generated` names whatever is not what its sources give, and changes nothing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from generator.__main__ import main
from generator.check import check
from generator.client.generate import build
from generator.spec.contract import make_contract
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM, ROOT

ITEM = "generated/openrouter_analytics/models/activity_item.py"


class Edit(NamedTuple):
    """A text in a file that gives way to another, and what the check then says."""

    path: str
    old: str
    new: str
    said: tuple[str, ...]

    def make(self, root: Path) -> None:
        text = (root / self.path).read_text("utf-8")
        assert self.old in text
        (root / self.path).write_text(text.replace(self.old, self.new, 1), "utf-8", newline="")


EDITS = {
    "one byte of the package": Edit(
        ITEM,
        "The model ActivityItem",
        "The Model ActivityItem",
        (
            f"{ITEM} is changed.\n--- {ITEM} (committed)\n+++ {ITEM} (made)\n@@ ",
            '\n-"""The Model ActivityItem."""\n+"""The model ActivityItem."""\n',
            "`make generate`",
        ),
    ),
    "a line end": Edit(
        ITEM, "\n", "\r\n", (f"{ITEM} is changed.\nThe line ends differ", "`make generate`")
    ),
    "a description of the contract": Edit(
        "openapi.yaml",
        "Number of requests.",
        "Number of calls.",
        (
            "openapi.yaml is changed.\n",
            "mend: correct spec/, then `make spec generate`",
            "--- openapi.yaml (committed)\n+++ openapi.yaml (made)\n@@ ",
            "\n-          description: Number of calls.\n",
            "\n+          description: Number of requests.\n",
            f"{ITEM} is changed.",
            "`make generate`",
        ),
    ),
    "the target of an overlay action": Edit(
        "spec/upstream.yaml",
        "name: Authorization",
        "name: X-Key",
        (
            "openapi.yaml cannot be made",
            "\n  - The header parameter `Authorization` goes.\n",
            "target: $.paths['/activity'].get.parameters[",
            "matches nothing",
            "\nmend: ",
            "`make spec",
        ),
    ),
    "an overlay action": Edit(
        "spec/overlay.yaml",
        "title: OpenRouter Analytics",
        "title: Analytics",
        ("-  title: OpenRouter Analytics\n+  title: Analytics\n", "`make spec generate`"),
    ),
    "the generator's version in the lock": Edit(
        "requirements.txt",
        "\nopenapi-python-client==",
        "\nopenapi-python-client==99.",
        ("openapi-python-client is ", "99.", "in requirements.txt", "mend: ", "`make lock"),
    ),
    "ruff's version in the lock": Edit(
        "requirements.txt",
        "\nruff==",
        "\nruff==99.",
        ("ruff is ", "99.", "in requirements.txt", "mend: ", "`make lock"),
    ),
    "a tool of the lock": Edit(
        "requirements.txt",
        "\nruff==",
        "\nrough==",
        ("ruff is ", "missing in requirements.txt", "mend: ", "`make lock"),
    ),
    "the version of the package": Edit(
        "generator-config.yaml",
        "package_version_override: ",
        "package_version_override: 9.",
        ("generated/openrouter_analytics/_package.py is changed.", "`make generate`"),
    ),
    "the name of the package": Edit(
        "generator-config.yaml",
        "package_name_override: openrouter_analytics",
        "package_name_override: analytics",
        (
            "generated/analytics/client.py is missing.",
            "generated/openrouter_analytics/client.py is extra: nothing generates it.",
            "`make generate`",
        ),
    ),
}


PACKAGE = "generated/openrouter_analytics"

OTHER_EDITS: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "a file added": (
        lambda root: (root / PACKAGE / "models/by_hand.py").touch(),
        (f"{PACKAGE}/models/by_hand.py is extra", "`make generate`"),
    ),
    "a file added beside the package": (
        lambda root: (root / "generated/notes.txt").touch(),
        ("generated/notes.txt is extra", "`make generate`"),
    ),
    "a file deleted": (
        lambda root: (root / ITEM).unlink(),
        (f"{ITEM} is missing.", "`make generate`"),
    ),
    "all deleted": (
        lambda root: shutil.rmtree(root / "generated"),
        (f"{ITEM} is missing.", "`make generate`"),
    ),
    "the contract deleted": (
        lambda root: (root / "openapi.yaml").unlink(),
        ("openapi.yaml is changed.", "+openapi: 3.1", "… and ", "`make spec generate`"),
    ),
    "a byte that is no text": (
        lambda root: (root / ITEM).write_bytes(b"\xff\n"),
        (f"{ITEM} is changed.\n", "-\\xff", "`make generate`"),
    ),
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of the chain's first version: the edits stay true when the project goes on."""
    folder = tmp_path_factory.mktemp("first") / "checkout"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "generator", folder / "generator", ignore=ignored)
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    config = (ROOT / "tests/generator/update/generator-config.yaml").read_bytes().decode()
    texts = {
        "spec/upstream.yaml": FIRST_UPSTREAM,
        "spec/overlay.yaml": FIRST_OVERLAY,
        "openapi.yaml": make_contract(FIRST_UPSTREAM, FIRST_OVERLAY),
        "generator-config.yaml": config,
    }
    (folder / "spec").mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="")
    build(folder / "openapi.yaml", folder / "generator-config.yaml", folder / "generated")
    return folder


@pytest.fixture
def checkout(first: Path, tmp_path: Path) -> Path:
    """A copy of it to edit."""
    return shutil.copytree(first, tmp_path / "checkout")


@pytest.fixture
def templates(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The copy's templates, in which the check now looks for what they were forked from."""
    folder = checkout / "generator/client/templates"
    monkeypatch.setattr("generator.check.TEMPLATES", folder)
    return folder


def state(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Every file and folder, when it was last written, and its content."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


def test_a_clean_checkout_passes(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(checkout)

    code = main(["check", "--root", str(checkout)])

    printed = capsys.readouterr()
    assert "" == printed.err
    assert 0 == code
    assert "openapi.yaml and generated/ are what their sources give.\n" == printed.out
    assert before == state(checkout)


def test_what_python_compiles_for_itself_is_not_extra(checkout: Path) -> None:
    cache = checkout / "generated/openrouter_analytics/__pycache__"
    cache.mkdir()
    (cache / "client.cpython-311.pyc").write_bytes(b"\0")

    report = check(checkout)

    assert "" == report


ALL_EDITS = {name: (edit.make, edit.said) for name, edit in EDITS.items()} | OTHER_EDITS


@pytest.mark.parametrize("name", ALL_EDITS)
def test_an_edit_is_named_with_what_mends_it(checkout: Path, name: str) -> None:
    edit, expected = ALL_EDITS[name]
    edit(checkout)
    before = state(checkout)

    report = check(checkout)

    assert [] == [said for said in expected if said not in report], report
    assert before == state(checkout)


def test_an_edit_fails_the_command(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    EDITS["one byte of the package"].make(checkout)

    code = main(["check", "--root", str(checkout)])

    printed = capsys.readouterr()
    assert 1 == code
    assert f"{check(checkout)}\n" == printed.err
    assert "" == printed.out
    assert 1 == printed.err.count(" is changed.")
    assert "openapi.yaml is" not in printed.err


def test_a_missing_lock_is_an_error(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "requirements.txt").unlink()

    code = main(["check", "--root", str(checkout)])

    assert 1 == code
    assert f"error: {checkout / 'requirements.txt'}: No such file or directory\n" == (
        capsys.readouterr().err
    )


def test_a_template_that_was_edited_is_seen_in_what_it_makes(checkout: Path) -> None:
    # The copy's own generator: this process has that of the checkout.
    edit = Edit(
        "generator/client/runtime/types.py",
        "Types that operations and models share.",
        "Types that are shared.",
        (
            "generated/openrouter_analytics/types.py is changed.\n",
            '\n-"""Types that operations and models share."""\n+"""Types that are shared."""\n',
            "`make generate`",
        ),
    )
    edit.make(checkout)
    before = state(checkout)

    finished = subprocess.run(
        [sys.executable, "-m", "generator", "check", "--root", checkout],
        cwd=checkout,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert 1 == finished.returncode
    assert "" == finished.stdout
    assert [] == [said for said in edit.said if said not in finished.stderr], finished.stderr
    assert before == state(checkout)


FORKED = "was forked from openapi-python-client"


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        (
            r"sha256 [0-9a-f]{4}",
            "sha256 0000",
            (FORKED, "mend: merge what upstream changed", "`make generate`"),
        ),
        (r"openapi-python-client .", "openapi-python-client 9", (FORKED, "is installed")),
        (r", types.py.jinja", ", gone.jinja", (FORKED, "its gone.jinja has sha256 none")),
        (r"(?s)\A.*?#}\n", "", ("replaces upstream's and does not say which.", "mend: put")),
    ],
)
def test_a_fork_that_is_not_of_the_installed_template_is_named(
    checkout: Path, templates: Path, pattern: str, new: str, said: tuple[str, ...]
) -> None:
    path = templates / "types.py.jinja"
    path.write_text(re.sub(pattern, new, path.read_text("utf-8"), count=1))

    report = check(checkout)

    assert report.startswith("generator/client/templates/types.py.jinja ")
    assert [] == [words for words in said if words not in report]


def test_a_runtime_module_that_replaces_a_template_unsaid_is_named(
    checkout: Path, templates: Path
) -> None:
    (templates / "types.py.jinja").unlink()

    report = check(checkout)

    assert report.startswith("generator/client/runtime/types.py replaces a template of upstream")
    assert "\nmend: " in report
