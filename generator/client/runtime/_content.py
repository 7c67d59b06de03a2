"""Read the body of a response, and decode its content encoding.

httpx reads neither ``x-gzip`` nor a gzip of several members, and passes on what it cannot decode.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import AsyncIterable, Iterable
from typing import Any, cast

from ._http import httpx, is_a


def read(response: httpx.Response) -> bytes:
    """Read the body of a response, and close it.

    The body of an error that cannot be decoded is taken as empty: its status matters more.
    """
    try:
        _check_redirect(response)
        if response.is_stream_consumed and not _is_encoded(response):
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
        if response.is_stream_consumed and not _is_encoded(response):
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


def _check_redirect(response: httpx.Response) -> None:
    """Refuse a redirect to an invalid URL: httpx2 accepts it, and both accept any port."""
    if not response.has_redirect_location:
        return
    following = response.next_request
    if following is None or (following.url.port or 0) >= 2**16:
        raise httpx.RemoteProtocolError("Invalid URL in location header.")


def _is_encoded(response: httpx.Response) -> bool:
    """Whether the body has an encoding, and no hook of the user has read it from the network."""
    read = response.is_stream_consumed and "network_stream" in response.extensions
    return "Content-Encoding" in response.headers and not read


def _decoded(response: httpx.Response, body: bytes) -> bytes:
    if "Content-Encoding" not in response.headers:
        return body
    encodings = response.headers.get_list("Content-Encoding", split_commas=True)
    for encoding in reversed([encoding.strip().lower() for encoding in encodings]):
        if encoding in ("gzip", "x-gzip"):
            body = _gunzip(body)
        elif encoding not in ("", "identity"):
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
