"""The rows of a response, in each format of the command line."""

import csv
import datetime as dt
import importlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox
from tests.client.command.conftest import COLUMNS, COMMAND, Runner, responding, terminal
from tests.client.conftest import ITEM
from tests.client.package import Code, commands, parquet, table

pq: Any = importlib.import_module("pyarrow.parquet")  # which has no types


def test_csv_has_all_rows_and_a_column_for_each_member(run: Runner) -> None:
    header, *rows = csv.reader(io.StringIO(run.rows("--format csv")))

    assert COLUMNS == header
    assert 60 == len(rows)
    assert "2026-08-23" == rows[0][0]
    assert {len(COLUMNS)} == {len(row) for row in rows}


def test_json_is_the_response_and_jsonl_its_rows(run: Runner) -> None:
    rows = run.json_rows()

    assert {"data": rows} == json.loads(run.rows("--format json"))
    assert 60 == len(rows)
    assert {*COLUMNS} == {*rows[0]}


def test_parquet_has_the_types_of_the_document(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "activity.parquet"

    assert "" == run.rows("--output", str(file))

    read = pq.read_table(file)
    types = dict(zip(read.column_names, map(str, read.schema.types), strict=True))
    assert COLUMNS == read.column_names
    assert ["date32[day]", "string", "double", "int64"] == [
        types[name] for name in ("date", "model", "usage", "cached_tokens")
    ]
    assert run.json_rows() == [row | {"date": str(row["date"])} for row in read.to_pylist()]


def test_parquet_can_go_through_a_pipe(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code = commands.main([COMMAND, "--format", "parquet"])

    assert 0 == code
    assert 60 == pq.read_table(io.BytesIO(capsysbinary.readouterr().out)).num_rows


def test_parquet_is_written_in_batches(
    run: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "BATCH", 25)

    run.rows("--output", str(tmp_path / "activity.parquet"))

    groups = pq.ParquetFile(tmp_path / "activity.parquet").metadata
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

    shown = run.rows("--format json --output -")

    assert shown.startswith('{\n  "data": [\n    {\n')
    assert 60 == len(json.loads(shown)["data"])


def test_a_filter_reaches_the_server(run: Runner, server: Sandbox) -> None:
    rows = run.json_rows("--date 2026-08-20")

    assert "date=2026-08-20" == server.requests[-1].query
    assert {"2026-08-20"} == {row["date"] for row in rows}


@pytest.mark.parametrize(("word", "ago"), [("today", 0), ("yesterday", 1)])
def test_a_day_may_be_a_word(run: Runner, server: Sandbox, word: str, ago: int) -> None:
    before = dt.datetime.now(dt.UTC).date()

    run(f"{COMMAND} --date {word}")

    days = {before, dt.datetime.now(dt.UTC).date()}  # it may be midnight
    assert server.requests[-1].query in {f"date={day - dt.timedelta(ago)}" for day in days}


def in_every_format(run: Runner, folder: Path, body: object) -> tuple[dict[str, str], Any]:
    """The output for a body in each format of text, and as a table of Parquet."""
    file = folder / "rows.parquet"
    with responding(body) as server:
        address = f"--base-url {server.url}"
        texts = ("csv", "json", "jsonl", "table")
        out = {name: run.rows(f"{address} --format {name}") for name in texts}
        run.rows(f"{address} --output", str(file))
    return out, pq.read_table(file)


def test_no_rows_still_have_columns(run: Runner, tmp_path: Path) -> None:
    out, read = in_every_format(run, tmp_path, {"data": []})

    documented = COLUMNS[:-1]
    assert [",".join(documented) + "\n", documented] == [out["csv"], out["table"].split()]
    assert ["", '{"data": []}\n'] == [out["jsonl"], out["json"]]
    assert (0, documented) == (read.num_rows, read.column_names)


STRANGE = [
    ITEM | {"note": 'say "no",\nor =1+1', "deep": {"a": [1, None]}, "flag": True, "half": 1},
    ITEM | {"model": "k\xe4se\x1b[2J\ud800", "deep": None, "half": 0.5, "huge": 2**70},
]


def test_what_the_document_does_not_name_is_in_every_format(run: Runner, tmp_path: Path) -> None:
    out, read = in_every_format(run, tmp_path, {"data": STRANGE, "next": [1]})

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
    first, second = read.to_pylist()
    assert ['{"a": [1, null]}', True, 1.0, None] == [*first.values()][13:]
    assert ["k\xe4se\x1b[2J\\ud800", None, None, 0.5, str(2**70)] == [
        second[name] for name in ("model", "deep", "flag", "half", "huge")
    ]


@pytest.mark.parametrize(("form", "shown"), [("csv", "\\x9b2J"), ("jsonl", "\\u009b2J")])
def test_a_terminal_gets_no_escape_sequence_of_the_server(
    run: Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str, shown: str
) -> None:
    terminal(monkeypatch, "stdout")
    with responding({"data": [ITEM | {"model": "a\n\x1b[2J\x9b2J"}]}) as server:
        line = f"--format {form} --base-url {server.url}"
        out = run.rows(line)
        run.rows(f"{line} --output", str(tmp_path / "out"))

    assert shown in out
    assert out.replace("\n", "").isprintable()
    assert "\x9b2J" in (tmp_path / "out").read_text("utf-8")


def test_a_number_that_parquet_does_not_hold_is_said(run: Runner, tmp_path: Path) -> None:
    body = json.dumps({"data": [ITEM | {"usage": 1}]}).replace('"usage": 1', f'"usage": {10**400}')
    with responding(body.encode()) as server:
        code, line = run.failure(f"--base-url {server.url} --output", str(tmp_path / "x.parquet"))

    assert Code.OUTPUT == code
    assert line.startswith("a value does not fit into Parquet: ")
    assert [] == [*tmp_path.iterdir()]
