"""The reference document allows the bodies that the live API sends, and no others."""

import datetime as dt
import itertools
import json
import re
from typing import Any

import jsonschema_rs
import pytest

from tests.contract.harness import reference

CONTRACT = reference.document()


def validator(status: str) -> jsonschema_rs.Draft202012Validator:
    """A validator that asserts formats, for the bodies that the contract has under a status."""
    response = CONTRACT["paths"]["/activity"]["get"]["responses"][status]
    schema = response["content"]["application/json"]["schema"]
    root = {**schema, "components": CONTRACT["components"]}
    return jsonschema_rs.Draft202012Validator(root, validate_formats=True)


ACTIVITY = validator("200")
ERROR = validator("400")
# A row as the live API sends it.
ROW = {
    "date": "2026-08-23 00:00:00",
    "model": "example-author/example-model",
    "model_permaslug": "example-author/example-model-2026-01-01",
    "endpoint_id": "00000000-0000-4000-8000-000000000001",
    "provider_name": "Example Provider",
    "usage": 0.015,
    "byok_usage_inference": 0,
    "requests": 5,
    "prompt_tokens": 1200,
    "completion_tokens": 340,
    "reasoning_tokens": 100,
}


def test_the_example_is_valid_and_has_live_dates() -> None:
    response = CONTRACT["paths"]["/activity"]["get"]["responses"]["200"]
    example = response["content"]["application/json"]["example"]

    assert ACTIVITY.is_valid(example)
    assert all(row["date"].endswith(" 00:00:00") for row in example["data"])


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([], id="none"),
        pytest.param([ROW], id="live"),
        pytest.param([ROW | {"cached_tokens": 12}], id="with a field that it does not name"),
        pytest.param([ROW | {"date": "2026-08-23"}], id="as documented"),
        pytest.param([ROW | {"date": "2024-02-29 00:00:00"}], id="leap day"),
        pytest.param([ROW, ROW | {"date": "2000-02-29"}], id="two"),
    ],
)
def test_body_of_the_live_api_is_valid(rows: list[dict[str, Any]]) -> None:
    assert ACTIVITY.is_valid({"data": rows})


WRONG_DATES = [
    "",
    " ",
    "2026-02-30",
    "2026-02-30 00:00:00",
    "2023-02-29",
    "2023-02-29 00:00:00",
    "2026-04-31",
    "2026-13-01",
    "2026-00-10",
    "2026-01-00",
    "2026-01-32",
    "1999-12-31",
    "2100-01-01",
    "2026-08-23 00:00:01",
    "2026-08-23 12:00:00",
    "2026-08-23 24:00:00",
    "2026-08-23 00:00",
    "2026-08-23 00:00:00.000",
    "2026-08-23 00:00:00Z",
    "2026-08-23 00:00:00+00:00",
    "2026-08-23T00:00:00",
    "2026-08-23T00:00:00Z",
    "2026-08-23  00:00:00",
    "2026-08-23\t00:00:00",
    "2026-08-23\u00a000:00:00",
    "2026-08-23 ",
    " 2026-08-23",
    "2026-08-23\n",
    "2026-08-23 00:00:00\n",
    "\n2026-08-23",
    "2026-08-23\r\n",
    "2026-08-22\n2026-08-23",
    "2026-8-3",
    "26-08-23",
    "02026-08-23",
    "20260823",
    "2026-W34-7",
    "2026-235",
    "2026/08/23",
    "23-08-2026",
    "08/23/2026",
    "２０２６-０８-２３",
    "٢٠٢٦-٠٨-٢٣",
    "today",
    "null",
]


@pytest.mark.parametrize("date", [*WRONG_DATES, None, 20260823, 1787443200, True, ["2026-08-23"]])
def test_row_with_a_wrong_date_is_not_valid(date: Any) -> None:
    errors = list(ACTIVITY.iter_errors({"data": [ROW | {"date": date}]}))

    assert [list(error.instance_path) for error in errors] == [["data", 0, "date"]]


def test_every_calendar_day_of_the_century_and_no_other_is_valid() -> None:
    first = dt.date(2000, 1, 1)
    days = {str(first + dt.timedelta(days=n)) for n in range(36525)}
    numbers = itertools.product(range(1999, 2101), range(14), range(33))
    written = [f"{year}-{month:02}-{day:02}" for year, month, day in numbers]
    item = CONTRACT["components"]["schemas"]["ActivityItem"]["properties"]["date"]
    pattern = re.compile(item["pattern"])
    date = jsonschema_rs.Draft202012Validator(item, validate_formats=True)

    assert (len(days), max(days)) == (36525, "2099-12-31")
    for form in ("{}", "{} 00:00:00"):
        assert days == {day for day in written if pattern.fullmatch(form.format(day))}
        assert days == {day for day in written if date.is_valid(form.format(day))}


def test_the_pattern_keeps_to_what_all_regular_expressions_have_in_common() -> None:
    pattern = CONTRACT["components"]["schemas"]["ActivityItem"]["properties"]["date"]["pattern"]

    assert re.fullmatch(r"\^[-0-9\[\]{}()|: ]+\?\$", pattern)
    assert "(?" not in pattern


@pytest.mark.parametrize(
    "change",
    [
        {"usage": "0.015"},
        {"usage": None},
        {"requests": True},
        {"model": None},
        {"provider_name": 7},
        {"endpoint_id": ...},
        {"date": ...},
    ],
)
def test_row_with_a_wrong_or_missing_field_is_not_valid(change: dict[str, Any]) -> None:
    row = {name: value for name, value in (ROW | change).items() if value is not ...}

    assert not ACTIVITY.is_valid({"data": [row]})


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {}}, {"error": {}}, [], None])
def test_body_without_rows_is_not_valid(body: Any) -> None:
    assert not ACTIVITY.is_valid(body)


LIVE_ERRORS = [
    '{"error":{"message":"Date must be within the last 30 (completed) UTC days","code":400}}',
    '{"error":{"code":403,"message":"Only management keys can perform this operation"}}',
    '{"error":{"code":401,"message":"Missing Authentication header"}}',
    '{"error":{"code":500,"message":"","metadata":null},"user_id":null}',
    '{"error":{"code":429,"message":"Slow down","metadata":{"provider":"x"}},"user_id":"user_1"}',
    '{"error":{"code":400,"message":"No"},"openrouter_metadata":null}',
]


@pytest.mark.parametrize("body", LIVE_ERRORS)
def test_error_of_the_live_api_is_valid(body: str) -> None:
    assert ERROR.is_valid(json.loads(body))


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"error":"No"}',
        '{"error":null}',
        '{"error":{"code":"400","message":"No"}}',
        '{"error":{"code":400.5,"message":"No"}}',
        '{"error":{"message":"No"}}',
        '{"error":{"code":400}}',
        '{"error":{"code":400,"message":null}}',
        '{"error":{"code":400,"message":"No","metadata":[]}}',
        '{"error":{"code":400,"message":"No"},"user_id":7}',
    ],
)
def test_body_that_is_no_error_is_not_valid(body: str) -> None:
    assert not ERROR.is_valid(json.loads(body))
