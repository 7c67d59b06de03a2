"""What a server has that the client would not honour."""

from __future__ import annotations

import re
from collections.abc import Iterator

_VARIABLE = re.compile(r"\{[\w.-]+\}")
_URL = re.compile(r"(https?://[^\s{}\"'\\?#@/]+)?(/[^\s{}\"'\\?#@]*)?", re.IGNORECASE)
_RELATIVE = re.compile(r"[^\s{}\"'\\?#@:]*")


def unsupported_server(url: str, place: str, *, is_document: bool = False) -> Iterator[str]:
    """Whether a client can use the URL of a server, of which the defaults are known.

    Args:
        url: The URL.
        place: Where it is.
        is_document: Whether it is the server of the document, of which a caller can give another.
    """
    if is_document and _RELATIVE.fullmatch(url):
        return
    if not _URL.fullmatch(_VARIABLE.sub("x", url) if is_document else url):
        yield (
            f"{place}: {url!r} is neither an http or https URL without a query nor an absolute "
            "path; give its variables a default"
        )
