"""A row's dates are the days of the calendar, in the two forms that the API has used."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterator

import jsonschema_rs

from tests.contract.contract import Contract, Schema

FORMS = ("{}", "{} 00:00:00")

_BASES = (
    "2000-01-01", "2008-02-29", "2012-02-29", "2019-02-19", "2023-02-28", "2024-02-29",
    "2026-03-31", "2031-04-30", "2035-10-21", "2047-06-10", "2052-02-29", "2099-12-31",
    "2090-11-23",
)  # fmt: skip


def date_schema(contract: Contract) -> Schema:
    """The schema of a row's date."""
    answer = contract.answer(200)
    assert answer is not None
    body = contract.resolved(answer.content["application/json"] or {})
    row = contract.resolved(body["properties"]["data"]["items"])
    return contract.resolved(row["properties"]["date"])


@functools.cache
def valid() -> tuple[str, ...]:
    """Every day of the years 2000 to 2099, in both forms."""
    first = dt.date(2000, 1, 1)
    days = (first + dt.timedelta(days=ahead) for ahead in range(36525))
    return tuple(form.format(day) for day in days for form in FORMS)


@functools.cache
def invalid() -> tuple[str, ...]:
    """What looks like such a day and is none."""
    good = set(valid())
    return tuple(dict.fromkeys(text for text in _near_misses() if text not in good))


def _near_misses() -> Iterator[str]:
    for year in (2000, 2001, 2004, 2010, 2012, 2018, 2023, 2024, 2056, 2090, 2096, 2099):
        for month in range(20):
            for day in range(40):
                for form in FORMS:
                    yield form.format(f"{year}-{month:02}-{day:02}")
    yield from ("1999-12-31", "2100-01-01", "1924-02-29", "3026-08-23", "", " ", "today")
    for base in _BASES:
        for form in FORMS:
            text = form.format(base)
            for place in range(len(text)):
                yield text[:place] + text[place + 1 :]
                for other in "x ٣:":  # one of them is a digit, though not of ASCII
                    yield text[:place] + other + text[place + 1 :]
            yield from (f"x{text}", f"{text}x", f"2{text}", f"{text}0", f"{text}\n", f"\n{text}")
        yield from (f"{base}T00:00:00", f"{base} 00:00:01", f"{base} 01:00:00", f"{base}Z")


def deviations(contract: Contract) -> list[str]:
    """Texts that the document takes or refuses, other than the calendar does."""
    return _deviations(json.dumps(date_schema(contract)))


@functools.cache  # a hundred thousand texts, and most mutants leave the date alone
def _deviations(schema: str) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)
    wrong = [f"{text!r} is refused" for text in valid() if not validator.is_valid(text)]
    return wrong + [f"{text!r} is taken" for text in invalid() if validator.is_valid(text)]
