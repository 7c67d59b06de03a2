"""Files of a multipart body."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from attrs import field, frozen

from .errors import ResponseValidationError


def _short(payload: Any) -> str:
    return f"<{len(payload)} bytes>" if isinstance(payload, bytes) else repr(payload)


@frozen
class File:
    """A file to send.

    Attributes:
        payload: Its content: bytes, a path, or a binary file that is open.
        file_name: The name to send; None takes that of the path or of the open file.
        mime_type: The media type to send; None takes what the document says.
        headers: More headers of its part.

    Examples:
        >>> File(b"a,b", file_name="table.csv", mime_type="text/csv")
        File(payload=<3 bytes>, file_name='table.csv', mime_type='text/csv', headers={})
    """

    payload: bytes | os.PathLike[str] | BinaryIO = field(repr=_short)
    file_name: str | None = None
    mime_type: str | None = None
    headers: Mapping[str, str] = field(factory=dict[str, str])

    @classmethod
    def of(cls, value: Any) -> File:
        """A file, or the file with this content; text is encoded in UTF-8."""
        if isinstance(value, File):
            return value
        if isinstance(value, bytes):
            return cls(value)
        if isinstance(value, str):
            return cls(value.encode())
        raise ResponseValidationError("a file", type(value).__name__)

    @property
    def name(self) -> str | None:
        """The name to send, if there is one."""
        if self.file_name is not None:
            return self.file_name
        if isinstance(self.payload, os.PathLike):
            return Path(self.payload).name
        name = getattr(self.payload, "name", None)
        return Path(name).name if isinstance(name, str) else None


def with_paths(value: Any) -> Any:
    """JSON in which a string such as ``@photo.png`` is the file of that path, as in curl."""
    members: Any = value
    if isinstance(value, str) and value.startswith("@"):
        return File(Path(value[1:]))
    if isinstance(value, list):
        return [with_paths(item) for item in members]
    if isinstance(value, dict):
        return {name: with_paths(item) for name, item in members.items()}
    return value


__all__ = ["File"]
