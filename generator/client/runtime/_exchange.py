"""The values that a call passes on, from its request to its response, for sync and async."""

from __future__ import annotations

from collections.abc import Generator

from attrs import field, frozen

from ._http import httpx, retry_after
from ._retry import Retries
from .errors import APIConnectionError


@frozen
class Prepared:
    """A request without arguments, and the headers of the httpx client that it was built with."""

    request: httpx.Request = field(repr=False)
    client_headers: list[tuple[bytes, bytes]] = field(repr=False)


@frozen
class Received:
    """A response whose body has been read."""

    response: httpx.Response
    content: bytes = field(repr=False)

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def content_type(self) -> str:
        """The media type of the body, with its parameters."""
        return str(self.response.headers.get("Content-Type", ""))


@frozen
class Sleep:
    """A wait before a retry, in seconds."""

    seconds: float


Outcome = Received | APIConnectionError
"""What sending a request gives: a response, or the error that there is none."""

Steps = Generator[httpx.Request | Sleep | Received, Outcome | None, None]
"""The steps of a call: requests to send, waits, and at last the response.

Whoever carries out the steps sends the outcome of each request back into the generator.
"""


def wait_before_retry(retries: Retries, outcome: Outcome) -> float | None:
    """The seconds to wait before a retry, or None if there is to be none."""
    if isinstance(outcome, APIConnectionError):
        return retries.wait(None, None)
    if outcome.status_code < 300:
        return None
    return retries.wait(outcome.status_code, retry_after(outcome.response.headers))
