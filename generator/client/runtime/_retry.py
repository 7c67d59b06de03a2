"""The retry policy: when to retry after a failed attempt, and how long to wait before it.

Only idempotent methods are retried, and only after failures that look temporary. The waits grow
exponentially, with full jitter; a ``Retry-After`` of the server replaces them.
"""

from __future__ import annotations

import random

from ._exchange import Outcome, Received
from ._http import retry_after

IDEMPOTENT_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PUT", "TRACE"})
TEMPORARY_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})

FIRST_WAIT = 0.5
"""The longest first wait, in seconds. The limit doubles with each retry."""

LONGEST_WAIT = 8.0
"""The longest wait in seconds that the client chooses itself."""

LONGEST_RETRY_AFTER = 60.0
"""The longest ``Retry-After`` in seconds that the client waits for; a longer one ends the call."""

LONGEST_TOTAL = 120.0
"""The longest sum of all waits of a call, in seconds."""


class Retries:
    """The retries that a call has left."""

    __slots__ = ("_left", "_longest", "_total")

    def __init__(self, method: str, max_retries: int) -> None:
        self._left = max_retries if method in IDEMPOTENT_METHODS else 0
        self._longest = FIRST_WAIT
        self._total = 0.0

    def wait(self, outcome: Outcome) -> float | None:
        """The seconds to wait after an attempt, before the next one; None if there is none."""
        if not self._left:
            return None
        seconds = None
        if isinstance(outcome, Received):
            if outcome.status_code not in TEMPORARY_STATUSES:
                return None
            seconds = retry_after(outcome.response.headers)
        if seconds is None:
            seconds = random.uniform(0, self._longest)  # noqa: S311 - jitter is no secret
            self._longest = min(2 * self._longest, LONGEST_WAIT)
        if seconds > LONGEST_RETRY_AFTER or self._total + seconds > LONGEST_TOTAL:
            return None
        self._left -= 1
        self._total += seconds
        return seconds
