"""Records of another document's rows, whose fields have every kind of type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from tests.generator.client import small


def model(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*required], "properties": properties}


def text(form: str) -> dict[str, Any]:
    return {"type": "string", "format": form}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


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
    "Holiday": model(name={"type": "string"}),
    "Days": model("year", year={"type": "integer"}) | {"additionalProperties": text("date")},
}
DAY = "2026-08-23"
UUID = "00000000-0000-4000-8000-000000000001"


DOCUMENT = small.document(
    {name: small.returning(ref(name)) for name in SCHEMAS}, components={"schemas": SCHEMAS}
)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with small.package(DOCUMENT, tmp_path_factory.mktemp("records"), "records_client") as found:
        yield found


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
