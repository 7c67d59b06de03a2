"""Faults: what can go wrong between the API and its client, switched on by name.

A fault is written `name` or `name:argument` in the path, because a client under test cannot always
set headers. Under the base URL `http://127.0.0.1:PORT/fault/status:503:html/api/v1` every response
is a page with status 503. A fault replaces the healthy response by another one, or by bytes that go
straight to the socket. `FAULTS` lists them all.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import html
import http
import itertools
import json
import socket
import struct
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX = "/fault/"
"""The prefix of paths with a fault: `/fault/NAME[:ARGUMENT]/api/v1`."""

SKIP = "sandbox.skip"
"""The key in the ASGI scope with the name of the check to leave out."""

KEY_CHECK = "key"
DATE_CHECK = "date"

TRANSPORT = "sandbox.transport"
"""The key in the ASGI scope's state with the connection's transport."""


class End(enum.Enum):
    """How a connection ends."""

    CLOSE = "orderly, with FIN"
    RESET = "with RST"


_EMPTY = b'{"data":[]}'

Wire = Iterable[bytes | float | End]
"""Steps at the socket: bytes to send, seconds to wait, the end of the connection."""

Apply = Callable[[Response, str], Response | Wire]
"""From the healthy response and the fault's argument to the faulty response."""

Pairs = list[tuple[str, str]]
"""A row as names and JSON texts, so that a text may be invalid and a name may be repeated."""


class Fault(NamedTuple):
    """A fault.

    Attributes:
        summary: What it does, in one line.
        apply: Makes the faulty response. It raises ValueError if the argument is wrong.
        argument: How its argument is written; empty if it has none.
        skip: The check that the application leaves out.
    """

    summary: str
    apply: Apply
    argument: str = ""
    skip: str = ""


STRING_FIELDS = ("date", "model", "model_permaslug", "endpoint_id", "provider_name")
"""The fields of a row whose value is text."""

NUMBER_FIELDS = (
    *("usage", "byok_usage_inference", "requests", "prompt_tokens", "completion_tokens"),
    *("reasoning_tokens", "cached_tokens"),
)
"""The fields of a row whose value is a number."""


# Another response instead of the healthy one


def _error(code: int, message: str) -> bytes:
    return json.dumps({"error": {"code": code, "message": message}}, separators=(",", ":")).encode()


def _phrase(code: int) -> str:
    with contextlib.suppress(ValueError):
        return http.HTTPStatus(code).phrase
    return "Unknown Status"


def _page(code: int) -> str:
    title = f"openrouter.ai | {code}: {html.escape(_phrase(code))}"
    head = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>"
    return f"{head}<body><h1>{title}</h1></body></html>\n"


def _status(response: Response, argument: str) -> Response:
    text, _, kind = argument.partition(":")
    code = _code(text)
    bodies = {
        "json": (_error(code, _phrase(code)), "application/json"),
        "other": (b'{"detail":["something","else"]}', "application/json"),
        "html": (_page(code).encode(), "text/html"),
        "empty": (b"", None),
        "bytes": (b"\xff\xfe\x00\x80\xc3(", "application/json; charset=no-such-charset"),
        "same": (bytes(response.body), "application/json"),
    }
    if (kind or "json") not in bodies:
        raise ValueError(f"the body must be one of {', '.join(bodies)}, not {kind!r}")
    body, media_type = bodies[kind or "json"]
    if code in {204, 304}:
        body = b""  # HTTP forbids them a body.
    return Response(body, code, media_type=media_type)


def _rate_limit(_response: Response, argument: str) -> Response:
    headers = {
        "retry-after": argument or "1",
        "x-ratelimit-limit": "20",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1787529600000",
    }
    return Response(_error(429, "Rate limit exceeded"), 429, headers, "application/json")


def _cloudflare(_response: Response, argument: str) -> Response:
    code = _code(argument or "520")
    headers = {"server": "cloudflare", "cf-ray": "8f0c1d2e3a4b5c6d-FRA"}
    return Response(_page(code), code, headers, "text/html")


