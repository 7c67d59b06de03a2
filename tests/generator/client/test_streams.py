"""Server-sent events are an iterator that closes, and that fails as other calls do."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import socket
import threading
import time
import traceback
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator.errors import GeneratorError
from tests.generator.client import small

CHUNK = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
ENVELOPE = {
    "type": "object",
    "properties": {"data": {"$ref": "#/components/schemas/Chunk"}, "event": {"type": "string"}},
    "required": ["data", "event"],
}
TEXT_ENVELOPE = {
    "type": "object",
    "properties": {"data": {"type": "string"}, "id": {"type": "string"}},
    "required": ["data"],
}


def events(schema: Any = None, **others: Any) -> dict[str, Any]:
    """An operation with events, and other media types."""
    media_type = {} if schema is None else {"schema": schema}
    content = {**others, "text/event-stream": media_type}
    failure = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
    return {
        "responses": {
            "200": {"description": "It.", "content": content},
            "4XX": {"description": "No.", "content": failure},
        }
    }


REF = {"$ref": "#/components/schemas/Chunk"}
CREATED = {"description": "Made.", "content": {"application/json": {"schema": REF}}}
DOCUMENT = small.document(
    {
        "either_status": {
            "responses": events(REF)["responses"] | {"201": CREATED},
        },
        "data": events(REF),
        "fields": events(ENVELOPE),
        "kinds": events({"oneOf": [ENVELOPE, TEXT_ENVELOPE]}),
        "text_fields": events(TEXT_ENVELOPE),
        "text": events({"type": "string"}),
        "anything": events(),
        "both": events(
            {"type": "object", "properties": {"delta": {"type": "string"}}},
            **{"application/json": {"schema": REF}},
        ),
    },
    components={
        "schemas": {
            "Chunk": CHUNK,
            "Failure": {"type": "object", "properties": {"error": {"type": "string"}}},
        },
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    },
    security=[{"key": []}, {}],
)
DATA = b'data: {"text": "a"}\n\ndata: {"text": "b"}\n\n'
SSE = {"Content-Type": "text/event-stream; charset=utf-8"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with small.package(DOCUMENT, tmp_path_factory.mktemp("streams"), "small_streams") as package:
        yield package


@pytest.fixture(params=["sync", "async"])
def caller(request: pytest.FixtureRequest, package: Any) -> small.Caller:
    return small.Caller(package, request.param)


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


def values(caller: small.Caller, client: Any, name: str, count: int | None = None) -> list[Any]:
    """The values of a stream, up to a number of them."""
    if caller.is_async:

        async def collect() -> list[Any]:
            found: list[Any] = []
            async with await getattr(client.small, f"{name}_async")() as stream:
                async for value in stream:
                    found.append(value)
                    if len(found) == count:
                        break
            return found

        return asyncio.run(collect())
    found: list[Any] = []
    with getattr(client.small, name)() as stream:
        for value in stream:
            found.append(value)
            if len(found) == count:
                break
    return found


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
    caller: small.Caller, name: str, body: bytes, expected: list[Any]
) -> None:
    handler, served = responding(body)

    found = values(caller, caller.client(handler), name)

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
    caller: small.Caller, package: Any, name: str
) -> None:
    handler, _ = responding("event: é\nid: 1\nretry: 20\ndata: a\ndata:  b\n\ndata\n\n".encode())

    found = values(caller, caller.client(handler), name)

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


def test_the_request_asks_for_events(caller: small.Caller) -> None:
    requests: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return responding(DATA)[0](request)

    values(caller, caller.client(handler, key="secret"), "both_stream", 0)

    assert "text/event-stream" == requests[0].headers["Accept"]
    assert "Bearer secret" == requests[0].headers["Authorization"]


def test_a_stream_that_is_left_early_is_closed(caller: small.Caller) -> None:
    handler, body = responding(DATA, DATA)

    found = values(caller, caller.client(handler), "data", 1)

    assert ["a"] == [value.text for value in found]
    assert body.closed


def test_a_stream_says_where_it_is(package: Any) -> None:
    handler, body = responding(DATA)
    stream = small.Caller(package, "sync").client(handler).small.data()

    first = next(stream)

    assert ("a", 200, "<Stream after 1 events>") == (first.text, stream.status_code, repr(stream))
    assert '{"text": "a"}' == stream.last_event.data
    assert SSE["Content-Type"] == stream.headers["content-type"]
    stream.close()
    stream.close()
    assert ([], True) == (list(stream), body.closed)


def test_a_stream_that_is_forgotten_is_closed(package: Any) -> None:
    handler, body = responding(DATA)

    small.Caller(package, "sync").client(handler).small.data()
    gc.collect()

    assert body.closed


def test_a_status_is_raised_before_the_stream(caller: small.Caller, package: Any) -> None:
    client = caller.client(lambda _: httpx.Response(429, json={"error": "slow"}), max_retries=0)

    with pytest.raises(package.errors.RateLimitError, match="slow"):
        values(caller, client, "data")


def test_a_call_is_retried_until_the_stream_begins(caller: small.Caller) -> None:
    responses = [httpx.Response(503, headers={"Retry-After": "0"}), responding(DATA)[0](None)]  # type: ignore[arg-type]

    found = values(caller, caller.client(lambda _: responses.pop(0)), "data")

    assert ["a", "b"] == [value.text for value in found]


def test_another_body_is_a_breach(caller: small.Caller, package: Any) -> None:
    client = caller.client(lambda _: httpx.Response(200, json={"text": "a"}))

    with pytest.raises(package.errors.ResponseValidationError) as raised:
        values(caller, client, "data")

    assert ("text/event-stream", b'{"text":"a"}') == (raised.value.expected, raised.value.content)


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
    caller: small.Caller, package: Any, name: str, data: bytes, path: str, expected: str
) -> None:
    first = b'event: e\ndata: {"text": "a"}\n\n'
    handler, body = responding(first + b"data: " + data + b"\n\n")

    with pytest.raises(package.errors.ResponseValidationError) as raised:
        values(caller, caller.client(handler), name)

    error = raised.value
    assert (path, expected, data, 200) == (
        error.path, error.expected, error.content, error.status_code
    )  # fmt: skip
    assert body.closed


def test_no_frame_of_a_breach_has_the_event(caller: small.Caller, package: Any) -> None:
    handler, _ = responding(b'data: {"text": ["s3cr3t"]}\n\n')

    with pytest.raises(package.errors.ResponseValidationError) as raised:
        values(caller, caller.client(handler, key="s3cr3t"), "data")

    shown = traceback.TracebackException.from_exception(raised.value, capture_locals=True)
    frames = [frame for frame in shown.stack if "/small_streams/" in frame.filename]
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
    caller: small.Caller, package: Any, failure: Exception, name: str
) -> None:
    handler, body = responding(DATA, failure)

    with pytest.raises(getattr(package.errors, name)) as raised:
        values(caller, caller.client(handler, key="secret"), "data")

    assert "GET https://small.example/data" == str(raised.value.request)
    assert body.closed


def test_detailed_reads_the_stream_to_its_end(caller: small.Caller) -> None:
    handler, _ = responding(DATA + b"data: [DONE]\n\n")

    response = caller.detailed(caller.client(handler), "data")

    assert ["a", "b"] == [value.text for value in response.parsed]


def test_beside_events_json_is_read(caller: small.Caller, package: Any) -> None:
    client = caller.client(lambda _: httpx.Response(200, json={"text": "a"}))
    streaming = caller.client(responding(DATA)[0])

    assert "a" == caller.method(client, "both").text
    with pytest.raises(package.errors.ResponseValidationError, match="_stream"):
        caller.method(streaming, "both")


def test_beside_another_status_the_method_reads_events_to_their_end(caller: small.Caller) -> None:
    client = caller.client(lambda _: httpx.Response(201, json={"text": "a"}))
    streaming = caller.client(responding(DATA)[0])

    assert "a" == caller.method(client, "either_status").text
    assert ["a", "b"] == [item.text for item in caller.method(streaming, "either_status")]
    streaming = caller.client(responding(DATA)[0])
    assert ["a", "b"] == [item.text for item in values(caller, streaming, "either_status_stream")]


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


def test_a_connection_is_given_back(caller: small.Caller, package: Any) -> None:
    limits = {"limits": httpx.Limits(max_connections=1)}
    with chunked_server(DATA[:10], DATA[10:]) as (url, connections):
        if caller.is_async:

            async def twice() -> None:
                async with package.Client(base_url=url, httpx_args=limits) as client:
                    for count in (1, 3, 3):
                        async with await client.small.data_async() as stream:
                            seen = 0
                            async for _ in stream:
                                seen += 1
                                if seen == count:
                                    break

            asyncio.run(twice())
        else:
            with package.Client(base_url=url, httpx_args=limits) as client:
                for count in (1, 3, 3):
                    with client.small.data() as stream:
                        for seen, _ in enumerate(stream, 1):
                            if seen == count:
                                break

    assert 2 == len(connections)


def test_the_read_timeout_is_between_pieces(caller: small.Caller, package: Any) -> None:
    with chunked_server(DATA, hang=True) as (url, _):
        client = package.Client(base_url=url, timeout=0.2)

        with pytest.raises(package.errors.APITimeoutError):
            values(caller, client, "data")
        client.close()


@pytest.mark.parametrize(
    ("command", "body", "expected"),
    [
        ("data", DATA, '{"text":"a"}\n{"text":"b"}\n'),
        ("both-stream", b'data: {"delta": "a"}\n\ndata: [DONE]\n\n', '{"delta":"a"}\n'),
        ("text", b"data: a\n\n", '{"data":"a"}\n'),
    ],
)
@pytest.mark.usefixtures("package")
def test_a_command_writes_a_line_of_json_for_each_event(
    command: str, body: bytes, expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    commands: Any = importlib.import_module("small_streams._cli.commands")

    with chunked_server(body) as (url, _):
        code = commands.main([command, "--base-url", url])

    assert (0, expected) == (code, capfd.readouterr().out.replace(": ", ":").replace(", ", ","))


def test_two_methods_of_one_name_are_refused(tmp_path: Path) -> None:
    twins = small.document(
        {
            "read": events(REF, **{"application/json": {"schema": REF}}),
            "read_stream": events(REF),
        },
        components=DOCUMENT["components"],
    )

    with pytest.raises(GeneratorError, match="come to the method read_stream"):
        small.make(twins, tmp_path, "twins")
