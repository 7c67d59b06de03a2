"""The APIs that the checks can call: the sandbox, or one at a URL."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.contract.harness import facts

if TYPE_CHECKING:
    from starlette.types import ASGIApp  # its package is not needed to call another API

WRONG_KEY = "sk-or-v1-" + "0" * 64
"""A well-formed key that belongs to nobody."""

TIMEOUT = 30.0
"""Seconds, separately for connecting and for each read."""

LONGEST = 90.0
"""Seconds for a whole response: one that comes byte by byte never exceeds the others."""

GENTLE_PAUSE = 1.0
"""Seconds between two requests to an API that is not ours."""

GENTLE_RETRY = 15.0
"""Seconds before a second attempt there, if the failure looks temporary."""


@dataclass(frozen=True)
class Target:
    """An API to call."""

    name: str  # its name in a report
    base_url: str  # its URL; for an application any URL with the right path
    key: str = field(repr=False)  # a management key
    inference_key: str | None = field(default=None, repr=False)  # an inference key, if there is one
    # An ASGI application, to be called in process.
    app: ASGIApp | None = field(default=None, repr=False)
    today: dt.date | None = None  # the API's UTC day, if it is not the real one
    # Whether the API is not ours: it gets few requests, slowly, and only `GET`.
    gentle: bool = False

    def utc_today(self) -> dt.date:
        """The API's UTC day."""
        return self.today or dt.datetime.now(dt.UTC).date()

    def credential(self, key: facts.Key) -> str | None:
        """The key of that kind."""
        known = {"management": self.key, "inference": self.inference_key, "wrong": WRONG_KEY}
        return known.get(key)

    def key_of(self, authorization: str) -> facts.Key:
        """The kind of key in a header."""
        if not authorization:
            return "none"
        scheme, _, credential = authorization.partition(" ")
        known = scheme.lower() == "bearer" and credential == self.key
        return "management" if known else "other"


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def sandbox_target(
    *,
    seed: int = 0,
    rows: int | None = None,
    today: dt.date | None = None,
    fault: str | None = None,
) -> Target:
    """The sandbox in this process."""
    import sandbox  # its dependencies are not needed to call another API

    app = sandbox.create_app(seed=seed, rows=rows, today=today, fault=fault)
    target = _sandbox("in process", "http://sandbox" + sandbox.BASE_PATH)
    return replace(target, app=app, today=today)


@contextlib.contextmanager
def sandbox_over_http(*, seed: int = 0) -> Generator[Target]:
    """The sandbox on a loopback socket."""
    import sandbox

    with sandbox.serve(seed=seed) as server:
        yield _sandbox("over HTTP", server.base_url)


def _sandbox(how: str, base_url: str) -> Target:
    from sandbox import INFERENCE_KEY, MANAGEMENT_KEY

    return Target(f"the sandbox, {how}", base_url, MANAGEMENT_KEY, INFERENCE_KEY)
