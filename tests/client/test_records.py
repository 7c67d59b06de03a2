"""Rows become records: dicts that a data frame, a CSV file or a database takes as they are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from tests.client.conftest import ITEM
from tests.client.package import ActivityItem, records

DOCUMENTED = {name: value for name, value in ITEM.items() if name != "cached_tokens"}
RECORD = {**ITEM, "date": dt.date(2026, 8, 23)}


def row(**others: Any) -> Any:
    return ActivityItem.from_dict({**DOCUMENTED, **others})


def test_a_record_has_days_and_every_field_in_its_order() -> None:
    [record] = records([row(cached_tokens=7)])

    assert [*RECORD.items()] == [*record.items()]


def test_all_records_have_the_same_fields() -> None:
    both = {"cached_tokens": 8, "region": "us"}
    found = records([row(), row(region="eu"), row(cached_tokens=7), row(**both)])

    assert {(*DOCUMENTED, "region", "cached_tokens")} == {*map(tuple, found)}
    assert [(None, None), ("eu", None), (None, 7), ("us", 8)] == [
        (record["region"], record["cached_tokens"]) for record in found
    ]


def test_no_rows_are_no_records() -> None:
    assert [] == records([])


def test_rows_may_come_one_after_another_and_as_dicts() -> None:
    found = records(iter([{"a": 1}, {"b": dt.date(2026, 8, 23)}]))

    assert [{"a": 1, "b": None}, {"a": None, "b": dt.date(2026, 8, 23)}] == found


def test_a_time_without_a_zone_is_the_users_own() -> None:
    rows = [{"a": dt.datetime(2026, 8, 23, 1, 2), "b": [dt.date(2026, 8, 23)]}]

    assert [rows[0] | {"b": ["2026-08-23"]}] == records(rows)


def test_what_a_subclass_has_instead_of_a_day_is_as_it_writes_it() -> None:
    class Month(ActivityItem):  # type: ignore[misc]
        def to_dict(self) -> dict[str, Any]:
            return {**DOCUMENTED, "date": self.date}

    item = Month(**attrs.asdict(row()) | {"date": "2026-08"})

    assert ["2026-08"] == [record["date"] for record in records([item])]


def test_a_record_is_the_users_own() -> None:
    item = row(cached_tokens=7)
    records([item])[0].clear()

    assert [RECORD] == records([item])


def test_a_subclass_has_the_fields_of_its_base() -> None:
    @attrs.define
    class Ours(ActivityItem):  # type: ignore[misc]
        team: str = "ours"

    assert [RECORD] == records([Ours.from_dict(ITEM)])


@pytest.mark.parametrize("value", [5, "text", None, ["a"]])
def test_another_row_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=f"models or dicts, received {type(value).__name__}"):
        records([value])
