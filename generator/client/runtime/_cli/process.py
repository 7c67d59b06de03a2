"""The process: its standard streams, which may be closed or full, and the signals that end it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path
from typing import NoReturn, TextIO

from .failure import Code, CommandError

SIGPIPE = 13
"""The signal of a broken pipe, which Windows does not have."""


class Stopped(BaseException):
    """A signal asked the program to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def open_streams() -> None:
    """Open the standard streams that are closed, for which Python has None.

    Reading the input and writing the output then fail with an error. Else the next file that is
    opened would take the place of the stream.
    """
    for name, flags, mode in (
        ("stdin", os.O_WRONLY, "r"),
        ("stdout", os.O_RDONLY, "w"),
        ("stderr", os.O_WRONLY, "w"),
    ):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.open(os.devnull, flags), mode, closefd=False))  # noqa: SIM115


@contextlib.contextmanager
def signals() -> Generator[None]:
    """Raise an exception when a signal asks the program to end, so that it cleans up."""

    def stop(number: int, _: object) -> NoReturn:
        raise Stopped(number)

    numbers = [
        number
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
        if (number := getattr(signal, name, None)) and signal.getsignal(number) == signal.SIG_DFL
    ]
    for number in numbers:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def read_file(option: str, file: str, most: int = -1) -> bytes:
    """Read the file that an option names; - is standard input."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(most)
        with Path(file).open("rb") as stream:
            return stream.read(most)
    except OSError as error:
        raise CommandError(Code.USAGE, f"{option}: {file}: {error.strerror}") from None


def discard(stream: TextIO) -> None:
    """Discard what a stream could not write: flushing it at exit would fail again."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write_error(line: str) -> None:
    """Write a line to standard error, if that is possible: there is no other place for it."""
    try:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
    except OSError:
        discard(sys.stderr)


def end_by(number: int) -> int:
    """End by the signal itself, so that a loop of the shell ends, too."""
    discard(sys.stdout)
    with contextlib.suppress(ValueError):  # Windows has no such signal
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
    return 128 + number
