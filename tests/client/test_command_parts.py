"""Parts of the command that the operation of openapi.yaml does not use."""

import csv
import datetime as dt
import importlib
import io
import json
import runpy
import sys
from collections.abc import Sequence
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any, Literal, get_args
from uuid import UUID

import pytest
from rich.cells import cell_len

from tests.client.conftest import ITEM
from tests.client.package import (
    NAME,
    UNSET,
    ActivityItem,
    ActivityResponse,
    Columns,
    CommandError,
    ErrorDetail,
    ErrorResponse,
    Scheme,
    Unset,
    app,
    options,
    output,
    package,
    rows,
    table,
    type_hints,
)


class Status(StrEnum):
    """An enum of texts."""

    ON_LOAN = "on loan"
    LOST = "lost"


class Days(IntEnum):
    """An enum of numbers."""

    WEEK = 7


COLUMNS = Columns(
    rows={ActivityResponse: ("data", "data")},
    kinds={ActivityItem: {"date": "date", "at": "date-time", "usage": "number"}},
)


def same(text: str) -> str:
    return text


def track(rows: Any, _: int) -> Any:
    return iter(rows)


def written(answer: Any, form: Any, columns: Columns | None = COLUMNS) -> bytes:
    """The output for a response."""
    stream = io.BytesIO()
    output.writer("a.file", form, columns, same)(answer, stream, track)
    return stream.getvalue()


# Responses of other forms


@pytest.mark.parametrize(
    ("answer", "content"), [("caf\xe9", b"caf\xc3\xa9"), (b"\xff\0", b"\xff\0"), (None, b"")]
)
def test_text_and_bytes_are_written_as_they_came(answer: Any, content: bytes) -> None:
    assert content == written(answer, None, None)


@pytest.mark.parametrize("form", get_args(output.Format))
def test_no_body_is_nothing(form: Any) -> None:
    assert b"" == written(None, form)


def test_an_array_is_its_items_and_an_object_is_one_row() -> None:
    detail = ErrorDetail.from_dict({"code": 1, "message": "x", "more": [1]})
    columns = Columns(rows={}, kinds={ErrorDetail: {"code": "integer", "message": "text"}})

    assert b"code,message,more\n1,x,[1]\n" == written(detail, "csv", columns)
    assert detail.to_dict() == json.loads(written(detail, "json", columns))
    assert [detail.to_dict()] * 2 == json.loads(written([detail] * 2, "json", columns))
    assert b"[]\n" == written([], "json", columns)
    assert b"value\n1\na\n" == written([1, "a"], "csv", columns)
    assert b'a,b\n1,\n,"[null]"\n'.replace(b'"', b"") == written(
        [{"a": 1}, {"b": [None]}], "csv", columns
    )


def test_rows_that_are_not_there_are_none() -> None:
    for nothing in (None, UNSET):
        answer = ActivityResponse(data=[])
        object.__setattr__(answer, "data", nothing)
        assert [] == COLUMNS.rows_of(answer)


def test_a_row_may_lack_what_the_document_names() -> None:
    rows = [ActivityItem.from_dict(ITEM)]

    [header, row] = csv.reader(io.StringIO(written(rows, "csv").decode()))

    assert ["date", "at", "usage", "cached_tokens"] == header
    assert ["2026-08-23", "", "0.015", "7"] == row


def test_parquet_keeps_moments_and_kinds_that_differ_are_text(tmp_path: Path) -> None:
    pq: Any = importlib.import_module("pyarrow.parquet")
    rows = [{"at": "2026-08-23T12:30:00+02:00", "x": 1}, {"x": "one"}, {"x": None}]
    columns = Columns(rows={}, kinds={dict: {"at": "date-time"}})

    read = pq.read_table(io.BytesIO(written(rows, "parquet", columns)))

    assert [dt.datetime(2026, 8, 23, 10, 30, tzinfo=dt.UTC), None, None] == read["at"].to_pylist()
    assert ["1", "one", None] == read["x"].to_pylist()


def test_a_column_of_two_classes_is_of_both_kinds() -> None:
    columns = Columns(
        rows={}, kinds={ErrorDetail: {"code": "integer"}, ActivityItem: {"code": "date"}}
    )

    assert {"code": "text"} == columns.of([])


