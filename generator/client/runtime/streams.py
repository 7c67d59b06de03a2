"""Server-sent events: responses of ``text/event-stream``, read as they come.

    with client.news.follow() as stream:
        for item in stream:
            print(item)

The data ``[DONE]`` ends a stream, as the end of the response does. The read timeout applies to each
wait for more of the response. Only what fails before the response begins is retried.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping
from typing import Any, Generic, Self, TypeVar

from attrs import asdict, frozen

from . import _decode as decode
from . import errors
from ._base_client import BaseClient, CallOptions
from ._encode import Arguments
from ._exchange import Received
from ._http import httpx
from ._operation import Operation

T = TypeVar("T")

_Breach = errors.ResponseValidationError

_LINE_END = re.compile(rb"\r\n|\n|\r")
_DONE = "[DONE]"


@frozen
class Event:
    """An event, as the server sent it.

    Attributes:
        data: The data, its lines joined.
        event: The name of the event, or None.
        id: The last identifier that the stream has named, or None.
        retry: The milliseconds to wait before connecting again, if the event names them, or None.
    """

    data: str
    event: str | None = None
    id: str | None = None
    retry: int | None = None

    def to_dict(self) -> dict[str, str | int]:
        """The fields that the event has, as a JSON object."""
        return asdict(self, filter=lambda _, value: value is not None)


class Parser:
    """Parses an event stream, in pieces of any size, as the WHATWG specifies it."""

    def __init__(self) -> None:
        self._line: list[bytes] = []
        self._after_return = False
        self._at_start = True
        self._id: str | None = None
        self._clear()

    def _clear(self) -> None:
        self._data: list[str] = []
        self._event: str | None = None
        self._retry: int | None = None

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that the next piece of the stream completes."""
        if self._after_return:
            chunk = chunk.removeprefix(b"\n")
        self._after_return = chunk.endswith(b"\r")
        first, *others = _LINE_END.split(chunk)
        self._line.append(first)
        for following in others:
            line = b"".join(self._line)
            self._line = [following]
            if self._at_start:
                line = line.removeprefix(b"\xef\xbb\xbf")
                self._at_start = False
            if line:
                self._field(line.decode("utf-8", errors="replace"))
            else:
                if self._data:
                    yield Event("\n".join(self._data), self._event, self._id, self._retry)
                self._clear()

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value or None
        elif name == "id" and "\0" not in value:
            self._id = value or None
        elif name == "retry" and value.isascii() and value.isdigit():
            self._retry = int(value)


class EventsReader(Generic[T]):
    """Reads a whole body of events. ``Stream`` reads one event after another by ``read``."""

    def __init__(self, read: Callable[[Event], T]) -> None:
        self.read = read

    def __call__(self, content: bytes, _: str) -> list[T]:
        values: list[T] = []
        for event in Parser().feed(content):
            if event.data == _DONE:
                break
            values.append(self.at(event, len(values)))
        return values

    def at(self, event: Event, index: int) -> T:
        """The value of an event, the one of this index in its stream."""
        try:
            return self.read(event)
        except errors.ResponseValidationError as error:
            raise error.inside(index) from None


def _value(data: str) -> Any:
    """The JSON value of the data. What is no JSON is text."""
    try:
        return decode.parse(data.encode())
    except ValueError:
        return data


def events_body() -> EventsReader[Event]:
    """A reader of events as they are, for data that is text."""
    return EventsReader(lambda event: event)


def data_body(decoder: decode.Decoder[T]) -> EventsReader[T]:
    """A reader of events whose schema is that of their data."""
    return EventsReader(lambda event: decoder(_value(event.data)))


def fields_body(decoder: decode.Decoder[T], *, text: bool = False) -> EventsReader[T]:
    """A reader of events whose schema has their fields: ``data``, ``event``, ``id``, ``retry``."""

    def read(event: Event) -> T:
        return decoder(event.to_dict() if text else event.to_dict() | {"data": _value(event.data)})

    return EventsReader(read)


