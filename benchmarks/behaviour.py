"""What this client and its peers do in the same situations: writes docs/behaviour.md.

Every cell but the test's name is the outcome of a run against the sandbox on the loopback
interface, each peer in a process of its own. Two commands make the environment, the third runs it
(about five minutes; openapi-generator needs Java 11 or newer):

    uv venv --allow-existing --python .venv/bin/python .venv/benchmarks
    uv pip sync --python .venv/benchmarks/bin/python --require-hashes benchmarks/requirements.txt
    .venv/benchmarks/bin/python benchmarks/behaviour.py
"""

# What a situation is, is said by the table below.
# ruff: noqa: D102, D103

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import gc
import importlib
import importlib.metadata
import inspect
import io
import itertools
import json
import logging
import os
import pickle
import platform
import pprint
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.request
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, cast

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import sandbox  # noqa: E402 - it stands beside this folder
from benchmarks import peers  # noqa: E402
from benchmarks.peers import (  # noqa: E402
    KEY,
    OfficialSdk,
    OpenApiGenerator,
    Peer,
    Settings,
    Stock,
    ThisClient,
)

PAGE = ROOT / "docs" / "behaviour.md"

TODAY = dt.date(2026, 8, 24)
ROWS = 60
PATIENCE = 6.0
"""Seconds after which a situation is left, if it does not say otherwise."""

LENGTH = 170
"""Characters of an outcome that are shown."""

EASTERN = dt.timezone(dt.timedelta(hours=-5))


PEERS: dict[str, type[ThisClient | Stock | OfficialSdk | OpenApiGenerator]] = {
    "this client": ThisClient,
    "stock openapi-python-client": Stock,
    "openrouter SDK": OfficialSdk,
    "openapi-generator": OpenApiGenerator,
}


# --------------------------------------------------------------------------------------------------
# What happened, in a few words
# --------------------------------------------------------------------------------------------------

Run = Callable[[Peer, sandbox.Sandbox, bool], str]
"""Brings a peer into a situation, with its retries or without, and says what happened."""


def code(text: str) -> str:
    """Text as code in a table, without what differs from run to run."""
    text = " ".join(text.split()).replace(KEY, "<the key>")
    text = re.sub(r"(?:http://\S+:\d+)?(?:/fault/[^/]*)?/api/v1/activity", "…/activity", text)
    text = re.sub(r"(127\.0\.0\.1|localhost):\d+", r"\1:PORT", text)
    text = re.sub(r"port=\d+", "port=PORT", text)
    text = re.sub(r"<[\w.]*?(\w+) object at 0x[0-9a-f]+>", r"<\1>", text)
    text = re.sub(r"HTTP response headers: HTTPHeaderDict\({.*?}\) ?", "", text)
    text = text.strip() if len(text) <= LENGTH else text[: LENGTH - 1] + "…"
    return "`" + text.replace("`", "'").replace("|", "\\|") + "`"


def outcome(action: Callable[[], Any], show: Callable[[Any], str] | None = None) -> str:
    """What an action returns or raises."""
    try:
        answer = action()
    except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
        status = next(
            (
                value
                for name in ("status_code", "status")
                if isinstance(value := getattr(error, name, None), int)
            ),
            None,
        )
        name = type(error).__name__ + (f" (status {status})" if status else "")
        return f"raises {code(f'{name}: {error}')}"
    return (show or returned)(answer)


def returned(answer: Any) -> str:
    """What an action returned."""
    rows = getattr(answer, "data", None)
    if isinstance(rows, list):
        return f"returns {len(cast('list[object]', rows))} rows"
    return f"returns {code(repr(answer))}"


def row(number: int, field: str) -> Callable[[Any], str]:
    """Show what stands in a field."""

    def show(answer: Any) -> str:
        if not isinstance(getattr(answer, "data", None), list):
            return returned(answer)
        item = answer.data[number]
        # Peers rename the field that is called as a type.
        names = (field, f"{field}_", f"var_{field}")
        value = next(getattr(item, name) for name in names if hasattr(item, name))
        return f"returns all rows; {code(f'{field} == {value!r}')}"

    return show


def meets(
    fault: str | None,
    *,
    key: str = KEY,
    date: dt.date | None = None,
    timeout: float | None = None,
    show: Callable[[Any], str] | None = None,
) -> Run:
    """A call that meets a fault of the sandbox."""
    settings = Settings(key=key, timeout=timeout)

    def run(peer: Peer, server: sandbox.Sandbox, retries: bool) -> str:
        base_url = server.fault_url(fault) if fault else server.base_url
        return outcome(
            lambda: peer.fetch(peer.client(base_url, settings._replace(retries=retries)), date),
            show,
        )

    return run


