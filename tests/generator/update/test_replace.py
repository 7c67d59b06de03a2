"""Files are replaced together or not at all, and only where git can restore them."""

from __future__ import annotations

import itertools
import signal
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.update.replace import FOLDER, check_clean, replace, scratch_folder
from tests.tools.test_update_workflow import git

NAMES = ["spec/upstream.yaml", "openapi.yaml", "CHANGELOG.md", "generated"]
OLD = {
    "spec/upstream.yaml": "old",
    "spec/overlay.yaml": "kept",
    "openapi.yaml": "old",
    "generated/client/__init__.py": "old",
    "generated/client/gone.py": "old",
    "other.txt": "kept",
}
NEW = {
    "spec/upstream.yaml": "new",
    "openapi.yaml": "new",
    "CHANGELOG.md": "new, and not there before",
    "generated/client/__init__.py": "new",
    "generated/client/come.py": "new",
}
REPLACED = {"spec/overlay.yaml": "kept", "other.txt": "kept"} | NEW


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    fill(tmp_path / "checkout", OLD)
    return tmp_path / "checkout"


@pytest.mark.parametrize("point", range(1, 8))
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_run_that_is_stopped_puts_everything_back(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, point: int
) -> None:
    """A signal comes before something is renamed for the first, second … seventh time."""
    renames, rename = itertools.count(1), Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if next(renames) == point:
            signal.raise_signal(number)
        return rename(path, target)

    def run() -> None:
        with scratch_folder(root) as new:
            fill(new, NEW)
            monkeypatch.setattr(Path, "rename", interrupted)
            replace(root, new, NAMES)

    with pytest.raises(SystemExit) as caught:
        run()

    assert 128 + number == caught.value.code
    assert OLD == contents(root)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(root: Path, name: str) -> None:
    with scratch_folder(root) as new:
        fill(new, NEW)
        (new / name).rename(new / "elsewhere")
        with pytest.raises(GeneratorError, match=f"{name}: No such file"):
            replace(root, new, NAMES)

    assert OLD == contents(root)


def test_a_second_run_is_refused_and_leaves_the_first_alone(root: Path) -> None:
    with scratch_folder(root) as new:
        fill(new, NEW)
        with (
            pytest.raises(GeneratorError, match="another update is running, or was killed"),
            scratch_folder(root),
        ):
            pass
        replace(root, new, NAMES)

    assert REPLACED == contents(root)
    assert not (root / FOLDER).exists()


def test_only_what_git_can_restore_is_replaced(root: Path) -> None:
    check_clean(root, NAMES)  # no git
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "First")
    (root / "other.txt").write_text("changed")
    check_clean(root, NAMES)
    with scratch_folder(root):
        assert FOLDER not in git(root, "status", "--porcelain")
    (root / "openapi.yaml").write_text("changed")
    (root / "generated/more.py").write_text("new")

    with pytest.raises(GeneratorError, match="commit or stash them") as caught:
        check_clean(root, NAMES)

    assert [" M openapi.yaml", "?? generated/more.py"] == str(caught.value).splitlines()[1:]