class _Events(Generic[T]):
    """What the streams of threads and of asyncio have in common.

    Attributes:
        status_code: The HTTP status.
        headers: The headers of the response. Names are matched in any case.
        last_event: The last event, as the server sent it; None before the first.
    """

    def __init__(
        self,
        response: httpx.Response,
        next_chunk: Callable[[], Any],
        reader: EventsReader[T],
        breach: Callable[
            [errors.ResponseValidationError, Received], errors.ResponseValidationError
        ],
    ) -> None:
        self.status_code: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.last_event: Event | None = None
        self._response = response
        self._next_chunk = next_chunk
        self._reader = reader
        self._breach = breach
        self._parser = Parser()
        self._count = 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} after {self._count} events>"

    def _decoded(self, event: Event) -> T | errors.APIError:
        """The value of an event, or its breach of the contract.

        Errors are raised by methods whose frames do not have the event: it may repeat the key.
        """
        self.last_event = event
        self._count += 1
        try:
            return self._reader.at(event, self._count - 1)
        except errors.ResponseValidationError as error:
            breach = error
        return self._breach(breach, Received(self._response, event.data.encode()))


class Stream(_Events[T]):
    """The values of the events of a response, one after another.

    Iterate over it once. Close it, by a ``with`` block or ``close``, unless it has come to its end.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._values = self._read()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        value = next(self._values)
        if isinstance(value, errors.APIError):
            self.close()
            raise value
        return value

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self._response.close()

    def close(self) -> None:
        """Stop reading, and give the connection back."""
        self._values.close()
        self._response.close()

    def _read(self) -> Generator[T | errors.APIError]:
        with contextlib.closing(self._response):
            while chunk := self._next_chunk():
                if isinstance(chunk, errors.APIError):
                    yield chunk
                    return
                for event in self._parser.feed(chunk):
                    if event.data == _DONE:
                        return
                    yield self._decoded(event)


class AsyncStream(_Events[T]):
    """``Stream`` for asyncio."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._values = self._read()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        value = await anext(self._values)
        if isinstance(value, errors.APIError):
            await self.aclose()
            raise value
        return value

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Stop reading, and give the connection back."""
        await self._values.aclose()
        await self._response.aclose()

    async def _read(self) -> AsyncGenerator[T | errors.APIError]:
        async with contextlib.aclosing(self._response):
            while chunk := await self._next_chunk():
                if isinstance(chunk, errors.APIError):
                    yield chunk
                    return
                for event in self._parser.feed(chunk):
                    if event.data == _DONE:
                        return
                    yield self._decoded(event)


def _is_stream(response: httpx.Response) -> bool:
    """Whether the body has events. A success without a Content-Type counts as one, too."""
    media_type = str(response.headers.get("Content-Type", "text/event-stream"))
    return response.is_success and media_type.lower().startswith("text/event-stream")


class StreamingClient(BaseClient):
    """A client of a document that has server-sent events."""

    __slots__ = ()

    def open_stream(
        self, operation: Operation[list[T], Any], arguments: Arguments, options: CallOptions
    ) -> Stream[T]:
        """Call an operation, and return the stream of its events.

        Raises:
            errors.APIError: There is no such stream: see ``call``.
        """
        call = operation, arguments, options
        received = self._exchange(call, _is_stream)
        chunks, request = received.response.iter_bytes(), received.response.request
        next_chunk = functools.partial(self._piece, chunks, request)
        try:
            return Stream(received.response, next_chunk, *self._opened(operation, received))
        except BaseException:
            received.response.close()
            raise

    async def open_stream_async(
        self, operation: Operation[list[T], Any], arguments: Arguments, options: CallOptions
    ) -> AsyncStream[T]:
        """``open_stream`` for asyncio."""
        call = operation, arguments, options
        received = await self._exchange_async(call, _is_stream)
        chunks, request = received.response.aiter_bytes(), received.response.request
        next_chunk = functools.partial(self._piece_async, chunks, request)
        try:
            return AsyncStream(received.response, next_chunk, *self._opened(operation, received))
        except BaseException:
            await received.response.aclose()
            raise

    def _opened(self, operation: Operation[list[T], Any], received: Received) -> tuple[Any, ...]:
        """The reader of the events of a response, and the function that makes errors of breaches.

        Raises:
            errors.APIError: The response is no stream of events.
        """
        if not received.response.is_success:
            raise self._status_error(operation, received)
        try:
            reader = operation.success_reader(received.status_code)
        except errors.ResponseValidationError as error:
            breach = error
        else:
            if _is_stream(received.response):
                return reader, self._breach
            breach = errors.ResponseValidationError("text/event-stream", received.content_type)
        raise self._breach(breach, received)


__all__ = ["AsyncStream", "Event", "Stream", "StreamingClient"]
