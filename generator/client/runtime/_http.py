"""What the client needs of httpx, and of httpx2 for those who choose it.

No other module imports either of them.
"""

from __future__ import annotations

import datetime
import email.utils
import os
import ssl
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import httpx as httpx

from ._package import PROJECT
from .errors import ConfigurationError

Timeout = float | httpx.Timeout
"""Seconds for connecting and for each read and write, or an ``httpx.Timeout`` with one for each."""

Verify = bool | str | os.PathLike[str] | ssl.SSLContext
"""How to verify servers: whether at all, the path of certificates, or a context."""

Library = Literal["httpx", "httpx2"]
"""The HTTP library of a client."""

MAX_REDIRECTS = 20
"""How many requests an attempt may send before it gives up; httpx's own limit."""


def library(name: object) -> Any:
    """The module of that name: httpx, or its fork httpx2, which has the same classes.

    Raises:
        ConfigurationError: The name is another, or httpx2 is not installed.
    """
    if name == "httpx":
        return httpx
    if name != "httpx2":
        raise ConfigurationError(f"http_library: expected 'httpx' or 'httpx2', received {name!r}")
    try:
        import httpx2
    except ImportError:
        raise ConfigurationError(
            f"http_library: httpx2 is not installed: pip install '{PROJECT}[httpx2]'"
        ) from None
    return httpx2


def is_a(value: object, *names: str) -> bool:
    """Whether ``value`` is an instance of one of these classes of httpx or httpx2."""
    libraries = (httpx, sys.modules.get("httpx2"))
    return isinstance(
        value, tuple(getattr(each, name) for each in libraries if each for name in names)
    )


def same_origin(url: httpx.URL, base_url: str) -> bool:
    """Whether both have the same scheme, host and port."""
    base = httpx.URL(base_url)  # like every URL of httpx, without the default port of its scheme
    return (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port)


def without_query(url: httpx.URL) -> bytes:
    """A URL without its query, its fragment and the name and password of a user."""
    return b"%s://%s%s" % (url.raw_scheme, url.netloc, url.raw_path.partition(b"?")[0])


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that ``Retry-After`` asks to wait, be it a number or an HTTP date, or None."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
        if moment.tzinfo is None:  # the two older forms of an HTTP date are in UTC, too
            moment = moment.replace(tzinfo=datetime.UTC)
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def copy_request(
    request: httpx.Request,
    query: Sequence[tuple[str, str | int | float | bool | None]],
    timeout: httpx.Timeout,
) -> httpx.Request:
    """A copy of a request without a query, with this query and this timeout."""
    url = type(request.url)(request.url, params=list(query)) if query else request.url
    copied = type(request)(
        request.method,
        url,
        headers=request.headers,
        stream=request.stream,
        extensions={"timeout": timeout.as_dict()},
    )
    copied.read()  # so that transports of the user can see its content
    return copied


def clear_frames(error: BaseException) -> None:
    """Clear the locals in the frames of a traceback: some contain the key."""
    current: BaseException | None = error
    while current is not None:
        traceback.clear_frames(current.__traceback__)
        current = current.__context__


async def sleep(seconds: float) -> None:
    """``time.sleep`` for asyncio."""
    import asyncio

    await asyncio.sleep(seconds)
