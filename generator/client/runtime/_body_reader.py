"""Read the body of a response, and decode its content encoding.

httpx reads neither ``x-gzip`` nor a gzip of several members, and passes on what it cannot decode.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from typing import Any, cast

from ._http import httpx, is_a


def read(response: httpx.Response) -> bytes:
    """Read the body of a response, and close it.

    The body of an error that cannot be decoded is taken as empty: its status matters more.
    """
    try:
        _check_redirect(response)
        if _is_read(response):
            return response.read()
        body = io.BytesIO()  # unlike a list of pieces, it takes the memory of the body only once
        for piece in cast("Iterable[bytes]", response.stream):
            body.write(piece)
        return _decoded(response, body.getvalue())
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
        if _is_read(response):
            return await response.aread()
        body = io.BytesIO()
        async for piece in cast("AsyncIterable[bytes]", response.stream):
            body.write(piece)
        return _decoded(response, body.getvalue())
    except Exception as error:
        if response.is_success or not is_a(error, "DecodingError"):
            raise
        return b""
    finally:
        await response.aclose()


def pieces(response: httpx.Response) -> Iterator[bytes]:
    """The decoded body of a success in pieces, as they come; one if its encoding is a rare one."""
    decoder = _decoder(response)
    if decoder is None:
        yield read(response)
    else:
        for piece in cast("Iterable[bytes]", response.stream):
            yield decoder.feed(piece)
        decoder.end()


async def pieces_async(response: httpx.Response) -> AsyncIterator[bytes]:
    """``pieces`` for asyncio."""
    decoder = _decoder(response)
    if decoder is None:
        yield await read_async(response)
    else:
        async for piece in cast("AsyncIterable[bytes]", response.stream):
            yield decoder.feed(piece)
        decoder.end()


class _Plain:
    """Decodes nothing."""

    def feed(self, piece: bytes) -> bytes:
        return piece

    def end(self) -> None:
        pass


class _Gunzip:
    """Decompresses gzip in pieces, like ``gzip.decompress``."""

    def __init__(self) -> None:
        self._member: Any = None

    def feed(self, piece: bytes) -> bytes:
        decompressed: list[bytes] = []
        try:
            while piece:
                if self._member and self._member.eof:
                    piece = piece.lstrip(b"\0")  # after a member, zeros may follow
                    self._member = None
                    continue
                self._member = self._member or zlib.decompressobj(16 + zlib.MAX_WBITS)
                decompressed.append(self._member.decompress(piece))
                piece = self._member.unused_data
        except zlib.error as error:
            raise httpx.DecodingError(f"Content-Encoding gzip: {error}") from None
        return b"".join(decompressed)

    def end(self) -> None:
        if self._member and not self._member.eof:
            raise httpx.DecodingError("Content-Encoding gzip: the body is not complete")


def _decoder(response: httpx.Response) -> _Plain | _Gunzip | None:
    if _is_read(response):
        return None
    match _encodings(response):
        case []:
            return _Plain()
        case ["gzip" | "x-gzip"]:
            return _Gunzip()
        case _:
            return None


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


def _encodings(response: httpx.Response) -> list[str]:
    named = response.headers.get_list("Content-Encoding", split_commas=True)
    found = [encoding.strip().lower() for encoding in named]
    return [encoding for encoding in found if encoding not in ("", "identity")]


def _decoded(response: httpx.Response, body: bytes) -> bytes:
    if "Content-Encoding" not in response.headers:
        return body
    for encoding in reversed(_encodings(response)):
        if encoding in ("gzip", "x-gzip"):
            body = _gunzip(body)
        else:
            body = _by_httpx(type(response), encoding, body)
    return body


def _gunzip(body: bytes) -> bytes:
    import gzip  # on first use

    try:
        return gzip.decompress(body)
    except (EOFError, OSError, zlib.error) as error:
        raise httpx.DecodingError(f"Content-Encoding gzip: {error}") from None


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
