"""The options that select, sort and add up rows: columns, order, groups, days and totals."""

import csv
import datetime as dt
import functools
import importlib
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox, serve
from tests.client.conftest import ITEM, call_sync, loopback, open_client
from tests.client.package import BASE_URL_VARIABLE, Code, commands, questions, sums
from tests.client.package import columns as module

pq: Any = importlib.import_module("pyarrow.parquet")  # which has no types

Row = dict[str, Any]
Ask = Callable[..., str]
Refused = Callable[..., str]

NUMBERS = [*ITEM][5:]


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    """A sandbox of 300 rows, ten for each day."""
    with serve(rows=300, today=dt.date(2026, 8, 24)) as running:
        yield running


@pytest.fixture(scope="module")
def rows(server: Sandbox) -> list[Row]:
    """The rows of the sandbox, read without the command."""
    with open_client(server.base_url) as client:
        found: list[Row] = call_sync(client).to_dict()["data"]
        return found


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, server: Sandbox) -> None:
    monkeypatch.setenv(BASE_URL_VARIABLE, server.base_url)
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", MANAGEMENT_KEY)
    monkeypatch.setenv("COLUMNS", "80")
    server.requests.clear()


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """The output of the command, which must succeed."""

    def run(line: str, *more: str) -> str:
        code = commands.main(["get-user-activity", *line.split(), *more])
        out, err = capsys.readouterr()
        assert (0, "") == (code, err)
        return out

    return run


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """The error line of the command, whose arguments must be wrong."""

    def run(line: str, *more: str) -> str:
        code = commands.main(["get-user-activity", *line.split(" "), *more])
        out, err = capsys.readouterr()
        assert (Code.USAGE, "", 1) == (code, out, err.count("\n"))
        return err.removeprefix("openrouter-analytics: ").rstrip()

    return run


def lines(text: str) -> list[Row]:
    return [json.loads(line) for line in text.splitlines()]


def answer(rows: list[Row], **asked: Any) -> tuple[list[Row], Any]:
    """The answer to questions about rows that no document describes."""
    read = questions.Questions.read({name: (f"--{name}", value) for name, value in asked.items()})
    found: tuple[list[Row], Any] = read.answer(rows, module.Columns({}, {}))
    return found


def summed(rows: list[Row], *by: str) -> dict[tuple[str, ...], Row]:
    """The sums of rows, computed with fractions."""
    found: dict[tuple[str, ...], Counter[str]] = {}
    for row in rows:
        group = found.setdefault(tuple(row[name] for name in by), Counter())
        for name in NUMBERS:
            group[name] += Fraction(str(row[name]))  # type: ignore[assignment]
    return {key: {name: float(group[name]) for name in NUMBERS} for key, group in found.items()}


# Groups and sums


@pytest.mark.parametrize("by", ["model", "provider_name,model", "date"])
@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "parquet"])
def test_groups_have_the_sums_of_their_rows(
    ask: Ask, rows: list[Row], tmp_path: Path, by: str, form: str
) -> None:
    file = tmp_path / "sums"
    ask(f"--by {by} --format {form} --output", str(file))

    if form == "parquet":
        found = pq.read_table(file).to_pylist()
    else:
        text = file.read_text("utf-8")
        read: dict[str, Callable[[str], Any]] = {"json": json.loads, "jsonl": lines}
        found = [*csv.DictReader(io.StringIO(text))] if form == "csv" else read[form](text)
    names = by.split(",")
    assert {(*names, *NUMBERS)} == {tuple(row) for row in found}
    assert summed(rows, *names) == {
        tuple(str(row[name]) for name in names): {name: float(row[name]) for name in NUMBERS}
        for row in found
    }


def test_a_table_ends_with_a_total_and_data_does_not(ask: Ask, rows: list[Row]) -> None:
    *groups, rule, total = ask("--by model --sort -usage").splitlines()[1:]

    [sums] = summed(rows).values()
    assert ["total", *map(float, sums.values())] == [
        name if name == "total" else float(name) for name in total.split()
    ]
    assert {"─", " "} == {*rule}
    assert len(groups) == len({row["model"] for row in rows})
    assert "total" not in ask("--by model --format csv")


def test_a_total_is_marked_in_the_first_column_that_has_no_sum(ask: Ask) -> None:
    shown = ask("--by model,date --columns usage,date,model --top 1").splitlines()

    assert ["total"] == shown[-1].split()[1:]
    assert shown[-1].index("total") == shown[0].index("date")
    assert "total" not in ask("--by model --columns usage")


