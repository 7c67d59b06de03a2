"""The proxies of the environment, read and checked when a client is made."""

from __future__ import annotations

import ipaddress
import os
import sys
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from .errors import ConfigurationError

_SCHEMES = ("http", "https", "socks5", "socks5h")

_ONLY_VARIABLES = sys.platform not in ("darwin", "win32")
"""Whether this system has no other settings of proxies."""


class Proxy:
    """A proxy.

    Attributes:
        url: Its URL, which may have a password, or an ``httpx.Proxy``.
        source: The variable or argument that names it.
    """

    __slots__ = ("source", "url")

    def __init__(self, url: Any, source: str) -> None:
        self.url = url
        self.source = source

    def note(self, library: Any) -> str:
        """What an error says of a request through the proxy."""
        url = library.URL(getattr(self.url, "url", self.url))
        return f"through the proxy {url.scheme}://{url.netloc.decode()} of {self.source}"


def environment_proxies(library: Any, base_url: str) -> dict[str, Proxy | None]:
    """The proxy for each of httpx's URL patterns; None means none.

    httpx reads the same variables, but raises what is not an error of the client.

    Args:
        library: httpx or httpx2.
        base_url: The URL of the API: an entry of NO_PROXY may be a network that it is in.

    Raises:
        ConfigurationError: A proxy cannot be used.
    """
    if _ONLY_VARIABLES and "_proxy" not in " ".join(os.environ).lower():
        return {}  # the common case: getproxies takes longer than all else that makes a client
    found = urllib.request.getproxies()
    if found.get("http") and found.get("https"):
        found.pop("all", None)  # no URL has another scheme
    proxies: dict[str, Proxy | None] = {
        f"{scheme}://": checked_proxy(library, _absolute(found[scheme]), _source(scheme))
        for scheme in ("http", "https", "all")
        if found.get(scheme)
    }
    if proxies:
        entries = [entry.strip() for entry in found.get("no", "").split(",")]
        if "*" in entries:
            return {}
        host = library.URL(base_url).host
        excluded = [_pattern(library, entry, host) for entry in entries if entry]
        proxies |= dict.fromkeys(pattern for pattern in excluded if pattern)
    return proxies


def checked_proxy(library: Any, url: str, source: str) -> Proxy:
    """The proxy of a URL.

    Raises:
        ConfigurationError: The URL is invalid, or needs a package that is not installed. The
            message does not show the URL, which may have a password.
    """
    try:
        parsed = library.URL(url)
        urlsplit(url)  # refuses half a bracket, which httpx takes for a host
        valid = parsed.scheme in _SCHEMES and parsed.host and (parsed.port or 0) < 2**16
    except (ValueError, library.InvalidURL):
        valid = False
        parsed = library.URL()
    if not valid:
        supported = ", ".join(f"{scheme}://" for scheme in _SCHEMES)
        raise ConfigurationError(f"{source}: expected a proxy's URL that begins with {supported}")
    from importlib.util import find_spec  # on first use: few use a proxy

    if parsed.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError(
            f"{source}: a SOCKS proxy needs a package: pip install '{library.__name__}[socks]'"
        )
    return Proxy(url, source)


def _absolute(url: str) -> str:
    return url if "://" in url else f"http://{url}"


def _source(scheme: str) -> str:
    """Where a proxy comes from: ``http_proxy`` wins over ``HTTP_PROXY``."""
    names = sorted(name for name in os.environ if name.lower() == f"{scheme}_proxy")
    return f"the environment variable {names[-1]}" if names else "the proxy settings of the system"


def _pattern(library: Any, entry: str, host: str) -> str | None:
    """The URL pattern of httpx for an entry of NO_PROXY; None if the entry excludes nothing."""
    try:
        network = ipaddress.ip_network(entry.removeprefix("[").removesuffix("]"), strict=False)
        if network.num_addresses == 1:
            host = str(network.network_address)
        elif ipaddress.ip_address(host) not in network:
            return None
        pattern = f"all://[{host}]" if ":" in host else f"all://{host}"
    except ValueError:  # a name, or an address with a port
        exact = entry.lower() == "localhost" or entry.startswith("[")
        pattern = f"all://{entry}" if exact else f"all://*{entry.removeprefix('*')}"
        pattern = entry if "://" in entry else pattern
    try:
        library.Client(transport=library.BaseTransport(), mounts={pattern: None})
    except (ValueError, library.InvalidURL):  # curl ignores such an entry, too
        return None
    return pattern
