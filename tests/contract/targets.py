"""Which API is asked, with which keys, and how gently."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from tests.contract import facts

ASGIApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]

WRONG_KEY = "sk-or-v1-" + "0" * 64
"""A well-formed key that belongs to nobody."""

GENTLE_PAUSE = 1.0
"""Seconds between two requests to an API that is not our own."""

TIMEOUT = 30.0
"""Seconds that connecting, and each read, may take."""

GENTLE_PATIENCE = 15.0
"""Seconds before a request to such an API is repeated that failed for a reason which may pass."""


@dataclass(frozen=True)
class Target:
    """An API to be asked.

    Attributes:
        name: What it is called in a report.
        base_url: Where it is; for an application any URL with the right path.
        key: A management key.
        inference_key: An ordinary key, where there is one.
        app: An ASGI application to be called in process, instead of a socket.
        today: The API's UTC day, where it is not the real one.
        gentle: Whether it is not our own: it gets few requests, slowly, and none that could write.
    """

    name: str
    base_url: str
    key: str = field(repr=False)
    inference_key: str | None = field(default=None, repr=False)
    app: ASGIApp | None = field(default=None, repr=False)
    today: dt.date | None = None
    gentle: bool = False

    def utc_today(self) -> dt.date:
        """The API's UTC day."""
        return self.today or dt.datetime.now(dt.UTC).date()

    def credential(self, key: facts.Key) -> str | None:
        """The key of that kind."""
        return {
            "management": self.key,
            "inference": self.inference_key,
            "wrong": WRONG_KEY,
        }.get(key)

    def key_of(self, authorization: str) -> facts.Key:
        """Which key a header carries."""
        if not authorization:
            return "none"
        scheme, _, credential = authorization.partition(" ")
        if scheme.lower() == "bearer" and credential == self.key:
            return "management"
        return "other"


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
    import sandbox  # a consumer without its dependencies can still ask another API

    return Target(
        name="the sandbox, in process",
        base_url="http://sandbox" + sandbox.BASE_PATH,
        key=sandbox.MANAGEMENT_KEY,
        inference_key=sandbox.INFERENCE_KEY,
        app=cast("ASGIApp", sandbox.create_app(seed=seed, rows=rows, today=today, fault=fault)),
        today=today,
    )


@contextlib.contextmanager
def sandbox_over_http(*, seed: int = 0, fault: str | None = None) -> Generator[Target]:
    """The sandbox on a loopback socket."""
    import sandbox

    with sandbox.serve(seed=seed) as server:
        base_url = server.fault_url(fault) if fault else server.base_url
        yield Target(
            name="the sandbox, over HTTP",
            base_url=base_url,
            key=sandbox.MANAGEMENT_KEY,
            inference_key=sandbox.INFERENCE_KEY,
        )
