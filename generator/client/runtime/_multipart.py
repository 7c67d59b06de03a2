"""Bodies of the media type ``multipart/form-data``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from . import _encode as encode
from . import _settings, _styles
from ._bodies import Part, Stream
from .files import File
from .types import UNSET

Encoding = Mapping[str, Any]
"""How a property is sent: its ``content_type`` and further ``headers``, or its style."""


def writer(encoding: Mapping[str, Encoding]) -> Callable[[Any, str], tuple[bytes | Stream, str]]:
    """A writer of parts.

    An array becomes a part for each item, a file a part with a file name, and an object a part of
    JSON. A property with a style is as in a form, if it has no file. One that is null or unset is
    left out.
    """

    def write(value: Any, media_type: str) -> tuple[bytes | Stream, str]:
        boundary = os.urandom(16).hex()
        content: list[Part] = []
        for name, item, how in _parts(value, encoding):
            head, payload = _part(name, item, **how)
            content += [f"--{boundary}\r\n{head}\r\n".encode(), payload, b"\r\n"]
        content.append(f"--{boundary}--\r\n".encode())
        sent_type = f"{media_type}; boundary={boundary}"
        whole = [part for part in content if isinstance(part, bytes)]
        return b"".join(whole) if len(whole) == len(content) else Stream(content), sent_type

    return write


def _parts(value: Any, encoding: Mapping[str, Encoding]) -> Iterator[tuple[str, Any, Encoding]]:
    """The name and value of each part, and how it is sent."""
    members: Any = value.to_dict() if encode.is_model(value) else value
    if not isinstance(members, Mapping):
        raise TypeError(f"expected an object, received {type(value).__name__}")
    for name, item in cast("Mapping[str, Any]", members).items():
        if item is None or item is UNSET:
            continue
        how = encoding.get(name, {})
        items = cast("Sequence[Any]", item) if isinstance(item, list | tuple) else [item]
        if "style" in how and not any(map(_is_file, items)):
            plain = _styles.value(encode.json_value(item))
            for key, text in _styles.pairs(name, plain, **how, quote=str):
                yield key, text, {}
            continue
        for one in items:
            if one is not None:
                yield name, one, {} if "style" in how else how


def _is_file(value: Any) -> bool:
    return isinstance(value, bytes | File) or hasattr(value, "read")


def _part(
    name: str, value: Any, *, content_type: str = "", headers: Mapping[str, str] | None = None
) -> tuple[str, Part]:
    """The head of a part, and its content."""
    disposition = f'form-data; name="{_escaped(name)}"'
    head = dict(headers or {})
    if _is_file(value):
        file: File = value if isinstance(value, File) else File(value)
        _settings.checked_headers(file.headers)
        head |= file.headers
        disposition += f'; filename="{_escaped(file.name or name)}"'
        content_type = file.mime_type or content_type or "application/octet-stream"
        payload = file.payload
        content: Part = Path(payload) if isinstance(payload, os.PathLike) else payload
    else:
        plain = encode.json_value(value)
        is_json = isinstance(plain, dict | list)
        content_type = content_type or "application/json" * is_json
        as_json = is_json or content_type.partition(";")[0].endswith("json")
        content = (_styles.json_text if as_json else _styles.text)(plain).encode()
    if not _settings.header_value(content_type):
        raise ValueError(f"{name}: {content_type!r} is no media type")
    head = {"Content-Disposition": disposition} | head
    head |= {"Content-Type": content_type} if content_type else {}
    return "".join(f"{key}: {text}\r\n" for key, text in head.items()), content


def _escaped(text: str) -> str:
    """A name as browsers escape it."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
