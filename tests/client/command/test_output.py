"""Results that the API does not have: texts, bytes, events, and rows of other forms."""

import csv
import datetime as dt
import importlib
import io
import json
from typing import Any, get_args

import pytest
from rich.cells import cell_len

from tests.client.command.conftest import terminal
from tests.client.conftest import ITEM
from tests.client.package import (
    UNSET,
    ActivityItem,
    ActivityResponse,
    Columns,
    ErrorDetail,
    output,
    table,
)

COLUMNS = Columns(
    rows={ActivityResponse: ("data", "data")},
    kinds={ActivityItem: {"date": "date", "at": "date-time", "usage": "number"}},
)


def written(result: Any, form: Any, columns: Columns | None = COLUMNS) -> bytes:
    """The output for a result, in a file or on standard output."""
    stream = io.BytesIO()
    write = output.writer(None, form, columns, lambda text: text)
    write(result, stream, lambda rows, _: iter(rows))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("result", "content", "shown"),
    [
        ("caf\xe9\x1b", b"caf\xc3\xa9\x1b", b"caf\xc3\xa9\\x1b"),
        (b"\xff\0", b"\xff\0", b"\xff\0"),
        (None, b"", b""),
        ([{"a": "\x9b"}, 1], b'{"a": "\xc2\x9b"}\n1\n', b'{"a": "\\u009b"}\n1\n'),
    ],
    ids=["text", "bytes", "nothing", "events"],
)
def test_what_has_no_rows_is_written_as_it_came_and_a_terminal_gets_no_escape_sequence(
    monkeypatch: pytest.MonkeyPatch, result: Any, content: bytes, shown: bytes
) -> None:
    def again() -> Any:
        return iter(result) if isinstance(result, list) else result

    assert content == written(again(), None, None)

    terminal(monkeypatch, "stdout")
    assert shown == written(again(), None, None)


@pytest.mark.parametrize("form", get_args(output.Format))
def test_no_body_is_nothing(form: Any) -> None:
    assert b"" == written(None, form)


DETAIL = {"code": 1, "message": "x", "more": [1]}
DETAILS = Columns(rows={}, kinds={ErrorDetail: {"code": "integer", "message": "text"}})


@pytest.mark.parametrize(
    ("result", "form", "expected"),
    [
        (ErrorDetail.from_dict(DETAIL), "csv", "code,message,more\n1,x,[1]\n"),
        (ErrorDetail.from_dict(DETAIL), "json", json.dumps(DETAIL, indent=2) + "\n"),
        (
            [ErrorDetail.from_dict(DETAIL)] * 2,
            "json",
            "[\n{0},\n{0}\n]\n".format(json.dumps(DETAIL)),
        ),
        ([], "json", "[]\n"),
        ([1, "a"], "csv", "value\n1\na\n"),
        ([{"a": 1}, {"b": [None]}], "csv", "a,b\n1,\n,[null]\n"),
    ],
)
def test_an_array_is_its_items_and_an_object_is_one_row(
    result: Any, form: str, expected: str
) -> None:
    assert expected == written(result, form, DETAILS).decode()


@pytest.mark.parametrize("nothing", [None, UNSET])
def test_rows_that_are_not_there_are_none(nothing: Any) -> None:
    response = ActivityResponse(data=[])
    object.__setattr__(response, "data", nothing)

    assert [] == COLUMNS.rows_of(response)


def test_a_row_may_lack_what_the_document_names() -> None:
    rows = [ActivityItem.from_dict(ITEM)]

    [header, row] = csv.reader(io.StringIO(written(rows, "csv").decode()))

    assert ["date", "at", "usage", "cached_tokens"] == header
    assert ["2026-08-23", "", "0.015", "7"] == row


def test_parquet_keeps_moments_and_kinds_that_differ_are_text() -> None:
    pq: Any = importlib.import_module("pyarrow.parquet")
    rows = [{"at": "2026-08-23T12:30:00+02:00", "x": 1}, {"x": "one"}, {"x": None}]
    columns = Columns(rows={}, kinds={dict: {"at": "date-time"}})

    read = pq.read_table(io.BytesIO(written(rows, "parquet", columns)))

    assert [dt.datetime(2026, 8, 23, 10, 30, tzinfo=dt.UTC), None, None] == read["at"].to_pylist()
    assert ["1", "one", None] == read["x"].to_pylist()


def test_a_column_of_two_classes_is_of_both_kinds() -> None:
    kinds = {ErrorDetail: {"code": "integer"}, ActivityItem: {"code": "date"}}

    assert {"code": "text"} == Columns(rows={}, kinds=kinds).of([])


# Tables on a terminal

KINDS = {
    "date": "date",
    "model": "text",
    "model_permaslug": "text",
    "endpoint_id": "text",
    "provider_name": "text",
    "usage": "number",
    "requests": "number",
}
WIDTHS = dict(zip(KINDS, (10, 40, 50, 36, 16, 8, 9), strict=True))


@pytest.mark.parametrize(
    ("room", "changes", "widths"),
    [
        (39, {}, {"date": 10, "model": 9, "provider_name": 6, "usage": 8}),
        (50, {}, {"date": 10, "model": 14, "provider_name": 12, "usage": 8}),
        (30, {}, {"date": 10, "model": 8, "usage": 8}),
        (100, {"usage": 66}, {"date": 10, "model": 12, "provider_name": 6, "usage": 66}),
        (8, {}, {"date": 8}),
    ],
)
def test_a_narrow_terminal_shows_first_what_is_no_identifier(
    room: int, changes: dict[str, int], widths: dict[str, int]
) -> None:
    found = table.fitting(WIDTHS | changes, KINDS, room)

    assert widths == found
    assert sum(found.values()) + 2 * (len(found) - 1) <= room


@pytest.mark.parametrize(
    ("text", "cell"),
    [("0.123456789", "0.12345…"), ("1.23456e-101", "1.2…e-101"), ("5", "       5")],
)
def test_a_number_that_is_cut_keeps_its_exponent(text: str, cell: str) -> None:
    assert cell == table._fitted(text, max(8, len(cell)), right=True)


def test_identifiers_are_recognised_by_the_words_of_their_names() -> None:
    texts = ["id", "title", "titleSlug", "bookId", "bookUUID", "valid", "HTTPPath"]

    ordered = table.by_importance(dict.fromkeys(texts, "text") | {"title_count": "number"})

    assert ["id", "title", "valid", "HTTPPath", "title_count"] == ordered[:5]


def test_cells_are_cut_by_their_width_on_a_terminal_and_marked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal(monkeypatch, "stdout")
    monkeypatch.setenv("COLUMNS", "20")

    shown = written([{"a": "東京" * 9, "b": "🙂" * 9}], "table").decode()

    [line] = [line for line in shown.splitlines() if "東" in line]
    assert 2 == line.count("…")
    assert 20 >= cell_len(line)
