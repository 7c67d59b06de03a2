"""What the user sees of a running call: the lines of --verbose, and the progress of a long one."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Self, TypeVar

from .._http import httpx

T = TypeVar("T")

Track = Callable[[Iterable[Any], int], Iterator[Any]]
"""Iterates over rows, whose number is given, and shows the progress."""

PROGRESS_AFTER = 0.5
"""Seconds after which a running transfer shows its progress."""


class Transfer:
    """Reports on a running call, by the event hooks of httpx.

    Args:
        verbose: Whether to write a line for each request and response.
        secret_headers: The headers whose values are hidden, in lower case.
        report: Writes a line to standard error.
    """

    def __init__(
        self, *, verbose: bool, secret_headers: set[str], report: Callable[[str], None]
    ) -> None:
        self._verbose = verbose
        self._secret_headers = secret_headers
        self._report = report
        self._attempts = 0
        self._started = 0.0
        self._progress: Any = None
        self._task: Any = None
        self._shows = sys.stderr.isatty()

    def hooks(self) -> Mapping[str, list[Callable[[Any], None]]]:
        """The event hooks of httpx, which are called with each request and response."""
        return {"request": [self._request], "response": [self._response]}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hide()

    def writing(self, rows: Iterable[T], total: int) -> Iterator[T]:
        """Iterate over rows and show the progress of writing them, unless they go to a terminal."""
        if self._progress is None or sys.stdout.isatty():
            self._hide()
            yield from rows
            return
        self._progress.update(self._task, visible=False)
        yield from self._progress.track(rows, total=total, description="writing")

    def _request(self, request: httpx.Request) -> None:
        self._attempts += 1
        self._started = time.monotonic()
        if self._verbose:
            self._report(f"attempt {self._attempts}: {request.method} {request.url}")
            for name, value in request.headers.items():
                shown = "[key]" if name.lower() in self._secret_headers else value
                self._report(f"  {name}: {shown}")

    def _response(self, response: httpx.Response) -> None:
        if self._verbose:
            seconds = time.monotonic() - self._started
            self._report(f"{response.status_code} {response.reason_phrase} after {seconds:.3f} s")
        length = response.headers.get("content-length", "")
        total = int(length) if length.isdecimal() else None
        # Count the bytes before they are decompressed, as Content-Length does.
        response.stream = _Counted(
            response.stream, lambda done: self._received(done, total), self._end
        )

    def _received(self, done: int, total: int | None) -> None:
        if self._progress is not None:
            self._progress.update(self._task, completed=done, total=total)
        elif self._shows and time.monotonic() - self._started > PROGRESS_AFTER:
            self._show(done, total)

    def _end(self, done: int) -> None:
        if self._verbose:
            self._report(f"{done:,} bytes after {time.monotonic() - self._started:.3f} s")
        if self._progress is not None:
            self._progress.update(self._task, description="checking", total=None)

    def _show(self, done: int, total: int | None) -> None:
        from rich import progress
        from rich.console import Console

        self._progress = progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.DownloadColumn(),
            progress.TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("receiving", completed=done, total=total)
        self._progress.start()

    def _hide(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


class _Counted(httpx.SyncByteStream):
    """A body that reports how many of its bytes were received."""

    def __init__(
        self, stream: Any, received: Callable[[int], None], end: Callable[[int], None]
    ) -> None:
        self._stream = stream
        self._received = received
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        done = 0
        for chunk in self._stream:
            done += len(chunk)
            self._received(done)
            yield chunk
        self._end(done)

    def close(self) -> None:
        self._stream.close()
