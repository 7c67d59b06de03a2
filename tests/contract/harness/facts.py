"""Facts about the live API, written independently of openapi.yaml, each with its source.

An expectation must not come from the document under test: a mistake there would expect itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

WINDOW = 30
"""How many completed UTC days `date` may name; today is not one (CodexBar issues/3133)."""

STRING_FIELDS = ("date", "model", "model_permaslug", "endpoint_id", "provider_name")
COUNTS = ("requests", "prompt_tokens", "completion_tokens", "reasoning_tokens")
NUMBER_FIELDS = ("usage", "byok_usage_inference", *COUNTS)
"""The fields of a row as OpenRouter's page of 2025-11-08 publishes them: all required."""

TYPES: dict[tuple[str | int, ...], tuple[str, ...]] = {
    (): ("object",),
    ("data",): ("array",),
    ("data", 0): ("object",),
    **dict.fromkeys((("data", 0, name) for name in STRING_FIELDS), ("string",)),
    **dict.fromkeys((("data", 0, name) for name in NUMBER_FIELDS), ("number",)),
    ("error",): ("object",),
    ("error", "code"): ("integer",),
    ("error", "message"): ("string",),
    ("error", "metadata"): ("object", "null"),
    ("user_id",): ("string", "null"),
}
"""The types of the values in the body of a success or an error. What may be null may be absent."""

OPERATION = "GET /activity"

PARAMETERS = ("date",)
"""The parameters of the query whose effect is known: the sandbox has them, the probes send them."""

SERVER = "https://openrouter.ai/api/v1"
"""OpenRouter's full document, `servers[0].url`."""

KEY_VARIABLES = ("OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_API_KEY")
"""The variables with the user's key, in order of precedence; the second is the official SDK's."""

NAMED_STATUSES = (200, 400, 401, 403, 500)
"""The statuses that the page of 2025-11-08 lists by number."""

KNOWN_DRIFT = {
    ("unknown-field", "$.data[*].cached_tokens"): (
        "sent since 2026-02, named by OpenRouter's document only in 2026-10"
    ),
    **{
        ("always-whole", f"$.data[*].{name}"): (
            "a count, which the page of 2025-11-08 calls a number and later ones an integer"
        )
        for name in COUNTS
    },
    **{
        ("never-present", path): "named by the page 'Errors', not yet seen in this operation's"
        for path in ("$.error.metadata", "$.user_id")
    },
}
"""Drift that is understood, with its reason. All other drift is reported as new."""

Key = Literal["management", "inference", "wrong", "none", "other"]
"""Which key a request has. `other` is one that schemathesis made up."""


@dataclass(frozen=True)
class Probe:
    """A request whose response is known beforehand."""

    name: str  # its name in a report
    key: Key = "management"  # its key
    date: str | None = None  # the text of `date`; None leaves the parameter out
    # Whether `date` has the documented form, so that the document must allow it.
    well_formed: bool = True
    gentle: bool = True  # whether it is also sent to an API that is not ours


def probes(today: dt.date) -> list[Probe]:
    """All probes, for that UTC day."""

    def ago(days: int) -> str:
        return (today - dt.timedelta(days=days)).isoformat()

    return [
        Probe("all days"),
        Probe("the newest day", date=ago(1)),
        Probe("the oldest day", date=ago(WINDOW)),
        Probe("today", date=ago(0)),
        Probe("one day too old", date=ago(WINDOW + 1)),
        Probe("tomorrow", date=ago(-1), gentle=False),
        Probe("years ago", date="2001-02-03", gentle=False),
        Probe("no calendar day", date=f"{today.year}-02-30", well_formed=False),
        Probe("a day in words", date="yesterday", well_formed=False, gentle=False),
        Probe("a day without hyphens", date=ago(2).replace("-", ""), well_formed=False),
        Probe("a moment", date=f"{ago(2)}T00:00:00Z", well_formed=False, gentle=False),
        *(
            Probe(f"the literal {text}", date=text, well_formed=False, gentle=False)
            for text in ("true", "20260823.5", "null")
        ),
        Probe("no day at all", date="", well_formed=False, gentle=False),
        Probe("no key", key="none"),
        Probe("a wrong key", key="wrong", gentle=False),
        Probe("an inference key", key="inference", gentle=False),
    ]


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def calendar_day(text: str) -> dt.date | None:
    """The day of a text in the form YYYY-MM-DD, or None if it has another form."""
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def expected_statuses(
    key: Key, query: Iterable[tuple[str, str]], todays: Iterable[dt.date]
) -> frozenset[int] | None:
    """The statuses that a GET may have, or None if that is unknown.

    Args:
        key: The key of the request.
        query: The parameters of the request. `date` may be repeated. The API may refuse a value of
            any other parameter, such as `group_by`, which hypothesis finds in the sandbox's code.
        todays: The UTC day of the response; two days at midnight.
    """
    if key == "inference":
        return frozenset({403})
    if key in {"none", "wrong"}:
        return frozenset({401})
    if key == "other":
        return frozenset({401, 403})
    dates = [value for name, value in query if name == "date"]
    if any(name != "date" for name, _ in query):
        return frozenset({200, 400, 404})
    if not dates:
        return frozenset({200})
    if len(dates) > 1:
        return None
    day = calendar_day(dates[0])
    if day is None:
        return frozenset({400})
    return frozenset(200 if 1 <= (today - day).days <= WINDOW else 400 for today in todays)
