"""What can go wrong between the API and its client, to be switched on by name.

A fault is written `name` or `name:argument`, and stands in the path before the base path, because a
client under test cannot always set headers: under the base URL
`http://127.0.0.1:PORT/fault/status:503:html/api/v1` every call is answered with a 503 page. A fault
takes the healthy answer and gives another one: either a response, or what goes over the socket byte
by byte. `FAULTS` is the table of them all.
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
"""The path under which a fault is asked for: `/fault/NAME[:ARGUMENT]/api/v1`."""

SKIP = "sandbox.skip"
"""The key in the ASGI scope that tells the application which check to leave out."""

KEY_CHECK = "key"
DATE_CHECK = "date"

TRANSPORT = "sandbox.transport"
"""The key in the ASGI scope's state under which the server hands out the connection's transport."""


class End(enum.Enum):
    """How a connection ends."""

    CLOSE = "orderly, with FIN"
    RESET = "with RST"


_EMPTY = b'{"data":[]}'

Wire = Iterable[bytes | float | End]
"""What goes over the socket: bytes as they are, seconds to wait, and the end of the connection."""

Apply = Callable[[Response, str], Response | Wire]
"""What a fault makes of a healthy answer and the fault's argument."""

Pairs = list[tuple[str, str]]
"""A row on its way into a body: names, and values as text.

So a value can be no JSON, and a name can stand twice.
"""


class Fault(NamedTuple):
    """One row of the table.

    Attributes:
        summary: What it does, in one line.
        apply: From healthy answer and argument to the faulty answer; ValueError for the argument.
        argument: How its argument is written, empty if it has none.
        skip: Which check the application leaves out.
    """

    summary: str
    apply: Apply
    argument: str = ""
    skip: str = ""


STRING_FIELDS = ("date", "model", "model_permaslug", "endpoint_id", "provider_name")
"""The fields of a row whose value is text."""

NUMBER_FIELDS = (
    "usage",
    "byok_usage_inference",
    "requests",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cached_tokens",
)
"""The fields of a row whose value is a number."""


# --------------------------------------------------------------------------------------------------
# Another answer instead of the healthy one
# --------------------------------------------------------------------------------------------------


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


def _status(answer: Response, argument: str) -> Response:
    text, _, kind = argument.partition(":")
    code = _code(text)
    bodies = {
        "json": (_error(code, _phrase(code)), "application/json"),
        "other": (b'{"detail":["something","else"]}', "application/json"),
        "html": (_page(code).encode(), "text/html"),
        "empty": (b"", None),
        "bytes": (b"\xff\xfe\x00\x80\xc3(", "application/json; charset=no-such-charset"),
        "same": (bytes(answer.body), "application/json"),
    }
    if (kind or "json") not in bodies:
        raise ValueError(f"the body must be one of {', '.join(bodies)}, not {kind!r}")
    body, media_type = bodies[kind or "json"]
    if code in {204, 304}:
        body = b""  # HTTP forbids them a body.
    return Response(body, code, media_type=media_type)


def _rate_limit(_answer: Response, argument: str) -> Response:
    headers = {
        "retry-after": argument or "1",
        "x-ratelimit-limit": "20",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "1787529600000",
    }
    return Response(_error(429, "Rate limit exceeded"), 429, headers, "application/json")


def _cloudflare(_answer: Response, argument: str) -> Response:
    code = _code(argument or "520")
    headers = {"server": "cloudflare", "cf-ray": "8f0c1d2e3a4b5c6d-FRA"}
    return Response(_page(code), code, headers, "text/html")


def _redirect(_answer: Response, argument: str) -> Response:
    if not argument:
        return Response(b"", 307, {"location": "activity"})
    host, _, port = argument.rpartition(":")
    if not host:
        raise ValueError("the target is written HOST:PORT")
    return Response(b"", 307, {"location": f"http://{host}:{_integer(port)}/api/v1/activity"})


def _error_200(_answer: Response, argument: str) -> Response:
    code = _integer(argument or "502")
    return Response(_error(code, "Provider returned error"), 200, media_type="application/json")


def _flaky(answer: Response, argument: str) -> Response | Wire:
    """Return the failing answer; it is `FaultMiddleware` that counts the failures."""
    _times, _token, fault = parse_flaky(argument)
    return apply(fault, answer)


def parse_flaky(argument: str) -> tuple[int, str, str]:
    """Return times, token and fault of `N:TOKEN[:FAULT]`."""
    times, _, rest = argument.partition(":")
    token, _, fault = rest.partition(":")
    if not token:
        raise ValueError("written N:TOKEN[:FAULT]; the token is any text that no other caller uses")
    return _integer(times), token, fault or "status:503"


# --------------------------------------------------------------------------------------------------
# The healthy answer, badly sent
# --------------------------------------------------------------------------------------------------


