"""The key is in nothing that a program shows, logs, raises or stores: a sweep with a canary."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import gc
import io
import logging
import pickle
import pprint
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast

import pytest

from sandbox import FAULTS, MANAGEMENT_KEY, Sandbox, serve
from tests.client.conftest import GOOD, TLS, Answer, Seen, loopback, open_client
from tests.client.http_library import NAME, httpx
from tests.client.package import NAME as PACKAGE
from tests.client.package import Client, errors, get_user_activity

CANARY = MANAGEMENT_KEY
"""The key that must appear nowhere. The sandbox accepts it, so that calls can succeed."""

HERE = frozenset({__file__, str(open_client.__code__.co_filename)})
"""The test files, whose own frames may contain the key."""

CORE = NAME.replace("httpx", "httpcore")
"""The transport library of the HTTP library."""

LEAF = (int, float, bool, type(None), type)


def places(value: object, name: str, seen: set[int] | None = None) -> Iterator[str]:
    """The places of the canary in a value: texts, containers, attributes, causes of errors."""
    seen = set() if seen is None else seen
    if isinstance(value, LEAF) or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, str | bytes | bytearray):
        text = value if isinstance(value, str) else value.decode("latin-1")
        if CANARY in text:
            yield name
        return
    if CANARY in repr(value) or CANARY in str(value):
        yield f"repr or str of {name}"
    if isinstance(value, Mapping):
        for key, held in cast("Mapping[object, object]", value).items():
            yield from places(key, f"key of {name}", seen)
            yield from places(held, f"{name}[{key!r}]", seen)
    elif isinstance(value, list | tuple | set | frozenset):
        for number, held in enumerate(cast("list[object]", value)):
            yield from places(held, f"{name}[{number}]", seen)
    for attribute, held in attributes(value).items():
        yield from places(held, f"{name}.{attribute}", seen)
    if isinstance(value, BaseException):
        yield from places(value.args, f"{name}.args", seen)
        yield from places(value.__cause__, f"{name}.__cause__", seen)
        yield from places(value.__context__, f"{name}.__context__", seen)
        yield from places(locals_of(value), f"locals of {name}", seen)


def attributes(value: Any) -> dict[str, object]:
    """The attributes of an object, from its ``__dict__`` and slots."""
    names = list(getattr(value, "__dict__", {}))
    for cls in type(value).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else slots
    return {name: getattr(value, name, None) for name in names if not name.startswith("__")}


def locals_of(error: BaseException) -> list[str]:
    """A traceback with local variables, as in error trackers, without frames of the tests."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    lines = list(shown.format_exception_only())
    waiting: list[traceback.TracebackException | None] = [shown]
    while waiting:
        each = waiting.pop()
        if each is None:
            continue
        waiting += [each.__cause__, each.__context__]
        for frame in each.stack:
            if frame.filename not in HERE:
                lines += [
                    f"{frame.name}: {name} = {text}" for name, text in (frame.locals or {}).items()
                ]
    return lines


def shown(value: object, name: str) -> dict[str, object]:
    """The texts that a program can show of an object with the key, such as a client."""
    return {
        f"{name}, repr": repr(value),
        f"{name}, str": str(value),
        f"{name}, format": f"{value}",
        f"{name}, pprint": pprint.pformat(value),
        f"{name}, vars": repr(getattr(value, "__dict__", {})),
        f"{name}, dir": {each: repr(getattr(value, each, None)) for each in dir(value)},
    }


