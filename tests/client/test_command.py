"""The command line against the sandbox: its output, its messages and its exit codes."""

import csv
import datetime as dt
import importlib
import io
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from cyclopts import completion

from sandbox import INFERENCE_KEY, MANAGEMENT_KEY, Sandbox, serve
from tests.client.conftest import ITEM, Clock, loopback
from tests.client.package import (
    BASE_URL_VARIABLE,
    NAME,
    SITE,
    Code,
    CommandError,
    app,
    columns,
    commands,
    parquet,
    printable,
    table,
    transfer,
)
from tests.client.package import __main__ as entry

pq: Any = importlib.import_module("pyarrow.parquet")  # which has no types

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


# The rows of a response, in five formats


def test_csv_has_all_rows_and_a_column_for_each_member(run: Runner) -> None:
    rows = list(csv.reader(io.StringIO(run.rows("--format", "csv"))))

    assert COLUMNS == rows[0]
    assert 60 == len(rows[1:])
    assert "2026-08-23" == rows[1][0]
    assert {len(COLUMNS)} == {len(row) for row in rows}


def test_json_is_the_response_and_jsonl_its_rows(run: Runner) -> None:
    whole = json.loads(run.rows("--format", "json"))
    lines = [json.loads(line) for line in run.rows("--format", "jsonl").splitlines()]

    assert {"data": lines} == whole
    assert 60 == len(lines)
    assert set(COLUMNS) == set(lines[0])


