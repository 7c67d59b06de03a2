"""Replace files of a checkout together: all of them, or none, whenever a run is interrupted.

What is replaced is first copied or moved aside, under a journal. An error or a signal puts it back
at once; after a crash, the next run does so before anything else.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Generator

FOLDER = ".update"
_JOURNAL = "journal.json"


@contextmanager
def workspace(root: Path) -> Generator[Path]:
    """A folder in the checkout for the files to come, which git does not see; one run at a time.

    Raises:
        GeneratorError: Another run has it.
    """
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*\n", "utf-8")
    with (folder / "lock").open("w", encoding="utf-8") as lock, _signals():
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise GeneratorError(f"{folder}: another update is running") from error
        try:
            _restore(root, folder)
            _empty(folder)
            new = folder / "new"
            new.mkdir()
            yield new
        finally:
            _restore(root, folder)
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _signals() -> Generator[None]:
    """Let the signals that end a run raise an exception, so that it is cleaned up after."""

    def stop(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    numbers = (signal.SIGTERM, signal.SIGHUP)
    try:
        before = [signal.signal(number, stop) for number in numbers]
    except ValueError:  # not in the main thread, which alone gets signals
        yield
        return
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def replace(root: Path, new: Path, names: list[str]) -> None:
    """Put files and folders of the workspace into the checkout, in place of what is there.

    Args:
        root: The checkout.
        new: The workspace, which has them under the same names.
        names: Which of them.

    Raises:
        GeneratorError: One cannot be replaced; all are as they were.
    """
    folder = new.parent
    old = folder / "old"
    try:
        old.mkdir()
        for name in names:
            kept = old / name
            kept.parent.mkdir(parents=True, exist_ok=True)
            if (root / name).is_file():
                shutil.copy2(root / name, kept)
        _sync(folder)
        absent = [name for name in names if not (root / name).exists()]
        _write_journal(folder, {"names": names, "absent": absent})
        for name in names:
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                target.rename(old / name)
            (new / name).replace(target)
        _sync(root)
        (folder / _JOURNAL).unlink()  # from here on, the new files are the checkout's
    except OSError as error:
        _restore(root, folder)
        raise GeneratorError(f"{error.filename}: {error.strerror or error}") from error


def _write_journal(folder: Path, content: dict[str, Any]) -> None:
    scratch = folder / f"{_JOURNAL}.new"
    with scratch.open("w", encoding="utf-8") as stream:
        json.dump(content, stream)
        stream.flush()
        os.fsync(stream.fileno())
    scratch.replace(folder / _JOURNAL)


def _restore(root: Path, folder: Path) -> None:
    """Put back what a run replaced that did not come to its end; may itself be repeated."""
    journal = folder / _JOURNAL
    if not journal.exists():
        return
    content = json.loads(journal.read_text("utf-8"))
    for name in content["names"]:
        kept, target = folder / "old" / name, root / name
        if name in content["absent"]:
            _remove(target)
        elif kept.is_dir():
            _remove(target)
            kept.rename(target)
        elif kept.is_file():
            shutil.copy2(kept, folder / "restored")
            (folder / "restored").replace(target)
    journal.unlink()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name not in ("lock", ".gitignore"):
            _remove(path)


def _sync(folder: Path) -> None:
    """Have the disk hold what was written: renames must not overtake it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
