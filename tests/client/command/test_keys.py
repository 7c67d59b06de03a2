"""The keys of a command: where they come from, and that none is shown."""

import importlib
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox
from tests.client.command.conftest import COMMAND, Runner
from tests.client.conftest import ITEM, Clock, loopback
from tests.client.package import Code, app

pq: Any = importlib.import_module("pyarrow.parquet")  # which has no types


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_key_comes_from_a_file(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", "another-key")
    (tmp_path / "key").write_text(MANAGEMENT_KEY + end, newline="")

    assert run.rows("--api-key-file", str(tmp_path / "key"))


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes, *, isatty: bool = False) -> None:
    """Replace standard input."""
    stdin = SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: isatty)
    monkeypatch.setattr(sys, "stdin", stdin)


def test_the_key_comes_through_a_pipe(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENROUTER_MANAGEMENT_KEY")
    pipe(monkeypatch, MANAGEMENT_KEY.encode())

    assert run.rows("--api-key-file -")


def test_no_key_is_typed_where_it_would_show(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, MANAGEMENT_KEY.encode(), isatty=True)

    code, line = run.failure("--api-key-file -")

    assert (Code.USAGE, "--api-key-file: a terminal would show the key: use a pipe") == (code, line)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "KEY: No such file or directory"),
        (b"", "KEY is empty"),
        (b" \n", "KEY is empty"),
        (b"sk-or-v1-canary extra\n", "the key of --api-key-file contains white space"),
        (b"\xff\xfesk-or-v1-canary", "the key of --api-key-file contains characters that are not"),
        (b"Bearer sk-or-v1-canary", "the key of --api-key-file begins with 'Bearer'"),
    ],
)
def test_a_file_without_a_key_is_refused_unseen(
    run: Runner, server: Sandbox, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content)

    code, line = run.failure("--api-key-file", str(file))

    assert Code.USAGE == code
    assert said.replace("KEY", str(file)) in line
    assert "canary" not in line
    assert not server.requests


def test_without_a_key_it_says_where_one_is_looked_for(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENROUTER_MANAGEMENT_KEY")

    code, line = run.failure()

    assert Code.USAGE == code
    assert line.startswith(
        "no key: pass --api-key-file FILE, or set OPENROUTER_MANAGEMENT_KEY or OPENROUTER_API_KEY."
    )


@pytest.mark.parametrize("argument", ["--api-key=KEY", "--api-key KEY", "KEY", "--date KEY"])
def test_a_key_among_the_arguments_is_not_repeated(run: Runner, argument: str) -> None:
    code, line = run.failure(argument.replace("KEY", MANAGEMENT_KEY))

    assert Code.USAGE == code
    if argument.startswith("--api-key"):
        assert "other users can see arguments, so a key is refused: use --api-key-file" in line


ECHOES = [
    (400, '{"error": {"code": 400, "message": "bad KEY", "metadata": {"KEY": "KEY"}}}'),
    (401, '{"headers": {"Authorization": "KEY"}}'),
    (503, "<html><title>KEY</title>"),
    (200, '{"error": {"code": 403, "message": "bad KEY"}}'),
    (200, '{"data": [{"date": "KEY"}]}'),
    (200, "KEY"),
    (200, json.dumps({"data": [ITEM | {"model": "KEY", "x": ["KEY"]}], "echo": "KEY"})),
]


@pytest.mark.parametrize(
    ("form", "status", "body"),
    [("csv", *echo) for echo in ECHOES]
    + [(form, *ECHOES[-1]) for form in ("json", "jsonl", "table", "parquet")],
)
def test_a_server_that_sends_the_key_back_does_not_get_it_shown(
    run: Runner, clock: Clock, tmp_path: Path, form: str, status: int, body: str
) -> None:
    headers = {"X-Echo": f"Bearer {MANAGEMENT_KEY}"}
    content = body.replace("KEY", MANAGEMENT_KEY).encode()
    file = tmp_path / "out"
    with loopback(lambda _: (status, headers, content)) as server:
        line = f"{COMMAND} --format {form} --base-url {server.url} --verbose"
        written = run(f"{line} --output", str(file))
        shown = written if form == "parquet" else run(line)

    assert "authorization: [key]" in written.err
    assert (body == ECHOES[-1][1]) is file.exists() is (shown.code == 0)
    if file.exists():
        kept = (
            str(pq.read_table(file).to_pylist()) if form == "parquet" else file.read_text("utf-8")
        )
        assert MANAGEMENT_KEY not in kept
        assert "[key]" in kept


def test_a_secret_is_hidden_as_json_writes_it() -> None:
    hide = app.hiding(['a"b', " "])

    assert '[key] and "[key]" and  ' == hide('a"b and "a\\"b" and  ')
