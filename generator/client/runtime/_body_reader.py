"""Read the body of a response, and decode its content encoding.

httpx reads neither ``x-gzip`` nor a gzip of several members, passes on what it cannot decode, and
takes a deflate that is cut off for a whole one.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, cast

from ._http import httpx, is_a


def read(response: httpx.Response) -> bytes:
    """Read the body of a response, and close it.

    The body of an error that cannot be decoded is taken as empty: its status matters more.
    """
    try:
        _check_redirect(response)
        body = io.BytesIO()  # unlike a list of pieces, it takes the memory of the body only once
        for piece in pieces(response):
            body.write(piece)
        return body.getvalue()
    except Exception as error:
        if response.is_success or not is_a(error, "DecodingError"):
            raise
        return b""
    finally:
        response.close()


async def read_async(response: httpx.Response) -> bytes:
    """``read`` for asyncio."""
    try:
        _check_redirect(response)
        body = io.BytesIO()
        async for piece in pieces_async(response):
            body.write(piece)
        return body.getvalue()
    except Exception as error:
        if response.is_success or not is_a(error, "DecodingError"):
            raise
        return b""
    finally:
        await response.aclose()


def pieces(response: httpx.Response) -> Iterator[bytes]:
    """The decoded body of a success, in pieces as they come. A rare encoding gives one piece."""
    stream = cast("Iterable[bytes]", response.stream)
    if _is_read(response):
        yield response.read()
    elif decoder := _decoder(response):
        for piece in stream:
            yield decoder.feed(piece)
        yield decoder.end()
    else:
        yield from stream


async def pieces_async(response: httpx.Response) -> AsyncIterator[bytes]:
    """``pieces`` for asyncio."""
    stream = cast("AsyncIterable[bytes]", response.stream)
    if _is_read(response):
        yield response.read()
    elif decoder := _decoder(response):
        async for piece in stream:
            yield decoder.feed(piece)
        yield decoder.end()
    else:
        async for piece in stream:
            yield piece


class _Gunzip:
    """Decompresses gzip in pieces, like ``gzip.decompress``."""

    def __init__(self) -> None:
        self._member: Any = None

    def feed(self, piece: bytes) -> bytes:
        decompressed: list[bytes] = []
        try:
            while piece:
                if self._member and self._member.eof:
                    piece = piece.lstrip(b"\0")  # after a member, zeros may follow, in any piece
                    if piece:
                        self._member = None
                    continue
                self._member = self._member or zlib.decompressobj(16 + zlib.MAX_WBITS)
                decompressed.append(self._member.decompress(piece))
                piece = self._member.unused_data
        except zlib.error as error:
            raise httpx.DecodingError(f"Content-Encoding gzip: {error}") from None
        return b"".join(decompressed)

    def end(self) -> bytes:
        if self._member and not self._member.eof:
            raise httpx.DecodingError("Content-Encoding gzip: the body is not complete")
        return b""


class _Whole:
    """Decodes a rare encoding, or several encodings, once the body is complete."""

    def __init__(self, kind: Any, encodings: Sequence[str]) -> None:
        self._kind = kind
        self._encodings = [encoding.strip() for encoding in encodings]
        self._pieces: list[bytes] = []

    def feed(self, piece: bytes) -> bytes:
        self._pieces.append(piece)
        return b""

    def end(self) -> bytes:
        body = b"".join(self._pieces)
        for encoding in reversed(self._encodings):
            if encoding in _GZIP:
                decoder = _Gunzip()
                body = decoder.feed(body) + decoder.end()
            elif encoding == "deflate" and body:
                body = _inflated(body)
            elif encoding not in ("", "identity"):
                body = _by_httpx(self._kind, encoding, body)
        return body


def _decoder(response: httpx.Response) -> _Gunzip | _Whole | None:
    """The decoder for the body of a response, or None if the body is not encoded."""
    named = response.headers.get("Content-Encoding", "identity").lower()
    if named == "identity":
        return None
    return _Gunzip() if named in _GZIP else _Whole(type(response), named.split(","))


def _check_redirect(response: httpx.Response) -> None:
    """Refuse a redirect to an invalid URL: httpx2 accepts it, and both accept any port."""
    if not response.has_redirect_location:
        return
    following = response.next_request
    if following is None or (following.url.port or 0) >= 2**16:
        raise httpx.RemoteProtocolError("Invalid URL in location header.")


def _is_read(response: httpx.Response) -> bool:
    """Whether a hook of the user has read the body from the network."""
    return response.is_stream_consumed and "network_stream" in response.extensions


def _inflated(body: bytes) -> bytes:
    try:
        try:
            return zlib.decompress(body)
        except zlib.error:
            return zlib.decompress(body, -zlib.MAX_WBITS)  # some servers leave out zlib's header
    except zlib.error as error:
        raise httpx.DecodingError(f"Content-Encoding deflate: {error.__context__}") from None


def _by_httpx(kind: Any, encoding: str, body: bytes) -> bytes:
    headers = [(b"Content-Encoding", encoding.encode())]
    decoded: bytes = kind(200, headers=headers, content=body).content
    if body and decoded == body:  # httpx ignores an encoding that it cannot decode
        library, extra = kind.__module__.partition(".")[0], _EXTRAS.get(encoding)
        install = f": pip install '{library}[{extra}]'" if extra else ""
        raise httpx.DecodingError(f"the Content-Encoding {encoding} cannot be read{install}")
    return decoded


_EXTRAS = {"br": "brotli", "zstd": "zstd"}
"""The extras of httpx by the encodings that they bring."""

_GZIP = ("gzip", "x-gzip")
