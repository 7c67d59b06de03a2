"""What the client does for requests that no operation of openapi.yaml has."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from tests.client.conftest import KEY, Clock, Script
from tests.client.http_library import httpx
from tests.client.package import NAME, Arguments, Client, Operation, bytes_body, errors
from tests.client.package import _operation as operation_module

SETTINGS = importlib.import_module(f"{NAME}._settings")
BASE_URL: str = SETTINGS.BASE_URL


def operation(path: str = "/a", **members: Any) -> Any:
    """An operation whose response has no body."""
    readers = {"204": operation_module.no_body}
    return Operation(method="PUT", path=path, success=readers, errors={}, **members)


class Stream:
    """A body that is read while it is sent."""

    def __init__(self, *, is_replayable: bool) -> None:
        self.is_replayable = is_replayable

    def __iter__(self) -> Iterator[bytes]:
        yield b"abc"

    async def asynchronous(self) -> AsyncIterator[bytes]:
        yield b"abc"


DONE = httpx.Response(204)


def send(client: Client, called: Any, arguments: Any, *, is_async: bool) -> None:
    if is_async:
        asyncio.run(client.call_async(called, arguments, {}))
    else:
        client.call(called, arguments, {})


def test_a_query_of_the_path_is_sent_before_the_others() -> None:
    server, arguments = Script(DONE), Arguments("/a?b=c,d")
    arguments.query.append(("e", "f"))

    server.client().call(operation("/a?b=c,d"), arguments, {})

    assert f"{BASE_URL}/a?b=c,d&e=f" == str(server.requests[0].url)


@pytest.mark.parametrize("base_url", [None, "https://mine.test/api"])
@pytest.mark.parametrize(
    ("own", "usual", "moved"),
    [
        ("https://own.test/v2", "https://own.test/v2", "https://mine.test/api"),
        ("/v2", str(httpx.URL(BASE_URL).join("/v2")), "https://mine.test/v2"),
    ],
)
def test_an_operation_may_have_a_server_of_its_own(
    base_url: str | None, own: str, usual: str, moved: str
) -> None:
    server = Script(DONE)

    server.client(base_url=base_url).call(operation(server=own), Arguments("/a"), {})

    assert f"{moved if base_url else usual}/a" == str(server.requests[0].url)


def test_a_key_is_not_sent_to_a_server_over_plain_http() -> None:
    called = operation(server="http://own.test")

    with pytest.raises(errors.ConfigurationError, match="not sent over plain http"):
        Script(DONE).client().call(called, Arguments("/a"), {})


def test_a_document_without_a_server_needs_a_base_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SETTINGS, "BASE_URL", "")

    with pytest.raises(errors.ConfigurationError, match="the document names no server"):
        Client(KEY)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(("is_replayable", "count"), [(True, 2), (False, 1)])
def test_a_stream_is_sent_again_only_if_it_can_be_read_again(
    clock: Clock, is_async: bool, is_replayable: bool, count: int
) -> None:
    server, arguments = Script(httpx.Response(503), DONE), Arguments("/a")
    arguments.content = Stream(is_replayable=is_replayable)

    try:
        send(server.client(), operation(), arguments, is_async=is_async)
    except errors.InternalServerError:
        assert not is_replayable

    assert [b"abc"] * count == [request.content for request in server.requests]


def test_extra_query_may_not_repeat_the_query_of_the_path() -> None:
    arguments = Arguments("/a?b=c")

    with pytest.raises(errors.ConfigurationError, match="b is in the request already"):
        Script(DONE).client().call(operation("/a?b=c"), arguments, {"extra_query": {"b": 1}})


def test_body_of_another_media_type_is_returned_unparsed() -> None:
    reader = operation_module.one_of_several(
        bytes_body, ("application/json",), ("text/event-stream",)
    )
    called = Operation[bytes, None](method="GET", path="/a", success={"200": reader}, errors={})
    events = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=b"data: 1")
    client = Script(events).client()

    response = client.send(called, Arguments("/a"), {})

    assert (response.content, response.parsed) == (b"data: 1", None)
    with pytest.raises(errors.ResponseValidationError, match="the _stream method reads"):
        client.call(called, Arguments("/a"), {})
