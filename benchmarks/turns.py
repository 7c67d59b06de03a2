"""Measuring by turns: in each round everyone has one turn, in an order that changes."""

from __future__ import annotations

import json
import random
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from benchmarks import peers
from benchmarks.contenders import ROOT, Missing

LONGEST = 180
"""Seconds after which a single turn has failed."""

TURN = 0.05
"""Seconds that a worker's turn takes at least, if need be by many runs."""


class Taker(Protocol):
    """One who takes turns."""

    def take(self) -> float:
        """Take a turn: what was measured."""
        ...

    def stop(self) -> None:
        """Take no more turns."""
        ...


class Worker:
    """A process of benchmarks/worker.py.

    Raises:
        Missing: It cannot do what it is to do.
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
            self.answer: Any = self._line()
        except Missing:
            self.stop()
            raise
        seconds = self.answer.get("seconds", TURN)
        self.number = max(1, round(TURN / max(seconds, 1e-7)))

    def take(self) -> float:
        """The seconds of one run, out of so many that a turn can be timed."""
        assert self._process.stdin  # noqa: S101 - it is a pipe
        self._process.stdin.write(f"{self.number}\n")
        self._process.stdin.flush()
        return float(self._line())

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _line(self) -> Any:
        assert self._process.stdout  # noqa: S101 - it is a pipe
        timer = threading.Timer(LONGEST, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        if not line:
            _, said = self._process.communicate()
            raise Missing((said.strip().splitlines() or ["it ended"])[-1])
        answer: Any = json.loads(line)
        if failed := isinstance(answer, dict) and cast("dict[str, Any]", answer).get("failed"):
            raise Missing(failed)
        return cast("Any", answer)


class Command:
    """A command, from its start to its end: seconds.

    Args:
        command: The command.
        environment: Its environment; this process's is not handed on.
        before: What is done before each turn, and is not measured.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        before: Callable[[], object] | None = None,
    ) -> None:
        self._command = command
        self._environment = {**peers.environment(), **(environment or {})}
        self._before = before
        self.take()  # so that its modules are compiled, and its files are in memory

    def take(self) -> float:
        """Run it."""
        if self._before:
            self._before()
        start = time.perf_counter()
        try:
            done = subprocess.run(  # noqa: S603 - commands of ours
                self._command,
                cwd=ROOT,
                env=self._environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=LONGEST,
            )
        except subprocess.TimeoutExpired:
            raise Missing(f"no end after {LONGEST} s") from None
        seconds = time.perf_counter() - start
        if done.returncode:
            raise Missing((done.stderr.strip().splitlines() or ["it failed"])[-1])
        return seconds

    def stop(self) -> None:
        """Nothing of it is left."""


class Figure:
    """A figure that a function finds anew in each turn."""

    def __init__(self, find: Callable[[], float]) -> None:
        self.take = find

    def stop(self) -> None:
        """Nothing of it is left."""


def rounds(
    takers: Mapping[tuple[str, str], Taker], *, seconds: float, least: int, most: int
) -> dict[tuple[str, str], list[float]]:
    """Let everyone take turns, round by round.

    Args:
        takers: Who takes turns, by row and contender.
        seconds: How long this may take, if it comes to ``least`` rounds.
        least: How many rounds there are at least.
        most: How many rounds there are at most.

    Returns:
        What each has measured, round by round.
    """
    measured: dict[tuple[str, str], list[float]] = {key: [] for key in takers}
    order = list(takers)
    shuffle = random.Random(0).shuffle  # noqa: S311 - an order, no secret
    end = time.monotonic() + seconds
    for count in range(most):
        if count >= least and time.monotonic() > end:
            break
        shuffle(order)
        for key in order:
            measured[key].append(takers[key].take())
    return measured
