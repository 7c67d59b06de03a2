"""The options that select, sort and add up rows: columns, order, groups, days and totals."""

import csv
import datetime as dt
import functools
import importlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from sandbox import Sandbox, serve
from tests.client.command.conftest import FORMATS, NUMBERS, TODAY, Runner, responding, terminal
from tests.client.conftest import ITEM, call_sync, open_client
from tests.client.package import Code, Columns, CommandError, questions, sums

pq: Any = importlib.import_module("pyarrow.parquet")  # which has no types

Row = dict[str, Any]


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    """A sandbox of 300 rows, ten for each day."""
    with serve(rows=300, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def rows(server: Sandbox) -> list[Row]:
    """The rows of the sandbox, read without the command."""
    with open_client(server.base_url) as client:
        found: list[Row] = call_sync(client).to_dict()["data"]
        return found


def answer(
    rows: list[Row], documented: Columns | None = None, /, **asked: Any
) -> tuple[list[Row], Columns]:
    """The answer to questions about rows, by name of the question."""
    read = questions.Questions.read({name: (f"--{name}", value) for name, value in asked.items()})
    found: tuple[list[Row], Columns] = read.answer(rows, documented or Columns({}, {}))
    return found


def summed(rows: list[Row], *by: str) -> dict[tuple[str, ...], Row]:
    """The sums of rows, computed with fractions."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for row in rows:
        group = found.setdefault(tuple(row[name] for name in by), Counter())
        for name in NUMBERS:
            group[name] += Fraction(str(row[name]))  # type: ignore[assignment]
    return {key: {name: float(group[name]) for name in NUMBERS} for key, group in found.items()}


def read_rows(file: Path, form: str) -> list[Row]:
    """The rows of a file, in which a table has no cell that is empty or contains a space."""
    if form == "parquet":
        read: list[Row] = pq.read_table(file).to_pylist()
        return read
    text = file.read_text("utf-8")
    if form == "json":
        return list(json.loads(text))
    if form == "jsonl":
        return [json.loads(line) for line in text.splitlines()]
    lines = text.splitlines()
    return [*csv.DictReader(lines if form == "csv" else [",".join(line.split()) for line in lines])]


# Groups and sums


@pytest.mark.parametrize("by", ["model", "provider_name,model", "date"])
@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "parquet"])
def test_groups_have_the_sums_of_their_rows(
    run: Runner, rows: list[Row], tmp_path: Path, by: str, form: str
) -> None:
    run.rows(f"--by {by} --format {form} --output", str(tmp_path / "sums"))

    found = read_rows(tmp_path / "sums", form)
    names = by.split(",")
    assert {(*names, *NUMBERS)} == {tuple(row) for row in found}
    assert summed(rows, *names) == {
        tuple(str(row[name]) for name in names): {name: float(row[name]) for name in NUMBERS}
        for row in found
    }


def test_a_table_ends_with_a_total_and_data_does_not(run: Runner, rows: list[Row]) -> None:
    *groups, rule, total = run.rows("--by model --sort -usage").splitlines()[1:]

    [sums] = summed(rows).values()
    name, *numbers = total.split()
    assert ("total", [*sums.values()]) == (name, [*map(float, numbers)])
    assert {"─", " "} == {*rule}
    assert len(groups) == len({row["model"] for row in rows})
    assert "total" not in run.rows("--by model --format csv")


def test_a_total_is_marked_in_the_first_column_that_has_no_sum(run: Runner) -> None:
    shown = run.rows("--by model,date --columns usage,date,model --top 1").splitlines()

    assert ["total"] == shown[-1].split()[1:]
    assert shown[-1].index("total") == shown[0].index("date")
    assert "total" not in run.rows("--by model --columns usage")


def test_a_total_counts_the_rows_that_top_leaves_out(run: Runner) -> None:
    whole, top = (run.rows(f"--by model {more}").splitlines() for more in ("", "--top 2"))

    assert 1 + 2 + 1 + 1 == len(top)
    assert whole[-1].split() == top[-1].split()


def test_a_total_is_on_a_terminal_too(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch, "stdout")
    monkeypatch.setenv("COLUMNS", "60")

    shown = run.rows("--by model").splitlines()

    [end] = [number for number, line in enumerate(shown) if line.startswith("total ")]
    assert shown[end - 1].startswith("───")
    assert max(map(len, shown[: end + 1])) <= 60


def test_a_million_rows_lose_nothing() -> None:
    millionths = [number * 7_919 % 10**9 for number in range(1_000_000)]
    values = [number / 10**6 for number in millionths]

    total = sums._plain(functools.reduce(sums._add, values, None))

    assert sum(millionths) / 10**6 == total
    assert sum(values) != total


@pytest.mark.parametrize(
    ("values", "total"),
    [
        ([0.1, 0.2], 0.3),
        ([1e308, 1e-320, -1e308], 1e-320),
        ([1e308, 1e308], 2 * 10**308),
        ([2**70, 1], 2**70 + 1),
        ([1, 0.5, None], 1.5),
        ([True, False], None),
        ([1, "2"], None),
    ],
)
def test_sums_are_exact_and_of_numbers_only(values: list[Any], total: Any) -> None:
    found, columns = answer([{"a": "x", "b": value} for value in values], by="a")

    assert [{"a": "x"} if total is None else {"a": "x", "b": total}] == found
    assert {type(total)} == {type(row.get("b")) for row in found}
    assert ({} if total is None else {"b": total}) == columns.total


def test_a_group_without_a_number_has_no_sum() -> None:
    found, columns = answer([{"a": 1, "b": None}, {"a": 2, "b": 3}, {"b": 4}, {"b": 5}], by="a")

    assert [(1, None), (2, 3), (None, 9)] == [(row["a"], row["b"]) for row in found]
    assert {"b": 12} == columns.total


# Columns, order and days


@pytest.mark.parametrize("form", FORMATS)
def test_columns_come_in_the_order_in_which_they_are_named(
    run: Runner, rows: list[Row], tmp_path: Path, form: str
) -> None:
    run.rows(f"--columns cached_tokens,date --format {form} --output", str(tmp_path / "chosen"))

    found = read_rows(tmp_path / "chosen", form)
    assert {("cached_tokens", "date")} == {tuple(row) for row in found}
    assert [(row["cached_tokens"], row["date"]) for row in rows] == [
        (int(row["cached_tokens"]), str(row["date"])) for row in found
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ('"a,b", c d,"a,b"', {"a,b": 1, "c d": 2}),
        ('a\r\n"b\nc"', {"a": 3, "b\nc": 4}),
    ],
    ids=["commas", "line breaks"],
)
def test_a_comma_or_a_line_break_ends_a_name_unless_it_is_in_quotes(
    names: str, expected: Row
) -> None:
    [row], columns = answer([{"a,b": 1, "c d": 2, "a": 3, "b\nc": 4}], columns=names)

    assert [*expected.items()] == [*columns.json(row).items()]


@pytest.mark.parametrize(
    ("sort", "order"), [("a,-a", "yzx"), ("-a,b,a", "xyz"), ("-a,-b,a", "xzy")]
)
def test_the_first_of_a_repeated_column_counts(sort: str, order: str) -> None:
    rows = [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}, {"a": 1, "b": "z"}]
    found, _ = answer(rows, sort=sort)

    assert order == "".join(row["b"] for row in found)


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("--sort -usage", lambda row: -row["usage"]),
        ("--sort=-usage", lambda row: -row["usage"]),
        ("--sort usage", lambda row: row["usage"]),
        (
            "--sort 'provider_name, -requests'",
            lambda row: (row["provider_name"], -row["requests"]),
        ),
    ],
)
def test_rows_are_sorted(
    run: Runner, rows: list[Row], sort: str, key: Callable[[Row], Any]
) -> None:
    assert sorted(rows, key=key) == run.json_rows(sort)


@pytest.mark.parametrize(("sort", "order"), [("a", [2, 4, 0, 1, 3]), ("-a", [0, 2, 4, 1, 3])])
def test_rows_without_a_value_come_last_and_equal_ones_as_they_were(
    sort: str, order: list[int]
) -> None:
    values = [2, None, 1.0, None, 1]
    found, _ = answer([{"n": n, "a": value} for n, value in enumerate(values)], sort=sort)

    assert order == [row["n"] for row in found]


def test_values_of_all_types_can_be_sorted() -> None:
    found, _ = answer([{"a": value} for value in [{"b": 1}, "x", True, 2, [1]]], sort="a")

    assert [True, 2, "x", [1], {"b": 1}] == [row["a"] for row in found]


@pytest.mark.parametrize(
    ("options", "first", "last"),
    [
        ("--since 2026-08-20", "2026-08-20", "2026-08-23"),
        ("--until 2026-07-26", "2026-07-25", "2026-07-26"),
        ("--since 2026-08-01 --until 2026-08-01", "2026-08-01", "2026-08-01"),
    ],
)
def test_both_days_are_included(
    run: Runner, rows: list[Row], options: str, first: str, last: str
) -> None:
    found = run.json_rows(options)

    assert [row for row in rows if first <= row["date"] <= last] == found
    days = {row["date"] for row in found}
    assert (first, last) == (min(days), max(days))


def test_a_day_may_be_a_word(run: Runner) -> None:
    today = dt.datetime.now(dt.UTC).date()
    days = [today - dt.timedelta(ago) for ago in range(-1, 3)]
    with responding({"data": [ITEM | {"date": str(day)} for day in days]}) as server:
        found = run.json_rows(f"--base-url {server.url} --since yesterday --until today")

    # It may be midnight.
    assert {str(today - dt.timedelta(1)), str(today)} >= {row["date"] for row in found[-2:]}
    assert 2 == len(found)


def test_moments_are_compared_by_their_day_in_utc() -> None:
    moments = [
        "2026-01-01T23:30:00-01:00",
        "2026-01-02T00:30:00+01:00",
        "2026-01-02T12:00:00+00:00",
        None,
    ]
    columns = Columns({}, {dict: {"at": "date-time"}})

    found, _ = answer(
        [{"at": at} for at in moments], columns, since="2026-01-02", until="2026-01-02", sort="-at"
    )

    assert [moments[2], moments[0]] == [row["at"] for row in found]


def test_all_questions_can_be_asked_at_once(run: Runner, rows: list[Row]) -> None:
    found = run.json_rows(
        "--since 2026-08-01 --by model --sort -usage --top 3 --columns model,usage"
    )

    groups = summed([row for row in rows if row["date"] >= "2026-08-01"], "model")
    best = sorted(groups, key=lambda key: -groups[key]["usage"])[:3]
    assert [{"model": key[0], "usage": groups[key]["usage"]} for key in best] == found


def test_without_rows_there_are_columns_and_no_total(run: Runner) -> None:
    out = run.rows("--since 2027-01-01 --by model --columns model,usage,cached_tokens")

    assert ["model", "usage", "cached_tokens"] == out.split()


def test_csv_for_excel_begins_with_a_byte_order_mark(run: Runner, tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"

    run.rows("--columns date --bom --output", str(file))

    assert file.read_bytes().startswith(b"\xef\xbb\xbfdate\n2026-")


def test_a_document_without_dates_has_no_days() -> None:
    with pytest.raises(CommandError, match="--until: no column is a date") as raised:
        answer([], until="2026-01-01")

    assert Code.USAGE == raised.value.code
