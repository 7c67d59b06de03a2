"""TLS settings, made only when a connection needs them."""

from __future__ import annotations

import contextlib
import functools
import os
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from .errors import ConfigurationError

_FILES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
"""The environment variables that name files for TLS; of the first two, the first wins."""


def environment_names_files() -> bool:
    """Whether the environment names files for the TLS settings."""
    return any(map(os.environ.get, _FILES))


def _check_key_log() -> None:
    """Try to open the file that Python logs TLS keys to: its own error does not name it."""
    path = os.environ.get("SSLKEYLOGFILE")
    if path and not sys.flags.ignore_environment:
        try:
            with Path(path).open("a"):
                pass
        except OSError as error:
            raise ConfigurationError(f"the environment variable SSLKEYLOGFILE: {error}") from None


class _DeferredContext:
    """TLS settings that are made when a connection first needs them.

    A client of a server on this machine needs them only after a redirect. To read all certificates
    takes longer than many calls to such a server, and so does the first context of a process.
    """

    def __init__(self, make: Callable[[], ssl.SSLContext]) -> None:
        self._make = make

    @functools.cached_property
    def _made(self) -> ssl.SSLContext:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)

    def set_alpn_protocols(self, protocols: list[str]) -> None:
        # httpcore leaves the connection open if this fails. If the next step fails, it closes it.
        with contextlib.suppress(ConfigurationError):
            self._made.set_alpn_protocols(protocols)


def ssl_context(
    library: Any, verify: bool | Path | ssl.SSLContext, *, trust_env: bool, defer: bool
) -> ssl.SSLContext:
    """The TLS settings.

    Args:
        library: httpx or httpx2, whose own settings are used for True and False.
        verify: How to verify servers, checked by ``checked_verify``.
        trust_env: Whether environment variables may name the certificates.
        defer: Whether to make httpx's own settings on first use.

    Raises:
        ConfigurationError: A file contains no certificates, or cannot be opened.
    """

    def make() -> ssl.SSLContext:
        if verify:
            _check_key_log()
        try:
            made: ssl.SSLContext = library.create_ssl_context(verify=verify, trust_env=trust_env)
        except OSError as error:
            names = [name for name in _FILES[:2] if os.environ.get(name)] or _FILES[:2]
            raise ConfigurationError(f"the environment variable {names[0]}: {error}") from None
        return made

    match verify:
        case ssl.SSLContext():
            return verify
        case True if defer:
            return cast("ssl.SSLContext", _DeferredContext(make))
        case bool():
            return make()
        case _:
            _check_key_log()
            try:
                if verify.is_dir():
                    return ssl.create_default_context(capath=verify)
                return ssl.create_default_context(cafile=verify)
            except OSError as error:
                raise ConfigurationError(f"verify_ssl: {str(verify)!r}: {error}") from None
