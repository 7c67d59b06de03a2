"""A process that measures one contender in one row of bench.py.

    python -m benchmarks.worker CONTENDER ACTION ARGUMENT

When it is ready, it prints a line of JSON: the seconds of one run of the action, or why the action
cannot run. Then each line of standard input is a number of runs, and it prints their mean seconds
in the same way: processor time, or clock time if the action waits for a server. The garbage
collector is on, as in users' programs, and runs before each measurement.
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
"""The number of asynchronous calls that run at once."""

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


def decode(peer: Any, path: str) -> Action:
    """Decode a body."""
    body = Path(path).read_bytes()
    return lambda: peer.decode(body)


def to_dict(peer: Any, path: str) -> Action:
    """Serialize the activity."""
    activity = peer.decode(Path(path).read_bytes())
    return lambda: peer.dump(activity)


def construct(peer: Any, base_url: str) -> Action:
    """Make a client."""
    return lambda: peer.client(base_url)


def call(peer: Any, base_url: str) -> Action:
    """Call over an open connection."""
    client = peer.client(base_url)
    return lambda: peer.fetch(client)


def calls_at_once(peer: Any, base_url: str) -> Action:
    """Call 30 times at once, on one event loop."""
    # All other peers use one client for both kinds of calls.
    client = getattr(peer, "client_async", peer.client)(base_url)
    runner = asyncio.Runner()

    async def calls() -> None:
        await asyncio.gather(*(peer.fetch_async(client) for _ in range(CALLS)))

    return lambda: runner.run(calls())


ACTIONS: dict[str, Callable[[Any, str], Action]] = {
    action.__name__: action for action in (decode, to_dict, construct, call, calls_at_once)
}

WAITING = {"call", "calls_at_once"}
"""The actions that wait for a server."""


def resident(field: str) -> int:
    """The bytes of this process in memory: now (VmRSS) or the peak (VmHWM)."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines[field].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def memory(peer: Any, path: str, *, traced: bool) -> dict[str, float]:
    """The bytes of the activity per row, and the peak of this process."""
    body = Path(path).read_bytes()
    peer.decode(Path(path).with_stem("10-unknown").read_bytes())  # for what is set up only once
    gc.collect()
    if traced:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0] if traced else resident("VmRSS")
    activity = peer.decode(body)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0] if traced else resident("VmRSS")
    count = len(rows(activity))
    return {"held": (after - before) / count, "peak": resident("VmHWM")}


def rows(activity: Any) -> list[Any]:
    """The rows of the activity."""
    return list(getattr(activity, "data", None) or activity["data"])


def marks(peer: Any, path: str) -> str:
    """How the peer reads a body, as letters.

    v: it refuses a string in place of a number; d: days are dates; u: it keeps unknown fields.
    """
    body = json.loads(Path(path).read_bytes())
    row = body["data"][0]
    row["unknown"] = "kept"
    activity = peer.decode(json.dumps(body).encode())
    first = rows(activity)[0]
    days = (getattr(first, name, None) for name in ("date", "date_", "var_date"))
    kept: bool = peer.dump(activity)["data"][0].get("unknown") == "kept"
    row["requests"] = "many"
    try:
        peer.decode(json.dumps(body).encode())
        validates = False
    except Exception:  # noqa: BLE001 - each peer has its own error
        validates = True
    dated = any(type(day) is dt.date for day in days)
    letters = {"v": validates, "d": dated, "u": kept}
    return "".join(letter for letter, true in letters.items() if true)


def measure(action: Action, number: int, clock: Callable[[], float]) -> float:
    """The mean seconds of one run."""
    gc.collect()
    runs = itertools.repeat(None, number)
    start = clock()
    for _ in runs:
        action()
    return (clock() - start) / number


def print_line(value: object) -> None:
    """Print a line of JSON."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def main(contender: str, name: str, argument: str) -> None:
    """Measure until standard input ends."""
    try:
        peer = PEERS[contender]()
        if name == "marks":
            return print_line({"marks": marks(peer, argument)})
        if name.startswith("memory"):
            return print_line(memory(peer, argument, traced=name == "memory, traced"))
        action = ACTIONS[name](peer, argument)
        clock = time.perf_counter if name in WAITING else time.process_time
        action()  # for what is set up only once
        seconds = measure(action, 1, clock)
    except Exception as error:  # noqa: BLE001 - the table names the reason
        return print_line({"failed": f"{type(error).__name__}: {error}"})
    print_line({"seconds": seconds})
    for line in sys.stdin:
        print_line({"seconds": measure(action, int(line), clock)})
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
