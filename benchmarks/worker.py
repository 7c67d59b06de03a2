"""A process that times one contender in one row of bench.py, whenever it is its turn.

    python -m benchmarks.worker CONTENDER ACTION ARGUMENT

writes a line of JSON when it is ready: the seconds that one run of the action takes, or why it
cannot run. Then it answers each line, the number of runs, with the seconds that one took: of this
process on the processor if it waits for nobody, else by the clock. The garbage collector is on, as
it is in the programs of users; it is run before each turn.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import itertools
import json
import resource
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import peers

CALLS = 30
"""How many asynchronous calls run at once."""

PEERS: dict[str, Callable[[], Any]] = {
    "this": peers.ThisClient,
    "fast": peers.ThisClient,
    "httpx2": lambda: peers.ThisClient(http_library="httpx2"),
    "stock": peers.Stock,
    "sdk": peers.OfficialSdk,
    "openapi-generator": peers.OpenApiGenerator,
    "httpx": peers.Httpx,
    "floor": peers.Floor,
}

Action = Callable[[], Any]
SETTINGS = peers.Settings()


def decode(peer: Any, path: str) -> Action:
    """Make of a body what the peer makes of it."""
    body = Path(path).read_bytes()
    return lambda: peer.decode(body)


def to_dict(peer: Any, path: str) -> Action:
    """Make JSON objects of an answer."""
    answer = peer.decode(Path(path).read_bytes())
    return lambda: peer.dump(answer)


def construct(peer: Any, base_url: str) -> Action:
    """Make a client."""
    return lambda: peer.client(base_url, SETTINGS)


def call(peer: Any, base_url: str) -> Action:
    """Call over a connection that is kept."""
    client = peer.client(base_url, SETTINGS)
    return lambda: peer.fetch(client)


def calls_at_once(peer: Any, base_url: str) -> Action:
    """Call 30 times at once, on one event loop."""
    # The other peers have one client for both.
    client = getattr(peer, "client_async", peer.client)(base_url, SETTINGS)
    runner = asyncio.Runner()

    async def calls() -> None:
        await asyncio.gather(*(peer.fetch_async(client) for _ in range(CALLS)))

    return lambda: runner.run(calls())


ACTIONS: dict[str, Callable[[Any, str], Action]] = {
    action.__name__: action for action in (decode, to_dict, construct, call, calls_at_once)
}

WAITING = {"call", "calls_at_once"}
"""The actions that wait for another process."""


def resident(field: str) -> int:
    """Bytes of this process in memory: now (VmRSS), or at most so far (VmHWM)."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines[field].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def memory(peer: Any, path: str, *, traced: bool) -> dict[str, float]:
    """Hold one answer: bytes that it keeps for each row, and at most in this process."""
    body = Path(path).read_bytes()
    peer.decode(Path(path).with_stem("10-unknown").read_bytes())  # what is set up but once
    gc.collect()
    if traced:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0] if traced else resident("VmRSS")
    answer = peer.decode(body)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0] if traced else resident("VmRSS")
    count = len(rows(answer))
    return {"held": (after - before) / count, "peak": resident("VmHWM")}


def rows(answer: Any) -> list[Any]:
    """The rows of an answer."""
    return list(getattr(answer, "data", None) or answer["data"])


def marks(peer: Any, path: str) -> str:
    """What the peer does with a body, tried out.

    Returns:
        Of these letters those that are true: v, it refuses a text where a number must be; d, days
        are dates; u, unknown fields are kept.
    """
    body = json.loads(Path(path).read_bytes())
    row = body["data"][0]
    row["unknown"] = "kept"
    answer = peer.decode(json.dumps(body).encode())
    first = rows(answer)[0]
    days = (getattr(first, name, None) for name in ("date", "date_", "var_date"))
    kept: bool = peer.dump(answer)["data"][0].get("unknown") == "kept"
    row["requests"] = "many"
    try:
        peer.decode(json.dumps(body).encode())
        validates = False
    except Exception:  # noqa: BLE001 - each has an error of its own
        validates = True
    dated = any(type(day) is dt.date for day in days)
    letters = {"v": validates, "d": dated, "u": kept}
    return "".join(letter for letter, true in letters.items() if true)


def turn(action: Action, number: int, clock: Callable[[], float]) -> float:
    """Seconds of one run, out of so many."""
    gc.collect()
    runs = itertools.repeat(None, number)
    start = clock()
    for _ in runs:
        action()
    return (clock() - start) / number


def say(value: object) -> None:
    """Answer with a line of JSON."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main(contender: str, name: str, argument: str) -> None:
    """Do what is asked for, until nothing more is."""
    try:
        peer = PEERS[contender]()
        if name == "marks":
            return say({"marks": marks(peer, argument)})
        if name.startswith("memory"):
            return say(memory(peer, argument, traced=name == "memory, traced"))
        action = ACTIONS[name](peer, argument)
        clock = time.perf_counter if name in WAITING else time.process_time
        action()  # so that what happens but once has happened
        seconds = turn(action, 1, clock)
    except Exception as error:  # noqa: BLE001 - that it cannot is a finding
        return say({"failed": f"{type(error).__name__}: {error}"})
    say({"seconds": seconds})
    for line in sys.stdin:
        say(turn(action, int(line), clock))
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