ACTIVITY = {"date": (10, "date"), "model": (40, "text"), "model_permaslug": (50, "text")} | {
    "endpoint_id": (36, "text"),
    "provider_name": (16, "text"),
    "usage": (8, "number"),
    "requests": (9, "number"),
}


@pytest.mark.parametrize(
    ("room", "changes", "widths"),
    [
        (39, {}, {"date": 10, "model": 9, "provider_name": 6, "usage": 8}),
        (50, {}, {"date": 10, "model": 14, "provider_name": 12, "usage": 8}),
        (30, {}, {"date": 10, "model": 8, "usage": 8}),
        (100, {"usage": (66, "number")}, {"date": 10, "model": 12, "provider_name": 6}),
        (8, {}, {"date": 8}),
    ],
)
def test_a_narrow_terminal_shows_first_what_is_no_identifier(
    room: int, changes: dict[str, Any], widths: dict[str, int]
) -> None:
    columns = ACTIVITY | changes

    found = table.fitting(
        {name: width for name, (width, _) in columns.items()},
        {name: kind for name, (_, kind) in columns.items()},
        room,
    )

    assert widths | {name: width for name, (width, _) in changes.items()} == found
    assert sum(found.values()) + 2 * (len(found) - 1) <= room


@pytest.mark.parametrize(
    ("text", "cell"),
    [("0.123456789", "0.12345…"), ("1.23456e-101", "1.2…e-101"), ("5", "       5")],
)
def test_a_number_that_is_cut_keeps_its_exponent(text: str, cell: str) -> None:
    assert cell == table._fitted(text, max(8, len(cell)), right=True)


def test_identifiers_are_recognised_by_the_words_of_their_names() -> None:
    texts = ["id", "title", "titleSlug", "bookId", "bookUUID", "valid", "HTTPPath"]
    kinds = dict.fromkeys(texts, "text") | {"title_count": "number"}

    ordered = table.by_importance(kinds)

    assert ["id", "title", "valid", "HTTPPath", "title_count"] == ordered[:5]


def test_cells_are_cut_by_their_width_on_a_terminal_and_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    text = io.StringIO()

    table.write_table([{"a": "東京" * 9, "b": "🙂" * 9}], COLUMNS, text, track, same, terminal=True)

    [line] = [line for line in text.getvalue().splitlines() if "東" in line]
    assert 2 == line.count("…")
    assert 20 >= cell_len(line)


# Options


def test_a_deprecated_operation_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    given = app.FileOptions(base_url="http://127.0.0.1:1", output="/no/such/folder/file")

    with pytest.raises(CommandError):
        app.run(given, [], lambda _: None, None, deprecated=True)

    assert "openrouter-analytics: this command is deprecated\n" == capsys.readouterr().err


def test_standard_input_is_one_key() -> None:
    keys = [app.Key(Scheme(name, "X", "", (), ""), f"--{name}-file", "-") for name in ("a", "b")]

    with pytest.raises(CommandError, match="standard input can be the file of one key only"):
        app.run(app.Options(), keys, lambda _: None, None, deprecated=False)


@pytest.mark.parametrize(
    ("annotation", "kind", "metavar", "example"),
    [
        (str, str, "TEXT", ["--value", "TEXT"]),
        (bool, bool, None, ["--value"]),
        (float, float, "NUMBER", ["--value", "1.5"]),
        (int | str, str, "TEXT", ["--value", "TEXT"]),
        (Status | str, str, "TEXT", ["--value", "'on loan'"]),
        (Days | int, int, "INTEGER", ["--value", "7"]),
        (Literal["a"], Literal["a"], "TEXT", ["--value", "TEXT"]),
        (dt.date | str, str, "DATE", ["--value", "yesterday"]),
        (Sequence[UUID | str], list[str], "UUID", ["--value", f"{UUID(int=1, version=4)}"]),
        (list[str], str, "FILE", ["--value", "body.json"]),
        (ActivityItem, str, "FILE", ["--value", "body.json"]),
    ],
)
def test_the_type_of_an_argument_makes_its_option(
    annotation: Any, kind: Any, metavar: str | None, example: list[str]
) -> None:
    def operation(*, value: Any, client: Any) -> None: ...

    [option] = options.find_options(operation, {"value": annotation}, {"value": "A text."})

    found, described = get_args(option.parameter.annotation)
    assert (kind, metavar, example) == (found, described.metavar, option.example)
    assert described.help.startswith("A text.")