def test_a_total_counts_the_rows_that_top_leaves_out(ask: Ask) -> None:
    whole, top = (ask(f"--by model {more}").splitlines() for more in ("", "--top 2"))

    assert 1 + 2 + 1 + 1 == len(top)
    assert whole[-1].split() == top[-1].split()


def test_a_total_is_on_a_terminal_too(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")

    shown = ask("--by model").splitlines()

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


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "parquet", "table"])
def test_columns_come_in_the_order_in_which_they_are_named(
    ask: Ask, rows: list[Row], tmp_path: Path, form: str
) -> None:
    file = tmp_path / "chosen"
    ask(f"--columns cached_tokens,date --format {form} --output", str(file))

    expected = [(row["cached_tokens"], row["date"]) for row in rows]
    if form == "parquet":
        found = [
            (row["cached_tokens"], str(row["date"])) for row in pq.read_table(file).to_pylist()
        ]
    elif form in ("json", "jsonl"):
        text = file.read_text("utf-8")
        found = [tuple(row.values()) for row in (json.loads if form == "json" else lines)(text)]
    else:
        header, *body = file.read_text("utf-8").replace(",", " ").splitlines()
        assert ["cached_tokens", "date"] == header.split()
        found = [(int(number), day) for number, day in map(str.split, body)]
    assert expected == found


def test_a_name_with_a_comma_is_put_in_quotes() -> None:
    [row], columns = answer([{"a,b": 1, "c d": 2, "e": 3}], columns='"a,b", c d,"a,b"')

    assert [("a,b", 1), ("c d", 2)] == [*columns.json(row).items()]


def test_a_line_break_ends_a_name_unless_it_is_in_quotes() -> None:
    _, columns = answer([{"a": 1, "b\nc": 2}], columns='a\r\n"b\nc"')

    assert ["a", "b\nc"] == [*columns.chosen]


@pytest.mark.parametrize(
    ("sort", "order"), [("a,-a", "yzx"), ("-a,b,a", "xyz"), ("-a,-b,a", "xzy")]
)
def test_of_a_column_that_is_named_twice_the_first_counts(sort: str, order: str) -> None:
    rows = [{"a": 2, "b": "x"}, {"a": 1, "b": "y"}, {"a": 1, "b": "z"}]
    found, _ = answer(rows, sort=sort)

    assert order == "".join(row["b"] for row in found)


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (["--sort", "-usage"], lambda row: -row["usage"]),
        (["--sort=-usage"], lambda row: -row["usage"]),
        (["--sort", "usage"], lambda row: row["usage"]),
        (
            ["--sort", "provider_name, -requests"],
            lambda row: (row["provider_name"], -row["requests"]),
        ),
    ],
)
def test_rows_are_sorted(
    ask: Ask, rows: list[Row], arguments: list[str], key: Callable[[Row], Any]
) -> None:
    found = lines(ask("--format jsonl", *arguments))

    assert sorted(rows, key=key) == found


@pytest.mark.parametrize(("sort", "order"), [("a", [2, 4, 0, 1, 3]), ("-a", [0, 2, 4, 1, 3])])
def test_rows_without_a_value_come_last_and_equal_ones_as_they_were(
    sort: str, order: list[int]
) -> None:
    values = [2, None, 1.0, None, 1]
    found, _ = answer([{"n": n, "a": value} for n, value in enumerate(values)], sort=sort)

    assert order == [row["n"] for row in found]


def test_values_of_all_types_can_be_sorted() -> None:
    values = [{"b": 1}, "x", True, 2, [1]]

    found, _ = answer([{"a": value} for value in values], sort="a")

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
    ask: Ask, rows: list[Row], options: str, first: str, last: str
) -> None:
    found = lines(ask(f"{options} --format jsonl"))

    assert [row for row in rows if first <= row["date"] <= last] == found
    days = {row["date"] for row in found}
    assert (first, last) == (min(days), max(days))


