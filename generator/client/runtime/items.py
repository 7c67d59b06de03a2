"""Responses that are one array, read item by item as they come: none of them is kept.

    for item in client.news.list_stories_iter():
        print(item)

Each loop, with ``for`` or ``async for``, sends a request of its own. Only what fails before the
response begins is retried. The read timeout applies to each wait for more of the response. An item
that breaks the contract raises when its turn comes, after those before it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing, closing
from typing import Any, Generic, TypeVar

from . import _body_reader, errors
from ._base_client import BaseClient, Call, CallOptions
from ._encode import Arguments
from ._exchange import Received
from ._http import httpx
from ._operation import Array, Operation

T = TypeVar("T")


class Items(Generic[T]):
    """The items of a response. A loop that ends early closes the connection.

    An asynchronous loop closes it when the event loop has collected it, or at once within
    ``contextlib.aclosing(aiter(items))``.
    """

    __slots__ = ("_items", "_items_async")

    def __init__(
        self, items: Callable[[], Generator[T]], items_async: Callable[[], AsyncGenerator[T]]
    ) -> None:
        self._items = items
        self._items_async = items_async

    def __iter__(self) -> Generator[T]:
        return self._items()

    def __aiter__(self) -> AsyncGenerator[T]:
        return self._items_async()


def _is_success(response: httpx.Response) -> bool:
    return response.is_success


class _Reading(Generic[T]):
    """Decodes a response.

    Attributes:
        error: What ends it, after the last items.
        is_over: Whether it has ended.
    """

    def __init__(
        self,
        array: Array[Any, T],
        failure: Callable[[errors.ResponseValidationError, bytes], errors.APIError],
    ) -> None:
        from ._array import Parser  # on first use: few need it

        self._parser = Parser(array)
        self._failure = failure
        self.error: errors.APIError | None = None
        self.is_over = False

    def feed(self, piece: bytes | errors.APIError) -> list[T]:
        """The items that the next piece completes; an empty one is the end.

        Errors are raised by methods whose frames do not have the body: it may repeat the key.
        """
        if isinstance(piece, errors.APIError):
            self.error = piece
            return []
        items: list[T] = []
        parser = self._parser
        try:
            items = parser.feed(piece) if piece else parser.end()
            if not piece:
                self.is_over = True
                parser.body()
            elif parser.breach:
                raise parser.breach
        except errors.ResponseValidationError as error:
            at_item = error is parser.breach
            content = json.dumps(parser.faulty).encode() if at_item else parser.content
            self.error = self._failure(error, content)
        return items


class ItemsClient(BaseClient):
    """A client of a document with responses that are one array."""

    __slots__ = ()

    def iterate(
        self,
        operation: Operation[Any, Any],
        array: Array[Any, T],
        arguments: Arguments,
        options: CallOptions,
    ) -> Items[T]:
        """The items of the response of an operation, which is called when a loop begins.

        Raises:
            errors.APIError: In the loop: see ``call``.
        """
        call = operation, arguments, options
        return Items(lambda: self._items(array, call), lambda: self._items_async(array, call))

    def _items(self, array: Array[Any, T], call: Call) -> Generator[T]:
        received = self._exchange(call, _is_success)
        with closing(received.response):
            reading = self._reading(array, call[0], received)
            pieces = _body_reader.pieces(received.response)
            while not reading.is_over:
                yield from reading.feed(self._piece(pieces, received.response.request))
                if reading.error:
                    raise reading.error

    async def _items_async(self, array: Array[Any, T], call: Call) -> AsyncGenerator[T]:
        received = await self._exchange_async(call, _is_success)
        async with aclosing(received.response):
            reading = self._reading(array, call[0], received)
            pieces = _body_reader.pieces_async(received.response)
            while not reading.is_over:
                for item in reading.feed(
                    await self._piece_async(pieces, received.response.request)
                ):
                    yield item
                if reading.error:
                    raise reading.error

    def _reading(
        self, array: Array[Any, T], operation: Operation[Any, Any], received: Received
    ) -> _Reading[T]:
        """The reader for the items of a response.

        Raises:
            errors.APIError: The response is not a success that the document has.
        """

        def failure(breach: errors.ResponseValidationError, content: bytes) -> errors.APIError:
            return self._failure(operation, breach, Received(received.response, content))

        if not 200 <= received.status_code < 300:
            raise self._status_error(operation, received)
        try:
            operation.success_reader(received.status_code)
        except errors.ResponseValidationError as error:
            breach = error
        else:
            return _Reading(array, failure)
        raise failure(breach, b"")


__all__ = ["Items", "ItemsClient"]
