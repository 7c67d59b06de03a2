"""Check that a row's `date` allows exactly the days of the calendar, in the API's two forms."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import json
from collections.abc import Iterator

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


def date_schema(contract: Contract) -> Schema:
    """The schema of a row's date."""
    response = contract.response(200)
    assert response is not None
    body = contract.resolved(response.content["application/json"] or {})
    row = contract.resolved(body["properties"]["data"]["items"])
    return contract.resolved(row["properties"]["date"])


@functools.cache
def _texts() -> dict[str, bool]:
    """Every day of the years 2000 to 2099, in both forms, then texts that are no such day."""
    days = (dt.date(2000, 1, 1) + dt.timedelta(days=ahead) for ahead in range(36525))
    texts = {form.format(day): True for day in days for form in _FORMS}
    for text in _near_misses():
        texts.setdefault(text, False)
    return texts


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


def deviations(contract: Contract) -> list[tuple[str, bool]]:
    """The first ten texts on which document and calendar disagree, refused days first.

    The second value says whether the document allows the text.
    """
    return _deviations(json.dumps(date_schema(contract)))


@functools.cache  # most mutants do not change the date
def _deviations(schema: str) -> list[tuple[str, bool]]:
    validator = jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)
    views = ((text, validator.is_valid(text), day) for text, day in _texts().items())
    return list(itertools.islice(((text, view) for text, view, day in views if view != day), 10))
