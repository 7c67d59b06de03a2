"""Bodies in every content encoding, read whole or item by item, and those that cannot be read."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.client.conftest import GOOD, Call, Script, call_async, call_sync, loopback, open_client
from tests.client.http_library import NAME, httpx
from tests.client.package import Client, errors

BODY = GOOD.content
HALF = len(BODY) // 2
MEMBERS = gzip.compress(BODY[:HALF]) + gzip.compress(BODY[HALF:])

Count = Callable[[Client], int]
"""Calls the operation, and counts the items of the response."""


def count_items(client: Client) -> int:
    return len(list(client.analytics.get_user_activity_iter()))


def count_items_async(client: Client) -> int:
    async def main() -> int:
        return len([item async for item in client.analytics.get_user_activity_iter()])

    return asyncio.run(main())


WAYS: dict[str, Count] = {
    "sync": lambda client: len(call_sync(client).data),
    "async": lambda client: len(call_async(client).data),
    "sync items": count_items,
    "async items": count_items_async,
}


@pytest.fixture(params=WAYS)
def count(request: pytest.FixtureRequest) -> Count:
    """Calls the operation in each way."""
    return WAYS[request.param]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(BODY)),
        ("GZip", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY)),
        ("gzip", MEMBERS),
        ("gzip", MEMBERS + bytes(512)),
        ("gzip", MEMBERS + bytes(200_000)),  # which come in several pieces
        ("deflate", zlib.compress(BODY)),
        ("deflate", zlib.compress(BODY, wbits=-zlib.MAX_WBITS)),
        ("deflate, gzip", gzip.compress(zlib.compress(BODY))),
        ("identity, ", BODY),
    ],
)
def test_read(count: Count, encoding: str, body: bytes) -> None:
    with (
        loopback(lambda _: (200, {"Content-Encoding": encoding}, body)) as server,
        open_client(server.url) as client,
    ):
        assert count(client) == 1


@pytest.mark.parametrize(
    ("encoding", "body", "words"),
    [
        ("gzip", gzip.compress(BODY)[:-9], "Content-Encoding gzip: "),
        ("gzip", BODY, "Content-Encoding gzip: .*incorrect header check"),
        ("x-gzip", MEMBERS[:-20], "Content-Encoding gzip: "),
        ("deflate", zlib.compress(BODY)[:-9], "Content-Encoding deflate: .*incomplete"),
        ("br", BODY, rf"the Content-Encoding br cannot be read: pip install '{NAME}\[brotli\]'"),
        (
            "gzip, zstd",
            BODY,
            rf"Content-Encoding zstd cannot be read: pip install '{NAME}\[zstd\]'",
        ),
        ("compress", BODY, "the Content-Encoding compress cannot be read"),
        ("\xe9", BODY, "the Content-Encoding \xe9 cannot be read"),
    ],
)
def test_unreadable(count: Count, encoding: str, body: bytes, words: str) -> None:
    with (
        loopback(lambda _: (200, {"Content-Encoding": encoding}, body)) as server,
        open_client(server.url, max_retries=0) as client,
        pytest.raises(errors.APIConnectionError, match=words),
    ):
        count(client)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_unreadable_error_keeps_its_class_and_names_the_encoding(call: Call, encoding: str) -> None:
    with (
        loopback(lambda _: (404, {"Content-Encoding": encoding}, b"\x0b\x02")) as server,
        open_client(server.url) as client,
        pytest.raises(errors.NotFoundError, match=rf"no body that can be read .*: {encoding}\)"),
    ):
        call(client)


@pytest.mark.parametrize("way", WAYS)
def test_body_that_a_hook_has_read(way: str) -> None:
    async def read_async(response: Any) -> None:
        await response.aread()

    hook = read_async if "async" in way else httpx.Response.read
    with (
        loopback(lambda _: (200, {"Content-Encoding": "gzip"}, gzip.compress(BODY))) as server,
        open_client(server.url, httpx_args={"event_hooks": {"response": [hook]}}) as client,
    ):
        assert WAYS[way](client) == 1


def test_a_body_of_a_mocked_transport_is_decoded(count: Count) -> None:
    response = httpx.Response(200, headers={"Content-Encoding": "x-gzip"}, content=MEMBERS)

    assert count(Script(response).client()) == 1