class Records(logging.Handler):
    """Keeps the message, the attributes and the output of each record."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.kept: list[tuple[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("uvicorn"):  # the sandbox itself, which has the key
            return
        error = record.exc_info[1] if record.exc_info else None
        self.kept.append((record.name, [record.getMessage(), vars(record), self.format(record)]))
        if error is not None:
            self.kept.append((record.name, locals_of(error)))

    def forget_headers_of_answers(self) -> None:
        """Ignore the response headers that httpcore logs unchanged."""
        self.kept = [
            (name, held)
            for name, held in self.kept
            if "receive_response_headers.complete" not in str(held)
        ]


class Sweep:
    """Everything that was captured, for a search of the canary.

    Attributes:
        captured: Captured values, with the names of their places.
        records: The log records.
        output: The text on stdout and stderr.
    """

    def __init__(self, warned: Sequence[warnings.WarningMessage] | None = None) -> None:
        self.captured: list[tuple[str, object]] = []
        self.records = Records()
        self.output = io.StringIO()
        self._warned = warned or []

    def add(self, name: str, value: object) -> None:
        """Capture a value, its pickle and its copy."""
        self.captured.append((name, value))
        with contextlib.suppress(TypeError, pickle.PicklingError):
            self.captured.append((f"pickle of {name}", pickle.dumps(value)))
        with contextlib.suppress(TypeError):
            self.captured.append((f"copy of {name}", copy.copy(value)))
        self.captured.append((f"pprint of {name}", pprint.pformat(value)))

    def finds(self) -> list[str]:
        """The places of the canary."""
        gc.collect()
        captured = [
            *self.captured,
            *((f"log of {name}", held) for name, held in self.records.kept),
            ("output", self.output.getvalue()),
            ("warnings", [str(warning.message) for warning in self._warned]),
        ]
        return [place for name, value in captured for place in places(value, name)]


@pytest.fixture
def sweep() -> Iterator[Sweep]:
    """Captures logging at DEBUG, warnings, stdout and stderr."""
    names = (None, PACKAGE, "httpx", "httpcore", "httpx2", "httpcore2", "asyncio")
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    with warnings.catch_warnings(record=True) as warned:
        made = Sweep(warned)
        loggers[0].addHandler(made.records)
        with contextlib.redirect_stdout(made.output), contextlib.redirect_stderr(made.output):
            yield made
    loggers[0].removeHandler(made.records)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def methods(client: Client, **options: Any) -> dict[str, Callable[[], object]]:
    """Each public way to call the operation."""

    def run(function: Callable[..., Any], **more: Any) -> Callable[[], object]:
        return lambda: asyncio.run(function(**more, **options), debug=True)

    module: dict[str, Any] = {"client": client}
    return {
        "method": lambda: client.analytics.get_user_activity(**options),
        "async method": run(client.analytics.get_user_activity_async),
        "sync": lambda: get_user_activity.sync(client=client, **options),
        "asyncio": run(get_user_activity.asyncio, **module),
        "sync_detailed": lambda: get_user_activity.sync_detailed(client=client, **options),
        "asyncio_detailed": run(get_user_activity.asyncio_detailed, **module),
    }


def try_all(sweep: Sweep, name: str, client: Client, **options: Any) -> None:
    """Call the operation in each way, and capture the result or error."""
    for way, function in methods(client, **options).items():
        place = f"{name}, {way}"
        try:
            returned = function()
        except (errors.APIError, errors.ConfigurationError) as error:
            sweep.add(f"error of {place}", error)
        else:
            sweep.add(f"value of {place}", returned)
    for place, text in shown(client, f"client of {name}").items():
        sweep.add(place, text)


ARGUMENTS = {
    "status": ":503:html",
    "slow-first-byte": ":9",
    "slow-body": ":9",
    "endless-headers": ":9",
    "json": ':{"data":[{}]}',
    "value": ":0:usage:true",
    "flaky": ":1:canary",
    "error-value": ":message:7",
    "error-status": ":418",
}
"""The arguments of the faults that need one, or that are slow without."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of only two rows, because the sweep examines every letter."""
    with serve(rows=2) as running:
        yield running


