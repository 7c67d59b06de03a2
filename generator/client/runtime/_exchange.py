"""The values that a call passes on, from its request to its response, for sync and async.

They are plain classes: attrs takes longer to make such a class than to import the module.
"""

from __future__ import annotations

from collections.abc import Generator

from ._http import httpx, retry_after
from ._retry import Retries
from .errors import APIConnectionError


class Prepared:
    """A request without arguments, and the headers of the httpx client that it was built with."""

    __slots__ = ("client_headers", "request")

    def __init__(self, request: httpx.Request, client_headers: list[tuple[bytes, bytes]]) -> None:
        self.request = request
        self.client_headers = client_headers


class Received:
    """A response whose body has been read."""

    __slots__ = ("content", "response")

    def __init__(self, response: httpx.Response, content: bytes) -> None:
        self.response = response
        self.content = content

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def content_type(self) -> str:
        """The media type of the body, with its parameters."""
        return str(self.response.headers.get("Content-Type", ""))


class Sleep:
    """A wait before a retry, in seconds."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


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
