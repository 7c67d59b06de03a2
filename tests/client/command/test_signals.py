"""Signals, closed streams and broken pipes end a command as they end any program."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client.command.conftest import COMMAND, FORMATS, POSIX, Runner
from tests.client.package import NAME, SITE, Code, commands, kept_rows, process
from tests.client.package import __main__ as entry


@POSIX
@pytest.mark.parametrize(
    ("raised", "name", "form"),
    [
        *((KeyboardInterrupt(), "SIGINT", form) for form in FORMATS),
        (BrokenPipeError(), "SIGPIPE", "csv"),
        (None, "SIGTERM", "csv"),
        (None, "SIGHUP", "csv"),
    ],
)
def test_a_signal_between_two_rows_ends_it_as_it_ends_any_program(
    run: Runner,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    raised: BaseException | None,
    name: str,
    form: str,
) -> None:
    number = signal.Signals[name]
    ended: list[int] = []
    before = signal.getsignal(number)
    if raised is None:
        monkeypatch.setattr(signal, "getsignal", lambda _: signal.SIG_DFL)
    raise_signal = signal.raise_signal
    monkeypatch.setattr(signal, "raise_signal", ended.append)

    def interrupted(self: Any) -> Iterator[Any]:
        for count, row in enumerate(iterate(self)):
            if self.kinds and count == 30:  # they are being written
                if raised is not None:
                    raise raised
                raise_signal(number)
            yield row

    iterate = kept_rows.KeptRows.__iter__
    monkeypatch.setattr(kept_rows.KeptRows, "__iter__", interrupted)
    try:
        ran = run(f"{COMMAND} --format {form} --output", str(tmp_path / "rows"))
    finally:
        signal.signal(number, before)

    assert (128 + number, "", "") == ran
    assert [number] == ended
    assert [] == [*tmp_path.iterdir()]


def in_shell(*arguments: str, script: str) -> tuple[int, str, str]:
    """Run the command, ``"$@"`` in the script of a shell that changes its streams."""
    command = [sys.executable, "-m", NAME, *arguments]
    environment = os.environ | {"PYTHONPATH": str(SITE)}
    ran = subprocess.run(
        ["/bin/sh", "-c", script, "sh", *command],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in ran.stderr
    return ran.returncode, ran.stdout, ran.stderr


UNWRITABLE = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="there is no full device here"
)


@POSIX
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_file_is_written_whatever_streams_are_closed(tmp_path: Path, closed: str) -> None:
    file = tmp_path / "activity.csv"

    assert (0, "", "") == in_shell(COMMAND, "--output", str(file), script=f'"$@" {closed}')

    assert 61 == file.read_text("utf-8").count("\n")


@POSIX
@pytest.mark.parametrize(
    ("arguments", "shell", "code", "said"),
    [
        ([COMMAND], ">&-", Code.OUTPUT, "standard output: Bad file descriptor"),
        (["--help"], ">&-", Code.OUTPUT, "standard output: Bad file descriptor"),
        (["--no-such"], "2>&-", Code.USAGE, ""),
        ([COMMAND, "--api-key-file", "-"], "<&-", Code.USAGE, "--api-key-file: -: Bad file"),
        pytest.param([COMMAND], ">/dev/full", Code.OUTPUT, "No space left", marks=UNWRITABLE),
        pytest.param(["--help"], ">/dev/full", Code.OUTPUT, "No space left", marks=UNWRITABLE),
        pytest.param(["--no-such"], "2>/dev/full", Code.USAGE, "", marks=UNWRITABLE),
    ],
)
def test_a_stream_that_cannot_be_used_is_said_in_one_line(
    arguments: list[str], shell: str, code: int, said: str
) -> None:
    ended, out, err = in_shell(*arguments, script=f'"$@" {shell}')

    assert (code, "", bool(said)) == (ended, out, err.count("\n"))
    assert said in err


@POSIX
@pytest.mark.parametrize("argument", ["--help", COMMAND])
def test_a_broken_pipe_ends_it_quietly_as_it_ends_any_program(argument: str) -> None:
    ended = in_shell(argument, script='{ "$@"; echo "ended by $?" >&2; } | true')

    assert (0, "", f"ended by {128 + signal.SIGPIPE}\n") == ended


@POSIX
@pytest.mark.parametrize("module", ["signal", f"{NAME}._cli.process", "cyclopts", "httpx"])
def test_an_interrupt_during_the_imports_is_quiet(module: str, tmp_path: Path) -> None:
    # A finder that interrupts this process when the module is imported.
    (tmp_path / "interrupting.py").write_text(
        "import os, sys\n"
        "class Finder:\n"
        "    @staticmethod\n"
        "    def find_spec(name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), 2)\n"
        "sys.meta_path.insert(0, Finder)\n"
        f"from {NAME}.__main__ import main\n"
        "sys.exit(main())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-S", tmp_path / "interrupting.py", COMMAND],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(SITE), *sys.path])},
        # Else the process ignores what this one ignores.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        capture_output=True, check=False,
    )  # fmt: skip

    assert ran.returncode in (-signal.SIGINT, 130)
    assert b"" == ran.stderr


def test_an_interrupt_before_the_imports_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(signal, "getsignal", interrupted)

    assert 130 == entry.main()


@UNWRITABLE
@pytest.mark.parametrize(
    ("stream", "argument", "code"),
    [("stdout", "--help", Code.OUTPUT), ("stderr", "--no-such", Code.USAGE)],
)
def test_a_full_disk_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, stream: str, argument: str, code: int
) -> None:
    # A program of this test alone: rich keeps text that it cannot write, and writes it later.
    monkeypatch.setattr(commands, "program", commands._program())
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, stream, full)

        assert code == commands.main([argument])


def test_a_closed_input_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    process.open_streams()

    with pytest.raises(OSError, match="Bad file descriptor"):
        sys.stdin.read()
