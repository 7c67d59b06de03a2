"""The argument ``httpx_args``, checked when a client is made."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping
from http.cookiejar import Cookie, CookieJar
from typing import Any

from ._http import is_a
from ._proxies import checked_proxy
from ._settings import checked_headers, checked_mapping
from .errors import ConfigurationError

_EXPECTED = {
    "auth": "a user name and a password, a function or an httpx.Auth",
    "cookies": "a mapping of texts",
    "default_encoding": "the name of an encoding",
    "event_hooks": "lists of functions by 'request' and 'response'",
    "headers": "a mapping of texts",
    "http1": "a bool",
    "http2": "a bool",
    "limits": "an httpx.Limits with at least one connection",
    "mounts": "transports by URL pattern",
    "params": "query parameters",
    "proxy": "a URL or an httpx.Proxy",
    "transport": "an httpx.BaseTransport or httpx.AsyncBaseTransport",
    "trust_env": "a bool",
}

_INSTEAD = {
    "base_url": "base_url=",
    "cert": "verify_ssl= with an ssl.SSLContext that has loaded the certificate",
    "follow_redirects": "follow_redirects=",
    "max_redirects": "follow_redirects=, which follows up to 20",
    "timeout": "timeout=",
    "verify": "verify_ssl=",
    **dict.fromkeys(
        ("local_address", "retries", "socket_options", "uds"),
        "transport= with an httpx.HTTPTransport that has this argument",
    ),
}


def checked_httpx_args(library: Any, arguments: Mapping[str, Any] | None) -> dict[str, Any]:
    """The arguments for the clients of httpx or httpx2.

    Raises:
        ConfigurationError: An argument is unknown, is one of ``Client`` itself, or has a value that
            cannot be used. The message does not show the value, which may be a secret.
    """
    checked: dict[str, Any] = {**checked_mapping("httpx_args", arguments)}
    for name, value in checked.items():
        if name in _INSTEAD:
            raise ConfigurationError(f"httpx_args: instead of {name!r} use {_INSTEAD[name]}")
        if name not in _EXPECTED:
            known = ", ".join(_EXPECTED)
            raise ConfigurationError(f"httpx_args: {name!r} is unknown; known are {known}")
        try:
            usable = _usable(library, name, value)
        except ConfigurationError as error:
            raise ConfigurationError(f"httpx_args: {error}") from None
        except ImportError as error:  # its message says what to install
            raise ConfigurationError(f"httpx_args: {name}: {error}") from None
        except Exception:  # noqa: BLE001 - whatever httpx raises for such a value
            usable = False
        if not usable:
            expected = _EXPECTED[name].replace("httpx.", f"{library.__name__}.")
            kind = f"{type(value).__module__}.{type(value).__name__}".removeprefix("builtins.")
            raise ConfigurationError(f"httpx_args: {name}: expected {expected}, received {kind}")
    return {name: value for name, value in checked.items() if value is not None}


class _CookieJar(CookieJar):
    """The cookies of a client, without those that no header can send back."""

    def set_cookie(self, cookie: Cookie) -> None:
        if f"{cookie.name}{cookie.value}".isascii():
            super().set_cookie(cookie)


def fitting(library: Any, arguments: dict[str, Any], *, is_async: bool) -> dict[str, Any]:
    """The arguments for one kind of calls, since ``httpx_args`` are for both.

    Raises:
        ConfigurationError: A transport or a hook is for the other kind only.
    """
    arguments = dict(arguments)
    handler, other = ("handle_async_request", "sync") if is_async else ("handle_request", "async")
    transports = [arguments.get("transport"), *arguments.get("mounts", {}).values()]
    if not all(each is None or hasattr(each, handler) for each in transports):
        raise ConfigurationError(f"httpx_args: a transport is for {other} calls only")
    hooks: dict[str, list[Any]] = arguments.get("event_hooks", {})
    if is_async:
        arguments["event_hooks"] = {name: list(map(_awaited, hooks[name])) for name in hooks}
    elif any(map(inspect.iscoroutinefunction, itertools.chain(*hooks.values()))):
        raise ConfigurationError("httpx_args: an event hook is for async calls only")
    if not isinstance(given := arguments.get("cookies"), CookieJar):
        arguments["cookies"] = jar = _CookieJar()
        library.Cookies(jar).update(given)
    return arguments


def _awaited(hook: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A hook for async calls; that of the user may be an ordinary function."""

    async def run(value: Any) -> None:
        returned = hook(value)
        if inspect.isawaitable(returned):
            await returned

    return run


def _usable(library: Any, name: str, value: Any) -> bool:
    """Whether a value can be used. Anything may be raised if not."""
    if value is None:
        return name not in ("http1", "http2", "limits", "trust_env")
    match name:
        case "http1" | "http2" | "trust_env":
            if not isinstance(value, bool):
                return False
        case "event_hooks":
            functions = [function for functions in value.values() for function in functions]
            return value.keys() <= {"request", "response"} and all(map(callable, functions))
        case "headers":
            checked_headers(library.Headers(value))
        case "limits":
            least = {"max_connections": 1, "max_keepalive_connections": 0, "keepalive_expiry": 0}
            numbers = [(getattr(value, field), least[field]) for field in least]
            return is_a(value, "Limits") and all(
                number is None or number >= lowest for number, lowest in numbers
            )
        case "mounts":
            if not all(each is None or _is_transport(library, each) for each in value.values()):
                return False
        case "proxy":
            checked_proxy(library, str(getattr(value, "url", value)), "proxy")
        case "transport":
            return _is_transport(library, value)
        case _:
            pass
    # A client without connections and a request show what httpx itself refuses.
    client = library.Client(**{"transport": library.BaseTransport(), name: value})
    client.build_request("GET", "http://localhost/")
    return True


def _is_transport(library: Any, value: object) -> bool:
    """Whether a value is a transport, and not one of the other library."""
    if is_a(value, "BaseTransport", "AsyncBaseTransport"):
        return isinstance(value, library.BaseTransport | library.AsyncBaseTransport)
    return hasattr(value, "handle_request") or hasattr(value, "handle_async_request")
