"""The key is in nothing that a program shows, logs, raises or stores: a sweep with a canary."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import logging
import pickle
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sandbox import FAULTS, Sandbox, serve
from tests.client.conftest import NOWHERE, WAYS, Answer, Script, Seen, loopback, open_client
from tests.client.http_library import NAME, httpx
from tests.client.package import NAME as PACKAGE
from tests.client.package import Client, errors, get_user_activity
from tests.client.sweep import CANARY, Sweep, places


@pytest.fixture
def sweep(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Sweep]:
    """Captures logging at DEBUG, warnings, stdout and stderr."""
    monkeypatch.setenv("PYTHONASYNCIODEBUG", "1")
    for name in ("", PACKAGE, "httpx", "httpcore", "httpx2", "httpcore2", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    made = Sweep()
    logging.getLogger().addHandler(made.records)
    with (
        warnings.catch_warnings(record=True) as made.warned,
        contextlib.redirect_stdout(made.output),
        contextlib.redirect_stderr(made.output),
    ):
        yield made
    logging.getLogger().removeHandler(made.records)


def try_all(sweep: Sweep, name: str, client: Client, **options: Any) -> None:
    """Call the operation in each way, and capture the result or error."""
    for way in WAYS:
        try:
            sweep.add(f"value of {name}, {way.__name__}", way(client, **options))
        except (errors.APIError, errors.ConfigurationError) as error:
            sweep.add(f"error of {name}, {way.__name__}", error)
    sweep.add_shown(f"client of {name}", client)


SLOW = ["slow-first-byte", "slow-body", "endless-headers"]
ARGUMENTS = {
    **dict.fromkeys(SLOW, ":9"),
    "status": ":503:html",
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


class TestCalls:
    """Calls that succeed or fail."""

    @pytest.mark.parametrize("fault", FAULTS)
    def test_faults(self, sandbox: Sandbox, sweep: Sweep, fault: str) -> None:
        url = sandbox.fault_url(fault + ARGUMENTS.get(fault, ""))

        with open_client(url, max_retries=0, timeout=0.05 if fault in SLOW else 5) as client:
            try_all(sweep, fault, client)

        assert sweep.finds() == []

    def test_healthy_refused_and_closed(self, sandbox: Sandbox, sweep: Sweep) -> None:
        refused: list[dict[str, Any]] = [
            {"date": "soon"},
            {"timeout": 0},
            {"max_retries": -1},
            {"headers": {"X": "é"}},
        ]
        with open_client(sandbox.base_url) as client:
            for options in [{}, *refused]:
                try_all(sweep, str(options), client, **options)
            for holder in (
                client.with_timeout(5),
                client.with_max_retries(1),
                client.with_headers({"X-Team": "ours"}),
                copy.copy(client),
                client.analytics,
                client.get_httpx_client(),
            ):
                sweep.add_shown("copy", holder)
        try_all(sweep, "closed", client)

        assert sweep.finds() == []

    @pytest.mark.parametrize(
        ("url", "arguments"),
        [
            (NOWHERE, {}),
            ("https://127.0.0.1:1", {}),
            ("no TLS", {}),
            ("http://localhost:1", {"proxy": NOWHERE}),
        ],
    )
    def test_no_connection(
        self, sandbox: Sandbox, sweep: Sweep, url: str, arguments: dict[str, Any]
    ) -> None:
        url = sandbox.base_url.replace("http:", "https:") if url == "no TLS" else url
        with open_client(url, max_retries=0, timeout=5, httpx_args=arguments) as client:
            try_all(sweep, url, client)

        assert sweep.finds() == []

    @pytest.mark.parametrize("proxied", [False, True], ids=["direct", "proxied"])
    def test_cancelled(self, sandbox: Sandbox, sweep: Sweep, proxied: bool) -> None:
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

    def test_interrupted(
        self, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, sweep: Sweep
    ) -> None:
        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        core = NAME.replace("httpx", "httpcore")
        monkeypatch.setattr(f"{core}._backends.sync.SyncStream.write", interrupt)
        with open_client(sandbox.base_url) as client, pytest.raises(KeyboardInterrupt) as raised:
            client.analytics.get_user_activity()
        sweep.add("interrupted", raised.value)

        assert sweep.finds() == []

    def test_broken_hook_of_the_user(self, sweep: Sweep) -> None:
        def hook(_: httpx.Response) -> None:
            raise RuntimeError("the hook is broken")

        hooks = {"response": [hook]}
        client = Script().client(api_key=CANARY, httpx_args={"event_hooks": hooks})
        with pytest.raises(RuntimeError) as raised:
            client.analytics.get_user_activity()
        sweep.add("hook", raised.value)

        assert sweep.finds() == []

    def test_lost_after_an_answer_that_repeats_the_key(self, sweep: Sweep) -> None:
        refusal = httpx.Response(500, headers={"Retry-After": "0"}, text=CANARY)
        for way in WAYS:
            script = Script(refusal, httpx.ConnectError("refused"))
            with pytest.raises(errors.APIConnectionError) as raised:
                way(script.client(api_key=CANARY, max_retries=1))
            sweep.add(way.__name__, raised.value)

        assert sweep.finds() == []

    @pytest.mark.parametrize("fault", ["no-key-check", "status:403", "redirect", "close"])
    def test_redirect_to_another_host(self, sandbox: Sandbox, sweep: Sweep, fault: str) -> None:
        with serve(rows=1, fault=fault) as other:
            host = other.base_url.removeprefix("http://").removesuffix("/api/v1")
            url = sandbox.fault_url(f"redirect:{host}")
            with open_client(url, follow_redirects=True, max_retries=0) as client:
                try_all(sweep, fault, client)

        assert other.requests
        assert all("authorization" not in request.headers for request in other.requests)
        assert list(places([tuple(request) for request in other.requests], "other")) == []
        assert sweep.finds() == []


class TestClients:
    """Making, copying and storing a client."""

    @pytest.mark.parametrize(
        "arguments",
        [
            {"api_key": f" {CANARY}"},
            {"api_key": f"{CANARY}\n"},
            {"api_key": f"{CANARY}\r\nX-Injected: 1"},
            {"api_key": f"{CANARY}é"},
            {"api_key": f"{CANARY}\0"},
            {"api_key": f"Bearer {CANARY}"},
            {"api_key": CANARY.encode()},
            {"api_key": [CANARY]},
            {"api_key": {"key": CANARY}},
            {"base_url": "http://openrouter.ai"},
            {"base_url": "nowhere"},
            {"timeout": 0},
            {"max_retries": -1},
            {"headers": {"X": 1}},
            {"verify_ssl": "missing.pem"},
        ],
        ids=lambda arguments: repr(arguments).replace(CANARY, "…"),
    )
    def test_refused(
        self, monkeypatch: pytest.MonkeyPatch, sweep: Sweep, arguments: dict[str, Any]
    ) -> None:
        with pytest.raises(errors.ConfigurationError) as raised:
            Client(**{"api_key": CANARY, **arguments})
        sweep.add("argument", raised.value)
        key = arguments.get("api_key")
        if isinstance(key, str) and "\0" not in key:
            monkeypatch.setenv("OPENROUTER_API_KEY", key)
            with pytest.raises(errors.ConfigurationError) as raised:
                Client()
            sweep.add("environment", raised.value)

        assert sweep.finds() == []

    @pytest.mark.parametrize("way", [pickle.dumps, copy.deepcopy])
    def test_client_cannot_be_pickled_or_deep_copied(
        self, sweep: Sweep, way: Callable[[object], object]
    ) -> None:
        client = Client(CANARY)

        for each in (client, client.analytics):
            with pytest.raises(TypeError, match=r"holds a key .*, and cannot be pickled") as raised:
                way(each)
            sweep.add("refusal", raised.value)

        assert sweep.finds() == []


def echo(status: int, body: str) -> Callable[[Seen], Answer]:
    """A response with the key in its headers and its body."""

    def answer(seen: Seen) -> Answer:
        sent = seen.headers["Authorization"]
        headers = {"X-Echo": sent, "Location": f"/?key={CANARY}"}
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
        options = {"date": "2026-08-23", "headers": {"X-Team": "ours"}}
        with (
            loopback(echo(status, body)) as server,
            open_client(server.url, max_retries=0) as client,
        ):
            try_all(sweep, str(status), client, **options)
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
    def test_key_in_a_200_body_that_is_not_a_success(self, sweep: Sweep, body: str) -> None:
        with loopback(echo(200, body)) as server, open_client(server.url) as client:
            try_all(sweep, "200", client)
        sweep.records.forget_headers_of_answers()

        assert len(server.seen) == 6
        assert sweep.finds() == []

    def test_in_a_success(self, sweep: Sweep) -> None:
        answer = echo(200, '{"data": [], "echo": "KEY"}')
        with loopback(answer) as server, open_client(server.url) as client:
            for way in WAYS:
                returned = way(client)
                # The user gets the data of a success, even the key. But no text shows its headers.
                sweep.add(way.__name__, repr(returned).replace(f"'echo': 'Bearer {CANARY}'", ""))
        sweep.records.forget_headers_of_answers()

        assert len(server.seen) == 6
        assert sweep.finds() == []
