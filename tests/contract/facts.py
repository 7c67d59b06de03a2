"""What is known of the live API, written down without a look at openapi.yaml.

Each check needs an expectation that does not come from the document under test: else a mistake in
the document would expect itself. Sources are named where a fact stands.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

WINDOW = 30
"""Completed UTC days that `date` may name; today is none (CodexBar issues/3133)."""

STRING_FIELDS = ("date", "model", "model_permaslug", "endpoint_id", "provider_name")
NUMBER_FIELDS = (
    "usage",
    "byok_usage_inference",
    "requests",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
)
"""The fields of a row as OpenRouter's page of 2025-11-08 publishes them: all required."""

OPERATION = "GET /activity"

SERVER = "https://openrouter.ai/api/v1"
"""OpenRouter's full document, `servers[0].url`."""

KEY_VARIABLES = ("OPENROUTER_MANAGEMENT_KEY", "OPENROUTER_API_KEY")
"""Where users keep the key, the first one first; the second is the official SDK's."""

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
        for name in NUMBER_FIELDS[2:]
    },
    **{
        ("never-present", path): "named by the page 'Errors', not yet seen in this operation's"
        for path in ("$.error.metadata", "$.user_id")
    },
}
"""Drift that is understood, with the reason; anything else is new, and is reported as such."""

Key = Literal["management", "inference", "wrong", "none", "other"]
"""Which key a request carries. `other` is whatever a generator made up."""


@dataclass(frozen=True)
class Probe:
    """A request whose answer is known beforehand.

    Attributes:
        name: What it is about.
        key: The key that it carries.
        date: The text of `date`; None leaves the parameter out.
        well_formed: Whether `date` has the documented form, so that the document must allow it.
        gentle: Whether it is one of the few that are sent to an API which is not our own.
    """

    name: str
    key: Key = "management"
    date: str | None = None
    well_formed: bool = True
    gentle: bool = True


def probes(today: dt.date) -> list[Probe]:
    """The requests whose answers are known, on that UTC day."""

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
    """The day of a text in the form YYYY-MM-DD, or None if it has another."""
    try:
        return dt.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def expected_statuses(
    key: Key, dates: Sequence[str], todays: Iterable[dt.date]
) -> frozenset[int] | None:
    """The statuses that a GET may have, or None where nothing is known of it.

    Args:
        key: The key that it carries.
        dates: The values of the parameter `date`, as often as it stands in the query.
        todays: The UTC day or days on which it was answered: two at midnight.
    """
    if key == "inference":
        return frozenset({403})
    if key in {"none", "wrong"}:
        return frozenset({401})
    if key == "other":
        return frozenset({401, 403})
    if not dates:
        return frozenset({200})
    if len(dates) > 1:
        return None
    day = calendar_day(dates[0])
    if day is None:
        return frozenset({400})
    return frozenset(200 if 1 <= (today - day).days <= WINDOW else 400 for today in todays)
