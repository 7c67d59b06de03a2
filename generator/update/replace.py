"""Replace files of a checkout together: all of them or none.

The new files are made in a scratch folder. If an error or a signal ends the run, the old files are
put back. git has them, too: only paths without uncommitted changes are replaced.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError

FOLDER = ".update"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def scratch_folder(root: Path) -> Generator[Path]:
    """A folder for new files inside the checkout, which git ignores and one run uses at a time.

    Raises:
        GeneratorError: Another run uses it.
    """
    folder = root / FOLDER
    try:
        folder.mkdir()
    except FileExistsError as error:
        raise GeneratorError(
            f"{folder}: another update is running, or was killed. If none is running, look at "
            "`git status`, restore what it shows, and delete this folder"
        ) from error
    before = {number: signal.signal(number, _stop) for number in _SIGNALS}
    try:
        (folder / ".gitignore").write_text("*\n", "utf-8")
        (folder / "new").mkdir()
        yield folder / "new"
    finally:
        shutil.rmtree(folder)
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(number: int, _: Any) -> None:
    raise SystemExit(128 + number)


def check_clean(root: Path, names: Sequence[str]) -> None:
    """Check that git can restore files and folders; a checkout without git is accepted.

    Raises:
        GeneratorError: They have uncommitted changes.
    """
    command = ["git", "-C", str(root), "status", "--porcelain", "--", *names]
    try:
        status = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - fixed arguments
    except (OSError, subprocess.CalledProcessError):
        return
    if status:
        raise GeneratorError(
            "files that the update would replace have uncommitted changes; commit or stash them, "
            f"then run it again:\n{status.rstrip()}"
        )


def replace(root: Path, new: Path, names: Sequence[str]) -> None:
    """Move files and folders from the scratch folder into the checkout, under the same names.

    Raises:
        GeneratorError: One cannot be replaced. All are as before.
    """
    old = new.parent / "old"
    moves: list[tuple[Path, Path]] = []
    try:
        for name in names:
            for source, target in ((root / name, old / name), (new / name, root / name)):
                target.parent.mkdir(parents=True, exist_ok=True)
                moves.append((source, target))
                if source.exists() or source.is_relative_to(new):
                    source.rename(target)
    except BaseException as error:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # the scratch folder restores the handlers
        for source, target in reversed(moves):
            if target.exists() and not source.exists():
                target.rename(source)
        if not isinstance(error, OSError):
            raise
        raise GeneratorError(f"{error.filename}: {error.strerror}") from error
