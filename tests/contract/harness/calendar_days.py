"""Check that a row's `date` allows exactly the days of the calendar, in the API's two forms."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import json
from collections.abc import Iterator
from typing import NamedTuple

import jsonschema_rs

from tests.contract.harness.contract import Contract, Schema

MIDNIGHT = " 00:00:00"
"""What the live API writes after a day."""

_FORMS = ("{}" + MIDNIGHT, "{}")
_BASES = (
    "2000-01-01", "2008-02-29", "2012-02-29", "2019-02-19", "2023-02-28", "2024-02-29",
    "2026-03-31", "2031-04-30", "2035-10-21", "2047-06-10", "2052-02-29", "2090-11-23",
    "2099-12-31",
)  # fmt: skip
"""Days that use every part of the pattern."""


class Deviation(NamedTuple):
    """A text about which the document and the calendar disagree."""

    text: str  # the text
    allowed: bool  # whether the document allows it, although it is no day

    def __str__(self) -> str:
        return f"{self.text!r} is {'allowed' if self.allowed else 'refused'}"


def date_schema(contract: Contract) -> Schema:
    """The schema of a row's date."""
    response = contract.response(200)
    assert response is not None
    body = contract.resolved(response.content["application/json"] or {})
    row = contract.resolved(body["properties"]["data"]["items"])
    return contract.resolved(row["properties"]["date"])


@functools.cache
def _valid() -> dict[str, None]:
    """Every day of the years 2000 to 2099, in both forms."""
    first = dt.date(2000, 1, 1)
    days = [first + dt.timedelta(days=ahead) for ahead in range(36525)]
    return dict.fromkeys(form.format(day) for day in days for form in _FORMS)


def _near_misses() -> Iterator[str]:
    """Texts that resemble a day; some of them are one."""
    for year in (2000, 2001, 2004, 2010, 2012, 2018, 2023, 2024, 2056, 2090, 2096, 2099):
        for month in range(20):
            for day in range(40):
                yield from (form.format(f"{year}-{month:02}-{day:02}") for form in _FORMS)
    yield from ("1999-12-31", "2100-01-01", "1924-02-29", "3026-08-23", "", " ", "today")
    for base in _BASES:
        for text in (form.format(base) for form in _FORMS):
            for place in range(len(text)):
                yield text[:place] + text[place + 1 :]
                for other in "x ٣:/":  # one of them is a digit outside of ASCII
                    yield text[:place] + other + text[place + 1 :]
            yield from (f"x{text}", f"{text}x", f"2{text}", f"{text}0", f"{text}\n", f"\n{text}")
        yield from (f"{base}T00:00:00", f"{base} 00:00:01", f"{base} 01:00:00", f"{base}Z")


def deviations(contract: Contract) -> list[Deviation]:
    """The first ten deviations; days that are refused come first."""
    return _deviations(json.dumps(date_schema(contract)))


@functools.cache  # most mutants do not change the date
def _deviations(schema: str) -> list[Deviation]:
    validator = jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)
    refused = (Deviation(text, False) for text in _valid() if not validator.is_valid(text))
    misses = (text for text in _near_misses() if text not in _valid())
    allowed = (Deviation(text, True) for text in misses if validator.is_valid(text))
    return list(itertools.islice(itertools.chain(refused, allowed), 10))