def counted(run: Run, *, timed: bool = False) -> Run:
    """Say how many requests there were, too, and how many seconds went by."""

    def counting(peer: Peer, server: sandbox.Sandbox, retries: bool) -> str:
        start = time.monotonic()
        text = run(peer, server, retries)
        seconds = f" in {time.monotonic() - start:.0f} s" if timed else ""
        requests = len(server.requests)
        return f"{text}; {requests} request{'s' if requests != 1 else ''}{seconds}"

    return counting


def once(run: Run) -> Run:
    """Switch retries off."""
    return lambda peer, server, _retries: run(peer, server, False)


@contextlib.contextmanager
def environment(**variables: str) -> Generator[None]:
    """Set environment variables for a while."""
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]


# --------------------------------------------------------------------------------------------------
# Situations that take more than one call
# --------------------------------------------------------------------------------------------------


def type_of_call(peer: Peer, _server: sandbox.Sandbox, _retries: bool) -> str:
    annotation = inspect.signature(peer.call()).return_annotation
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return code(re.sub(r"\w+\.", "", text))


def without_key(peer: Peer, server: sandbox.Sandbox, retries: bool) -> str:
    return outcome(
        lambda: peer.fetch(peer.client(server.base_url, Settings(key=None, retries=retries)))
    )


def key_from(variable: str) -> Run:
    def run(peer: Peer, server: sandbox.Sandbox, retries: bool) -> str:
        with environment(**{variable: KEY}):
            return without_key(peer, server, retries)

    return run


def without_base_url(peer: Peer, _server: sandbox.Sandbox, _retries: bool) -> str:
    return outcome(lambda: peer.base_url(peer.client(None, Settings())), code)


def plain_http(peer: Peer, server: sandbox.Sandbox, retries: bool) -> str:
    """The sandbox plays the proxy that leads to the other host."""
    origin = server.base_url.removesuffix(sandbox.BASE_PATH)
    with environment(http_proxy=origin):
        text = outcome(
            lambda: peer.fetch(
                peer.client("http://api.example.com/api/v1", Settings(retries=retries))
            )
        )
    if any("authorization" in request.headers for request in server.requests):
        return "sends the key in the clear"
    return text


def proxy_of_environment(peer: Peer, server: sandbox.Sandbox, retries: bool) -> str:
    origin = server.base_url.removesuffix(sandbox.BASE_PATH)
    with environment(http_proxy=origin):
        text = outcome(
            lambda: peer.fetch(peer.client("http://127.0.0.1:9/api/v1", Settings(retries=retries)))
        )
    return "goes through the proxy" if server.requests else f"not used: {text}"


