"""Files are replaced together, or not at all, whenever a run is stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.update.replace import FOLDER, replace, workspace
from tests.generator.paths import ROOT

NAMES = ["spec/upstream.yaml", "openapi.yaml", "CHANGELOG.md", "generated"]
OLD = {
    "spec/upstream.yaml": "old",
    "spec/overlay.yaml": "kept",
    "openapi.yaml": "old",
    "generated/client/__init__.py": "old",
    "generated/client/gone.py": "old",
    "other.txt": "kept",
}
NEW = OLD | {
    "spec/upstream.yaml": "new",
    "openapi.yaml": "new",
    "CHANGELOG.md": "new, and not there before",
    "generated/client/__init__.py": "new",
    "generated/client/come.py": "new",
}
del NEW["generated/client/gone.py"]
COME = {name: text for name, text in NEW.items() if text.startswith("new")}

#: Replaces, and is sent a signal before the nth time that it touches the disk.
CHILD = """
import os, sys
from pathlib import Path
import json
from generator.update.replace import replace, workspace
from tests.generator.paths import ROOT

root, point, number = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
files, names = json.loads(sys.argv[4])
count = 0

def watch(event, arguments):
    global count
    if event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.copyfile", "open"):
        count += 1
        if count == point:
            os.kill(os.getpid(), number)

with workspace(root) as new:
    for name, text in files.items():
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).write_text(text)
    sys.addaudithook(watch)
    replace(root, new, names)
    print("replaced", flush=True)
"""


def fill(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def stopped(root: Path, point: int, number: int) -> subprocess.CompletedProcess[str]:
    files = json.dumps([COME, NAMES])
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(root), str(point), str(number), files],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    fill(tmp_path / "checkout", OLD)
    return tmp_path / "checkout"


def test_all_is_replaced_and_nothing_is_left_behind(root: Path) -> None:
    with workspace(root) as new:
        fill(new, COME)
        replace(root, new, NAMES)

    assert NEW == contents(root)


def test_without_replacing_nothing_changes(root: Path) -> None:
    with workspace(root) as new:
        fill(new, COME)

    assert OLD == contents(root)


def test_a_killed_run_is_undone_by_the_next_one(root: Path) -> None:
    outcomes: list[str] = []
    for point in range(1, 100):
        run = stopped(root, point, signal.SIGKILL)
        if run.returncode == 0:
            break
        assert -signal.SIGKILL == run.returncode, run.stderr
        with workspace(root):
            pass
        outcomes.append("new" if contents(root) == NEW else "old")
        assert contents(root) in (OLD, NEW), point
        if outcomes[-1] == "new":
            break

    assert {"old"} == set(outcomes[:-1])
    assert len(outcomes) > 10


def test_a_run_that_is_asked_to_stop_undoes_it_itself(root: Path) -> None:
    points = 0
    for point in range(1, 100, 2):
        run = stopped(root, point, signal.SIGTERM)
        if "replaced" in run.stdout:
            break
        points += 1
        assert 128 + signal.SIGTERM == run.returncode, run.stderr
        assert OLD == contents(root)

    assert points > 5


def test_a_second_run_at_the_same_time_is_refused_and_leaves_the_first_alone(root: Path) -> None:
    with workspace(root) as new:
        fill(new, COME)
        with pytest.raises(GeneratorError, match="another update is running"), workspace(root):
            pass
        replace(root, new, NAMES)

    assert NEW == contents(root)


def test_a_file_that_cannot_be_replaced_leaves_all_as_they_were(root: Path) -> None:
    with workspace(root) as new:
        fill(new, COME)
        (new / "openapi.yaml").unlink()
        with pytest.raises(GeneratorError, match=r"openapi\.yaml: No such file"):
            replace(root, new, NAMES)

    assert OLD == contents(root)


def test_git_does_not_see_the_workspace(root: Path) -> None:
    with workspace(root):
        ignored = (root / FOLDER / ".gitignore").read_text("utf-8")

    assert "*\n" == ignored
