"""The retry policy: when to retry after a failed attempt, and how long to wait before it.

Only idempotent methods are retried, and only after failures that look temporary. The waits grow
exponentially, with full jitter; a ``Retry-After`` of the server replaces them.
"""

from __future__ import annotations

import random

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

    def wait(self, status_code: int | None, retry_after: float | None) -> float | None:
        """The seconds to wait before the next attempt, or None if there is to be none.

        Args:
            status_code: The HTTP status of the last attempt, or None if there was no response.
            retry_after: The seconds that its response asks to wait, or None.
        """
        if not self._left or not (status_code is None or status_code in TEMPORARY_STATUSES):
            return None
        if retry_after is None:
            seconds = random.uniform(0, self._longest)  # noqa: S311 - jitter is no secret
            self._longest = min(2 * self._longest, LONGEST_WAIT)
        elif retry_after <= LONGEST_RETRY_AFTER:
            seconds = retry_after
        else:
            return None
        if self._total + seconds > LONGEST_TOTAL:
            return None
        self._left -= 1
        self._total += seconds
        return seconds
