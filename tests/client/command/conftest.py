"""What the tests of the command line share: a server, an environment, and a runner."""

import datetime as dt
import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox, serve
from tests.client.conftest import ITEM
from tests.client.package import BASE_URL_VARIABLE, commands

COMMAND = "get-user-activity"
PROGRAM = "openrouter-analytics"
TODAY = dt.date(2026, 8, 24)
COLUMNS = [*ITEM]
NUMBERS = COLUMNS[5:]
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has other shells, modes and signals")


class Ran(NamedTuple):
    """The result of a command."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    """A sandbox of 60 rows."""
    with serve(rows=60, today=TODAY) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, server: Sandbox) -> None:
    monkeypatch.setenv(BASE_URL_VARIABLE, server.base_url)
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", MANAGEMENT_KEY)
    monkeypatch.setenv("COLUMNS", "80")


class Runner:
    """Runs the command in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        code = commands.main(arguments)
        out, err = self._capsys.readouterr()
        assert MANAGEMENT_KEY not in out + err
        return Ran(code, out, err)

    def rows(self, *arguments: str) -> str:
        """The output of the operation's command, which must succeed."""
        ran = self(COMMAND, *arguments)
        assert (0, "") == (ran.code, ran.err)
        return ran.out

    def failure(self, *arguments: str) -> tuple[int, str]:
        """The exit code and the error line of a command that fails."""
        ran = self(COMMAND, *arguments)
        assert "" == ran.out
        assert 1 == ran.err.count("\n"), ran.err
        assert ran.err.startswith(f"{PROGRAM}: ")
        return ran.code, ran.err.removeprefix(f"{PROGRAM}: ").rstrip("\n")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capsys)


def terminal(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Make a standard stream a terminal."""
    monkeypatch.setattr(getattr(sys, name), "isatty", lambda: True)
