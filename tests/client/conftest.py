"""Fixtures of the client's tests: servers, sync and async calls, and a fake clock."""

from __future__ import annotations

import asyncio
import contextlib
import http.server
import os
import platform
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any, NamedTuple

import pytest

from sandbox import MANAGEMENT_KEY, Sandbox, serve
from tests.client.http_library import NAME, httpx
from tests.client.package import NAME as PACKAGE
from tests.client.package import (
    SITE,
    ActivityResponse,
    Client,
    __version__,
    errors,
    get_user_activity,
    renamed,
)

KEY = "sk-or-v1-" + "0123456789abcdef" * 4
"""A well-formed key that no server accepts."""

USER_AGENT = f"openrouter-analytics/{__version__} Python/{platform.python_version()}"

TLS = ssl.create_default_context()
"""A shared context. Plain http does not use it, but making one takes longer than a call."""

ITEM: dict[str, Any] = {
    "date": "2026-08-23 00:00:00",
    "model": "example-author/example-model",
    "model_permaslug": "example-author/example-model-2026-01-01",
    "endpoint_id": "00000000-0000-4000-8000-000000000001",
    "provider_name": "Example Provider",
    "usage": 0.015,
    "byok_usage_inference": 0,
    "requests": 5,
    "prompt_tokens": 1200,
    "completion_tokens": 340,
    "reasoning_tokens": 100,
    "cached_tokens": 7,
}
"""A row as the API sends it, with a field that the document does not name."""

GOOD = httpx.Response(200, json={"data": [ITEM]})
BUSY = httpx.Response(503)

NOWHERE = "http://127.0.0.1:1"
"""A URL where no server is."""

BY_CODE: dict[int, Any] = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    422: errors.UnprocessableEntityError,
    429: errors.RateLimitError,
}
"""The errors of the codes that have a class of their own."""

PATIENCE = 5.0
"""The seconds after which a test stops waiting."""


class Script:
    """Responds to each request with the next response, and then always with the last one.

    Attributes:
        requests: The requests, oldest first.
    """

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self._answers = answers or (GOOD,)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = self._answers[min(len(self.requests), len(self._answers) - 1)]
        self.requests.append(request)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def client(self, **arguments: Any) -> Client:
        """A client that sends every request to this transport."""
        httpx_args = {"transport": httpx.MockTransport(self), **arguments.pop("httpx_args", {})}
        return make_client(httpx_args=httpx_args, **arguments)


def make_client(**arguments: Any) -> Client:
    """A client, with what the tests usually give as arguments."""
    return Client(**{"api_key": KEY, "verify_ssl": TLS, "http_library": NAME, **arguments})


def open_client(base_url: str, **arguments: Any) -> Client:
    """A client of the sandbox or another loopback server."""
    return make_client(**{"api_key": MANAGEMENT_KEY, "base_url": base_url, **arguments})


def sent(**arguments: Any) -> httpx.Request:
    """The request that a new client with these arguments sends."""
    script = Script()
    call_sync(script.client(**arguments))
    return script.requests[-1]


def refusal(**arguments: Any) -> str:
    """Why a client cannot be made with these arguments."""
    with pytest.raises(errors.ConfigurationError) as caught:
        make_client(**{"verify_ssl": True, **arguments})
    return str(caught.value)


Call = Callable[..., ActivityResponse]
"""Calls the operation on a client, with the arguments of its method."""


def call_sync(client: Client, **arguments: Any) -> ActivityResponse:
    return client.analytics.get_user_activity(**arguments)


def call_async(client: Client, **arguments: Any) -> ActivityResponse:
    return asyncio.run(client.analytics.get_user_activity_async(**arguments))


def function_sync(client: Client, **arguments: Any) -> ActivityResponse:
    return get_user_activity.sync(client=client, **arguments)


def function_async(client: Client, **arguments: Any) -> ActivityResponse:
    return asyncio.run(get_user_activity.asyncio(client=client, **arguments))


def detailed_sync(client: Client, **arguments: Any) -> Any:
    return get_user_activity.sync_detailed(client=client, **arguments)


def detailed_async(client: Client, **arguments: Any) -> Any:
    return asyncio.run(get_user_activity.asyncio_detailed(client=client, **arguments))


WAYS = [call_sync, call_async, function_sync, function_async, detailed_sync, detailed_async]
"""Each way to call the operation."""


