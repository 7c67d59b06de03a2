"""What a client shows of its requests and of the responses to them: all but its keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

from . import _auth, _http, _settings, errors
from . import _decode as decode
from ._exchange import Received
from ._http import httpx
from ._operation import Operation
from ._text import LONGEST_URL, printable


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
        """The client's error for an error of the connection; None for any other error."""
        if _http.is_failure(error):
            return _http.connection_error(error, self._public(request))
        _http.clear_frames(error)
        if _http.is_closed(error):
            raise errors.ConfigurationError("this client is closed: make a new one") from None
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
        content, headers = self._redacted(received)
        hint = self._keys.hint(operation.security)
        hints: dict[object, str] = dict.fromkeys((401, 403), hint)
        if following := received.response.next_request:
            target = self._keys.redact(_http.without_query(following.url)).decode()
            target = printable(target, LONGEST_URL)
            hints[received.status_code] = (
                f"It redirects to {target}, which only a client with follow_redirects=True follows."
            )
        try:
            body = decode.parse(content)
        except ValueError:
            body = None
        return errors.status_error(
            status_code=received.status_code,
            headers=headers,
            content=content,
            body=cast("object", body),
            retry_after=_http.retry_after(headers),
            hints=hints,
            request=self._public(received.response.request),
        )