def test_parquet_has_the_types_of_the_document(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "activity.parquet"

    assert "" == run.rows("--output", str(file))

    read = pq.read_table(file)
    types = dict(zip(read.column_names, map(str, read.schema.types), strict=True))
    lines = [json.loads(line) for line in run.rows("--format", "jsonl").splitlines()]
    assert COLUMNS == read.column_names
    assert ["date32[day]", "string", "double", "int64"] == [
        types[name] for name in ("date", "model", "usage", "cached_tokens")
    ]
    assert lines == [row | {"date": str(row["date"])} for row in read.to_pylist()]


def test_parquet_can_go_through_a_pipe(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code = commands.main([COMMAND, "--format", "parquet"])

    assert 0 == code
    assert 60 == pq.read_table(io.BytesIO(capsysbinary.readouterr().out)).num_rows


def test_parquet_is_written_in_batches(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "BATCH", 25)
    file = tmp_path / "activity.parquet"

    run.rows("--output", str(file))

    groups = pq.ParquetFile(file).metadata
    assert [25, 25, 10] == [groups.row_group(index).num_rows for index in range(3)]


def test_a_table_in_a_pipe_is_whole(run: Runner) -> None:
    lines = run.rows().splitlines()

    assert COLUMNS == lines[0].split()
    assert 61 == len(lines)
    assert all(len(COLUMNS) == len(line.split()) for line in lines)
    # Numbers are aligned to the right.
    end = lines[0].index("requests") + len("requests")
    assert all(line[end - 1].isdigit() and line[end] == " " for line in lines[1:])


@pytest.mark.parametrize(
    ("width", "left_out"),
    [
        (80, "model_permaslug, endpoint_id, completion_tokens, reasoning_tokens, cached_tokens.\n"),
        (300, ""),
    ],
)
def test_a_table_on_a_terminal_fits_it_and_says_what_did_not(
    run: Runner, monkeypatch: pytest.MonkeyPatch, width: int, left_out: str
) -> None:
    terminal(monkeypatch, "stdout")
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")

    shown = run.rows()

    table, _, rest = shown.partition("Not shown, because the terminal is too narrow: ")
    assert max(map(len, table.splitlines())) <= width
    assert rest.startswith(left_out)
    assert bool(rest) is bool(left_out)
    assert 60 == table.count("\n2026-")
    assert "\x1b" not in shown


def test_a_terminal_gets_no_more_rows_than_anyone_reads(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch, "stdout")
    monkeypatch.setattr(table, "MOST_ROWS", 7)
    monkeypatch.setenv("COLUMNS", "300")

    shown = run.rows()

    assert 7 == shown.count("2026-")
    assert "\nNot shown: 53 more rows.\n" in shown


def test_json_is_indented_on_a_terminal(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch, "stdout")

    shown = run.rows("--format", "json", "--output", "-")

    assert shown.startswith('{\n  "data": [\n    {\n')
    assert 60 == len(json.loads(shown)["data"])


def test_a_filter_reaches_the_server(run: Runner, server: Sandbox) -> None:
    lines = run.rows("--format", "jsonl", "--date", "2026-08-20").splitlines()

    assert "date=2026-08-20" == server.requests[-1].query
    assert {"2026-08-20"} == {json.loads(line)["date"] for line in lines}


@pytest.mark.parametrize(("word", "ago"), [("today", 0), ("yesterday", 1)])
def test_a_day_may_be_a_word(run: Runner, server: Sandbox, word: str, ago: int) -> None:
    before = dt.datetime.now(dt.UTC).date()

    run(COMMAND, "--date", word)

    days = {before, dt.datetime.now(dt.UTC).date()}  # it may be midnight
    assert server.requests[-1].query in {f"date={day - dt.timedelta(ago)}" for day in days}


def answering(body: Any) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return loopback(lambda _: (200, {"Content-Type": "application/json"}, content))


def test_no_rows_still_have_columns(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "none.parquet"
    with answering({"data": []}) as empty:
        address = ("--base-url", empty.url)
        out = {name: run.rows("--format", name, *address) for name in ("csv", "jsonl", "json")}
        run.rows("--output", str(file), *address)

    assert ",".join(COLUMNS[:-1]) + "\n" == out["csv"]
    assert ["", '{"data": []}\n'] == [out["jsonl"], out["json"]]
    assert (0, COLUMNS[:-1]) == (pq.read_table(file).num_rows, pq.read_table(file).column_names)


STRANGE = [
    ITEM | {"note": 'say "no",\nor =1+1', "deep": {"a": [1, None]}, "flag": True, "half": 1},
    ITEM | {"model": "k\xe4se\x1b[2J\ud800", "deep": None, "half": 0.5, "huge": 2**70},
]


def test_what_the_document_does_not_name_is_in_every_format(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "strange.parquet"
    with answering({"data": STRANGE, "next": [1]}) as strange:
        address = ("--base-url", strange.url)
        out = {
            name: run.rows("--format", name, *address) for name in ("csv", "json", "jsonl", "table")
        }
        run.rows("--output", str(file), *address)

    one, two = csv.DictReader(io.StringIO(out["csv"]))
    assert [*COLUMNS, "note", "deep", "flag", "half", "huge"] == [*one]
    assert ['say "no",\nor =1+1', '{"a": [1, null]}', "true", "1", ""] == [*one.values()][12:]
    assert ["", "", "", "0.5", str(2**70)] == [*two.values()][12:]
    whole = json.loads(out["json"])
    assert [1] == whole["next"]
    assert [row | {"date": "2026-08-23"} for row in STRANGE] == whole["data"]
    assert [json.loads(line) for line in out["jsonl"].splitlines()] == whole["data"]
    # A table contains only printable characters.
    assert 3 == out["table"].count("\n")
    assert "k\xe4se\\x1b[2J\\ud800" in out["table"]
    first, second = pq.read_table(file).to_pylist()
    assert ['{"a": [1, null]}', True, 1.0, None] == [*first.values()][13:]
    assert ["k\xe4se\x1b[2J\\ud800", None, None, 0.5, str(2**70)] == [
        second[name] for name in ("model", "deep", "flag", "half", "huge")
    ]


@pytest.mark.parametrize(("form", "shown"), [("csv", "\\x9b2J"), ("jsonl", "\\u009b2J")])
def test_a_terminal_gets_no_escape_sequence_of_the_server(
    run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str, shown: str
) -> None:
    model = "a\n\x1b[2J\x9b2J"
    terminal(monkeypatch, "stdout")
    with answering({"data": [ITEM | {"model": model}]}) as server:
        options = ("--format", form, "--base-url", server.url)
        out = run.rows(*options)
        run.rows(*options, "--output", str(tmp_path / "out"))

    assert shown in out
    assert out.replace("\n", "").isprintable()
    assert "\x9b2J" in (tmp_path / "out").read_text("utf-8")


def test_a_number_that_parquet_does_not_hold_is_said(run: Runner, tmp_path: Path) -> None:
    body = json.dumps({"data": [ITEM | {"usage": 1}]}).replace('"usage": 1', f'"usage": {10**400}')
    with answering(body.encode()) as server:
        code, line = run.failure("--output", str(tmp_path / "x.parquet"), "--base-url", server.url)

    assert Code.OUTPUT == code
    assert line.startswith("a value does not fit into Parquet: ")
    assert [] == [*tmp_path.iterdir()]


# Files and other outputs


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl", "ndjson", "CSV", ""])
def test_the_ending_of_the_file_says_how_to_write(run: Runner, tmp_path: Path, ending: str) -> None:
    file = tmp_path / (f".{ending}" if ending == "json" else f"activity.{ending}".rstrip("."))
    name = {"ndjson": "jsonl", "CSV": "csv", "": "table"}.get(ending, ending)

    assert "" == run.rows("--output", str(file))

    assert run.rows("--format", name) == file.read_text("utf-8")
    assert [file] == [*tmp_path.iterdir()]


@POSIX
def test_a_file_is_replaced_and_keeps_its_mode(run: Runner, tmp_path: Path) -> None:
    file, link = tmp_path / "activity.csv", tmp_path / "link.csv"
    file.write_text("before")
    file.chmod(0o640)
    link.symlink_to(file)

    run.rows("--output", str(link))

    assert file.read_text("utf-8").startswith("date,")
    assert link.is_symlink()
    assert 0o640 == stat.S_IMODE(file.stat().st_mode)
    assert {file, link} == {*tmp_path.iterdir()}


def test_a_new_file_has_the_mode_of_any_new_file(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "other").touch()

    run.rows("--output", str(tmp_path / "activity.csv"))

    assert (tmp_path / "other").stat().st_mode == (tmp_path / "activity.csv").stat().st_mode


def test_a_device_is_written_to_and_not_replaced(run: Runner) -> None:
    run.rows("--output", os.devnull, "--format", "csv")

    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("no/such/folder/a.csv", "No such file or directory"),
        (".", "Is a directory"),
        pytest.param("loop.csv", "Too many levels of symbolic links", marks=POSIX),
    ],
)
def test_where_nothing_can_be_written_nothing_is_asked(
    run: Runner, server: Sandbox, tmp_path: Path, target: str, said: str
) -> None:
    server.requests.clear()
    if target == "loop.csv":
        (tmp_path / target).symlink_to(target)

    code, line = run.failure("--output", str(tmp_path / target))

    assert (Code.OUTPUT, f"--output: {tmp_path / target}: {said}") == (code, line)
    assert not server.requests


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_is_said(run: Runner) -> None:
    code, line = run.failure("--output", "/dev/full", "--format", "csv")

    assert (Code.OUTPUT, "--output: /dev/full: No space left on device") == (code, line)


def test_a_failure_leaves_the_file_as_it_was(run: Runner, server: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "activity.csv"
    file.write_text("before")

    code, _ = run.failure("--output", str(file), "--base-url", server.fault_url("wrong-type"))

    assert Code.BROKEN_CONTRACT == code
    assert "before" == file.read_text("utf-8")
    assert [file] == [*tmp_path.iterdir()]


# Errors


ENDS = {
    "status:400": Code.REQUEST_REFUSED,
    "status:401": Code.KEY_REFUSED,
    "status:403": Code.KEY_REFUSED,
    "status:429": Code.TOO_MANY_REQUESTS,
    "status:503:bytes": Code.SERVER_FAILED,
    "cloudflare": Code.SERVER_FAILED,
    "redirect": Code.REQUEST_REFUSED,
    "error-200:403": Code.KEY_REFUSED,
    "close": Code.NO_CONNECTION,
    "truncated": Code.NO_CONNECTION,
    "slow-body:30": Code.TIMEOUT,
    "not-json": Code.BROKEN_CONTRACT,
    "wrong-type": Code.BROKEN_CONTRACT,
}
"""Faults of the sandbox, and their exit codes."""


@pytest.mark.parametrize("fault", ENDS)
def test_every_kind_of_error_is_one_line_and_its_code(
    run: Runner, server: Sandbox, clock: Clock, tmp_path: Path, fault: str
) -> None:
    timeout = "0.2" if fault.startswith("slow") else "10"
    file = tmp_path / "activity.csv"

    code, line = run.failure(
        "--base-url", server.fault_url(fault), "--timeout", timeout, "--output", str(file)
    )

    assert ENDS[fault] == code
    assert line.startswith("GET http://127.0.0.1:")
    assert line.isprintable()
    assert [] == [*tmp_path.iterdir()]


def test_too_many_requests_say_when_to_come_again(run: Runner) -> None:
    with loopback(lambda _: (429, {"Retry-After": "120"}, b"slow down")) as server:
        code, line = run.failure("--base-url", server.url)

    assert Code.TOO_MANY_REQUESTS == code
    assert line.endswith("answered 429: slow down (Retry-After: 120 s)")


def test_nobody_there_is_no_connection(run: Runner, clock: Clock) -> None:
    code, line = run.failure("--base-url", "http://127.0.0.1:1")

    assert Code.NO_CONNECTION == code
    assert "refused" in line


def test_a_key_that_may_not_is_told_apart(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", INFERENCE_KEY)

    code, line = run.failure()

    assert Code.KEY_REFUSED == code
    assert "Only management keys can perform this operation" in line
    assert INFERENCE_KEY not in line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--date", "soon"], "--date: expected a date such as 2026-08-23, received 'soon'"),
        (["--timeout", "0"], "--timeout"),
        (["--timeout", "long"], 'Invalid value for --timeout: unable to convert "long" into'),
        (["--format", "xls"], 'Invalid value "xls" for --format. Choose from: "table", "json"'),
        (["--no-such"], "Unknown option: --no-such"),
        (["--output", ""], 'Invalid value "" for --output. It is the name of no file.'),
        (["--api-key-file", ""], 'Invalid value "" for --api-key-file. It is the name of no file.'),
        (["a", "b c", "k" * 40], "too many arguments: 'a', 'b c', one of 40 characters: see"),
        (["--output", "a.xlsx"], "--output: a.xlsx: unknown ending .xlsx: it can be .csv, .json"),
        (["--base-url", "ftp://x"], "--base-url: expected a URL such as https://host/path"),
        (["--base-url", "http://api.example"], "--base-url: a key is not sent over plain http"),
    ],
)
def test_wrong_arguments_are_one_line_and_nothing_is_sent(
    run: Runner, server: Sandbox, arguments: list[str], said: str
) -> None:
    server.requests.clear()

    code, line = run.failure(*arguments)

    assert Code.USAGE == code
    assert said in line
    assert not server.requests


def test_a_redirect_names_the_option_that_follows_it(run: Runner, server: Sandbox) -> None:
    _, line = run.failure("--base-url", server.fault_url("redirect"))

    assert line.endswith("/activity, which is not followed: see --base-url.")


def test_an_unknown_command_is_named(run: Runner) -> None:
    ran = run("get-user")

    assert (Code.USAGE, "") == (ran.code, ran.out)
    assert f'{PROGRAM}: Unknown command "get-user".' in ran.err


# The key


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_key_comes_from_a_file(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", "another-key")
    file = tmp_path / "key"
    file.write_bytes(MANAGEMENT_KEY.encode() + end.encode())

    assert run.rows("--api-key-file", str(file))


def pipe(monkeypatch: pytest.MonkeyPatch, content: bytes, *, isatty: bool = False) -> None:
    """Replace standard input."""
    stdin = SimpleNamespace(buffer=io.BytesIO(content), isatty=lambda: isatty)
    monkeypatch.setattr(sys, "stdin", stdin)


def test_the_key_comes_through_a_pipe(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENROUTER_MANAGEMENT_KEY")
    pipe(monkeypatch, MANAGEMENT_KEY.encode())

    assert run.rows("--api-key-file", "-")


def test_no_key_is_typed_where_it_would_show(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, MANAGEMENT_KEY.encode(), isatty=True)

    code, line = run.failure("--api-key-file", "-")

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
    server.requests.clear()
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
    code, line = run.failure(*argument.replace("KEY", MANAGEMENT_KEY).split())

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
        address = ("--base-url", server.url, "--verbose")
        written = run(COMMAND, "--format", form, "--output", str(file), *address)
        shown = written if form == "parquet" else run(COMMAND, "--format", form, *address)

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


# Messages about the call


def test_verbose_tells_what_is_sent_and_what_comes(
    run: Runner, server: Sandbox, clock: Clock
) -> None:
    ran = run(
        COMMAND, "--verbose", "--format", "csv", "--base-url", server.fault_url("flaky:1:verbose")
    )

    lines = [line.removeprefix(f"{PROGRAM}: ") for line in ran.err.splitlines()]
    assert 0 == ran.code
    assert lines[0].startswith("attempt 1: GET http://127.0.0.1:")
    assert 2 == lines.count("authorization: [key]")
    assert any(line.startswith("503 Service Unavailable after ") for line in lines)
    assert any(line.startswith("attempt 2: GET ") for line in lines)
    assert any(line.startswith("200 OK after ") for line in lines)
    assert lines[-1].split(" after ")[0].endswith(" bytes")


@pytest.mark.parametrize("length", ["header", "chunks"])
def test_a_long_transfer_shows_its_progress_on_a_terminal(
    run: Runner,
    server: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    length: str,
) -> None:
    terminal(monkeypatch, "stderr")
    monkeypatch.setattr(transfer, "PROGRESS_AFTER", -1.0)
    monkeypatch.setenv("TERM", "xterm")

    url = server.base_url if length == "header" else server.fault_url("slow-body:0.01")
    ran = run(COMMAND, "--output", str(tmp_path / "a.csv"), "--base-url", url)

    assert 0 == ran.code
    assert "writing" in ran.err
    assert 61 == (tmp_path / "a.csv").read_text("utf-8").count("\n")


def test_progress_makes_way_for_rows_on_the_same_terminal(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(monkeypatch, "stderr")
    terminal(monkeypatch, "stdout")
    monkeypatch.setattr(transfer, "PROGRESS_AFTER", -1.0)

    ran = run(COMMAND)

    assert 0 == ran.code
    assert "writing" not in ran.err


def test_a_short_transfer_shows_nothing(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch, "stderr")

    assert run.rows("--format", "csv")


# Help, completion and missing packages


def test_the_examples_of_help_work_today(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    helps = [run("--help"), run(COMMAND, "--help")]
    examples = [
        line.split()[1:]
        for ran in helps
        for line in ran.out.splitlines()
        if line.startswith(f"  {PROGRAM} ")
    ]

    with serve(rows=60) as server:
        monkeypatch.setenv(BASE_URL_VARIABLE, server.base_url)
        ran = [run(*example) for example in examples]

    assert 8 == len(examples)
    assert {(0, "")} == {(one.code, one.err) for one in ran}
    assert [tmp_path / "analytics.csv"] == [*tmp_path.iterdir()]


def test_help_fits_eighty_columns_and_lists_every_option_and_code(run: Runner) -> None:
    general, special = run("--help"), run(COMMAND, "--help")

    assert (0, 0) == (general.code, special.code)
    assert max(map(len, (general.out + special.out).splitlines())) <= 80
    for option in (
        *("--date DATE", "--format", "--output FILE", "--base-url URL", "--timeout SECONDS"),
        *("--verbose", "--api-key-file FILE", "[default: 30.0]", "--columns NAMES"),
        *("--sort NAMES", "--by NAMES", "--since DATE", "--until DATE", "--top N", "--bom"),
    ):
        assert option in special.out
    for code in Code:
        assert f"\n  {code.value} " in general.out
    assert "Filter by a single UTC date in the last 30 days" in special.out


@pytest.mark.parametrize("width", ["0", "²", "9" * 20, "9" * 5000, "wide", ""])
def test_a_width_that_no_terminal_has_changes_nothing(
    run: Runner, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    expected = run("--help")

    monkeypatch.setenv("COLUMNS", width)

    assert expected == run("--help")


def test_without_arguments_it_shows_its_help(run: Runner) -> None:
    assert run("--help").out == run().out


def test_completion_is_installed_for_a_shell(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    ran = run("--install-completion", "--shell", "bash")

    [script] = [path for path in tmp_path.rglob("*") if path.name == PROGRAM]
    assert (0, "") == (ran.code, ran.err)
    assert ran.out.startswith(f"{script} is written, and {tmp_path / '.bashrc'} loads it now. ")
    assert str(script) in (tmp_path / ".bashrc").read_text("utf-8")
    assert "--api-key-file" in script.read_text("utf-8")


def test_completion_for_no_known_shell_says_what_to_do(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_shell() -> None:
        raise completion.ShellDetectionError("Unknown shell")

    monkeypatch.setattr(completion, "detect_shell", no_shell)

    ran = run("--install-completion")

    assert (Code.USAGE, f"{PROGRAM}: --install-completion: Unknown shell; see --shell\n") == (
        ran.code,
        ran.err,
    )


@POSIX
def test_completion_that_cannot_be_written_names_the_file(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.touch()
    monkeypatch.setenv("HOME", str(home))

    ran = run("--install-completion", "--shell", "fish")

    place = home / ".config/fish/completions"
    assert (Code.OUTPUT, f"{PROGRAM}: --install-completion: {place}: Not a directory\n") == (
        ran.code,
        ran.err,
    )


def test_parquet_without_pyarrow_says_what_to_install(
    run: Runner, server: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.requests.clear()
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    code, line = run.failure("--output", str(tmp_path / "a.parquet"))

    assert Code.MISSING_PACKAGE == code
    assert "--format parquet: pyarrow is missing: pip install pyarrow" == line
    assert not server.requests


def test_parquet_is_not_for_a_terminal(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch, "stdout")

    code, line = run.failure("--format", "parquet")

    assert (Code.USAGE, "Parquet cannot be shown in a terminal: name a file with --output") == (
        code,
        line,
    )


@pytest.mark.parametrize("missing", ["cyclopts", "rich"])
def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    for name in [*sys.modules]:
        if name.startswith(f"{NAME}._cli"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(f"{NAME}._cli")
    error = ModuleNotFoundError(f"No module named {missing!r}", name=missing)

    class Finder:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == f"{NAME}._cli.commands":
                raise error

    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])

    code = entry.main()

    line = f"{PROGRAM}: {missing} is missing: pip install 'openrouter-analytics[cli]'\n"
    assert (Code.MISSING_PACKAGE, line) == (code, capsys.readouterr().err)

    error.name = "something_else"
    with pytest.raises(ModuleNotFoundError):
        entry.main()


# Signals


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


def test_a_line_holds_nothing_that_a_terminal_obeys() -> None:
    assert "a b\\x1b[2J c" == printable("a\n b\x1b[2J\t c")


def test_a_line_has_an_end() -> None:
    assert printable("a" * 2000) == "a" * 2000
    assert printable("a" * 2001) == "a" * 2000 + "…"


def test_a_failure_has_its_code() -> None:
    assert Code.OUTPUT == CommandError(Code.OUTPUT, "full").code