@pytest.fixture(params=[call_sync, call_async], ids=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Call:
    """The operation's call, once sync and once async."""
    way: Call = request.param
    return way


@pytest.fixture(params=[detailed_sync, detailed_async], ids=["sync", "async"])
def detailed(request: pytest.FixtureRequest) -> Call:
    """The operation's call that returns the whole response, once sync and once async."""
    way: Call = request.param
    return way


@pytest.fixture(params=["sync", "async"])
def call_in_one_loop(request: pytest.FixtureRequest) -> Iterator[Call]:
    """``call`` for successive calls in one event loop: ``call`` starts a loop for each."""
    with asyncio.Runner() as runner:

        def run(client: Client, **arguments: Any) -> ActivityResponse:
            return runner.run(client.analytics.get_user_activity_async(**arguments))

        yield call_sync if request.param == "sync" else run


def caught(call: Call, client: Client, **arguments: Any) -> Any:
    """The error of a call, which must be one of the tree."""
    with pytest.raises(errors.APIError) as raised:
        call(client, **arguments)
    return raised.value


def status_error(answer: httpx.Response) -> Any:
    """The error of a call that gets this response once."""
    error = caught(call_sync, Script(answer).client(max_retries=0))
    assert isinstance(error, errors.APIStatusError)
    return error


Fail = Callable[..., Any]
"""Calls the operation on a sandbox with a fault, and returns the error."""


@pytest.fixture
def fail(sandbox: Sandbox, call: Call) -> Fail:
    """The calls that meet a fault, once sync and once async."""

    def failed(fault: str, **arguments: Any) -> Any:
        options = {"max_retries": 0, **arguments}
        with open_client(sandbox.fault_url(fault), **options) as client:
            return caught(call, client)

    return failed


def limited(base_url: str, *, max_retries: int = 0, **limits: Any) -> Client:
    """A client with these limits of connections."""
    arguments = {"limits": httpx.Limits(**limits)}
    return open_client(base_url, max_retries=max_retries, httpx_args=arguments)


async def call_at_once(client: Client, count: int) -> list[ActivityResponse]:
    """Call the operation several times at once."""
    calls = (client.analytics.get_user_activity_async() for _ in range(count))
    return list(await asyncio.gather(*calls))


class Clock:
    """A fake clock, in place of ``time`` and ``random``: waits end at once, and jitter is longest.

    Attributes:
        now: The seconds since the epoch, from 2026-08-24, 12:00:00 UTC.
        waits: The seconds of each wait.
        jitters: The limits of each random wait.
    """

    def __init__(self) -> None:
        self.now = 1_787_572_800.0
        self.waits: list[float] = []
        self.jitters: list[tuple[float, float]] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)

    def uniform(self, low: float, high: float) -> float:
        self.jitters.append((low, high))
        return high

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A fake clock for the client only."""
    made = Clock()
    for name in ("_base_client.time", "_http.time", "_retry.random"):
        monkeypatch.setattr(f"{PACKAGE}.{name}", made)
    monkeypatch.setattr(f"{PACKAGE}._http.sleep", made.sleep_async)
    return made


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    """Remove keys, base URLs, proxies and files for TLS from the environment."""
    for name in list(os.environ):
        if name.startswith(("OPENROUTER_", "SSL")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def transports(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The arguments of each transport that a client makes, with which it connects."""
    made: list[dict[str, Any]] = []
    for kind in (httpx.HTTPTransport, httpx.AsyncHTTPTransport):

        def make(kind: Any = kind, **arguments: Any) -> Any:
            made.append(arguments)
            return kind(**arguments)

        monkeypatch.setattr(httpx, kind.__name__, make)
    return made


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of 60 rows, two for each day, for tests that do not count its requests."""
    with serve(rows=60) as running:
        yield running


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    """A sandbox for one test, which can count its connections."""
    with serve(rows=1) as running:
        yield running


def run_program(code: str, **environment: str) -> str:
    """The output of a program about the package. A warning or an error fails the test."""
    finished = subprocess.run(
        [sys.executable, "-B", "-X", "dev", "-W", "error", "-c", renamed(code)],
        env={"PYTHONPATH": str(SITE), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (finished.returncode, finished.stderr) == (0, ""), finished.stdout
    return finished.stdout.strip()


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether a condition becomes true while other threads run."""
    deadline = time.monotonic() + PATIENCE
    moment = threading.Event()
    while not condition() and time.monotonic() < deadline:
        moment.wait(0.002)
    return condition()


class Seen(NamedTuple):
    """A request that a ``Loopback`` received."""

    method: str
    target: str
    headers: dict[str, str]


Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


class Loopback:
    """A small HTTP server.

    Attributes:
        url: ``http://127.0.0.1:PORT``.
        seen: The received requests, oldest first.
        closed: How many connections were closed.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.seen: list[Seen] = []
        self.closed = 0


@contextlib.contextmanager
def loopback(
    answer: Callable[[Seen], Answer], *, longest_idle: float | None = None
) -> Generator[Loopback]:
    """Run a server that responds to GET by a function of the request.

    Args:
        answer: The function.
        longest_idle: The seconds that an idle connection stays open. If None, each closes at once.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1" if longest_idle else "HTTP/1.0"
        timeout = longest_idle

        def do_GET(self) -> None:
            seen = Seen(self.command, self.path, dict(self.headers))
            running.seen.append(seen)
            status, headers, body = answer(seen)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def finish(self) -> None:
            super().finish()
            running.closed += 1

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name upstream
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        running = Loopback(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def api() -> Iterator[Loopback]:
    """A server whose every response is good."""
    with loopback(lambda _: (200, {}, GOOD.content)) as running:
        yield running