class TestSweep:
    """The canary is nowhere."""

    @pytest.mark.parametrize("fault", FAULTS)
    def test_faults(self, sandbox: Sandbox, sweep: Sweep, fault: str) -> None:
        url = sandbox.fault_url(fault + ARGUMENTS.get(fault, ""))

        with open_client(url, max_retries=0, timeout=0.05 if "9" in url[-30:] else 5) as client:
            try_all(sweep, fault, client)

        assert sweep.finds() == []

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 422, 429, 500, 520])
    def test_statuses(self, sandbox: Sandbox, sweep: Sweep, status: int) -> None:
        with open_client(sandbox.fault_url(f"status:{status}"), max_retries=0) as client:
            try_all(sweep, str(status), client, date="2026-08-23", headers={"X-Team": "ours"})

        assert sweep.finds() == []

    def test_healthy_and_refused_arguments(self, sandbox: Sandbox, sweep: Sweep) -> None:
        refused: list[dict[str, Any]] = [
            {"date": "soon"},
            {"timeout": 0},
            {"max_retries": -1},
            {"headers": {"X": "é"}},
        ]
        with open_client(sandbox.base_url) as client:
            try_all(sweep, "healthy", client)
            for options in refused:
                try_all(sweep, str(options), client, **options)
            for copied in (
                client.with_timeout(5),
                client.with_max_retries(1),
                client.with_headers({"X-Team": "ours"}),
                copy.copy(client),
                client.analytics,
                client.get_httpx_client(),
            ):
                for name, text in shown(copied, "copy").items():
                    sweep.add(name, text)
        try_all(sweep, "closed", client)

        assert sweep.finds() == []

    @pytest.mark.parametrize(
        ("url", "arguments"),
        [
            ("http://127.0.0.1:1", {}),
            ("https://127.0.0.1:1", {}),
            ("no TLS", {}),
            ("http://localhost:1", {"proxy": "http://127.0.0.1:1"}),
        ],
    )
    def test_no_connection(
        self, sandbox: Sandbox, sweep: Sweep, url: str, arguments: dict[str, Any]
    ) -> None:
        url = sandbox.base_url.replace("http:", "https:") if url == "no TLS" else url
        with open_client(url, max_retries=0, timeout=5, httpx_args=arguments) as client:
            try_all(sweep, url, client)

        assert sweep.finds() == []

    @pytest.mark.parametrize(
        "key",
        [
            f" {CANARY}",
            f"{CANARY}\n",
            f"{CANARY}\r\nX-Injected: 1",
            f"{CANARY}é",
            f"{CANARY}\0",
            f"Bearer {CANARY}",
            CANARY.encode(),
            [CANARY],
            {"key": CANARY},
        ],
        ids=lambda key: repr(key).replace(CANARY, "…"),
    )
    def test_malformed_keys(self, monkeypatch: pytest.MonkeyPatch, sweep: Sweep, key: Any) -> None:
        with pytest.raises(errors.ConfigurationError) as raised:
            Client(key)
        sweep.add("argument", raised.value)
        if isinstance(key, str) and "\0" not in key:
            monkeypatch.setenv("OPENROUTER_API_KEY", key)
            with pytest.raises(errors.ConfigurationError) as raised:
                Client()
            sweep.add("environment", raised.value)

        assert sweep.finds() == []

    def test_other_arguments_that_are_refused(self, sweep: Sweep) -> None:
        refused: list[dict[str, Any]] = [
            {"base_url": "http://openrouter.ai"},
            {"base_url": "nowhere"},
            {"timeout": 0},
            {"max_retries": -1},
            {"headers": {"X": 1}},
            {"verify_ssl": "missing.pem"},
        ]
        for arguments in refused:
            with pytest.raises(errors.ConfigurationError) as raised:
                Client(CANARY, **arguments)
            sweep.add(str(arguments), raised.value)

        assert sweep.finds() == []

    def test_pickling_the_client(self, sweep: Sweep) -> None:
        client = Client(CANARY)
        for way in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError) as raised:
                way(client)
            sweep.add(way.__name__, raised.value)

        assert sweep.finds() == []

    @pytest.mark.parametrize("proxied", [False, True], ids=["direct", "proxied"])
    def test_cancelled_call(self, sandbox: Sandbox, sweep: Sweep, proxied: bool) -> None:
        # The sandbox is the proxy. It responds to any target.
        proxy = sandbox.base_url.removesuffix("/api/v1")
        arguments = {"httpx_args": {"proxy": proxy}} if proxied else {}

        async def cancel_after(client: Client, steps: int) -> None:
            await get_user_activity.asyncio_detailed(client=client)
            call = asyncio.ensure_future(get_user_activity.asyncio_detailed(client=client))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            await call

        cancelled = 0
        for steps in range(12):
            with open_client(sandbox.base_url, **arguments) as client:
                try:
                    asyncio.run(cancel_after(client, steps))
                except asyncio.CancelledError as error:
                    cancelled += 1
                    sweep.add(f"cancelled after {steps} steps", error)

        assert cancelled >= 3
        assert sweep.finds() == []

    def test_interrupted_call(
        self, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, sweep: Sweep
    ) -> None:
        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(f"{CORE}._backends.sync.SyncStream.write", interrupt)
        with (
            open_client(sandbox.base_url) as client,
            pytest.raises(KeyboardInterrupt) as raised,
        ):
            client.analytics.get_user_activity()
        sweep.add("interrupted", raised.value)

        assert sweep.finds() == []

    def test_broken_hook_of_the_user(self, sweep: Sweep) -> None:
        def hook(_: httpx.Response) -> None:
            raise RuntimeError("the hook is broken")

        client = Client(
            CANARY,
            verify_ssl=TLS,
            http_library=NAME,
            httpx_args={
                "transport": httpx.MockTransport(lambda _: GOOD),
                "event_hooks": {"response": [hook]},
            },
        )
        with pytest.raises(RuntimeError) as raised:
            client.analytics.get_user_activity()
        sweep.add("hook", raised.value)

        assert sweep.finds() == []