def _redirect(_response: Response, argument: str) -> Response:
    if not argument:
        return Response(b"", 307, {"location": "activity"})
    host, _, port = argument.rpartition(":")
    if not host:
        raise ValueError("the target is written HOST:PORT")
    return Response(b"", 307, {"location": f"http://{host}:{_integer(port)}/api/v1/activity"})


def _error_200(_response: Response, argument: str) -> Response:
    return _json(_error(_integer(argument or "502"), "Provider returned error"))


def _flaky(response: Response, argument: str) -> Response | Wire:
    """The failing response. `FaultMiddleware` counts the failures."""
    _times, _token, fault = parse_flaky(argument)
    return apply(fault, response)


def parse_flaky(argument: str) -> tuple[int, str, str]:
    """Times, token and fault of `N:TOKEN[:FAULT]`."""
    times, _, rest = argument.partition(":")
    token, _, fault = rest.partition(":")
    if not token:
        raise ValueError("written N:TOKEN[:FAULT]; the token is any text that no other caller uses")
    return _integer(times), token, fault or "status:503"


# The healthy response, badly sent


def _head(response: Response, framing: bytes = b"") -> bytes:
    """Status line and headers; `framing` replaces Content-Length."""
    lines = [
        f"HTTP/1.1 {response.status_code} {_phrase(response.status_code)}".encode(),
        b"connection: close",
    ]
    lines += [
        name + b": " + value
        for name, value in response.raw_headers
        if not (framing and name == b"content-length")
    ]
    lines += [framing] if framing else []
    return b"\r\n".join([*lines, b"", b""])


