"""Bodies in every content encoding, and those that cannot be read."""

from __future__ import annotations

import gzip
import zlib

import pytest

from tests.client.conftest import GOOD, Call, Script, loopback, open_client
from tests.client.http_library import NAME, httpx
from tests.client.package import errors

BODY = GOOD.content
HALF = len(BODY) // 2
MEMBERS = gzip.compress(BODY[:HALF]) + gzip.compress(BODY[HALF:])


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(BODY)),
        ("GZip", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY)),
        ("gzip", MEMBERS),
        ("gzip", MEMBERS + bytes(512)),
        ("deflate", zlib.compress(BODY)),
        ("deflate, gzip", gzip.compress(zlib.compress(BODY))),
        ("identity, ", BODY),
    ],
)
def test_read(call: Call, encoding: str, body: bytes) -> None:
    with (
        loopback(lambda _: (200, {"Content-Encoding": encoding}, body)) as server,
        open_client(server.url) as client,
    ):
        assert len(call(client).data) == 1


@pytest.mark.parametrize(
    ("encoding", "body", "words"),
    [
        ("gzip", gzip.compress(BODY)[:-9], "Content-Encoding gzip: "),
        ("gzip", BODY, "Content-Encoding gzip: Not a gzipped file"),
        ("x-gzip", MEMBERS[:-20], "Content-Encoding gzip: "),
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
def test_unreadable(call: Call, encoding: str, body: bytes, words: str) -> None:
    with (
        loopback(lambda _: (200, {"Content-Encoding": encoding}, body)) as server,
        open_client(server.url, max_retries=0) as client,
        pytest.raises(errors.APIConnectionError, match=words),
    ):
        call(client)


def test_unreadable_error_keeps_its_class_and_names_the_encoding(call: Call) -> None:
    with (
        loopback(lambda _: (404, {"Content-Encoding": "br"}, b"\x0b\x02")) as server,
        open_client(server.url) as client,
        pytest.raises(errors.NotFoundError, match=r"no body that can be read .*: br\)"),
    ):
        call(client)


def test_body_that_a_hook_has_read() -> None:
    hooks = {"response": [lambda response: response.read()]}
    with (
        loopback(lambda _: (200, {"Content-Encoding": "gzip"}, gzip.compress(BODY))) as server,
        open_client(server.url, httpx_args={"event_hooks": hooks}) as client,
    ):
        assert len(client.analytics.get_user_activity().data) == 1


def test_of_a_mocked_transport(call: Call) -> None:
    response = httpx.Response(200, headers={"Content-Encoding": "x-gzip"}, content=MEMBERS)

    assert len(call(Script(response).client()).data) == 1
