"""Records of another document's rows, whose fields have every kind of type."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.generator.client import small
from tests.generator.client.small import COUNT, TEXT, model, ref, returning


def text(form: str) -> dict[str, Any]:
    return {"type": "string", "format": form}


SCHEMAS = {
    "Order": model(
        "placed",
        placed=text("date-time"),
        due={"oneOf": [text("date"), ref("Money")]},
        Number=text("uuid"),
        state={"type": "string", "enum": ["new", "paid"]},
        total=ref("Money"),
    ),
    "Money": model(amount={"type": "number"}, since=text("date")),
    "Holiday": model(name=TEXT),
    "Days": model("year", year=COUNT) | {"additionalProperties": text("date")},
}
DOCUMENT = small.document(
    {name: returning(ref(name)) for name in SCHEMAS}, components={"schemas": SCHEMAS}
)
DAY = "2026-08-23"
UUID = "00000000-0000-4000-8000-000000000001"


def records(package: Any, **rows: list[dict[str, Any]]) -> Any:
    found = [
        getattr(package.models, name).from_dict(row)
        for name, items in rows.items()
        for row in items
    ]
    return package.records(found)


def test_values_are_pythons_and_a_missing_one_is_none(package: Any) -> None:
    order = {"placed": f"{DAY}T12:00:00Z", "Number": UUID, "state": "paid"}

    [record] = records(package, Order=[order])

    assert [*record.items()] == [
        ("placed", dt.datetime(2026, 8, 23, 12, tzinfo=dt.UTC)),
        ("due", None),
        ("Number", UUID),
        ("state", "paid"),
        ("total", None),
    ]
    assert type(record["state"]) is str


def test_an_object_inside_is_its_json(package: Any) -> None:
    money = {"amount": 1.5, "since": DAY}
    order = {"placed": f"{DAY}T12:00:00Z", "total": money, "due": money}

    [record] = records(package, Order=[order])

    assert [money, money] == [record["total"], record["due"]]


def test_rows_of_several_classes_have_the_fields_of_all(package: Any) -> None:
    found = records(package, Holiday=[{"name": "a", "note": 1}], Money=[{"since": DAY}])

    assert [
        [("name", "a"), ("amount", None), ("since", None), ("note", 1)],
        [("name", None), ("amount", None), ("since", dt.date(2026, 8, 23)), ("note", None)],
    ] == [[*record.items()] for record in found]


def test_days_of_any_name_are_days(package: Any) -> None:
    [record] = records(package, Days=[{"year": 2026, "today": DAY}])

    assert {"year": 2026, "today": dt.date(2026, 8, 23)} == record
