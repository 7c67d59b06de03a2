"""`make check-generated` names whatever is not what its sources give, and changes nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.__main__ import main
from generator.check import check
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM, ROOT
from tests.generator.update.checkout import Checkout

PACKAGE = "generated/openrouter_analytics"
ITEM = f"{PACKAGE}/models/activity_item.py"
TEMPLATE = "generator/client/templates/types.py.jinja"
GENERATE, SPEC, LOCK = "`make generate`", "`make spec generate`", "`make lock"
FORKED = f"{TEMPLATE} was forked from openapi-python-client"

Edit = Callable[[Path], object]


def replaced(name: str, pattern: str, new: str) -> Edit:
    """An edit that replaces the first match in a file."""

    def edit(root: Path) -> None:
        text, count = re.subn(pattern, new, (root / name).read_text("utf-8"), count=1)
        assert count == 1
        (root / name).write_text(text, "utf-8", newline="")

    return edit


#: By what is edited: the edit of a checkout, and words of the report.
EDITS: dict[str, tuple[Edit, list[str]]] = {
    "one byte of the package": (
        replaced(ITEM, "The model ActivityItem", "The Model ActivityItem"),
        [
            f"{ITEM} is changed.\n--- {ITEM} (committed)\n+++ {ITEM} (made)\n@@ ",
            '\n-"""The Model ActivityItem."""\n+"""The model ActivityItem."""\n',
            GENERATE,
        ],
    ),
    "a line end": (
        replaced(ITEM, "\n", "\r\n"),
        [f"{ITEM} is changed.\nThe line ends differ", GENERATE],
    ),
    "a byte that is no text": (
        lambda root: (root / ITEM).write_bytes(b"\xff\n"),
        [f"{ITEM} is changed.\n", "-\\xff", GENERATE],
    ),
    "a file added": (
        lambda root: (root / PACKAGE / "models/by_hand.py").touch(),
        [f"{PACKAGE}/models/by_hand.py is extra: nothing generates it.", GENERATE],
    ),
    "a file added beside the package": (
        lambda root: (root / "generated/notes.txt").touch(),
        ["generated/notes.txt is extra", GENERATE],
    ),
    "a file deleted": (lambda root: (root / ITEM).unlink(), [f"{ITEM} is missing.", GENERATE]),
    "all deleted": (
        lambda root: shutil.rmtree(root / "generated"),
        [f"{ITEM} is missing.", GENERATE],
    ),
    "a description of the contract": (
        replaced("openapi.yaml", "Number of requests.", "Number of calls."),
        [
            "openapi.yaml is changed.\n--- openapi.yaml (committed)\n+++ openapi.yaml (made)\n@@ ",
            "\n-          description: Number of calls.\n",
            "\n+          description: Number of requests.\n",
            "mend: correct spec/, then `make spec generate`",
            f"{ITEM} is changed.",
            GENERATE,
        ],
    ),
    "the contract deleted": (
        lambda root: (root / "openapi.yaml").unlink(),
        ["openapi.yaml is changed.", "+openapi: 3.1", "… and ", SPEC],
    ),
    "the target of an overlay action": (
        replaced("spec/upstream.yaml", "name: Authorization", "name: X-Key"),
        [
            "openapi.yaml cannot be made",
            "\n  - The header parameter `Authorization` goes.\n",
            "target: $.paths['/activity'].get.parameters[",
            "matches nothing",
            SPEC,
        ],
    ),
    "an overlay action": (
        replaced("spec/overlay.yaml", "title: OpenRouter Analytics", "title: Analytics"),
        ["-  title: OpenRouter Analytics\n+  title: Analytics\n", SPEC],
    ),
    "the generator's version in the lock": (
        replaced("requirements.txt", "\nopenapi-python-client==", "\nopenapi-python-client==99."),
        ["openapi-python-client is ", "99.", "in requirements.txt", LOCK],
    ),
    "ruff's version in the lock": (
        replaced("requirements.txt", "\nruff==", "\nruff==99."),
        ["ruff is ", "99.", "in requirements.txt", LOCK],
    ),
    "a tool of the lock": (
        replaced("requirements.txt", "\nruff==", "\nrough=="),
        ["ruff is ", "missing in requirements.txt", LOCK],
    ),
    "the version of the package": (
        replaced("generator-config.yaml", "version_override: ", "version_override: 9."),
        [f"{PACKAGE}/_package.py is changed.", GENERATE],
    ),
    "the name of the package": (
        replaced("generator-config.yaml", "openrouter_analytics", "analytics"),
        [
            "generated/analytics/client.py is missing.",
            f"{PACKAGE}/client.py is extra: nothing generates it.",
            GENERATE,
        ],
    ),
    "a runtime module": (
        replaced("generator/client/runtime/types.py", "operations and models share", "are shared"),
        [
            f"{PACKAGE}/types.py is changed.\n",
            '\n-"""Types that operations and models share."""\n+"""Types that are shared."""\n',
            GENERATE,
        ],
    ),
    "a fork of another text": (
        replaced(TEMPLATE, "sha256 [0-9a-f]{4}", "sha256 0000"),
        [FORKED, "mend: merge what upstream changed", GENERATE],
    ),
    "a fork of another version": (
        replaced(TEMPLATE, "openapi-python-client .", "openapi-python-client 9"),
        [FORKED, "is installed"],
    ),
    "a fork of a template that has gone": (
        replaced(TEMPLATE, ", types.py.jinja", ", gone.jinja"),
        [FORKED, "its gone.jinja has sha256 none"],
    ),
    "a fork that names no version": (
        replaced(TEMPLATE, r"(?s)\A.*?#}\n", ""),
        [f"{TEMPLATE} replaces upstream's and does not say which.", "mend: put"],
    ),
    "a runtime module that replaces a template unsaid": (
        lambda root: (root / TEMPLATE).unlink(),
        ["generator/client/runtime/types.py replaces a template of upstream", "mend: record"],
    ),
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout of the chain's first version, so that the edits fit when the project changes."""
    folder = tmp_path_factory.mktemp("first") / "checkout"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "generator", folder / "generator", ignore=ignored)
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    return Checkout.of(folder, FIRST_UPSTREAM, FIRST_OVERLAY).root


