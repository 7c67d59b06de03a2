"""The settings of a client: each is checked before anything is sent."""

from __future__ import annotations

import ipaddress
import os
import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urljoin, urlsplit

from ._http import Verify, httpx, is_a
from ._package import BASE_URL, BASE_URL_VARIABLE
from .errors import ConfigurationError

LONGEST_TIMEOUT = 2_000_000
"""Seconds, 23 days: sockets count their milliseconds in 31 bits."""

SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization"}
"""Headers that are never shown."""

_FRAMING = {"content-length", "transfer-encoding"}
"""Headers that the HTTP library sets: with another value, it would wait for a body."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def base_url(given: object) -> str:
    """The base URL that was given, else the environment's, else the document's.

    It has no slash at its end.

    Raises:
        ConfigurationError: It is not an absolute http or https URL, or it has more than a path.
    """
    source = url_source(given)
    if given is None:
        given = os.environ.get(BASE_URL_VARIABLE) or BASE_URL
        if not given:
            raise ConfigurationError(
                "base_url: the document names no server: pass the URL of the API, or set "
                f"{BASE_URL_VARIABLE}"
            )
    if not isinstance(given, str):
        raise ConfigurationError(f"{source}: expected a str, received {type(given).__name__}")
    try:
        url = urlsplit(given)
        valid = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
        httpx.URL(given)
        (url.hostname or "").encode("idna")  # refuses names that no resolver accepts
    except (ValueError, httpx.InvalidURL):
        valid = False
        url = urlsplit("")
    if not valid or not given.isprintable() or " " in given:
        raise ConfigurationError(
            f"{source}: expected a URL such as https://host/path, received {given!r}"
        )
    if "?" in given or "#" in given or "@" in url.netloc:
        raise ConfigurationError(f"{source}: a query, a fragment or a user name has no place in it")
    return given.rstrip("/")


def url_source(given: object) -> str:
    """What gives the base URL, as messages name it."""
    by_environment = given is None and os.environ.get(BASE_URL_VARIABLE)
    return f"the environment variable {BASE_URL_VARIABLE}" if by_environment else "base_url"


def server(own: str, base_url: str) -> str:
    """The URL of the server of an operation.

    Args:
        own: The URL that the document gives the operation; empty if it gives none. A relative one
            is below the base URL's origin. Another one counts if the base URL is the document's.
        base_url: The base URL of the client.
    """
    if own and "://" not in own:
        return urljoin(f"{base_url}/", own).rstrip("/")
    return own if own and base_url == BASE_URL.rstrip("/") else base_url


def keeps_secrets(base_url: str) -> bool:
    """Whether a key may be sent to this URL: over TLS, or to this machine."""
    url = urlsplit(base_url)
    host = url.hostname or ""
    if url.scheme == "https" or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_timeout(timeout: object) -> httpx.Timeout:
    """The timeout for httpx.

    Raises:
        ConfigurationError: It is neither a number of seconds above zero nor an ``httpx.Timeout``.
    """
    if is_a(timeout, "Timeout"):
        given = cast("httpx.Timeout", timeout)
        if all(seconds is None or _is_time(seconds) for seconds in given.as_dict().values()):
            return given
    if not timeout or not _is_time(timeout):
        raise ConfigurationError(
            f"timeout: expected seconds above zero or an httpx.Timeout, received {timeout!r}; "
            "to wait without end, pass httpx.Timeout(None)"
        )
    # Waiting for a free connection of our own pool says nothing about the server.
    return httpx.Timeout(cast("float", timeout), pool=None)


def _is_time(value: object) -> bool:
    """Whether a value is a number of seconds that sockets take."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value <= LONGEST_TIMEOUT


def checked_retries(max_retries: object) -> int:
    """The limit of retries, which is a whole number from zero on.

    Raises:
        ConfigurationError: It is another value.
    """
    if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
        raise ConfigurationError(
            f"max_retries: expected a whole number from 0 on, received {max_retries!r}"
        )
    return max_retries


def checked_mapping(name: str, given: Any) -> Mapping[Any, Any]:
    """The mapping of an argument, which is empty for None.

    Raises:
        ConfigurationError: It is another value.
    """
    mapping: Mapping[Any, Any] = given
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"{name}: expected a mapping, received {type(given).__name__}")
    return mapping


def header_value(value: object) -> bool:
    """Whether ``value`` can be the value of a header."""
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and value == value.strip()
    )


def checked_headers(headers: Mapping[str, str] | None) -> httpx.Headers:
    """The headers, whose names are matched in any case.

    Raises:
        ConfigurationError: A name or a value is malformed. The message does not show the
            value, which may be a secret.
    """
    for name, value in checked_mapping("headers", headers).items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ConfigurationError(f"headers: {name!r} cannot be the name of a header")
        if name.lower() in _FRAMING:
            raise ConfigurationError(f"headers: {name!r} is set by the client itself")
        if not header_value(value):
            raise ConfigurationError(
                f"headers: {name!r} must be printable ASCII without white space around it"
            )
    return httpx.Headers(headers)


def checked_verify(verify_ssl: Verify) -> bool | Path | ssl.SSLContext:
    """How to verify servers.

    Raises:
        ConfigurationError: It is not a bool, an ``ssl.SSLContext`` or the path of a file or folder.
    """
    if isinstance(verify_ssl, bool | ssl.SSLContext):
        return verify_ssl
    try:
        path = Path(verify_ssl)
        if os.fspath(verify_ssl) and path.exists():
            return path
    except TypeError:
        pass
    raise ConfigurationError(
        "verify_ssl: expected a bool, an ssl.SSLContext or the path of certificates, "
        f"received {verify_ssl!r}"
    )
