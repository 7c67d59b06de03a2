"""The values that a call passes on, from its request to its response, for sync and async."""

from __future__ import annotations

from collections.abc import Generator

from ._http import httpx
from .errors import APIConnectionError


class Received:
    """A response whose body has been read.

    It is a plain class: attrs takes longer to make such a class than to import the module.
    """

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


Outcome = Received | APIConnectionError
"""What sending a request gives: a response, or the error that there is none."""

Steps = Generator[httpx.Request | float | Received, Outcome | None, None]
"""The steps of a call: requests to send, seconds to wait, and at last the response.

Whoever carries out the steps sends the outcome of each request back into the generator.
"""
