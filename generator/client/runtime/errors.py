"""The exceptions of the client.

    APIError
    ├── APIConnectionError            no HTTP response: DNS, refused, reset, TLS, truncated body
    │   └── APITimeoutError
    ├── APIStatusError                a response that is not a success
    │   ├── BadRequestError           400
    │   ├── AuthenticationError       401
    │   ├── PermissionDeniedError     403
    │   ├── NotFoundError             404
    │   ├── ConflictError             409
    │   ├── UnprocessableEntityError  422
    │   ├── RateLimitError            429
    │   └── InternalServerError       500 and above
    └── ResponseValidationError       a success whose body breaks the contract
    ConfigurationError                a ValueError: nothing was sent

Every error can be pickled, copied and raised again. None contains a key. Its text is safe to print:
control characters of a server's message are escaped, and only the beginning of a long one is shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from ._text import printable


@frozen
class Request:
    """The request that failed, without the headers that contain a key.

    Attributes:
        method: The HTTP method, in capitals.
        url: The whole URL, with its query.
        headers: The headers that were sent, except those with a key.
    """

    method: str
    url: str
    headers: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.url.partition('?')[0]}"


class ConfigurationError(ValueError):
    """A key, a URL or an argument is invalid; raised before anything is sent."""


class APIError(Exception):
    """The base of all errors of a call.

    Attributes:
        message: What went wrong.
        request: The request that failed, or None if there was none.
    """

    def __init__(self, message: str, *, request: Request | None = None) -> None:
        super().__init__(message)
        self.request = request

    @property
    def message(self) -> str:
        """What went wrong."""
        return str(self.args[0])

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class with `args` alone, which misses the keyword arguments.
        return type(self).__new__, (type(self), *self.args), self.__dict__

    def __str__(self) -> str:
        message = printable(self.message)
        return f"{self.request}: {message}" if self.request else message


class APIConnectionError(APIError):
    """There is no complete HTTP response: DNS, refused, reset, TLS, truncated body."""


class APITimeoutError(APIConnectionError):
    """The response did not come within the timeout."""


class APIStatusError(APIError):
    """The server responded with an error.

    Attributes:
        status_code: The HTTP status.
        code: The code in the error body, else the HTTP status. If a server sends an error under
            status 200, the two differ, and the code decides the class.
        message: The message in the error body, else an excerpt of the body.
        metadata: The ``metadata`` of the error body, or None. Metadata that is nested more than
            100 deep is in ``content`` only.
        headers: The headers of the response. Names are matched in any case.
        content: The body of the response.
        retry_after: The seconds that the server asks to wait, or None.
    """

    def __init__(
        self,
        message: str,
        *,
        status_code: int,
        code: int | str | None = None,
        metadata: Any = None,
        headers: Mapping[str, str],
        content: bytes,
        retry_after: float | None = None,
        hint: str = "",
        request: Request | None = None,
    ) -> None:
        super().__init__(message, request=request)
        self.status_code = status_code
        self.retry_after = retry_after
        self.code = status_code if code is None else code
        self.metadata = metadata
        self.headers = headers
        self.content = content
        self._hint = hint

    def __str__(self) -> str:
        code = "" if self.code == self.status_code else f" (code {printable(str(self.code))})"
        text = f"{self.request} answered {self.status_code}{code}: {printable(self.message)}"
        return f"{text} — {self._hint}" if self._hint else text


class BadRequestError(APIStatusError):
    """400: the server refuses the request; its message says why."""


class AuthenticationError(APIStatusError):
    """401: the key is missing, unknown or revoked."""


class PermissionDeniedError(APIStatusError):
    """403: the key is valid, but not permitted to do this."""


class NotFoundError(APIStatusError):
    """404: nothing is found at this URL."""


class ConflictError(APIStatusError):
    """409: the request conflicts with the state of the server."""


class UnprocessableEntityError(APIStatusError):
    """422: the server understands the request, but refuses its content."""


class RateLimitError(APIStatusError):
    """429: too many requests; ``retry_after`` says how long to wait."""


class InternalServerError(APIStatusError):
    """500 and above: the server, or a proxy in front of it, failed."""


class ResponseValidationError(APIError):
    """The body of a success breaks the contract of the document.

    Attributes:
        path: The place in the body, as a JSONPath: ``$.data[3].usage``.
        expected: What the document expects at this place.
        received: The JSON type at this place; the value itself is in ``content``.
        content: The body, or None if the error comes from ``from_dict``.
        status_code: The HTTP status, or None if the error comes from ``from_dict``.
    """

    def __init__(self, expected: str, received: str) -> None:
        super().__init__("")
        self.expected = expected
        self.received = received
        self.content: bytes | None = None
        self.status_code: int | None = None
        self._location: tuple[str | int, ...] = ()

    @property
    def path(self) -> str:
        """The place in the body, as a JSONPath."""
        return "$" + "".join(map(_step, self._location))

    @property
    def depth(self) -> int:
        """How many steps the path has."""
        return len(self._location)

    def inside(self, step: str | int) -> ResponseValidationError:
        """Put ``step`` before the path: the error is inside of an enclosing value."""
        self._location = (step, *self._location)
        return self

    @property
    def message(self) -> str:
        """The path, what is expected there, and what was received."""
        return f"{self.path}: expected {self.expected}, received {self.received}"

    def __str__(self) -> str:
        message = printable(self.message)
        if self.request is None:
            return message
        start = f"{self.request} answered {self.status_code}"
        return f"{start} with a body that breaks the contract at {message}"


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if step.isidentifier():
        return f".{step}"
    # RFC 9535 escapes like JSON, except for the kind of quote.
    escaped = json.dumps(step, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"['{escaped}']"


__all__ = [
    "APIConnectionError",
    "APIError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "ConfigurationError",
    "ConflictError",
    "InternalServerError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "Request",
    "ResponseValidationError",
    "UnprocessableEntityError",
]