def test_a_day_may_be_a_word(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    today = dt.datetime.now(dt.UTC).date()
    days = [today - dt.timedelta(ago) for ago in range(-1, 3)]
    body = json.dumps({"data": [ITEM | {"date": str(day)} for day in days]}).encode()
    with loopback(lambda _: (200, {"Content-Type": "application/json"}, body)) as server:
        monkeypatch.setenv(BASE_URL_VARIABLE, server.url)
        found = lines(ask("--since yesterday --until today --format jsonl"))

    # It may be midnight.
    assert {str(today - dt.timedelta(1)), str(today)} >= {row["date"] for row in found[-2:]}
    assert 2 == len(found)


def test_moments_are_compared_by_their_day_in_utc() -> None:
    columns = module.Columns({}, {dict: {"at": "date-time"}})
    moments = [
        "2026-01-01T23:30:00-01:00",
        "2026-01-02T00:30:00+01:00",
        "2026-01-02T12:00:00+00:00",
    ]
    asked = questions.Questions.read(
        {
            "since": ("--since", "2026-01-02"),
            "until": ("--until", "2026-01-02"),
            "sort": ("", "-at"),
        }
    )

    found, _ = asked.answer([{"at": at} for at in [*moments, None]], columns)

    assert [moments[2], moments[0]] == [row["at"] for row in found]


def test_all_questions_can_be_asked_at_once(ask: Ask, rows: list[Row]) -> None:
    found = lines(
        ask(
            "--since 2026-08-01 --by model --sort -usage --top 3 --columns model,usage "
            "--format jsonl"
        )
    )

    groups = summed([row for row in rows if row["date"] >= "2026-08-01"], "model")
    best = sorted(groups, key=lambda key: -groups[key]["usage"])[:3]
    assert [{"model": key[0], "usage": groups[key]["usage"]} for key in best] == found


def test_without_rows_there_are_columns_and_no_total(ask: Ask) -> None:
    out = ask("--since 2027-01-01 --by model --columns model,usage,cached_tokens")

    assert ["model", "usage", "cached_tokens"] == out.split()


# Excel


def test_a_byte_order_mark_is_for_csv(ask: Ask, refused: Refused, tmp_path: Path) -> None:
    file = tmp_path / "sheet.csv"

    ask("--columns date --bom --output", str(file))

    assert file.read_bytes().startswith(b"\xef\xbb\xbfdate\n2026-")
    assert "--bom: a jsonl has none; it is for --format csv" == refused("--bom --format jsonl")
    assert "--bom: a table has none; it is for --format csv" == refused("--bom")


# Errors


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "--since 2026-08-02 --until 2026-08-01",
            "--since: 2026-08-02 is after 2026-08-01 of --until",
        ),
        ("--since soon", "--since: expected a date such as 2026-08-23, received 'soon'"),
        ("--until 2026-02-30", "--until: expected a date such as 2026-08-23"),
        ("--by ,model", "--by: expected names of columns, such as a,b"),
        ("--columns=", "--columns: expected names of columns"),
        ("--columns=" + "a" * 200_000, "--columns: field larger than field limit"),
        ("--top 0", 'Invalid value "0" for --top. Must be >= 1'),
        ("--top few", 'Invalid value for --top: unable to convert "few" into'),
        ("--top 1.5", 'Invalid value for --top: unable to convert "1.5" into'),
        (f"--query a={MANAGEMENT_KEY}\ud800", "--query: a: 'utf-8' codec can't encode"),
        ("--by model --columns date", "--columns: no column 'date' after --by; there are model, "),
        ("--by date --sort -model", "--sort: no column 'model' after --by; there are date, usage"),
        (f"--since {MANAGEMENT_KEY}", "--since: expected a date"),
    ],
)
def test_a_wrong_question_is_one_line_and_nothing_is_sent(
    refused: Refused, server: Sandbox, line: str, said: str
) -> None:
    shown = refused(line)

    assert shown.startswith(said)
    assert MANAGEMENT_KEY not in shown
    assert not server.requests


@pytest.mark.parametrize("option", ["--columns", "--sort", "--by"])
def test_a_column_that_no_row_has_is_refused_with_the_names_of_those_that_are(
    refused: Refused, tmp_path: Path, option: str
) -> None:
    line = refused(f"{option} modle --output", str(tmp_path / "a.csv"))

    assert f"{option}: no column 'modle'; there are {', '.join(ITEM)}" == line
    assert [] == [*tmp_path.iterdir()]


def test_a_document_without_dates_has_no_days() -> None:
    with pytest.raises(Exception, match="--until: no column is a date") as raised:
        answer([], until="2026-01-01")

    assert Code.USAGE == raised.value.code  # type: ignore[attr-defined]
