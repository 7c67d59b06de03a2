"""What the tests of the command line share: a server, an environment, and a runner."""

import contextlib
import datetime as dt
import json
import os
import shlex
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox, serve
from tests.client.conftest import ITEM, Loopback, loopback
from tests.client.package import BASE_URL_VARIABLE, commands

COMMAND = "get-user-activity"
PROGRAM = "openrouter-analytics"
TODAY = dt.date(2026, 8, 24)
COLUMNS = [*ITEM]
NUMBERS = COLUMNS[5:]
FORMATS = ["csv", "json", "jsonl", "parquet", "table"]
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has other shells, modes and signals")


class Ran(NamedTuple):
    """The result of a command."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    """A sandbox of 60 rows, two for each day."""
    with serve(rows=60, today=TODAY) as running:
        yield running


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, server: Sandbox) -> None:
    """The environment of a user of the sandbox, which has had no request."""
    monkeypatch.setenv(BASE_URL_VARIABLE, server.base_url)
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", MANAGEMENT_KEY)
    monkeypatch.setenv("COLUMNS", "80")
    server.requests.clear()


class Runner:
    """Runs the command in this process.

    Each method takes a line as a shell splits it, and further arguments as they are.
    """

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, line: str, *more: str) -> Ran:
        code = commands.main([*shlex.split(line), *more])
        out, err = self._capsys.readouterr()
        assert MANAGEMENT_KEY not in out + err
        return Ran(code, out, err)

    def rows(self, line: str = "", *more: str) -> str:
        """The output of the operation's command, which must succeed."""
        code, out, err = self(f"{COMMAND} {line}", *more)
        assert (0, "") == (code, err)
        return out

    def json_rows(self, line: str = "") -> list[Any]:
        """The rows that the operation's command prints."""
        return [json.loads(row) for row in self.rows(f"{line} --format jsonl").splitlines()]

    def failure(self, line: str = "", *more: str) -> tuple[int, str]:
        """The exit code and the error line of a command that fails."""
        code, out, err = self(f"{COMMAND} {line}", *more)
        assert ("", 1) == (out, err.count("\n")), err
        assert err.startswith(f"{PROGRAM}: ")
        return code, err.removeprefix(f"{PROGRAM}: ").rstrip("\n")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capsys)


def terminal(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Make standard streams terminals."""
    for name in names:
        monkeypatch.setattr(getattr(sys, name), "isatty", lambda: True)


def responding(body: object) -> contextlib.AbstractContextManager[Loopback]:
    """A server whose every response is a success with this body: bytes, or a value of JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return loopback(lambda _: (200, {"Content-Type": "application/json"}, content))