def user_agent(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    peer.fetch(peer.client(server.base_url, Settings()))
    return code(server.requests[-1].headers.get("user-agent", "none"))


def header_of_one_call(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    client = peer.client(server.base_url, Settings())
    peer.fetch(client)
    peer.fetch(client, headers={"X-Trace": "1"})
    peer.fetch(client)
    before, asked, after = ["x-trace" in request.headers for request in server.requests]
    if not asked or before:
        return "not sent"
    return (
        "sent with the next call, too, which did not ask for it" if after else "sent with it only"
    )


def date_sent(date: dt.date) -> Run:
    def run(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
        text = outcome(lambda: peer.fetch(peer.client(server.base_url, Settings()), date))
        if not server.requests:
            return text
        return f"sends {code(server.requests[-1].query)}, {text}"

    return run


def post(peer: Peer, server: sandbox.Sandbox, retries: bool) -> str:
    client = peer.client(server.fault_url("flaky:1:post:status:503"), Settings(retries=retries))
    text = outcome(lambda: peer.post(client))
    requests = len(server.requests)
    if not requests:
        return "not run: no POST operation in what it was made from"
    return f"repeats it: {requests} requests" if requests > 1 else f"sent once; {text}"


def threads(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    count = 64
    barrier = threading.Barrier(count)
    with counting_pools() as pools:
        client = peer.client(server.base_url, Settings())

        def call(_: int) -> str:
            barrier.wait()
            return outcome(lambda: peer.fetch(client))

        with ThreadPoolExecutor(count) as executor:
            texts = list(executor.map(call, range(count)))
    made = "one pool" if len(pools) == 1 else "more than one pool"
    return f"{tally(texts)}; {made}"


@contextlib.contextmanager
def counting_pools() -> Generator[list[object]]:
    """Count the connection pools for threads that are made in the meantime."""
    pools: list[object] = []
    kinds = [
        importlib.import_module("httpx").Client,
        importlib.import_module("urllib3").PoolManager,
    ]
    originals = [kind.__init__ for kind in kinds]

    def replace(kind: Any, original: Any) -> None:
        def init(self: Any, *args: Any, **kwargs: Any) -> None:
            pools.append(self)
            original(self, *args, **kwargs)

        kind.__init__ = init

    for kind, original in zip(kinds, originals, strict=True):
        replace(kind, original)
    try:
        yield pools
    finally:
        for kind, original in zip(kinds, originals, strict=True):
            kind.__init__ = original


def tally(texts: list[str]) -> str:
    """How many calls did well, and what became of another."""
    good = sum(text.startswith("returns") for text in texts)
    bad = next((text for text in texts if not text.startswith("returns")), None)
    return f"{good:,} of {len(texts):,} answered" + (f"; one {bad}" if bad else "")


def many_async(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    count = 1000
    client = peer.client(server.base_url, Settings())
    first = peer.fetch_async(client)
    if first is None:
        return "has no asynchronous call"
    first.close()

    async def one() -> str:
        try:
            return returned(await peer.fetch_async(client))
        except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
            return f"raises {code(f'{type(error).__name__}: {error}')}"

    async def main() -> list[str]:
        return list(await asyncio.gather(*(one() for _ in range(count))))

    start = time.monotonic()
    text = f"{tally(asyncio.run(main()))} in {time.monotonic() - start:.0f} s"
    limit = "at most 100 connections" if server.peak_connections <= 100 else "no limit kept"
    return f"{text}; {limit}"


def two_loops(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    client = peer.client(server.base_url, Settings())

    async def main() -> Any:
        return await peer.fetch_async(client)

    first = peer.fetch_async(client)
    if first is None:
        return "has no asynchronous call"
    first.close()
    asyncio.run(main())
    return f"the second {outcome(lambda: asyncio.run(main()))}"


def fork(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    client = peer.client(server.base_url, Settings())
    peer.fetch(client)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the child only makes a call and ends
        child = os.fork()
    if not child:
        signal.alarm(5)
        with contextlib.suppress(Exception):
            peer.fetch(client)
        os._exit(0)
    os.waitpid(child, 0)
    if len(server.requests) < 2:
        return "the child's call never arrived"
    if server.connections > 1:
        return "the child opens its own connection"
    return "the child writes into its parent's connection"


def leaving_with(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    client = peer.client(server.base_url, Settings())
    with client:
        peer.fetch(client)
    deadline = time.monotonic() + 1
    while server.open_connections and time.monotonic() < deadline:
        time.sleep(0.01)
    return "left open" if server.open_connections else "closed"


def pickled_client(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    def show(data: bytes) -> str:
        return "pickles, with the key in it" if KEY.encode() in data else "pickles, without the key"

    return outcome(lambda: pickle.dumps(peer.client(server.base_url, Settings())), show)


def error_of(peer: Peer, base_url: str) -> Exception | None:
    """The exception of a call, if it raises one."""
    try:
        peer.fetch(peer.client(base_url, Settings(retries=False)))
    except Exception as error:  # noqa: BLE001 - whatever it raises is the finding
        return error
    return None


def pickled_error(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    error = error_of(peer, server.fault_url("status:403"))
    if error is None:
        return "there is none: a 403 is returned"

    def round_trip() -> str:
        data = pickle.dumps(error)
        leak = ", the key is in the pickle" if KEY.encode() in data else ""
        back = pickle.loads(data)  # noqa: S301 - it was made in the line above
        same = type(back) is type(error) and str(back) == str(error)
        return f"{'comes back equal' if same else 'comes back changed'}{leak}"

    return outcome(round_trip, str)


def pickled_model(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    answer = peer.fetch(peer.client(server.base_url, Settings()))

    def round_trip() -> str:
        back = pickle.loads(pickle.dumps(answer))  # noqa: S301 - it was made here
        return "comes back equal" if back == answer else "comes back changed"

    return outcome(round_trip, str)


def as_dict(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    """Compare with the body itself, and try whether it is JSON."""
    request = urllib.request.Request(  # noqa: S310 - the sandbox's own URL
        f"{server.base_url}/activity", headers={"Authorization": f"Bearer {KEY}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as response:
        sent = json.load(response)["data"][0]
    answer = peer.dump(peer.fetch(peer.client(server.base_url, Settings())))

    def show(text: str) -> str:
        given = json.loads(text)["data"][0]
        missing = [name for name in sent if name not in given]
        changed = [f"{name} {given[name]!r}" for name in given if given[name] != sent.get(name)]
        if missing:
            return f"drops {code(', '.join(missing))}"
        return f"all fields, equal but for {code(', '.join(changed))}" if changed else "equal"

    return outcome(lambda: json.dumps(answer), show)


def extra_field(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    answer = peer.fetch(peer.client(server.fault_url("extra-field:0"), Settings()))
    return "kept" if "surprise" in peer.dump(answer)["data"][0] else "dropped"


def length_of_repr(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    answer = peer.fetch(peer.client(server.base_url, Settings()))
    return f"{len(repr(answer)):,} characters"


def key_in_repr(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    shown = [
        type(holder).__name__
        for holder in peer.holders(peer.client(server.base_url, Settings()))
        if KEY in repr(holder) or KEY in str(holder)
    ]
    return f"shows the key: {code(f'repr({shown[0]})')}" if shown else "no key"


def key_in_vars(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    for holder in peer.holders(peer.client(server.base_url, Settings())):
        try:
            text = pprint.pformat(cast("object", vars(holder)))
        except TypeError:
            # Slots: what can be read without knowing the class.
            names = [name for name in dir(holder) if not name.startswith("__")]
            text = pprint.pformat({name: getattr(holder, name) for name in names})
        if KEY in text:
            return f"shows the key: {code(f'vars({type(holder).__name__})')}"
    return "no key"


class Keeper(logging.Handler):
    """Keeps all that a handler could write."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.shown: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{self.format(record)} {record.args!r} {vars(record)}"
        self.shown.append((record.name, text))


def key_in_logs(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    keeper = Keeper()
    root = logging.getLogger()
    level = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            client = peer.client(server.base_url, Settings(retries=False, debug=True))
            peer.fetch(client)
            with contextlib.suppress(Exception):
                peer.fetch(
                    peer.client(server.fault_url("status:403"), Settings(debug=True, retries=False))
                )
    finally:
        root.removeHandler(keeper)
        root.setLevel(level)
    loggers = sorted({name for name, text in keeper.shown if KEY in text})
    if loggers:
        return f"logged by {code(', '.join(loggers))}"
    return "printed to the standard output" if KEY in output.getvalue() else "no key"


def key_in_traceback(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    shown: list[str] = []
    situations = {"403": "status:403", "connection error": "reset", "bad body": "not-json"}
    for name, fault in situations.items():
        error = error_of(peer, server.fault_url(fault))
        if error is not None:
            report = traceback.TracebackException.from_exception(error, capture_locals=True)
            if KEY in "".join(report.format()):
                shown.append(name)
    return f"shows the key ({', '.join(shown)})" if shown else "no key"


def key_in_error(peer: Peer, server: sandbox.Sandbox, _retries: bool) -> str:
    found: list[str] = []
    for name, fault in {"403": "status:403", "connection error": "reset"}.items():
        error = error_of(peer, server.fault_url(fault))
        if error is not None:
            path = next((path for path, text in texts_in(error, "error") if KEY in text), None)
            if path:
                found.append(f"{name}: {code(path)}")
    return f"holds the key ({'; '.join(found)})" if found else "no key"


def texts_in(root: object, name: str) -> Iterator[tuple[str, str]]:
    """All strings that can be reached from an object through attributes and containers."""
    seen: set[int] = set()
    queue: list[tuple[str, object]] = [(name, root)]
    while queue and len(seen) < 20_000:
        path, value = queue.pop(0)
        if id(value) in seen or path.count(".") > 6:
            continue
        seen.add(id(value))
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, bytes):
            yield path, value.decode("latin-1")
        elif isinstance(value, Mapping):
            members = cast("Mapping[object, object]", value)
            queue += [(f"{path}[{name!r}]", members[name]) for name in list(members)]
        elif isinstance(value, list | tuple | set | frozenset):
            queue += [(f"{path}[…]", item) for item in cast("list[object]", value)]
        elif not inspect.isclass(value) and not inspect.isroutine(value):
            queue += [(f"{path}.{name}", item) for name, item in attributes(value)]


def attributes(value: object) -> Iterator[tuple[str, object]]:
    """The attributes that an object itself holds, causes of exceptions included."""
    yield from getattr(value, "__dict__", {}).items()
    for kind in type(value).__mro__:
        slots: Any = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if hasattr(value, name):
                yield name, getattr(value, name)
    if isinstance(value, BaseException):
        yield "args", value.args
        yield "__cause__", value.__cause__
        yield "__context__", value.__context__


def key_echoed(peer: Peer, server: sandbox.Sandbox, retries: bool) -> str:
    fault = f'error-value:message:"Invalid key {KEY}"'
    date = dt.date(2020, 1, 1)
    return outcome(
        lambda: peer.fetch(peer.client(server.fault_url(fault), Settings(retries=retries)), date)
    )


def redirect(*, redirects: bool) -> Run:
    def run(peer: Peer, server: sandbox.Sandbox, retries: bool) -> str:
        with sandbox.serve(rows=ROWS, today=TODAY) as other:
            port = other.base_url.removesuffix(sandbox.BASE_PATH).rpartition(":")[2]
            base_url = server.fault_url(f"redirect:localhost:{port}")
            text = outcome(
                lambda: peer.fetch(
                    peer.client(base_url, Settings(redirects=redirects, retries=retries))
                )
            )
            if not other.requests:
                return f"not followed, {text}"
            sent = any("authorization" in request.headers for request in other.requests)
            return f"followed {'WITH the key' if sent else 'without the key'}, {text}"

    return run


def refused(peer: Peer, _server: sandbox.Sandbox, retries: bool) -> str:
    with sandbox.serve(rows=0) as gone:
        base_url = gone.base_url
    return outcome(lambda: peer.fetch(peer.client(base_url, Settings(retries=retries))))


# --------------------------------------------------------------------------------------------------
# The table
# --------------------------------------------------------------------------------------------------


HEAD = """\
# Behaviour, beside its peers

What this client and three others do in the same situations. `benchmarks/behaviour.py` runs each of
them against the sandbox on the loopback interface, in a process of its own, and writes this page:
`make behaviour` makes it again.

- **this client**: openrouter-analytics {mine}, and the test that holds it to what is shown
- **stock openapi-python-client**: what version {stock} generates from the same `openapi.yaml` and
  `generator-config.yaml` with its own templates; called through `sync` and `asyncio`
- **openrouter SDK**: OpenRouter's own package `openrouter` {sdk}, made from its larger document,
  in which a day is a string
- **openapi-generator**: what its generator `python`, version {generator}, generates from the same
  `openapi.yaml`; it is synchronous in its default form, and asynchronous with `library=asyncio`

They ran on Python {python} with httpx {httpx}, urllib3 {urllib3} and pydantic {pydantic}. Where a
line does not say otherwise, everything is at its default. A call without a result is left after
{patience:g} s, or what the line says. The openrouter SDK is then asked once more with its retries
off: by default it repeats a server error or a lost connection for up to an hour, so that its errors
would not be seen. An outcome is cut after {length} characters, and `<the key>` stands where the key
was shown. How many seconds a call takes depends on the machine, too.
"""


class Situation(NamedTuple):
    """A line of the table.

    Attributes:
        title: What happens.
        run: Brings it about.
        test: The test that shows what this client does: `path::name` under `tests/`.
        patience: Seconds to watch it.
    """

    title: str
    run: Run
    test: str
    patience: float = PATIENCE


SITUATIONS: dict[str, list[Situation]] = {
    "Configuration": [
        Situation(
            "type of what the call returns",
            type_of_call,
            "tests/generator/test_other_document.py::test_mypy_and_its_users_agree_with_the_types",
        ),
        Situation(
            "no key given, none in the environment",
            without_key,
            "tests/client/test_configuration.py::TestKey::test_none_is_refused_with_what_to_do",
        ),
        Situation(
            "key in `OPENROUTER_MANAGEMENT_KEY`",
            key_from("OPENROUTER_MANAGEMENT_KEY"),
            "tests/client/test_configuration.py::TestKey::test_sources_in_their_order",
        ),
        Situation(
            "key in `OPENROUTER_API_KEY`",
            key_from("OPENROUTER_API_KEY"),
            "tests/client/test_configuration.py::TestKey::test_sources_in_their_order",
        ),
        Situation(
            "key with a newline at its end",
            meets(None, key=KEY + "\n"),
            "tests/client/test_configuration.py::TestKey::test_malformed_is_refused_without_being_shown",
        ),
        Situation(
            "no base URL given",
            without_base_url,
            "tests/client/test_configuration.py::TestBaseURL::test_sources_in_their_order",
        ),
        Situation(
            "base URL of another host over plain `http`",
            plain_http,
            "tests/client/test_configuration.py::TestBaseURL::test_plain_http_is_for_loopback_alone",
        ),
        Situation(
            "proxy in the environment",
            proxy_of_environment,
            "tests/client/test_configuration.py::TestEnvironmentProxies::test_used_for_each_try",
        ),
        Situation(
            "`User-Agent`",
            user_agent,
            "tests/client/test_configuration.py::TestHeaders::test_user_agent",
        ),
        Situation(
            "header for one call",
            header_of_one_call,
            "tests/client/test_configuration.py::TestPerCall::test_options",
        ),
    ],
    "Dates": [
        Situation(
            "`date=` a `date`",
            date_sent(dt.date(2026, 8, 23)),
            "tests/client/test_calls.py::TestDates::test_taken",
        ),
        Situation(
            "`date=` a naive `datetime`",
            date_sent(dt.datetime(2026, 8, 22, 23, 30)),
            "tests/client/test_calls.py::TestDates::test_refused_before_anything_is_sent",
        ),
        Situation(
            "`date=` 22 August, 23:30 at UTC−5",
            date_sent(dt.datetime(2026, 8, 22, 23, 30, tzinfo=EASTERN)),
            "tests/client/test_calls.py::TestDates::test_taken",
        ),
        Situation(
            "day in a body as the API sends it",
            meets(None, show=row(0, "date")),
            "tests/client/test_calls.py::TestForms::test_method_returns_the_rows",
        ),
        Situation(
            "day in a body as documented",
            meets('value:0:date:"2026-08-23"', show=row(0, "date")),
            "tests/client/test_models.py::TestModels::test_live_and_documented_dates_are_the_same",
        ),
    ],
    "Errors of the server": [
        Situation(
            "400: a day too old",
            meets(None, date=dt.date(2020, 1, 1)),
            "tests/client/test_errors.py::TestMessages::test_request_stands_in_them_without_its_query",
        ),
        Situation(
            "401: unknown key",
            meets(None, key="sk-or-v1-unknown"),
            "tests/client/test_errors.py::TestMessages::test_refused_key",
        ),
        Situation(
            "403: no management key",
            meets(None, key=sandbox.INFERENCE_KEY),
            "tests/client/test_errors.py::TestMessages::test_refused_key",
        ),
        Situation(
            "404, JSON of another form",
            meets("status:404:other"),
            "tests/client/test_errors.py::TestStatuses::test_class_and_integer_status",
        ),
        Situation(
            "429, `Retry-After: 1`",
            counted(meets("rate-limit:1"), timed=True),
            "tests/client/test_retries.py::TestHowLong::test_retry_after_in_seconds",
        ),
        Situation(
            "500",
            counted(meets("status:500")),
            "tests/client/test_retries.py::TestWhat::test_statuses",
        ),
        Situation(
            "520, Cloudflare's page",
            meets("cloudflare:520"),
            "tests/client/test_errors.py::TestStatuses::test_cloudflares_page_is_told_by_its_title",
        ),
        Situation(
            "599, empty",
            meets("status:599:empty"),
            "tests/client/test_errors.py::TestStatuses::test_over_a_socket",
        ),
        Situation(
            "error envelope under 200",
            meets("error-200:502"),
            "tests/client/test_errors.py::TestErrorUnder200::test_class_follows_the_code",
        ),
        Situation(
            "HTML under 200",
            meets("status:200:html"),
            "tests/client/test_errors.py::TestValidation::test_no_json",
        ),
        Situation(
            "empty body under 200",
            meets("status:200:empty"),
            "tests/client/test_errors.py::TestValidation::test_no_json",
        ),
        Situation(
            "204",
            meets("status:204"),
            "tests/client/test_errors.py::TestStatuses::test_informational_success_other_than_the_documented",
        ),
        Situation(
            "302 without a target",
            meets("status:302:empty"),
            "tests/client/test_errors.py::TestStatuses::test_class_and_integer_status",
        ),
    ],
    "Trouble on the way": [
        Situation(
            "timeout of 0.5 s, answer after 3 s",
            meets("slow-first-byte:3", timeout=0.5),
            "tests/client/test_errors.py::TestConnection::test_timeouts",
        ),
        Situation(
            "no timeout set, silent server, no retries",
            counted(once(meets("slow-first-byte:600")), timed=True),
            "tests/client/test_configuration.py::TestTimeout::test_default_is_thirty_seconds",
            patience=35.0,
        ),
        Situation(
            "connection refused",
            refused,
            "tests/client/test_errors.py::TestConnection::test_refused",
        ),
        Situation(
            "closed without an answer",
            meets("close"),
            "tests/client/test_errors.py::TestConnection::test_faults",
        ),
        Situation(
            "reset before the answer",
            meets("reset"),
            "tests/client/test_errors.py::TestConnection::test_faults",
        ),
        Situation(
            "reset in the body",
            meets("reset-body"),
            "tests/client/test_errors.py::TestConnection::test_faults",
        ),
        Situation(
            "body shorter than announced",
            meets("truncated"),
            "tests/client/test_errors.py::TestConnection::test_faults",
        ),
        Situation(
            "chunked body without its end",
            meets("truncated-chunked"),
            "tests/client/test_errors.py::TestConnection::test_faults",
        ),
        Situation(
            "gzip that is none",
            meets("gzip-garbage"),
            "tests/client/test_errors.py::TestConnection::test_faults",
        ),
        Situation(
            "endless headers",
            meets("endless-headers"),
            "tests/client/test_errors.py::TestConnection::test_faults",
        ),
        Situation(
            "no HTTP at all",
            meets("not-http"),
            "tests/client/test_errors.py::TestConnection::test_faults",
        ),
    ],
    "Bodies that break the contract": [
        Situation(
            "a string for a number in row 51",
            meets("wrong-type:51", show=row(51, "usage")),
            "tests/client/test_errors.py::TestValidation::test_breach",
        ),
        Situation(
            "a required field missing in row 51",
            meets("missing:51", show=row(51, "usage")),
            "tests/client/test_errors.py::TestValidation::test_breach",
        ),
        Situation(
            "`null` for a number",
            meets("null:51", show=row(51, "usage")),
            "tests/client/test_errors.py::TestValidation::test_breach",
        ),
        Situation(
            "`NaN` for a number",
            meets("nan:51", show=row(51, "usage")),
            "tests/client/test_errors.py::TestValidation::test_no_json",
        ),
        Situation(
            "`1e999` for a number",
            meets("huge-number:51", show=row(51, "usage")),
            "tests/client/test_errors.py::TestValidation::test_breach",
        ),
        Situation(
            "`true` for a number",
            meets("value:51:usage:true", show=row(51, "usage")),
            "tests/client/test_errors.py::TestValidation::test_breach",
        ),
        Situation(
            "text that is no day",
            meets('value:51:date:"soon"', show=row(51, "date")),
            "tests/client/test_errors.py::TestValidation::test_breach",
        ),
        Situation(
            "cut-off JSON",
            meets("not-json"),
            "tests/client/test_errors.py::TestValidation::test_no_json",
        ),
        Situation(
            "bytes that are no UTF-8",
            meets("not-utf8", show=row(0, "provider_name")),
            "tests/client/test_errors.py::TestValidation::test_no_json",
        ),
        Situation(
            "wrong charset in the header",
            meets("wrong-charset:utf-16"),
            "tests/client/test_errors.py::TestValidation::test_json_is_read_whatever_its_header_says",
        ),
    ],
    "Models": [
        Situation(
            "a field that the document does not name",
            extra_field,
            "tests/client/test_models.py::TestModels::test_body_comes_back_out",
        ),
        Situation(
            "`to_dict` against what was sent",
            as_dict,
            "tests/client/test_models.py::TestModels::test_body_comes_back_out",
        ),
        Situation(
            "pickling an answer",
            pickled_model,
            "tests/client/test_models.py::TestModels::test_copies_are_equal",
        ),
        Situation(
            f"`repr` of an answer of {ROWS} rows",
            length_of_repr,
            "tests/client/test_models.py::TestModels::test_repr_of_a_long_list_is_short",
        ),
    ],
    "Retries": [
        Situation(
            "503 twice, then a success",
            counted(meets("flaky:2:a:status:503")),
            "tests/client/test_retries.py::TestWhat::test_flaky_server",
        ),
        Situation(
            "429 with `Retry-After: 2`, then a success",
            counted(meets("flaky:1:b:rate-limit:2"), timed=True),
            "tests/client/test_retries.py::TestHowLong::test_retry_after_in_seconds",
        ),
        Situation(
            "429 with `Retry-After: 3600`",
            counted(meets("rate-limit:3600")),
            "tests/client/test_retries.py::TestHowLong::test_longer_one_is_for_the_caller",
        ),
        Situation("503 to a POST", post, "tests/client/test_retries.py::TestWhat::test_methods"),
    ],
    "Concurrency": [
        Situation(
            "64 threads on a fresh client",
            threads,
            "tests/client/test_concurrency.py::TestThreads::test_fresh_client_makes_one_pool",
            patience=30.0,
        ),
        Situation(
            "1,000 asynchronous calls at once",
            many_async,
            "tests/client/test_concurrency.py::TestEventLoops::test_a_thousand_calls_keep_the_limit",
            patience=120.0,
        ),
        Situation(
            "two `asyncio.run` with one client",
            two_loops,
            "tests/client/test_concurrency.py::TestEventLoops::test_one_after_the_other",
        ),
        Situation(
            "a call in a forked child",
            fork,
            "tests/client/test_concurrency.py::TestProcesses::test_forked_child_shares_no_connection",
            patience=15.0,
        ),
        Situation(
            "connections after the `with` block",
            leaving_with,
            "tests/client/test_concurrency.py::TestClosing::test_with_block_closes_its_connections",
        ),
    ],
    "Safety of the key": [
        Situation(
            "`repr` of the client",
            key_in_repr,
            "tests/client/test_key_safety.py::TestSweep::test_healthy_and_refused_arguments",
        ),
        Situation(
            "`vars` of the client",
            key_in_vars,
            "tests/client/test_key_safety.py::TestSweep::test_healthy_and_refused_arguments",
        ),
        Situation(
            "debug logging on",
            key_in_logs,
            "tests/client/test_key_safety.py::TestSweep::test_statuses",
        ),
        Situation(
            "traceback with locals",
            key_in_traceback,
            "tests/client/test_key_safety.py::TestSweep::test_faults",
        ),
        Situation(
            "attributes of an error, all the way down",
            key_in_error,
            "tests/client/test_key_safety.py::TestSweep::test_faults",
        ),
        Situation(
            "server repeats the key in its error",
            key_echoed,
            "tests/client/test_key_safety.py::TestEcho::test_in_errors",
        ),
        Situation(
            "pickling the client",
            pickled_client,
            "tests/client/test_key_safety.py::TestSweep::test_pickling_the_client",
        ),
        Situation(
            "pickling an error",
            pickled_error,
            "tests/client/test_errors.py::TestCopies::test_of_a_call_keep_everything",
        ),
        Situation(
            "redirect to another host",
            redirect(redirects=False),
            "tests/client/test_retries.py::TestRedirects::test_not_followed",
        ),
        Situation(
            "the same, redirects allowed",
            redirect(redirects=True),
            "tests/client/test_key_safety.py::TestRedirect::test_to_another_host",
        ),
    ],
}


def watch(situation: Situation, peer: Peer, *, retries: bool = True) -> str:
    """Run a situation for as long as patience lasts."""
    texts: list[str] = []
    with sandbox.serve(rows=ROWS, today=TODAY) as server:

        def target() -> None:
            try:
                texts.append(situation.run(peer, server, retries))
            except Exception as error:  # noqa: BLE001 - shown in the table instead of hidden
                texts.append(f"fails: {code(f'{type(error).__name__}: {error}')}")

        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        thread.join(situation.patience)
        # Before the server goes, which ends what still waits for it.
        done, requests, connections = list(texts), len(server.requests), server.connections
    if done:
        return done[0]
    text = f"no result after {situation.patience:g} s"
    if requests > 1:
        text += ", more than one request"
    elif not requests and connections:
        text += ", no request sent"
    if not (retries and isinstance(peer, OfficialSdk) and situation.patience == PATIENCE):
        return text
    return f"{text}; with its retries off: {watch(situation, peer, retries=False)}"


def observe(name: str, output: Path) -> None:
    """Bring one peer into all situations; write what happened."""
    peer = PEERS[name]()
    outcomes: dict[str, str] = {}
    for situation in itertools.chain.from_iterable(SITUATIONS.values()):
        outcomes[situation.title] = watch(situation, peer)
        gc.collect()
    output.write_text(json.dumps(outcomes), encoding="utf-8")
    os._exit(0)  # calls that were left behind may still be waiting


def generate(folder: Path) -> dict[str, Path | str]:
    """Generate the peers that are generated: the folder of each, or why there is none."""
    made: dict[str, Path | str] = {
        "this client": ROOT / "generated",
        "openrouter SDK": folder,
    }
    scripts = Path(sys.executable).parent
    document, config = ROOT / "openapi.yaml", ROOT / "generator-config.yaml"
    stock, other = folder / "stock", folder / "openapi-generator"
    package = stock / "openrouter_analytics"
    commands = {
        "stock openapi-python-client": (
            stock,
            peers.stock_command(scripts, document, config, package),
        ),
        "openapi-generator": (
            other,
            peers.openapi_generator_command(scripts, document, "openapi_generator_client", other),
        ),
    }
    for name, (place, command) in commands.items():
        place.mkdir()
        reason = peers.generate(command)
        made[name] = place if reason is None else f"not run: {code(reason)}"
    return made


def run_peer(name: str, place: Path | str, folder: Path) -> dict[str, str]:
    """Observe a peer in a process of its own."""
    every = [situation.title for situation in itertools.chain.from_iterable(SITUATIONS.values())]
    if isinstance(place, str):
        return dict.fromkeys(every, place)
    output = folder / f"{name}.json"
    done = subprocess.run(  # noqa: S603 - this script
        [sys.executable, str(Path(__file__)), "--peer", name, "--output", str(output)],
        env={**peers.environment(), "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=900,
    )
    if not output.is_file():
        raise SystemExit(f"{name}: {done.stderr}")
    return cast("dict[str, str]", json.loads(output.read_text(encoding="utf-8")))


def page(outcomes: Mapping[str, Mapping[str, str]]) -> str:
    """The page of documentation."""
    version = importlib.metadata.version
    mine = re.search(
        r'__version__ = "(.+)"',
        (ROOT / "generated/openrouter_analytics/_package.py").read_text(encoding="utf-8"),
    )
    versions = {
        "mine": mine[1] if mine else "of this commit",
        "stock": version("openapi-python-client"),
        "sdk": version("openrouter"),
        "generator": version("openapi-generator-cli"),
        "httpx": version("httpx"),
        "urllib3": version("urllib3"),
        "pydantic": version("pydantic"),
        "python": platform.python_version(),
    }
    lines = [HEAD.format(**versions, patience=PATIENCE, length=LENGTH).rstrip()]
    names = list(PEERS)
    for group, situations in SITUATIONS.items():
        lines += ["", f"## {group}", ""]
        lines.append(
            "| situation | this client | the test that shows it | " + " | ".join(names[1:]) + " |"
        )
        lines.append("| --- " * (len(names) + 2) + "|")
        for situation in situations:
            cells = [outcomes[name][situation.title] for name in names]
            test = f"`{situation.test}`" if situation.test else "none yet"
            lines.append("| " + " | ".join([situation.title, cells[0], test, *cells[1:]]) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description="Write docs/behaviour.md.")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, default=PAGE, help="where to write it")
    arguments = parser.parse_args()
    if arguments.peer:
        observe(arguments.peer, arguments.output)
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(2) as executor:
        folder = Path(scratch)
        made = generate(folder)
        runs = {
            name: executor.submit(run_peer, name, made[name], folder)
            for name in sorted(PEERS, key=lambda name: name != "openrouter SDK")
        }
        outcomes = {name: run.result() for name, run in runs.items()}
    arguments.output.write_text(page(outcomes), encoding="utf-8")
    # An outcome is of the peer; what fails beside it is a fault of this script.
    faults = [
        f"{name}, {title}: {text}"
        for name, of_peer in outcomes.items()
        for title, text in of_peer.items()
        if text.startswith("fails")
    ]
    if faults:
        raise SystemExit("\n".join(faults))


if __name__ == "__main__":
    main()
