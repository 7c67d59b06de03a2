"""Measurements in rounds, each round in a new order."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import peers

ROOT = Path(__file__).resolve().parents[1]

LONGEST = 180
"""The seconds after which a measurement fails."""

SHORTEST = 0.05
"""The least seconds of a worker's measurement; a short action runs many times."""


class Missing(Exception):  # noqa: N818 - the table names the reason
    """Something cannot be measured here. The text says why."""


class Measurement(NamedTuple):
    """The measurement of one contender in one row.

    Attributes:
        measure: Measures once.
        stop: Ends the processes, if there are any.
    """

    measure: Callable[[], float]
    stop: Callable[[], object] = lambda: None


class Worker:
    """A process of benchmarks/worker.py.

    Raises:
        Missing: The worker cannot run the action.
    """

    def __init__(self, python: str, contender: str, action: str, argument: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - a module of ours
            [python, "-m", "benchmarks.worker", contender, action, argument],
            env={**peers.environment(), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            self.first = self._line()
        except Missing:
            self.stop()
            raise
        seconds = self.first.get("seconds", SHORTEST)
        self.number = max(1, round(SHORTEST / max(seconds, 1e-7)))

    def measure(self) -> float:
        """The mean seconds of one run of the action."""
        assert self._process.stdin  # noqa: S101 - it is a pipe
        self._process.stdin.write(f"{self.number}\n")
        self._process.stdin.flush()
        return float(self._line()["seconds"])

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout  # noqa: S101 - it is a pipe
        timer = threading.Timer(LONGEST, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        if not line:
            _, errors = self._process.communicate()
            raise Missing((errors.strip().splitlines() or ["it ended"])[-1])
        value: dict[str, Any] = json.loads(line)
        if "failed" in value:
            raise Missing(value["failed"])
        return value


def by_turns(workers: Sequence[Worker]) -> Measurement:
    """Measure by identical workers, in turn.

    The memory addresses that a process gets at its start change all its times by more than a tenth.
    So one process cannot represent a contender.
    """
    turns = itertools.cycle(workers)

    def stop() -> None:
        for worker in workers:
            worker.stop()

    return Measurement(lambda: next(turns).measure(), stop)


def timed(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    before: Callable[[], object] = lambda: None,
) -> Measurement:
    """Measure the seconds that a command takes, after a first run that is not measured.

    Args:
        command: The command.
        environment: Additional environment variables.
        before: Preparation of each measurement, which is not measured.
    """

    def measure() -> float:
        before()
        start = time.perf_counter()
        run(command, {**peers.environment(), **(environment or {})})
        return time.perf_counter() - start

    measure()  # compiles modules, and loads files into memory
    return Measurement(measure)


def run(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command.

    Raises:
        Missing: The command fails or takes too long.
    """
    try:
        done = subprocess.run(  # noqa: S603 - commands of ours
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        raise Missing(f"no end after {LONGEST} s") from None
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Missing(lines[-1] if lines else "it failed")


def rounds(
    measurements: Mapping[tuple[str, str], Measurement],
    *,
    seconds: float,
    least: int,
    most: int,
    at_once: int = 1,
) -> dict[tuple[str, str], list[float]]:
    """Measure everything round by round, each round in a new order.

    Args:
        measurements: The measurements, by row and contender.
        seconds: The time limit, after ``least`` rounds.
        least: The smallest number of rounds.
        most: The largest number of rounds.
        at_once: How many measurements run at once; more than one disturb each other's times.

    Returns:
        The figures of each measurement, round by round.
    """
    measured: dict[tuple[str, str], list[float]] = {key: [] for key in measurements}
    order = list(measurements)
    shuffle = random.Random(0).shuffle  # noqa: S311 - not a secret
    end = time.monotonic() + seconds
    with ThreadPoolExecutor(at_once) as threads:
        for count in range(most):
            if count >= least and time.monotonic() > end:
                break
            shuffle(order)
            figures = [threads.submit(measurements[key].measure) for key in order]
            for key, figure in zip(order, figures, strict=True):
                measured[key].append(figure.result())
    return measured