class TestRedirect:
    """Another host never gets the key."""

    @pytest.mark.parametrize("fault", ["no-key-check", "status:403", "redirect", "close"])
    def test_to_another_host(self, sandbox: Sandbox, sweep: Sweep, fault: str) -> None:
        with serve(rows=1, fault=fault) as other:
            host = other.base_url.removeprefix("http://").removesuffix("/api/v1")
            url = sandbox.fault_url(f"redirect:{host}")
            with open_client(url, follow_redirects=True, max_retries=0) as client:
                try_all(sweep, fault, client)

        assert other.requests
        assert all("authorization" not in request.headers for request in other.requests)
        assert list(places([tuple(request) for request in other.requests], "other")) == []
        assert sweep.finds() == []


def echo(status: int, body: str, *, in_headers: bool) -> Callable[[Seen], Answer]:
    """A response with the key in its body, and optionally in its headers."""

    def answer(seen: Seen) -> Answer:
        sent = seen.headers["Authorization"]
        headers = {"X-Echo": sent, "Location": f"/?key={CANARY}"} if in_headers else {}
        return status, headers, body.replace("KEY", sent).encode()

    return answer


class TestEcho:
    """The client shows no key that a server sends back."""

    @pytest.mark.parametrize("status", [300, 302, 400, 401, 403, 422, 429, 500, 520])
    @pytest.mark.parametrize(
        "body",
        [
            '{"error": {"code": 400, "message": "bad KEY", "metadata": {"KEY": "KEY"}}}',
            '{"headers": {"Authorization": "KEY"}}',
            "<html><title>KEY</title>",
        ],
        ids=["error", "object", "page"],
    )
    def test_in_errors(self, sweep: Sweep, status: int, body: str) -> None:
        with (
            loopback(echo(status, body, in_headers=True)) as server,
            open_client(server.url, max_retries=0) as client,
        ):
            try_all(sweep, str(status), client)
        sweep.records.forget_headers_of_answers()

        assert len(server.seen) == 6
        assert sweep.finds() == []

    @pytest.mark.parametrize(
        "body",
        [
            '{"error": {"code": 403, "message": "bad KEY"}}',
            '{"data": [{"date": "KEY"}]}',
            '{"data": "KEY"}',
            '"KEY"',
            "KEY",
        ],
        ids=["error", "breach", "another breach", "no object", "no JSON"],
    )
    def test_under_200_that_is_no_success(self, sweep: Sweep, body: str) -> None:
        with (
            loopback(echo(200, body, in_headers=True)) as server,
            open_client(server.url) as client,
        ):
            try_all(sweep, "200", client)
        sweep.records.forget_headers_of_answers()

        assert len(server.seen) == 6
        assert sweep.finds() == []

    def test_in_a_success(self, sweep: Sweep) -> None:
        answer = echo(200, '{"data": [], "echo": "KEY"}', in_headers=True)
        with loopback(answer) as server, open_client(server.url) as client:
            for way, function in methods(client).items():
                returned = function()
                # The user gets the data of a success, even the key. But no text shows its headers.
                sweep.add(way, repr(returned).replace(f"'echo': 'Bearer {CANARY}'", ""))
        sweep.records.forget_headers_of_answers()

        assert len(server.seen) == 6
        assert sweep.finds() == []


