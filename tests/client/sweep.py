"""A search for the key in everything that a program can show, log, raise or store."""

from __future__ import annotations

import contextlib
import copy
import gc
import io
import logging
import pickle
import pprint
import traceback
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, FunctionType, ModuleType, TracebackType

from sandbox import MANAGEMENT_KEY

CANARY = MANAGEMENT_KEY
"""The key that must appear nowhere. The sandbox accepts it, so that calls can succeed."""

SKIPPED = (int, float, type(None), type, ModuleType, FunctionType, FrameType, TracebackType)
"""The types of objects without a secret of their own. `traceback_of` shows what frames hold."""


def places(value: object, name: str, seen: dict[int, object] | None = None) -> Iterator[str]:
    """The places of the canary in a value, and in all that it refers to."""
    seen = {} if seen is None else seen
    if isinstance(value, SKIPPED) or id(value) in seen:
        return
    seen[id(value)] = value  # kept, so that no other object gets its id
    if isinstance(value, str | bytes | bytearray):
        text = value if isinstance(value, str) else value.decode("latin-1")
        if CANARY in text:
            yield name
        return
    if CANARY in repr(value) or CANARY in str(value):
        yield f"repr or str of {name}"
    parts = gc.get_referents(value)
    if isinstance(value, BaseException):
        parts.append(traceback_of(value))
    for part in parts:
        yield from places(part, f"{name} > {type(part).__name__}", seen)


def traceback_of(error: BaseException) -> list[str]:
    """A traceback with local variables, as in error trackers, without frames of the tests."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [
        frame for frame in shown.stack if Path(frame.filename).parent != Path(__file__).parent
    ]
    return [*shown.format_exception_only(), *(f"{frame}: {frame.locals}" for frame in frames)]


class Records(logging.Handler):
    """Keeps the message, the attributes and the output of each record."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.kept: list[tuple[str, object]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith("uvicorn"):  # the sandbox itself, which has the key
            held = [record.getMessage(), vars(record), self.format(record)]
            self.kept.append((f"log of {record.name}", held))

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
        records: The log records.
        output: The text on stdout and stderr.
        warned: The warnings.
    """

    def __init__(self) -> None:
        self.records = Records()
        self.output = io.StringIO()
        self.warned: list[warnings.WarningMessage] = []
        self._captured: list[tuple[str, object]] = []

    def add(self, name: str, value: object) -> None:
        """Capture a value that does not have the key, its pickle and its copy."""
        self._captured.append((name, value))
        with contextlib.suppress(TypeError, pickle.PicklingError):
            self._captured.append((f"pickle of {name}", pickle.dumps(value)))
        with contextlib.suppress(TypeError):
            self._captured.append((f"copy of {name}", copy.copy(value)))
        self._captured.append((f"pprint of {name}", pprint.pformat(value)))

    def add_shown(self, name: str, value: object) -> None:
        """Capture the texts that a program can show of an object with the key, such as a client."""
        shown = {
            "repr": repr(value),
            "str": str(value),
            "format": f"{value}",
            "pprint": pprint.pformat(value),
            "vars": repr(getattr(value, "__dict__", {})),
            "dir": {each: repr(getattr(value, each, None)) for each in dir(value)},
        }
        self._captured += [(f"{way} of {name}", text) for way, text in shown.items()]

    def finds(self) -> list[str]:
        """The places of the canary."""
        gc.collect()
        captured = [
            *self._captured,
            *self.records.kept,
            ("output", self.output.getvalue()),
            ("warnings", [str(warning.message) for warning in self.warned]),
        ]
        return [place for name, value in captured for place in places(value, name)]
