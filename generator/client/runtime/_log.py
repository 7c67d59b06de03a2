"""The logger of the package, which is silent until a program configures logging.

No record has a query, a header or a body: they may contain secrets.
"""

from __future__ import annotations

import logging

from ._exchange import Outcome
from .errors import APIConnectionError

_LOGGER = logging.getLogger(__package__)
_LOGGER.addHandler(logging.NullHandler())


def attempts() -> bool:
    """Whether the program wants records of attempts."""
    return _LOGGER.isEnabledFor(logging.DEBUG)


def attempt(request: str, outcome: Outcome) -> None:
    """Log the outcome of a request."""
    _LOGGER.debug("%s: %s", request, _summary(outcome))


def retry(request: str, outcome: Outcome, seconds: float) -> None:
    """Log why a request is sent again, and when."""
    _LOGGER.info("%s: %s, retry in %.2f s", request, _summary(outcome), seconds)


def _summary(outcome: Outcome) -> str:
    if isinstance(outcome, APIConnectionError):
        return outcome.message
    return f"status {outcome.status_code}"
