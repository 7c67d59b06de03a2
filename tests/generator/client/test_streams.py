"""Server-sent events are an iterator that closes, and that fails as other calls do."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import threading
import time
import traceback
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

import httpx
import pytest

from tests.generator.client import small
from tests.generator.client.small import TEXT, content, model, ref

REF = ref("Chunk")
ENVELOPE = model("data", "event", data=REF, event=TEXT)
TEXT_ENVELOPE = model("data", data=TEXT, id=TEXT)


def events(schema: Any = None, **others: Any) -> dict[str, Any]:
    """An operation with events, and other media types."""
    stream = {"text/event-stream": {} if schema is None else {"schema": schema}}
    return {
        "responses": {
            "200": {"description": "It.", "content": others | stream},
            "4XX": {"description": "No."} | content(ref("Failure")),
        }
    }


CREATED = {"description": "Made."} | content(REF)
COMPONENTS = {
    "schemas": {"Chunk": model("text", text=TEXT), "Failure": model(error=TEXT)},
    "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
}
DOCUMENT = small.document(
    {
        "either_status": {"responses": events(REF)["responses"] | {"201": CREATED}},
        "data": events(REF),
        "fields": events(ENVELOPE),
        "kinds": events({"oneOf": [ENVELOPE, TEXT_ENVELOPE]}),
        "text_fields": events(TEXT_ENVELOPE),
        "text": events(TEXT),
        "anything": events(),
        "both": events(model(delta=TEXT), **content(REF)["content"]),
    },
    components=COMPONENTS,
    security=[{"key": []}, {}],
)
DATA = b'data: {"text": "a"}\n\ndata: {"text": "b"}\n\n'
SSE = {"Content-Type": "text/event-stream; charset=utf-8"}


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces, which may break, and which knows whether it was closed."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self.pieces = pieces
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
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


def responding(*pieces: bytes | Exception) -> tuple[small.Handler, Body]:
    body = Body(*pieces)
    return lambda _: httpx.Response(200, headers=SSE, stream=body), body


def text_a(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"text": "a"})


def read(client: Any, name: str, count: int | None = None) -> list[Any]:
    """The values of a stream, up to a number of them."""
    found: list[Any] = []
    with getattr(client.default, name)() as stream:
        for value in stream:
            found.append(value)
            if len(found) == count:
                break
    return found


async def read_async(client: Any, name: str, count: int | None = None) -> list[Any]:
    """The same for asyncio."""
    found: list[Any] = []
    async with await getattr(client.default, f"{name}_async")() as stream:
        async for value in stream:
            found.append(value)
            if len(found) == count:
                break
    return found


def values(calls: small.Calls, name: str, count: int | None = None) -> list[Any]:
    """The values of a stream, whichever way the calls are made."""
    if calls.is_async:
        return asyncio.run(read_async(calls.client, name, count))
    return read(calls.client, name, count)


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("data", DATA, ["a", "b"]),
        ("data", b": ping\n\n" + DATA + b"data: [DONE]\n\n" + DATA, ["a", "b"]),
        ("data", DATA + b'data: {"text": "cut off"}\n', ["a", "b"]),
        ("data", b"", []),
        ("fields", b'event: e\ndata: {"text": "a"}\n\n', [("a", "e")]),
        ("kinds", b'event: e\ndata: {"text": "a"}\n\n', [("a", "e")]),
        ("kinds", b"data: plain\n\n", ["plain"]),
        ("text_fields", b"id: 7\ndata: 1\n\ndata: 2\n\n", [("1", "7"), ("2", "7")]),
        ("both_stream", b'data: {"delta": "a"}\n\n', ["a"]),
    ],
)
def test_a_stream_gives_what_its_schema_says(
    calling: small.Calling, name: str, body: bytes, expected: list[Any]
) -> None:
    handler, served = responding(body)

    found = values(calling(handler), name)

    assert expected == [plain(value) for value in found]
    assert served.closed


def plain(value: Any) -> Any:
    """The documented members of a model; of one, its value."""
    members = {**value.to_dict()}
    data = members.get("data")
    if isinstance(data, dict):
        members["data"] = data["text"]
    found = list(members.values())
    return tuple(found) if len(found) > 1 else found[0]


@pytest.mark.parametrize("name", ["text", "anything"])
def test_events_without_a_schema_come_as_they_are(
    calling: small.Calling, package: Any, name: str
) -> None:
    handler, _ = responding("event: é\nid: 1\nretry: 20\ndata: a\ndata:  b\n\ndata\n\n".encode())

    found = values(calling(handler), name)

    event = package.streams.Event
    assert [event("a\n b", "é", "1", 20), event("", None, "1", None)] == found


STREAM = "\ufeffdata: é\r\n\r\n:c\rdata:x\r\rid: 1\nid: \0\nretry: x\nfoo\nevent: e\ndata: y\r\n\n"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_lines_end_as_the_standard_says_wherever_the_body_is_split(package: Any, size: int) -> None:
    content, parser = STREAM.encode(), package.streams.Parser()

    found = [
        (event.data, event.event, event.id)
        for start in range(0, len(content), size)
        for event in parser.feed(content[start : start + size])
    ]

    assert [("é", None, None), ("x", None, None), ("y", "e", "1")] == found


def test_the_request_asks_for_events(calling: small.Calling) -> None:
    calls = calling(responding(DATA)[0], key="secret")

    values(calls, "both_stream", 0)

    assert "text/event-stream" == calls.last.headers["Accept"]
    assert "Bearer secret" == calls.last.headers["Authorization"]


def test_a_stream_that_is_left_early_is_closed(calling: small.Calling) -> None:
    handler, body = responding(DATA, DATA)

    found = values(calling(handler), "data", 1)

    assert ["a"] == [value.text for value in found]
    assert body.closed


def test_a_stream_says_where_it_is(package: Any) -> None:
    handler, body = responding(DATA)
    stream = small.Calls(package, handler).client.default.data()

    first = next(stream)

    assert ("a", 200, "<Stream after 1 events>") == (first.text, stream.status_code, repr(stream))
    assert '{"text": "a"}' == stream.last_event.data
    assert SSE["Content-Type"] == stream.headers["content-type"]
    stream.close()
    stream.close()
    assert ([], True) == (list(stream), body.closed)


def test_a_stream_that_is_forgotten_is_closed(package: Any) -> None:
    handler, body = responding(DATA)

    small.Calls(package, handler).client.default.data()
    gc.collect()

    assert body.closed


def test_a_status_is_raised_before_the_stream(calling: small.Calling, package: Any) -> None:
    calls = calling(lambda _: httpx.Response(429, json={"error": "slow"}), max_retries=0)

    with pytest.raises(package.errors.RateLimitError, match="slow"):
        values(calls, "data")


def test_a_call_is_retried_until_the_stream_begins(calling: small.Calling) -> None:
    responses = [httpx.Response(503, headers={"Retry-After": "0"}), responding(DATA)[0](None)]  # type: ignore[arg-type]

    found = values(calling(lambda _: responses.pop(0)), "data")

    assert ["a", "b"] == [value.text for value in found]


def test_another_body_is_a_breach(calling: small.Calling, package: Any) -> None:
    with pytest.raises(package.errors.ResponseValidationError) as raised:
        values(calling(text_a), "data")

    assert ("text/event-stream", b'{"text":"a"}') == (raised.value.expected, raised.value.content)


def test_a_stream_of_another_status_is_a_breach(calling: small.Calling, package: Any) -> None:
    body = Body(DATA)

    with pytest.raises(package.errors.ResponseValidationError) as raised:
        values(calling(lambda _: httpx.Response(202, headers=SSE, stream=body)), "data")

    error = raised.value
    assert ("status 200", "202", 202) == (error.expected, error.received, error.status_code)
    assert body.closed


@pytest.mark.parametrize(
    ("name", "data", "path", "expected"),
    [
        ("data", b'{"text": 1}', "$[1].text", "string"),
        ("data", b"plain", "$[1]", "object"),
        ("data", b"", "$[1]", "object"),
        ("fields", b"{}", "$[1].data.text", "a value, since it is required"),
    ],
)
def test_an_event_that_breaks_the_contract_is_named_by_its_path(
    calling: small.Calling, package: Any, name: str, data: bytes, path: str, expected: str
) -> None:
    first = b'event: e\ndata: {"text": "a"}\n\n'
    handler, body = responding(first + b"data: " + data + b"\n\n")

    with pytest.raises(package.errors.ResponseValidationError) as raised:
        values(calling(handler), name)

    error = raised.value
    assert (path, expected, data, 200) == (
        error.path, error.expected, error.content, error.status_code
    )  # fmt: skip
    assert body.closed


def test_no_frame_of_a_breach_has_the_event(calling: small.Calling, package: Any) -> None:
    handler, _ = responding(b'data: {"text": ["s3cr3t"]}\n\n')

    with pytest.raises(package.errors.ResponseValidationError) as raised:
        values(calling(handler, key="s3cr3t"), "data")

    shown = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    frames = [frame for frame in shown.stack if "/streams_package/" in frame.filename]
    assert frames
    assert "s3cr3t" not in "".join(traceback.StackSummary.from_list(frames).format())
    assert b'{"text": ["[key]"]}' == raised.value.content


@pytest.mark.parametrize(
    ("failure", "name"),
    [
        (httpx.RemoteProtocolError("incomplete"), "APIConnectionError"),
        (httpx.ReadError("reset"), "APIConnectionError"),
        (httpx.ReadTimeout("slow"), "APITimeoutError"),
    ],
)
def test_a_broken_stream_is_a_lost_connection(
    calling: small.Calling, package: Any, failure: Exception, name: str
) -> None:
    handler, body = responding(DATA, failure)

    with pytest.raises(getattr(package.errors, name)) as raised:
        values(calling(handler, key="secret"), "data")

    assert "GET https://small.example/v1/data" == str(raised.value.request)
    assert body.closed


def test_detailed_reads_the_stream_to_its_end(calling: small.Calling) -> None:
    response = calling(responding(DATA + b"data: [DONE]\n\n")[0]).detailed("data")

    assert ["a", "b"] == [value.text for value in response.parsed]


def test_beside_events_json_is_read(calling: small.Calling, package: Any) -> None:
    assert "a" == calling(text_a)("both").text
    with pytest.raises(package.errors.ResponseValidationError, match="_stream"):
        calling(responding(DATA)[0])("both")


def test_beside_another_status_the_method_reads_events_to_their_end(calling: small.Calling) -> None:
    created = calling(lambda _: httpx.Response(201, json={"text": "a"}))("either_status")
    events = calling(responding(DATA)[0])("either_status")
    stream = values(calling(responding(DATA)[0]), "either_status_stream")

    assert "a" == created.text
    assert ["a", "b"] == [item.text for item in events] == [item.text for item in stream]


@contextlib.contextmanager
def chunked_server(*pieces: bytes, hang: bool = False) -> Generator[tuple[str, list[int]]]:
    """A server of one body in chunks; it gives its URL, and counts its connections."""
    connections: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                while connection.recv(65536):
                    head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                    connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
                    for piece in pieces:
                        connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
                        time.sleep(0.01)
                    if hang:
                        time.sleep(1)
                    connection.sendall(b"0\r\n\r\n")

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connections.append(1)
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", connections


def test_a_connection_is_given_back(package: Any) -> None:
    limits = {"limits": httpx.Limits(max_connections=1)}
    with (
        chunked_server(DATA[:10], DATA[10:]) as (url, connections),
        package.Client(base_url=url, httpx_args=limits) as client,
    ):
        for count in (1, 3, 3):
            read(client, "data", count)

    assert 2 == len(connections)


def test_a_connection_of_asyncio_is_given_back(package: Any) -> None:
    async def thrice(url: str) -> None:
        limits = {"limits": httpx.Limits(max_connections=1)}
        async with package.Client(base_url=url, httpx_args=limits) as client:
            for count in (1, 3, 3):
                await read_async(client, "data", count)

    with chunked_server(DATA[:10], DATA[10:]) as (url, connections):
        asyncio.run(thrice(url))

    assert 2 == len(connections)


def test_the_read_timeout_is_between_pieces(package: Any) -> None:
    with (
        chunked_server(DATA, hang=True) as (url, _),
        package.Client(base_url=url, timeout=0.2) as client,
    ):
        with pytest.raises(package.errors.APITimeoutError):
            read(client, "data")
        with pytest.raises(package.errors.APITimeoutError):
            asyncio.run(read_async(client, "data"))


@pytest.mark.parametrize(
    ("command", "body", "expected"),
    [
        ("data", DATA, '{"text":"a"}\n{"text":"b"}\n'),
        ("both-stream", b'data: {"delta": "a"}\n\ndata: [DONE]\n\n', '{"delta":"a"}\n'),
        ("text", b"data: a\n\n", '{"data":"a"}\n'),
    ],
)
def test_a_command_writes_a_line_of_json_for_each_event(
    package: Any, command: str, body: bytes, expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    commands = small.module(package, "_cli.commands")

    with chunked_server(body) as (url, _):
        code = commands.main([command, "--base-url", url])

    assert (0, expected) == (code, capfd.readouterr().out.replace(": ", ":").replace(", ", ","))