def test_an_option_that_can_be_left_out_may_be_none() -> None:
    def operation(*, value: str | None = None, body: Any = UNSET) -> None: ...

    found = options.find_options(operation, {"value": str | None, "body": Any | Unset}, {})

    assert [str | None] * 2 == [get_args(option.parameter.annotation)[0] for option in found]
    assert [False] * 2 == [option.required for option in found]


def test_the_values_of_an_enum_are_offered() -> None:
    def operation(*, status: Any) -> None: ...

    [option] = options.find_options(operation, {"status": Sequence[Status | str]}, {})

    described = get_args(option.parameter.annotation)[1]
    assert ["on loan", "lost"] == described.completer(None)
    assert "Such as on loan, lost. Can be given several times." == described.help


def test_a_word_for_a_day_is_its_beginning_unless_the_document_has_it() -> None:
    class When(StrEnum):
        TODAY = "today"

    def operation(*, since: Any, when: Any, days: Any) -> None: ...

    annotations = {
        "since": dt.datetime | str,
        "when": When | dt.date | str,
        "days": Sequence[dt.date | str],
    }
    since, when, days = options.find_options(operation, annotations, {})

    read = since.read("yesterday")
    assert (dt.UTC, dt.time()) == (read.tzinfo, read.time())
    assert "today" == when.read("today")
    assert [read.date(), "2026-08-23"] == days.read(["yesterday", "2026-08-23"])


def test_a_name_that_is_taken_gets_another() -> None:
    taken = {"a", "no-b", "c", "c-2"}

    names = [options.free(taken, name, is_flag=name == "b") for name in ("x", "a", "b", "c")]

    assert ["x", "a-2", "b-2", "c-3"] == names
    assert {"x", "a-2", "b-2", "no-b-2", "c-3"} <= taken


# Annotations


def test_names_that_only_type_checkers_import_are_found() -> None:
    def operation(items: Any) -> None: ...

    operation.__annotations__ = {"items": "list[ActivityPage]", "return": "ErrorDetail"}
    package.models.ActivityPage = ActivityResponse
    found = type_hints.type_hints(operation)
    delattr(package.models, "ActivityPage")

    assert {"items": list[ActivityResponse], "return": ErrorDetail} == found


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (str, "text"),
        (bool | None, "boolean"),
        (dt.date, "date"),
        (dt.datetime, "date-time"),
        (Days | int, "integer"),
        (Literal[2], "integer"),
        (int | float, "number"),
        (int | str, "text"),
        (dict[str, int], "text"),
    ],
)
def test_the_type_of_a_member_is_that_of_its_column(annotation: Any, kind: str) -> None:
    assert kind == rows._kind(annotation)


def test_an_envelope_is_an_object_around_one_array_of_rows() -> None:
    whole = rows.find_rows(ActivityResponse, is_row=False)
    single = rows.find_rows(ActivityResponse | None, is_row=True)
    items = rows.find_rows(list[ActivityItem] | ErrorResponse | ErrorDetail, is_row=False)

    assert ({ActivityResponse: ("data", "data")}, [ActivityItem]) == (whole.rows, [*whole.kinds])
    assert ({}, [ActivityResponse]) == (single.rows, [*single.kinds])
    assert ({}, [ActivityItem, ErrorResponse, ErrorDetail]) == (items.rows, [*items.kinds])
    assert rows.find_rows(str | bytes, is_row=False) is None


def test_the_package_can_be_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [f"python -m {NAME}", "--version"])
    monkeypatch.delitem(sys.modules, f"{NAME}.__main__", raising=False)

    with pytest.raises(SystemExit) as ended:
        runpy.run_module(NAME, run_name="__main__")

    assert 0 == ended.value.code
    assert f"{package.__version__}\n" == capsys.readouterr().out
