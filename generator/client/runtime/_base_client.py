"""What every client does, whatever the operations of its document are."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, ClassVar, NoReturn, Self, TypedDict, TypeVar, cast

from . import _auth, _body_reader, _http, _log, _settings, errors
from ._encode import Arguments, QueryValue
from ._exchange import Outcome, Received, Steps
from ._http import Library, Timeout, Verify, httpx
from ._operation import Operation, OtherMediaTypeError
from ._redaction import Redacting
from ._retry import Retries
from ._sender import AsyncSender, Sender
from ._session import Session
from .types import Response

SuccessT = TypeVar("SuccessT")
ErrorT = TypeVar("ErrorT")

_NO_HEADERS = httpx.Headers()


class CallOptions(TypedDict, total=False):
    """Options of a single call; None keeps the client's own.

    Attributes:
        timeout: Seconds that apply separately to connecting and to each read and write of every
            attempt, or an ``httpx.Timeout``.
        max_retries: How many retries may follow the first attempt.
        headers: Headers to add. One of the same name replaces the client's.
        extra_query: Query parameters to add that the document does not name.
    """

    timeout: Timeout | None
    max_retries: int | None
    headers: Mapping[str, str] | None
    extra_query: Mapping[str, QueryValue] | None


Call = tuple[Operation[Any, Any], Arguments, CallOptions]
"""A call of an operation, with its arguments and its options."""

KeepOpen = Callable[[httpx.Response], bool]
"""Whether the body of a response is left to be read as it comes."""


class BaseClient(Redacting):
    """The client without the operations, the security schemes and the key of a document."""

    __slots__ = (
        "_base_url",
        "_extra_query",
        "_follow_redirects",
        "_headers",
        "_max_retries",
        "_prepared",
        "_session",
        "_timeout",
    )

    _schemes: ClassVar[Mapping[str, _auth.Scheme]] = {}
    _key_required: ClassVar[bool] = False

    def __init__(
        self,
        keys: Mapping[str, _auth.Credential | None],
        *,
        base_url: str | None = None,
        timeout: Timeout = 30.0,
        max_retries: int = 2,
        headers: Mapping[str, str] | None = None,
        verify_ssl: Verify = True,
        follow_redirects: bool = False,
        httpx_args: Mapping[str, Any] | None = None,
        http_library: Library = "httpx",
    ) -> None:
        self._base_url = _settings.base_url(base_url)
        self._timeout = _settings.checked_timeout(timeout)
        self._max_retries = _settings.checked_retries(max_retries)
        self._headers = _settings.checked_headers(headers)
        self._extra_query: Mapping[str, list[str]] = {}
        self._follow_redirects = follow_redirects
        self._keys = _auth.Keys(self._schemes, keys, required=self._key_required)
        if self._keys and not _settings.keeps_secrets(self._base_url):
            raise errors.ConfigurationError(
                f"{_settings.url_source(base_url)}: a key is not sent over plain http, except to "
                f"this machine; received {self._base_url!r}"
            )
        self._prepared: dict[Operation[Any, Any], tuple[httpx.Request, object]] = {}
        self._session = Session(
            http_library=http_library,
            verify_ssl=verify_ssl,
            base_url=self._base_url,
            httpx_args=httpx_args,
        )

    def __repr__(self) -> str:
        # There is no base URL yet when a traceback shows the locals of the constructor.
        return f"Client(base_url={getattr(self, '_base_url', None)!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Client holds a key and connections, and cannot be pickled: make one where it is used"
        )

    def __copy__(self) -> Self:
        copy = object.__new__(type(self))
        state: Any = object.__getstate__(self)
        for members in filter(None, state):  # a subclass may have a __dict__, and slots of its own
            for name, value in members.items():
                setattr(copy, name, value)
        copy._prepared = {}
        return copy

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """A copy that also sends ``headers``. It shares the connections of this client."""
        copy = self.__copy__()
        copy._headers = self._headers.copy()
        copy._headers.update(_settings.checked_headers(headers))
        return copy

    def with_extra_query(self, extra_query: Mapping[str, QueryValue]) -> Self:
        """A copy that also sends these query parameters, which the document does not name.

        A call of an operation that knows one of them raises ``ConfigurationError``. The copy shares
        the connections of this client.
        """
        from ._extra_query import texts  # on first use: few need it

        copy = self.__copy__()
        copy._extra_query = {**self._extra_query, **texts(extra_query)}
        return copy

    def with_timeout(self, timeout: Timeout) -> Self:
        """A copy with another timeout, in seconds. It shares the connections of this client."""
        copy = self.__copy__()
        copy._timeout = _settings.checked_timeout(timeout)
        return copy

    def with_max_retries(self, max_retries: int) -> Self:
        """A copy with another limit of retries. It shares the connections of this client."""
        copy = self.__copy__()
        copy._max_retries = _settings.checked_retries(max_retries)
        return copy

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Send the sync calls of this client and its copies through ``client``."""
        self._session.set_client(client)
        return self

    def get_httpx_client(self) -> httpx.Client:
        """The ``httpx.Client`` of sync calls, made on first use."""
        return self._session.client()

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Send the async calls of this client and its copies through ``async_client``."""
        self._session.set_async_client(async_client)
        return self

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The ``httpx.AsyncClient`` of the running event loop, made on first use."""
        return self._session.async_client()

    def close(self) -> None:
        """Close the connections. Neither this client nor its copies can be used after that."""
        self._session.close()

    async def aclose(self) -> None:
        """Close the connections of the running event loop, and all that ``close`` closes."""
        await self._session.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def call(
        self, operation: Operation[SuccessT, Any], arguments: Arguments, options: CallOptions
    ) -> SuccessT:
        """Call an operation. The namespaces and the modules under ``api`` do so by this method.

        Returns:
            The value of a success.

        Raises:
            errors.APIError: Anything else.
        """
        return self._value(operation, self._exchange((operation, arguments, options)))

    async def call_async(
        self, operation: Operation[SuccessT, Any], arguments: Arguments, options: CallOptions
    ) -> SuccessT:
        """``call`` for asyncio."""
        received = await self._exchange_async((operation, arguments, options))
        return self._value(operation, received)

    def send(
        self, operation: Operation[SuccessT, ErrorT], arguments: Arguments, options: CallOptions
    ) -> Response[SuccessT | ErrorT]:
        """Call an operation, and return the response whatever its status.

        Raises:
            errors.APIConnectionError: There is no HTTP response.
            errors.ResponseValidationError: The body of a success breaks the contract.
            errors.APIStatusError: The status is a success, and the body is an error's.
        """
        return self._response(operation, self._exchange((operation, arguments, options)))

    async def send_async(
        self, operation: Operation[SuccessT, ErrorT], arguments: Arguments, options: CallOptions
    ) -> Response[SuccessT | ErrorT]:
        """``send`` for asyncio."""
        received = await self._exchange_async((operation, arguments, options))
        return self._response(operation, received)

    def _exchange(self, call: Call, keep_open: KeepOpen | None = None) -> Received:
        """Carry out the steps of a call."""
        sender = self._session.sender()
        steps = self._steps(sender, call)
        outcome: Outcome | None = None
        while True:
            step = steps.send(outcome)
            if isinstance(step, Received):
                return step
            if isinstance(step, int | float):
                time.sleep(step)
                continue
            try:
                response = sender.send(step)
                is_open = keep_open and keep_open(response)
                outcome = Received(response, b"" if is_open else _body_reader.read(response))
            except BaseException as error:
                outcome = self._connection_error(error, step)
                if outcome is None:
                    raise

    async def _exchange_async(self, call: Call, keep_open: KeepOpen | None = None) -> Received:
        """``_exchange`` for asyncio."""
        sender = self._session.async_sender()
        steps = self._steps(sender, call)
        outcome: Outcome | None = None
        while True:
            step = steps.send(outcome)
            if isinstance(step, Received):
                return step
            if isinstance(step, int | float):
                await _http.sleep(step)
                continue
            try:
                response = await sender.send(step)
                is_open = keep_open and keep_open(response)
                # The body is no local: a traceback may show locals, and it may repeat the key.
                outcome = Received(
                    response, b"" if is_open else await _body_reader.read_async(response)
                )
            except BaseException as error:
                outcome = self._connection_error(error, step)
                if outcome is None:
                    raise

    def _steps(self, sender: Sender | AsyncSender, call: Call) -> Steps:
        """The steps of a call: its attempts, their redirects, and the waits between them."""
        operation, arguments, options = call
        request = self._request(sender, call)
        limit = options.get("max_retries")
        limit = self._max_retries if limit is None else _settings.checked_retries(limit)
        if not getattr(arguments.content, "is_replayable", True):
            limit = 0
        retries = Retries(operation.method, limit)
        while True:
            outcome = yield from self._attempt(operation, request)
            wait = retries.wait(outcome)
            if wait is None:
                break
            _log.retry(self._name(request), outcome, wait)
            yield wait
        if isinstance(outcome, errors.APIConnectionError):
            raise outcome
        yield outcome

    def _attempt(
        self, operation: Operation[Any, Any], request: httpx.Request
    ) -> Generator[httpx.Request, Outcome | None, Outcome]:
        """The requests of one attempt: the first, and those that redirects lead to.

        The first request to another origin, and all later ones, have no keys.
        """
        home, server = True, _settings.server(operation.server, self._base_url)
        for _ in range(_http.MAX_REDIRECTS):
            outcome = cast("Outcome", (yield request))
            if _log.attempts():
                _log.attempt(self._name(request), outcome)
            if isinstance(outcome, errors.APIConnectionError):
                return outcome
            following = outcome.response.next_request
            if following is None or not self._follow_redirects:
                return outcome
            request = following
            home = home and _http.same_origin(request.url, server)
            if home:
                self._keys.add_to(request, operation.security)
            else:
                self._keys.remove_from(request)
        return errors.APIConnectionError("too many redirects", request=self._public(request))

    def _request(self, sender: Sender | AsyncSender, call: Call) -> httpx.Request:
        operation, arguments, options = call
        timeout = options.get("timeout")
        timeout = self._timeout if timeout is None else _settings.checked_timeout(timeout)
        given = options.get("headers")
        headers = _NO_HEADERS if given is None else _settings.checked_headers(given)
        extra_query = options.get("extra_query")
        if extra_query is not None or self._extra_query:
            from ._extra_query import extended, texts  # on first use: few need it

            extra = {**self._extra_query, **texts(extra_query)}
            arguments = extended(arguments, extra, operation.query, self._keys.in_query())
        try:
            if (
                arguments.path == operation.path
                and "?" not in operation.path
                and arguments.content is None
                and not (arguments.headers or headers)
                and sender.is_direct()
                and not self._keys.in_query()
            ):
                request = self._prepare(sender, operation)
                if not arguments.query and timeout is self._timeout:
                    return request
                return _http.copy_request(request, arguments.query, timeout)
            return self._build(sender, operation, arguments, headers, timeout)
        except Exception as error:
            if not (isinstance(error, UnicodeError) or _http.is_a(error, "InvalidURL")):
                raise
            raise errors.ConfigurationError(f"the arguments make no request: {error}") from None

    def _prepare(
        self, sender: Sender | AsyncSender, operation: Operation[Any, Any]
    ) -> httpx.Request:
        """The request of a call without arguments, built once and copied.

        It is built again when the user has changed the headers of the httpx client.
        """
        headers = sender.client.headers.raw
        request, built_with = self._prepared.get(operation, (None, None))
        if request is None or built_with != headers:
            arguments = Arguments(operation.path)
            request = self._build(sender, operation, arguments, _NO_HEADERS, self._timeout)
            self._prepared[operation] = request, headers
        return request

    def _build(
        self,
        sender: Sender | AsyncSender,
        operation: Operation[Any, Any],
        arguments: Arguments,
        call_headers: httpx.Headers,
        timeout: httpx.Timeout,
    ) -> httpx.Request:
        headers = httpx.Headers({"Accept": operation.accept})
        for more in (self._headers, arguments.headers, call_headers):
            headers.update(more)
        path, _, query = arguments.path.partition("?")
        content: Any = arguments.content
        if hasattr(content, "asynchronous") and isinstance(sender, AsyncSender):
            content = content.asynchronous()
        server = _settings.server(operation.server, self._base_url)
        if server != self._base_url and self._keys and not _settings.keeps_secrets(server):
            raise errors.ConfigurationError(f"a key is not sent over plain http, to {server!r}")
        request = sender.client.build_request(
            operation.method,
            server + path,
            params=arguments.query or None,
            headers=headers.raw,
            content=content,
            extensions={"timeout": timeout.as_dict()},
        )
        if query:  # not among the params, which httpx would encode again
            queries = [query.encode(), request.url.query]
            request.url = request.url.copy_with(query=b"&".join(filter(None, queries)))
        self._keys.add_to(request, operation.security)
        return request

    def _value(self, operation: Operation[SuccessT, Any], received: Received) -> SuccessT:
        if not 200 <= received.status_code < 300:
            raise self._status_error(operation, received)
        try:
            return operation.read_success(
                received.status_code, received.content, received.content_type
            )
        except errors.ResponseValidationError as error:
            breach = error
        raise self._failure(operation, breach, received)

    def _failure(
        self,
        operation: Operation[Any, Any],
        breach: errors.ResponseValidationError,
        received: Received,
    ) -> errors.APIError:
        """The error for a success that breaks the contract: some are errors."""
        if operation.is_error(breach, received.content, received.content_type):
            return self._status_error(operation, received)
        return self._breach(breach, received)

    def _response(
        self, operation: Operation[SuccessT, ErrorT], received: Received
    ) -> Response[SuccessT | ErrorT]:
        if 200 <= received.status_code < 300:
            try:
                parsed = self._value(operation, received)
            except OtherMediaTypeError:
                parsed = None
            headers = httpx.Headers(received.response.headers.raw)
            return Response(received.status_code, received.content, headers, parsed)
        content, headers = self._redacted(received)
        failure = operation.read_error(received.status_code, content, received.content_type)
        return Response(received.status_code, content, headers, failure)


__all__ = ["BaseClient", "CallOptions"]