class Leaking:
    """Hides the canary in one place."""

    def __init__(self, **attributes: object) -> None:
        vars(self).update(attributes)


def leaking_error() -> Exception:
    """An error with the canary in the local variables of a frame outside the tests."""
    scope: dict[str, Any] = {}
    source = "def leak(secret):\n    raise RuntimeError('safe')\n"
    exec(compile(source, "elsewhere.py", "exec"), scope)
    with pytest.raises(RuntimeError) as raised:
        scope["leak"](CANARY)
    return raised.value


class TestFinder:
    """The sweep works: it reports each hiding place."""

    @pytest.mark.parametrize(
        "value",
        [
            CANARY,
            f"Bearer {CANARY}".encode(),
            [("headers", {"Authorization": CANARY})],
            {CANARY: 1},
            Leaking(header=CANARY),
            Leaking(inner=Leaking(content=CANARY.encode())),
            errors.APIError(CANARY),
            errors.APIError("safe", request=errors.Request("GET", f"/?{CANARY}", {})),
            errors.Request("GET", "/", {"Authorization": CANARY}),
            httpx.Headers({"X-Echo": CANARY}),
            leaking_error(),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_reports(self, value: object) -> None:
        sweep = Sweep()

        sweep.add("leak", value)

        assert "leak" in " ".join(sweep.finds())

    def test_reports_context(self) -> None:
        error = RuntimeError("safe")
        error.__context__ = ValueError(CANARY)
        sweep = Sweep()

        sweep.add("leak", error)

        assert any("__context__" in place for place in sweep.finds())

    @pytest.mark.parametrize(
        ("message", "arguments"), [(CANARY, ()), ("%s", (CANARY,)), ("safe", ({"key": CANARY},))]
    )
    def test_reports_log(self, message: str, arguments: tuple[object, ...]) -> None:
        sweep = Sweep()
        record = logging.LogRecord("httpx", logging.DEBUG, __file__, 1, message, arguments, None)

        sweep.records.handle(record)

        assert any(place.startswith("log of httpx") for place in sweep.finds())

    def test_reports_exception_of_a_log(self) -> None:
        error = leaking_error()
        sweep = Sweep()
        information = (type(error), error, error.__traceback__)
        record = logging.LogRecord("httpx", logging.ERROR, __file__, 1, "safe", (), information)

        sweep.records.handle(record)

        assert any(place.startswith("log of httpx") for place in sweep.finds())