@pytest.fixture
def checkout(first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to edit. The check reads the templates and the runtime of this copy."""
    folder = shutil.copytree(first, tmp_path / "checkout")
    monkeypatch.setattr("generator.check.TEMPLATES", (folder / TEMPLATE).parent)
    monkeypatch.setattr("generator.client.render.RUNTIME", folder / "generator/client/runtime")
    return folder


def state(folder: Path) -> dict[Path, tuple[int, bytes]]:
    """Every file and folder, when it was last written, and its content."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


def test_a_clean_checkout_passes(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cache = checkout / PACKAGE / "__pycache__"  # what Python compiles for itself is not extra
    cache.mkdir()
    (cache / "client.cpython-311.pyc").write_bytes(b"\0")
    before = state(checkout)

    code = main(["check", "--root", str(checkout)])

    printed = capsys.readouterr()
    assert (0, "") == (code, printed.err)
    assert "openapi.yaml and generated/ are what their sources give.\n" == printed.out
    assert before == state(checkout)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_named_with_what_mends_it(checkout: Path, name: str) -> None:
    edit, words = EDITS[name]
    edit(checkout)
    before = state(checkout)

    report = check(checkout)

    assert [] == [said for said in words if said not in report], report
    assert "\nmend: " in report
    assert before == state(checkout)


def test_an_edit_fails_the_command(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    EDITS["one byte of the package"][0](checkout)

    code = main(["check", "--root", str(checkout)])

    printed = capsys.readouterr()
    assert (1, "") == (code, printed.out)
    assert f"{check(checkout)}\n" == printed.err
    assert 1 == printed.err.count(" is changed.")


def test_a_missing_lock_is_an_error(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = checkout / "requirements.txt"
    lock.unlink()

    code = main(["check", "--root", str(checkout)])

    assert 1 == code
    assert f"error: {lock}: No such file or directory\n" == capsys.readouterr().err
