"""The security schemes whose keys are more than the value of a header."""

from __future__ import annotations

import base64
import functools
from typing import Any, ClassVar
from urllib.parse import quote, quote_plus, urlencode

from ._auth import Scheme
from ._http import httpx

_SHOWN = "key"
"""What a URL shows instead of a key."""

_REVEALED = ("raw_path", "query", "params")
"""The attributes of a URL that have its key."""


class BasicScheme(Scheme):
    """HTTP basic authentication. The key is a user name and a password."""

    def from_text(self, text: str) -> tuple[str, str]:
        """The user name and the password of ``user:password``."""
        user, _, password = text.partition(":")
        return user, password

    def problem(self, key: Any) -> str | None:
        """What is wrong with a key, without showing it; None if it is well-formed."""
        match key:
            case (str(user), str(password)):
                both = user + password
            case _:
                return "must be a tuple of a user name and a password"
        if not both.strip():
            return "is blank"
        if ":" in user:
            return "has a colon in its user name"
        if not both.isprintable():
            return "contains a control character, such as a line end"
        return None

    def add(self, request: httpx.Request, key: Any) -> None:
        """Add a key to a request, unless the caller has set the header."""
        super().add(request, _basic(key))

    def secrets(self, key: Any) -> list[str]:
        """The header's value, and the password, or else the user name."""
        return [_basic(key), key[1] or key[0]]


def _basic(key: tuple[str, str]) -> str:
    return base64.b64encode(":".join(key).encode()).decode()


class CookieScheme(Scheme):
    """A key in a cookie. ``header`` is the name of the cookie."""

    def problem(self, key: Any) -> str | None:
        """What is wrong with a key, without showing it; None if it is well-formed."""
        if found := super().problem(key):
            return found
        return "contains a character that no cookie has" if {*key} & {*'",;\\'} else None

    def add(self, request: httpx.Request, key: Any) -> None:
        """Add a key to a request, unless the caller has set the cookie."""
        cookies = [part.strip() for part in request.headers.get("Cookie", "").split(";")]
        if not any(cookie.startswith(f"{self.header}=") for cookie in cookies):
            cookies.append(f"{self.header}={key}")
            request.headers["Cookie"] = "; ".join(filter(None, cookies))

    def remove(self, request: httpx.Request) -> None:
        """Remove the cookies of a request."""
        request.headers.pop("Cookie", None)


class QueryScheme(Scheme):
    """A key in the query. ``header`` is the name of the parameter.

    httpx logs the URL of a request. So the URL shows another text instead of the key.
    """

    in_url: ClassVar[bool] = True

    def add(self, request: httpx.Request, key: Any) -> None:
        """Add a key to a request, unless the caller has set the parameter."""
        url: Any = getattr(request.url, "revealed", lambda: request.url)()
        shown: Any = type(url)(str(request.url))
        if self.header not in url.params:
            url, shown = _with(url, self.header, key), _with(shown, self.header, _SHOWN)
        elif url.params[self.header] == key:  # a redirect may repeat it
            shown = shown.copy_set_param(self.header, _SHOWN)
        else:
            return
        hiding = _hiding(url.__class__)(shown)
        hiding.revealed = lambda: url
        request.url = hiding

    def remove(self, request: httpx.Request) -> None:
        """Remove the key from a request."""
        if self.header in request.url.params:
            request.url = request.url.copy_remove_param(self.header)

    def secrets(self, key: Any) -> list[str]:
        """The key, as it is and as a URL has it."""
        return list(dict.fromkeys((key, quote(key, safe=""), quote_plus(key))))


def _with(url: Any, name: str, value: str) -> Any:
    """The URL with one more parameter; the others are not encoded again."""
    query = [url.query.decode("ascii")] if url.query else []
    return url.copy_with(query="&".join([*query, urlencode({name: value})]).encode())


@functools.cache
def _hiding(kind: Any) -> Any:
    """A class of URLs that do not show their key, for httpx or httpx2.

    The key is in a closure only. Transports, which send ``raw_path``, get it from there.
    """

    def revealed(name: str) -> property:
        return property(lambda url: getattr(url.revealed(), name))

    return type("HidingURL", (kind,), {name: revealed(name) for name in _REVEALED})
