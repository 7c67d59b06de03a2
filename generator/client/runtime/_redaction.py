"""What a client shows of its requests and of the responses to them: all but its keys."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from . import _auth, _http, _settings, errors
from . import _decode as decode
from ._exchange import Received
from ._http import httpx
from ._operation import Operation
from ._pool import CLOSED
from ._text import LONGEST_URL, printable

_EXCERPT = 200
"""How many characters of a body that is not JSON a message quotes at most."""

_LOOKED_AT = 4096
"""How many bytes of such a body are read for it."""

_DEEPEST = 100
"""How deep metadata may be nested: pickle and copy fail on values that JSON can still read."""

_BY_CODE: Mapping[int, type[errors.APIStatusError]] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.UnprocessableEntityError,
    429: errors.RateLimitError,
}


class Redacting:
    """The part of a client that makes its errors and its log records."""

    __slots__ = ("_keys",)

    _keys: _auth.Keys

    def _public(self, request: httpx.Request) -> errors.Request:
        """The part of a request that may be shown: all but the headers that contain a key."""
        secret = self._keys.headers() | _settings.SECRET_HEADERS
        headers = {name: value for name, value in request.headers.items() if name not in secret}
        url = request.url.copy_with(username=None, password=None)  # a redirect may name them
        shown = self._keys.redact(str(url).encode()).decode()  # the query is the user's
        return errors.Request(request.method, shown, headers)

    def _name(self, request: httpx.Request) -> str:
        """Method and URL of a request, without its query and the keys."""
        url = self._keys.redact(_http.without_query(request.url))
        return f"{request.method} {url.decode()}"

    def _redacted(self, received: Received) -> tuple[bytes, httpx.Headers]:
        """Body and headers without the keys, which some servers repeat in their responses."""
        headers = received.response.headers.raw
        shown = httpx.Headers([(name, self._keys.redact(value)) for name, value in headers])
        return self._keys.redact(received.content), shown

    def _connection_error(
        self, error: BaseException, request: httpx.Request
    ) -> errors.APIConnectionError | None:
        """The client's error for an error of the connection; None for any other error.

        httpx's error does not become the cause: the frames of its traceback contain the key.
        """
        # UnicodeError and InvalidURL come from the URL of a redirect.
        if isinstance(error, UnicodeError) or _http.is_a(error, "RequestError", "InvalidURL"):
            kind = ", ".join([type(error).__name__, *getattr(error, "__notes__", ())])
            shown = self._public(request)
            if _http.is_a(error, "TimeoutException"):
                return errors.APITimeoutError(f"timed out ({kind})", request=shown)
            return errors.APIConnectionError(f"{str(error) or kind} ({kind})", request=shown)
        _http.clear_frames(error)
        if isinstance(error, RuntimeError) and "client has been closed" in str(error):
            raise errors.ConfigurationError(CLOSED) from None
        return None

    def _piece(
        self, pieces: Iterator[bytes], request: httpx.Request
    ) -> bytes | errors.APIConnectionError:
        """The next piece of a body that is read as it comes, or its error; empty at the end.

        The caller raises the error: a traceback must not have the piece, which may repeat the key.
        """
        try:
            return next(filter(None, pieces), b"")
        except BaseException as error:
            if failure := self._connection_error(error, request):
                return failure
            raise

    async def _piece_async(
        self, pieces: AsyncIterator[bytes], request: httpx.Request
    ) -> bytes | errors.APIConnectionError:
        """``_piece`` for asyncio."""
        try:
            async for piece in pieces:
                if piece:
                    return piece
        except BaseException as error:
            if failure := self._connection_error(error, request):
                return failure
            raise
        return b""

    def _breach(
        self, breach: errors.ResponseValidationError, received: Received
    ) -> errors.ResponseValidationError:
        """A breach of the contract, with the response that it is in."""
        breach.request = self._public(received.response.request)
        breach.status_code = received.status_code
        breach.content, _ = self._redacted(received)
        # The frames of the decoders contain the body, in which some servers repeat the key.
        breach.__context__ = None
        return breach.with_traceback(None)

    def _status_error(
        self, operation: Operation[Any, Any], received: Received
    ) -> errors.APIStatusError:
        """The error for a response."""
        content, headers = self._redacted(received)
        details = _details(content)
        code, message, metadata = map(details.get, ("code", "message", "metadata"))
        if isinstance(code, float) and code.is_integer():
            code = int(code)
        if isinstance(code, bool) or not isinstance(code, int | str):
            code = received.status_code
        # Under a success status, a code that is an HTTP status of an error decides the class.
        coded = received.status_code < 300 and isinstance(code, int) and 300 <= code < 600
        decisive = int(code) if coded else received.status_code
        other = errors.InternalServerError if decisive >= 500 else errors.APIStatusError
        return _BY_CODE.get(decisive, other)(
            message if isinstance(message, str) else _excerpt(content, headers),
            status_code=received.status_code,
            code=code,
            metadata=None if _is_deep(metadata) else metadata,
            headers=headers,
            content=content,
            retry_after=_http.retry_after(headers),
            hint=self._hint(operation, received, decisive),
            request=self._public(received.response.request),
        )

    def _hint(self, operation: Operation[Any, Any], received: Received, code: int) -> str:
        """What the user can do; the message of an error ends with it."""
        if following := received.response.next_request:
            target = self._keys.redact(_http.without_query(following.url)).decode()
            target = printable(target, LONGEST_URL)
            return (
                f"It redirects to {target}, which only a client with follow_redirects=True follows."
            )
        return self._keys.hint(operation.security) if code in (401, 403) else ""


def _details(content: bytes) -> Mapping[str, Any]:
    """The part of an error body that describes the error: its ``error``, or the whole body."""
    try:
        body: Any = decode.parse(content)
    except ValueError:
        body = None
    whole: Mapping[str, Any] = body
    if not isinstance(body, Mapping):
        return {}
    inner: Any = whole.get("error", whole)
    details: Mapping[str, Any] = inner
    return details if isinstance(inner, Mapping) else {"message": inner}


def _is_deep(value: object) -> bool:
    level: list[Any] = [[value]]
    for _ in range(_DEEPEST + 1):
        inner: list[Any] = [each.values() if isinstance(each, dict) else each for each in level]
        level = [each for values in inner for each in values if isinstance(each, dict | list)]
    return bool(level)


def _excerpt(content: bytes, headers: Mapping[str, str]) -> str:
    """The message of a body that has none: the title of an HTML page, or the first characters."""
    if not content and (encoding := headers.get("Content-Encoding")):
        return f"no body that can be read (Content-Encoding: {encoding})"
    text = " ".join(content[:_LOOKED_AT].decode("utf-8", errors="replace").split())
    if not text:
        return "no body"
    if title := re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE):
        from html import unescape  # on first use: few errors are HTML pages

        text = unescape(title[1]).strip()
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"
