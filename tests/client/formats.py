"""The formats of strings: valid and invalid ones, and what they mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from hypothesis import strategies as st


class Form(NamedTuple):
    """A format of strings.

    Attributes:
        example: A valid string.
        texts: Further valid strings.
        others: Invalid strings.
        meaning: Returns the meaning of a valid string.
    """

    example: str
    texts: st.SearchStrategy[str]
    others: list[str]
    meaning: Callable[[str], object]


OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(
    lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))
)
"""The UTC offsets that RFC 3339 can express."""


@st.composite
def _date_times(draw: st.DrawFn) -> str:
    """A date-time in any notation of RFC 3339, without leap seconds, which Python lacks."""
    moment = draw(st.datetimes(timezones=st.just(dt.UTC) | OFFSETS))
    text = moment.isoformat(timespec=draw(st.sampled_from(["seconds", "microseconds"])))
    if moment.tzinfo is dt.UTC:
        text = text.replace("+00:00", draw(st.sampled_from(["+00:00", "-00:00", "Z", "z"])))
    return text.replace("T", draw(st.sampled_from("Tt")))


def _day(text: str) -> dt.date:
    # The live API writes a day as its midnight.
    return dt.date.fromisoformat(text.removesuffix(" 00:00:00"))


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.upper())


NO_DATES = [
    "", "soon", "20260823", "2026-8-23", "2026-02-29", "2026-13-01", "2026-W34-7",
    "23.08.2026", "٢٠٢٦-08-23", "2026-08-23 ", "2026-08-23\n", "2026-08-23 00:00",
    "2026-08-23T00:00:01", "2026-08-23 24:00:00", "2026-08-23 25:00:00",
    "2026-08-23T00:00:00+24:00", "2026-08-23T00:00:00+0200", "9999-12-31T23:59:59-01:00",
]  # fmt: skip
NO_DATE_TIMES = [
    "", "soon", "1787443200", "2026-08-23", "2026-08-23T12:00:00", "2026-08-23T12:00Z",
    "2026-08-23T24:00:00Z", "2026-08-23T25:00:00Z", "2026-02-29T00:00:00Z",
    "2026-08-23T00:00:00+24:00", "2026-08-23T00:00:00+25:00",
]  # fmt: skip
_UUID = "5f0c3b1e-7c1d-4b8e-9a51-2f6a3d9c0e11"
NO_UUIDS = [
    "", "7", "a" * 36, "-" * 36, _UUID.replace("-", ""), f"{{{_UUID}}}", f"urn:uuid:{_UUID}",
]  # fmt: skip

FORMS = {
    "date": Form("2026-08-23", st.dates().map(dt.date.isoformat), NO_DATES, _day),
    "date-time": Form("2026-08-23T12:00:00+00:00", _date_times(), NO_DATE_TIMES, _moment),
    "uuid": Form(
        _UUID,
        st.uuids().map(str) | st.uuids().map(lambda value: str(value).upper()),
        NO_UUIDS,
        UUID,
    ),
}
"""The formats that have their own type in Python."""


def form(option: dict[str, Any]) -> str | None:
    """The name of the format of a schema's strings."""
    name = option.get("x-value-format", option.get("format"))
    return name if option.get("type") == "string" and name in FORMS else None
