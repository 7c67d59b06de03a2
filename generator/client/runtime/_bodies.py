"""Bodies other than JSON alone: text, bytes and files, and a choice of media types."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from . import _encode as encode
from .errors import ConfigurationError
from .types import UNSET

Writer = Callable[[Any, str], tuple["bytes | Stream", str]]
"""Makes a body of a value and a media type: its content and its Content-Type."""

Part = bytes | Path | BinaryIO

_CHUNK = 65_536


class Stream:
    """Bytes and files one after the other, which are read while they are sent.

    Attributes:
        length: How many bytes they have; None if a file does not say.
        is_replayable: Whether they can be sent again.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._starts = [_start(part) for part in parts]
        self.is_replayable = None not in self._starts
        self._is_sent = False
        lengths = [_length(part, start) for part, start in zip(parts, self._starts, strict=True)]
        known = [length for length in lengths if length is not None]
        self.length = sum(known) if len(known) == len(lengths) else None

    @property
    def headers(self) -> dict[str, str]:
        """The headers that say where the body ends."""
        if self.length is None:
            return {"Transfer-Encoding": "chunked"}
        return {"Content-Length": str(self.length)}

    def __iter__(self) -> Iterator[bytes]:
        if self._is_sent and not self.is_replayable:
            raise ConfigurationError("body: its file cannot be read again, to send it again")
        self._is_sent = True
        try:
            for part, start in zip(self._parts, self._starts, strict=True):
                yield from _chunks(part, start)
        except (OSError, ValueError) as error:  # also: the file is closed
            raise ConfigurationError(f"body: {error}") from None

    def asynchronous(self) -> AsyncStream:
        """The same for asyncio. Its files are read as fast as they are sent."""
        return AsyncStream(self)


class AsyncStream:
    """A stream for asyncio."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._stream:
            yield chunk


def _start(part: Part) -> int | None:
    """Where a part begins, or None if it cannot be read twice."""
    if isinstance(part, bytes | Path):
        return 0
    if not isinstance(cast("object", part.read(0)), bytes):
        raise ValueError("expected a binary file, received one of text: open it with mode 'rb'")
    return part.tell() if part.seekable() else None


def _length(part: Part, start: int | None) -> int | None:
    if isinstance(part, bytes):
        return len(part)
    if isinstance(part, Path):
        return part.stat().st_size
    if start is None:
        return None
    end = part.seek(0, os.SEEK_END)
    part.seek(start)
    return end - start


def _chunks(part: Part, start: int | None) -> Iterator[bytes]:
    if isinstance(part, bytes):
        yield part
        return
    with part.open("rb") if isinstance(part, Path) else contextlib.nullcontext(part) as file:
        if start is not None:
            file.seek(start)
        while chunk := file.read(_CHUNK):
            yield chunk


def add(
    request: encode.Arguments, value: Any, media_type: str, writers: Mapping[str, Writer]
) -> None:
    """Set the body.

    Args:
        request: The arguments of the call.
        value: The body; UNSET if there is none.
        media_type: Its media type.
        writers: By media type or range of them, how a body is made.
    """
    if value is UNSET:
        return
    writer = writers.get(media_type) or next(
        (writer for known, writer in writers.items() if _covers(known, media_type)), None
    )
    if writer is None:
        expected = " or ".join(writers)
        raise ConfigurationError(f"content_type: expected {expected}, received {media_type!r}")
    try:
        content, sent_type = writer(value, media_type)
    except (OSError, TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"body: {error}") from None
    request.content = content
    request.add_header("Content-Type", sent_type, encode.string)
    if isinstance(content, Stream):
        request.headers |= content.headers


def _covers(known: str, media_type: str) -> bool:
    """Whether a media type is one of a range, or differs in its parameters only."""
    known, media_type = (text.partition(";")[0].strip().lower() for text in (known, media_type))
    pattern = re.escape(known).replace(r"\*", r"[^/]+")
    return "/" in media_type and re.fullmatch(pattern, media_type) is not None


def as_json(value: Any, media_type: str) -> tuple[bytes, str]:
    """A body of JSON."""
    return encode.json_bytes(value), media_type


def as_text(value: Any, media_type: str) -> tuple[bytes, str]:
    """A body of text, in the charset of its media type; bytes are sent unchanged."""
    if isinstance(value, bytes):
        return value, media_type
    if not isinstance(value, str):
        raise TypeError(f"expected a str or bytes, received {type(value).__name__}")
    charset = re.search(r";\s*charset\s*=\s*\"?([^\";\s]+)", media_type, re.IGNORECASE)
    try:
        return value.encode(charset[1] if charset else "utf-8"), media_type
    except LookupError:
        raise ValueError(f"the charset of {media_type} is unknown: pass bytes") from None


def as_bytes(value: Any, media_type: str) -> tuple[bytes | Stream, str]:
    """A body of bytes, or of a binary file, which is read while it is sent."""
    if isinstance(value, bytes):
        return value, media_type
    if not hasattr(value, "read"):
        raise TypeError(f"expected bytes or a binary file, received {type(value).__name__}")
    return Stream([value]), media_type