def _half(response: Response) -> bytes:
    return bytes(response.body[: len(response.body) // 2])


def _slow_first_byte(response: Response, argument: str) -> Wire:
    return [_seconds(argument or "2"), _head(response) + bytes(response.body), End.CLOSE]


def _slow_body(response: Response, argument: str) -> Wire:
    pause = _seconds(argument or "1")
    size = max(1, -(-len(response.body) // 10))
    wire: list[bytes | float | End] = [_head(response)]
    for start in range(0, len(response.body), size):
        wire += [pause, bytes(response.body[start : start + size])]
    return [*wire, End.CLOSE]


def _sends(*wire: bytes | float | End) -> Apply:
    """A fault that sends the same, whatever the healthy response is."""
    return lambda _response, _argument: wire


def _truncated(response: Response, _argument: str) -> Wire:
    return [_head(response) + _half(response), End.CLOSE]


def _truncated_chunked(response: Response, _argument: str) -> Wire:
    head = _head(response, framing=b"transfer-encoding: chunked")
    half = _half(response)
    return [head + f"{len(half):x}\r\n".encode() + half + b"\r\n", End.CLOSE]


def _reset_body(response: Response, _argument: str) -> Wire:
    # The pause lets the peer read the first half before the reset overtakes it.
    return [_head(response) + _half(response), 0.05, End.RESET]


def _endless_headers(response: Response, argument: str) -> Wire:
    pause = _seconds(argument or "0")
    head = _head(response)[: -len(b"\r\n")]
    lines = (
        (pause, b"x-endless-%d: %s\r\n" % (number, b"a" * 1000)) for number in itertools.count()
    )
    return itertools.chain([head], itertools.chain.from_iterable(lines))


def _gzip_garbage(response: Response, _argument: str) -> Response:
    garbage = b"\x1f\x8b\x08\x00" + b"this is no deflate stream" * 4
    return Response(garbage, response.status_code, {"content-encoding": "gzip"}, "application/json")


# A 200 whose body breaks the contract


def _json(body: bytes | str, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")


def _on_success(change: Callable[[bytes, str], Response]) -> Apply:
    """A fault that does not change errors."""

    def fault(response: Response, argument: str) -> Response:
        # Called for errors as well, so that a wrong argument is noticed.
        body = bytes(response.body) if response.status_code == 200 else _EMPTY
        changed = change(body, argument)
        return changed if response.status_code == 200 else response

    return fault


def _on_row(change: Callable[[Pairs, str], Pairs]) -> Apply:
    """A fault with the argument `[ROW[:FIELD]]`. A response without that row stays healthy."""

    def fault(body: bytes, argument: str) -> Response:
        row, _, field = argument.partition(":")
        return _edit(body, row or "0", field or "usage", change)

    return _on_success(fault)


def _edit(body: bytes, row: str, field: str, change: Callable[[Pairs, str], Pairs]) -> Response:
    number = _integer(row)
    if field not in STRING_FIELDS + NUMBER_FIELDS:
        raise ValueError(f"no such field: {field!r}")
    rows: list[dict[str, Any]] = json.loads(body)["data"]
    texts = [json.dumps(item) for item in rows]
    if number < len(rows):
        pairs = change([(name, json.dumps(value)) for name, value in rows[number].items()], field)
        texts[number] = "{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}"
    return _json('{"data":[' + ",".join(texts) + "]}")


def _with(text: str) -> Callable[[Pairs, str], Pairs]:
    """A change that puts this text into the field."""

    def change(pairs: Pairs, field: str) -> Pairs:
        return [(name, text if name == field else value) for name, value in pairs]

    return change


@_on_row
def _wrong_type(pairs: Pairs, field: str) -> Pairs:
    return _with("42" if field in STRING_FIELDS else '"42"')(pairs, field)


@_on_row
def _missing(pairs: Pairs, field: str) -> Pairs:
    return [(name, value) for name, value in pairs if name != field]


@_on_row
def _duplicate(pairs: Pairs, field: str) -> Pairs:
    return [*pairs, (field, '"twice"' if field in STRING_FIELDS else "2")]


@_on_row
def _extra_field(pairs: Pairs, _field: str) -> Pairs:
    return [*pairs, ("surprise", '["new"]')]


@_on_success
def _value(body: bytes, argument: str) -> Response:
    row, _, rest = argument.partition(":")
    field, _, text = rest.partition(":")
    if not text:
        raise ValueError("written ROW:FIELD:JSON")
    return _edit(body, row, field, _with(text))


# An error whose body breaks the contract, and a check left out


def _on_error(change: Callable[[dict[str, Any], str], object]) -> Apply:
    """A fault that edits the member `error`, and does not change successes."""

    def fault(response: Response, argument: str) -> Response:
        healthy = response.status_code < 400
        # Edited for successes as well, so that a wrong argument is noticed.
        body = json.loads(_error(400, "Bad Request") if healthy else bytes(response.body))
        change(body["error"], argument)
        return response if healthy else _json(json.dumps(body), response.status_code)

    return fault


@_on_error
def _error_missing(error: dict[str, Any], argument: str) -> None:
    field = argument or "code"
    if field not in {"code", "message"}:
        raise ValueError(f"no such field of an error: {field!r}")
    del error[field]


@_on_error
def _error_value(error: dict[str, Any], argument: str) -> None:
    field, _, text = argument.partition(":")
    error[field] = json.loads(text)


def _error_status(response: Response, argument: str) -> Response:
    code = _code(argument)
    return response if response.status_code < 400 else _json(bytes(response.body), code)


def _unchanged(response: Response, _argument: str) -> Response:
    return response


# The table, and how it is applied

_ROW = "[ROW[:FIELD]]"

FAULTS = {
    # Instead of any response.
    "status": Fault(
        "this status; KIND is json (default), other, html, empty, bytes or same",
        _status,
        "CODE[:KIND]",
    ),
    "rate-limit": Fault("429 with this Retry-After (default 1)", _rate_limit, "[RETRY_AFTER]"),
    "cloudflare": Fault("this status (default 520) with Cloudflare's page", _cloudflare, "[CODE]"),
    "redirect": Fault("307 to that server (default: to itself)", _redirect, "[HOST:PORT]"),
    "error-200": Fault("an error of this code (default 502) under 200", _error_200, "[CODE]"),
    "flaky": Fault(
        "that fault (default status:503) N times, then none; counted per TOKEN",
        _flaky,
        "N:TOKEN[:FAULT]",
    ),
    # Any response, badly sent.
    "slow-first-byte": Fault(
        "a wait (default 2) before the response", _slow_first_byte, "[SECONDS]"
    ),
    "slow-body": Fault("a wait (default 1) before each tenth of it", _slow_body, "[SECONDS]"),
    "truncated": Fault("the end after half of the bytes of Content-Length", _truncated),
    "truncated-chunked": Fault("the end after one chunk, without a last one", _truncated_chunked),
    "close": Fault("the connection closed without a response", _sends(End.CLOSE)),
    "reset": Fault("the connection reset before the response", _sends(End.RESET)),
    "reset-body": Fault("the connection reset in the middle of the body", _reset_body),
    "endless-headers": Fault("headers, a wait (default 0) apart", _endless_headers, "[SECONDS]"),
    "not-http": Fault("bytes that are not HTTP", _sends(b"SSH-2.0-OpenSSH_9.2\r\n", End.CLOSE)),
    "gzip-garbage": Fault("Content-Encoding gzip over bytes that are no gzip", _gzip_garbage),
    # A 200 that breaks the contract; errors stay as they are. ROW:FIELD is 0:usage by default.
    "not-json": Fault(
        "a body that is not JSON", _on_success(lambda body, _: _json(body[:-1] + b","))
    ),
    "json": Fault("this text as the body", _on_success(lambda _, text: _json(text)), "TEXT"),
    "content-type": Fault(
        "the right body as text/html",
        _on_success(lambda body, _: Response(body, media_type="text/html")),
    ),
    "wrong-charset": Fault(
        "this charset (default utf-16) in the header",
        _on_success(
            lambda body, name: Response(
                body, media_type=f"application/json; charset={name or 'utf-16'}"
            )
        ),
        "[NAME]",
    ),
    "not-utf8": Fault(
        "a Latin-1 letter in the first provider's name",
        _on_success(lambda body, _: _json(body.replace(b'name":"', b'name":"Caf\xe9 ', 1))),
    ),
    "wrong-type": Fault("a string for a number, or 42 for a string", _wrong_type, _ROW),
    "null": Fault("null for a field", _on_row(_with("null")), _ROW),
    "missing": Fault("a field left out", _missing, _ROW),
    "nan": Fault("NaN for a field", _on_row(_with("NaN")), _ROW),
    "infinity": Fault("Infinity for a field", _on_row(_with("Infinity")), _ROW),
    "huge-number": Fault("1e999 for a field", _on_row(_with("1e999")), _ROW),
    "duplicate-keys": Fault("a field twice, with two values", _duplicate, _ROW),
    "extra-field": Fault("a field that no document names", _extra_field, "[ROW]"),
    "value": Fault("this text for a field", _value, "ROW:FIELD:JSON"),
    # An error that breaks the contract; success stays as it is.
    "error-missing": Fault("errors without a field (default code)", _error_missing, "[FIELD]"),
    "error-value": Fault("this value in errors", _error_value, "FIELD:JSON"),
    "error-status": Fault("this status on every error", _error_status, "CODE"),
    # A check left out.
    "no-key-check": Fault("200 without a key, and for any key", _unchanged, skip=KEY_CHECK),
    "no-date-check": Fault("200 for any date, without rows", _unchanged, skip=DATE_CHECK),
}
"""Every fault by its name."""


def apply(fault: str, response: Response) -> Response | Wire:
    """The faulty response for a healthy one.

    Raises:
        ValueError: There is no such fault, or its argument is wrong.
    """
    name, _, argument = fault.partition(":")
    if name not in FAULTS:
        raise ValueError(f"no such fault: {name!r}; the faults are {', '.join(FAULTS)}")
    if argument and not FAULTS[name].argument:
        raise ValueError(f"the fault {name!r} takes no argument")
    try:
        return FAULTS[name].apply(response, argument)
    except ValueError as error:
        raise ValueError(f"fault {fault!r}: {error}") from None


def validate(fault: str) -> None:
    """Check a fault and its argument.

    Raises:
        ValueError: There is no such fault, or its argument is wrong.
    """
    apply(fault, _json(_EMPTY))


def describe() -> str:
    """The list of faults as text, one per line."""
    return "\n".join(
        f"{f'{name}:{fault.argument}'.replace(':[', '[:').rstrip(':'):28}  {fault.summary}"
        for name, fault in FAULTS.items()
    )


class FaultMiddleware:
    """Applies the fault in the path to the response of the application.

    Args:
        app: The healthy application.
        fault: The fault of requests that have none in their path.
    """

    def __init__(self, app: ASGIApp, fault: str | None = None) -> None:
        self._app = app
        self._fault = fault
        self._calls: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        fault = self._fault
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            fault, _, rest = scope["path"][len(PREFIX) :].partition("/")
            scope = {**scope, "path": f"/{rest}"}
        if scope["type"] != "http" or fault is None:
            await self._app(scope, receive, send)
            return
        try:
            fault = self._due(fault)
        except ValueError as error:
            await _json(_error(404, str(error)), 404)(scope, receive, send)
            return
        if fault is None:
            await self._app(scope, receive, send)
            return
        scope = {**scope, SKIP: FAULTS[fault.partition(":")[0]].skip}
        faulty = apply(fault, await _respond(self._app, scope, receive))
        if isinstance(faulty, Response):
            await faulty(scope, receive, send)
        else:
            await _transmit(faulty, scope, receive)

    def _due(self, fault: str) -> str | None:
        """The fault of this request; None if `flaky` has failed often enough."""
        validate(fault)
        name, _, argument = fault.partition(":")
        if name != "flaky":
            return fault
        times, token, failure = parse_flaky(argument)
        self._calls[token] += 1
        return failure if self._calls[token] <= times else None


async def _respond(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Call the application, and return its whole response."""
    response = Response()
    body: list[bytes] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            response.status_code = message["status"]
            response.raw_headers = list(message["headers"])
        else:
            body.append(message.get("body", b""))

    await app(scope, receive, send)
    response.body = b"".join(body)
    return response


async def _transmit(wire: Wire, scope: Scope, receive: Receive) -> None:
    """Write to the socket itself, until the steps end or the peer has gone."""
    transport: asyncio.Transport | None = scope.get("state", {}).get(TRANSPORT)
    if transport is None:
        raise RuntimeError("this fault needs a socket: use sandbox.serve()")

    async def disconnect() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    gone = asyncio.ensure_future(disconnect())
    try:
        for step in wire:
            if isinstance(step, End):
                _end(transport, step)
            elif isinstance(step, bytes):
                transport.write(step)
                while transport.get_write_buffer_size() and not gone.done():
                    await asyncio.wait({gone}, timeout=0.01)
            else:
                await asyncio.wait({gone}, timeout=step)
            if gone.done():
                break
        # If the application returned before the connection ends, the server would send a 500.
        await gone
    finally:
        gone.cancel()


def _end(transport: asyncio.Transport, how: End) -> None:
    if how is End.RESET:
        # Closing a socket that lingers for zero seconds resets it.
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    else:
        transport.close()


def _integer(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"expected a whole number, not {text!r}")
    return int(text)


def _code(text: str) -> int:
    code = _integer(text)
    if not 200 <= code <= 599:
        raise ValueError(f"the status must be from 200 to 599, not {code}")
    return code


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise ValueError(f"expected seconds, not {text!r}")
    return seconds