def _head(answer: Response, framing: bytes = b"") -> bytes:
    """Return status line and headers; `framing` takes the place of Content-Length."""
    lines = [
        f"HTTP/1.1 {answer.status_code} {_phrase(answer.status_code)}".encode(),
        b"connection: close",
    ]
    lines += [
        name + b": " + value
        for name, value in answer.raw_headers
        if not (framing and name == b"content-length")
    ]
    lines += [framing] if framing else []
    return b"\r\n".join([*lines, b"", b""])


def _half(answer: Response) -> bytes:
    return bytes(answer.body[: len(answer.body) // 2])


def _slow_first_byte(answer: Response, argument: str) -> Wire:
    return [_seconds(argument or "2"), _head(answer) + bytes(answer.body), End.CLOSE]


def _slow_body(answer: Response, argument: str) -> Wire:
    pause = _seconds(argument or "1")
    size = max(1, -(-len(answer.body) // 10))
    wire: list[bytes | float | End] = [_head(answer)]
    for start in range(0, len(answer.body), size):
        wire += [pause, bytes(answer.body[start : start + size])]
    return [*wire, End.CLOSE]


def _close(_answer: Response, _argument: str) -> Wire:
    return [End.CLOSE]


def _reset(_answer: Response, _argument: str) -> Wire:
    return [End.RESET]


def _not_http(_answer: Response, _argument: str) -> Wire:
    return [b"SSH-2.0-OpenSSH_9.2\r\n", End.CLOSE]


def _truncated(answer: Response, _argument: str) -> Wire:
    return [_head(answer) + _half(answer), End.CLOSE]


def _truncated_chunked(answer: Response, _argument: str) -> Wire:
    head = _head(answer, framing=b"transfer-encoding: chunked")
    half = _half(answer)
    return [head + f"{len(half):x}\r\n".encode() + half + b"\r\n", End.CLOSE]


def _reset_body(answer: Response, _argument: str) -> Wire:
    # The pause lets the peer read the first half before the reset overtakes it.
    return [_head(answer) + _half(answer), 0.05, End.RESET]


def _endless_headers(answer: Response, argument: str) -> Wire:
    pause = _seconds(argument or "0")
    head = _head(answer)[: -len(b"\r\n")]
    lines = (
        (pause, b"x-endless-%d: %s\r\n" % (number, b"a" * 1000)) for number in itertools.count()
    )
    return itertools.chain([head], itertools.chain.from_iterable(lines))


def _gzip_garbage(answer: Response, _argument: str) -> Response:
    garbage = b"\x1f\x8b\x08\x00" + b"this is no deflate stream" * 4
    return Response(garbage, answer.status_code, {"content-encoding": "gzip"}, "application/json")


# --------------------------------------------------------------------------------------------------
# A 200 whose body breaks the contract
# --------------------------------------------------------------------------------------------------


def _json(body: bytes | str, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")


def _on_success(change: Callable[[bytes, str], Response]) -> Apply:
    """Make a fault that leaves errors as they are."""

    def fault(answer: Response, argument: str) -> Response:
        # Also where it changes nothing: a wrong argument is to be noticed.
        body = bytes(answer.body) if answer.status_code == 200 else _EMPTY
        changed = change(body, argument)
        return changed if answer.status_code == 200 else answer

    return fault


def _on_row(change: Callable[[Pairs, str], Pairs]) -> Apply:
    """Make a fault of the argument `[ROW[:FIELD]]`; an answer without that row stays healthy."""

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
    """Make a change that puts this JSON text, or what looks like it, into the field."""

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


@_on_success
def _any_json(_body: bytes, argument: str) -> Response:
    return _json(argument)


@_on_success
def _not_json(body: bytes, _argument: str) -> Response:
    return _json(body[:-1] + b",")


@_on_success
def _not_utf8(body: bytes, _argument: str) -> Response:
    return _json(body.replace(b'"provider_name":"', b'"provider_name":"Caf\xe9 ', 1))


@_on_success
def _wrong_charset(body: bytes, argument: str) -> Response:
    return Response(body, media_type=f"application/json; charset={argument or 'utf-16'}")


@_on_success
def _content_type(body: bytes, _argument: str) -> Response:
    return Response(body, media_type="text/html")


# --------------------------------------------------------------------------------------------------
# An error whose body breaks the contract, and a check left out
# --------------------------------------------------------------------------------------------------


def _on_error(change: Callable[[Response, str], Response]) -> Apply:
    """Make a fault that leaves success as it is."""

    def fault(answer: Response, argument: str) -> Response:
        error = answer if answer.status_code >= 400 else _json(_error(400, "Bad Request"), 400)
        changed = change(error, argument)
        return changed if answer.status_code >= 400 else answer

    return fault


@_on_error
def _error_missing(answer: Response, argument: str) -> Response:
    field = argument or "code"
    if field not in {"code", "message"}:
        raise ValueError(f"no such field of an error: {field!r}")
    error: dict[str, Any] = json.loads(bytes(answer.body))["error"]
    del error[field]
    return _json(json.dumps({"error": error}), answer.status_code)


@_on_error
def _error_value(answer: Response, argument: str) -> Response:
    field, _, text = argument.partition(":")
    error: dict[str, Any] = json.loads(bytes(answer.body))["error"]
    error[field] = json.loads(text)
    return _json(json.dumps({"error": error}), answer.status_code)


@_on_error
def _error_status(answer: Response, argument: str) -> Response:
    return _json(bytes(answer.body), _code(argument))


def _unchanged(answer: Response, _argument: str) -> Response:
    return answer


# --------------------------------------------------------------------------------------------------
# The table, and how it is applied
# --------------------------------------------------------------------------------------------------

_ROW = "[ROW[:FIELD]]"

FAULTS = {
    # Instead of any answer.
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
    # Any answer, badly sent.
    "slow-first-byte": Fault("a wait (default 2) before the answer", _slow_first_byte, "[SECONDS]"),
    "slow-body": Fault("a wait (default 1) before each tenth of it", _slow_body, "[SECONDS]"),
    "truncated": Fault("the end after half of the bytes of Content-Length", _truncated),
    "truncated-chunked": Fault("the end after one chunk, without a last one", _truncated_chunked),
    "close": Fault("the connection closed without an answer", _close),
    "reset": Fault("the connection reset before the answer", _reset),
    "reset-body": Fault("the connection reset in the middle of the body", _reset_body),
    "endless-headers": Fault("headers, a wait (default 0) apart", _endless_headers, "[SECONDS]"),
    "not-http": Fault("bytes that are no HTTP", _not_http),
    "gzip-garbage": Fault("Content-Encoding gzip over bytes that are no gzip", _gzip_garbage),
    # A 200 that breaks the contract; errors stay as they are. ROW:FIELD is 0:usage by default.
    "not-json": Fault("a body that is no JSON", _not_json),
    "json": Fault("this text as the body", _any_json, "TEXT"),
    "content-type": Fault("the right body as text/html", _content_type),
    "wrong-charset": Fault("this charset (default utf-16) in the header", _wrong_charset, "[NAME]"),
    "not-utf8": Fault("a Latin-1 letter in the first provider's name", _not_utf8),
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


def apply(fault: str, answer: Response) -> Response | Wire:
    """Return the faulty answer for a healthy one.

    Raises:
        ValueError: There is no such fault, or its argument is wrong.
    """
    name, _, argument = fault.partition(":")
    if name not in FAULTS:
        raise ValueError(f"no such fault: {name!r}; the faults are {', '.join(FAULTS)}")
    if argument and not FAULTS[name].argument:
        raise ValueError(f"the fault {name!r} takes no argument")
    try:
        return FAULTS[name].apply(answer, argument)
    except ValueError as error:
        raise ValueError(f"fault {fault!r}: {error}") from None


def validate(fault: str) -> None:
    """Check a fault and its argument.

    Raises:
        ValueError: There is no such fault, or its argument is wrong.
    """
    apply(fault, _json(_EMPTY))


def describe() -> str:
    """Return the table as text, one fault a line."""
    return "\n".join(
        f"{f'{name}:{fault.argument}'.replace(':[', '[:').rstrip(':'):28}  {fault.summary}"
        for name, fault in FAULTS.items()
    )


class FaultMiddleware:
    """Takes the fault out of the path and applies it to what the application answers.

    Args:
        app: The healthy application.
        fault: The fault of requests that have none in their path.
    """

    def __init__(self, app: ASGIApp, fault: str | None = None) -> None:
        """Wrap the application."""
        self._app = app
        self._fault = fault
        self._calls: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
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
        faulty = apply(fault, await _answer(self._app, scope, receive))
        if isinstance(faulty, Response):
            await faulty(scope, receive, send)
        else:
            await _transmit(faulty, scope, receive)

    def _due(self, fault: str) -> str | None:
        """Return the fault that is due now: with `flaky`, none after so many failures."""
        validate(fault)
        name, _, argument = fault.partition(":")
        if name != "flaky":
            return fault
        times, token, failure = parse_flaky(argument)
        self._calls[token] += 1
        return failure if self._calls[token] <= times else None


async def _answer(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Call the application and return its answer as a whole."""
    answer = Response()
    body: list[bytes] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status_code = message["status"]
            answer.raw_headers = list(message["headers"])
        else:
            body.append(message.get("body", b""))

    await app(scope, receive, send)
    answer.body = b"".join(body)
    return answer


async def _transmit(wire: Wire, scope: Scope, receive: Receive) -> None:
    """Write past ASGI and HTTP to the socket itself, until the wire ends or the peer has gone."""
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
        # An application that ends while the connection is there makes the server send its own 500.
        await gone
    finally:
        gone.cancel()


def _end(transport: asyncio.Transport, how: End) -> None:
    if how is End.RESET:
        # A socket that is closed while it lingers for no time is reset.
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
