"""Signals, closed streams and broken pipes end a command as they end any program."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client.command.conftest import COMMAND, POSIX, Runner
from tests.client.package import NAME, SITE, Code, columns


@POSIX
@pytest.mark.parametrize(
    ("raised", "name"),
    [
        (KeyboardInterrupt(), "SIGINT"),
        (BrokenPipeError(), "SIGPIPE"),
        (None, "SIGTERM"),
        (None, "SIGHUP"),
    ],
)
def test_a_signal_ends_it_as_it_ends_any_program(
    run: Runner,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    raised: BaseException | None,
    name: str,
) -> None:
    number = signal.Signals[name]
    ended: list[int] = []
    before = signal.getsignal(number)
    if raised is None:

        def default(_: int) -> signal.Handlers:
            return signal.SIG_DFL

        monkeypatch.setattr(signal, "getsignal", default)
    raise_signal = signal.raise_signal

    def interrupted(*_: object) -> None:
        monkeypatch.setattr(signal, "raise_signal", ended.append)
        if raised is not None:
            raise raised
        raise_signal(number)

    monkeypatch.setattr(columns.Columns, "rows_of", interrupted)
    try:
        ran = run(COMMAND, "--output", str(tmp_path / "a.csv"))
    finally:
        signal.signal(number, before)

    assert (128 + number, "", "") == ran
    assert [number] == ended
    assert [] == [*tmp_path.iterdir()]


def process(*arguments: str, shell: str = "") -> tuple[int, str, str]:
    """Run the command in a process whose streams a shell has changed."""
    command = [sys.executable, "-m", NAME, *arguments]
    environment = os.environ | {"PYTHONPATH": str(SITE)}
    ran = subprocess.run(
        ["/bin/sh", "-c", f'"$@" {shell}', "sh", *command],
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

    assert (0, "", "") == process(COMMAND, "--output", str(file), shell=closed)

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
    ended, out, err = process(*arguments, shell=shell)

    assert (code, "", bool(said)) == (ended, out, err.count("\n"))
    assert said in err


@POSIX
@pytest.mark.parametrize("argument", ["--help", COMMAND])
def test_a_broken_pipe_is_quiet(argument: str) -> None:
    code, _, err = process(argument, shell="| true")

    assert (0, "") == (code, err)


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
