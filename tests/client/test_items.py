"""A response that is read item by item: the same items and errors, and nothing is kept."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import traceback
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from tests.client.conftest import ITEM, KEY, Script
from tests.client.http_library import httpx
from tests.client.package import NAME as PACKAGE
from tests.client.package import ActivityItem, errors

MANY = 500
BODY = json.dumps({"data": [ITEM] * MANY}).encode()
HALF = len(BODY) // 2


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces, which may break, and which knows how much was read and whether it ended."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces = pieces
        self.read = 0
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.read += 1
            if isinstance(piece, Exception):
                raise piece
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def sending(body: Body, encoding: str = "identity") -> Any:
    """A client that gets this body."""
    response = httpx.Response(200, headers={"Content-Encoding": encoding}, stream=body)
    return Script().client(httpx_args={"transport": httpx.MockTransport(lambda _: response)})


Collect = Callable[..., list[Any]]


def collect_sync(client: Any, found: list[Any], count: int) -> None:
    for item in client.analytics.get_user_activity_iter():
        found.append(item)
        if len(found) == count:
            break


def collect_async(client: Any, found: list[Any], count: int) -> None:
    async def loop() -> None:
        async with aclosing(aiter(client.analytics.get_user_activity_iter())) as items:
            async for item in items:
                found.append(item)
                if len(found) == count:
                    break

    asyncio.run(loop())


@pytest.fixture(params=[collect_sync, collect_async], ids=["sync", "async"])
def collect(request: pytest.FixtureRequest) -> Collect:
    """Adds the items of a client to a list, up to a number of them, and returns it."""

    def run(client: Any, found: list[Any] | None = None, count: int = 0) -> list[Any]:
        found = [] if found is None else found
        request.param(client, found, count)
        return found

    return run


def pieces(content: bytes, size: int = 1000) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY[:HALF]) + gzip.compress(BODY[HALF:]) + bytes(9)),
        ("deflate", zlib.compress(BODY)),
    ],
    ids=["identity", "gzip", "two gzips", "deflate"],
)
def test_the_items_are_those_of_the_call(collect: Collect, encoding: str, content: bytes) -> None:
    items = collect(sending(Body(b"", *pieces(content, 100)), encoding))

    assert [ActivityItem.from_dict(ITEM)] * MANY == items


def test_items_come_before_the_body_is_complete_and_the_response_is_closed(
    collect: Collect,
) -> None:
    body = Body(*pieces(BODY))

    items = collect(sending(body), count=10)

    assert len(items) == 10
    assert body.read < len(body.pieces) / 5
    assert body.closed


def test_no_item_is_kept() -> None:
    client = sending(Body(*pieces(BODY)))
    most = 0

    for count, _ in enumerate(client.analytics.get_user_activity_iter()):
        if count % 50 == 0:
            most = max(most, sum(type(item) is ActivityItem for item in gc.get_objects()))

    assert most < MANY / 5


def test_each_loop_sends_its_own_request(collect: Collect) -> None:
    script = Script(httpx.Response(200, content=BODY))
    client = script.client()
    items = client.analytics.get_user_activity_iter(date="2026-08-23")
    before = len(script.requests)

    assert [*items] == [*items]

    assert (before, len(script.requests)) == (0, 2)
    assert script.requests[0].url.params["date"] == "2026-08-23"


def test_an_argument_is_checked_before_the_loop() -> None:
    with pytest.raises(errors.ConfigurationError):
        Script().client().analytics.get_user_activity_iter(date="yesterday")


def test_a_failure_before_the_items_is_retried(collect: Collect, clock: Any) -> None:
    script = Script(httpx.Response(503), httpx.Response(200, content=BODY))

    assert len(collect(script.client())) == MANY
    assert len(script.requests) == 2


BROKEN = json.dumps({"data": [ITEM] * 5 + [{**ITEM, "usage": KEY}] + [ITEM] * 9}).encode()


@pytest.mark.parametrize(
    ("content", "count", "place", "received"),
    [
        (BROKEN, 5, "$.data[5].usage", "string"),
        (b'{"data": [], "data": [', 0, "$", "invalid JSON"),
        (BODY + b"}", MANY - 1, "$", "Extra data: line 1 column"),
        (BODY[:-1], MANY - 1, "$", "invalid JSON (Expecting ',' delimiter"),
        (b"", 0, "$", "no body"),
        (b'{"rows": []}', 0, "$.data", "nothing"),
        (b'{"data": [{}]}', 0, "$.data[0].date", "nothing"),
        (b'{"data": [], "x": 1, "data": []}', 0, "$", "two members 'data'"),
    ],
)
def test_a_breach_comes_after_the_items_before_it(
    collect: Collect, content: bytes, count: int, place: str, received: str
) -> None:
    body = Body(*pieces(content))
    found: list[Any] = []

    with pytest.raises(errors.ResponseValidationError) as caught:
        collect(sending(body), found)

    assert (count, place) == (len(found), caught.value.path)
    assert received in caught.value.received
    assert (caught.value.status_code, body.closed) == (200, True)


def test_no_frame_of_an_error_shows_a_key_in_the_body(collect: Collect) -> None:
    with pytest.raises(errors.ResponseValidationError) as caught:
        collect(sending(Body(*pieces(BROKEN))))

    frames = [frame for frame, _ in traceback.walk_tb(caught.tb)]
    own = [frame for frame in frames if PACKAGE in frame.f_code.co_filename]
    assert own
    assert all(KEY not in repr(frame.f_locals) for frame in own)
    assert b'"usage": "' in caught.value.content
    assert KEY.encode() not in caught.value.content


def test_an_error_under_200_is_an_error(collect: Collect) -> None:
    content = b'{"error": {"code": 429, "message": "Slow down"}}'

    with pytest.raises(errors.RateLimitError, match="Slow down"):
        collect(sending(Body(content)))


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, "AuthenticationError"), (503, "APIStatusError"), (204, "ResponseValidationError")],
)
def test_another_status_is_an_error(collect: Collect, status: int, kind: str, clock: Any) -> None:
    with pytest.raises(getattr(errors, kind)):
        collect(Script(httpx.Response(status)).client())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ReadTimeout("slow"), errors.APITimeoutError),
        (httpx.RemoteProtocolError("cut"), errors.APIConnectionError),
        (MemoryError(), MemoryError),
    ],
    ids=["slow", "cut", "no memory"],
)
def test_a_lost_connection_ends_the_items_that_came(
    collect: Collect, error: Exception, kind: type[Exception]
) -> None:
    body = Body(BODY[:HALF], error)
    found: list[Any] = []

    with pytest.raises(kind):
        collect(sending(body), found)

    assert MANY / 2 - 2 <= len(found) <= MANY / 2
    assert body.closed


@pytest.mark.parametrize("content", [gzip.compress(BODY)[:-20], b"no gzip"], ids=["cut", "other"])
def test_a_body_that_cannot_be_decompressed_is_a_lost_connection(
    collect: Collect, content: bytes
) -> None:
    with pytest.raises(errors.APIConnectionError, match="Content-Encoding gzip"):
        collect(sending(Body(content), "gzip"))
