"""The output of a command: the rows of a result in one of five formats, to a file or a terminal.

Rows are written one by one, so that memory has no second copy of all of them.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import importlib
import io
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Literal, TextIO

from attrs import evolve

from .._encode import json_value
from .._package import PROJECT
from .._text import escaped
from .columns import Columns, Hide, cells, json_text
from .failure import Code, CommandError
from .parquet import write_parquet
from .questions import Questions
from .table import write_table
from .transfer import Track

Format = Literal["table", "json", "jsonl", "csv", "parquet"]

_EXTENSIONS: Mapping[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}


BOM = "\ufeff"
"""The byte order mark, by which Excel knows UTF-8."""


def writer(
    output: str | None,
    output_format: Format | None,
    columns: Columns | None,
    hide: Hide,
    questions: Questions | None = None,
    *,
    bom: bool = False,
) -> Callable[[Any, BinaryIO, Track], None]:
    """A function that writes a result to a stream.

    Args:
        output: The file, whose extension gives the format if ``output_format`` does not.
        output_format: The format.
        columns: The rows and columns; None for a result of text, bytes, events or nothing.
        hide: Removes the key from a text.
        questions: What is asked of the rows; None for all as they are.
        bom: Whether CSV begins with a byte order mark.

    Raises:
        CommandError: The format cannot be written here.
    """
    terminal = output in (None, "-") and sys.stdout.isatty()
    if columns is None:
        return lambda result, stream, _: _write_raw(result, stream, hide, terminal=terminal)
    chosen = output_format or _format_of(output or "")
    if bom and chosen != "csv":
        raise CommandError(Code.USAGE, f"--bom: a {chosen} has none; it is for --format csv")
    if questions:
        questions.answer([], columns)
    if chosen == "parquet":
        if terminal:
            raise CommandError(
                Code.USAGE, "Parquet cannot be shown in a terminal: name a file with --output"
            )
        try:
            importlib.import_module("pyarrow.parquet")
        except ImportError:
            problem = "--format parquet: pyarrow is missing: pip install pyarrow"
            raise CommandError(Code.MISSING_PACKAGE, problem) from None

    def write(result: Any, stream: BinaryIO, track: Track) -> None:
        if result is None:
            return
        shown = columns
        if questions:
            result, shown = questions.answer(columns.rows_of(result), columns)
        rows = shown.rows_of(result)
        tracked = track(rows, len(rows))
        if chosen == "parquet":
            write_parquet(tracked, shown.of(rows), stream, hide)
            return
        lines = (hide(json_text(shown.json(row))) for row in tracked)
        text = _Text(stream, partial(escaped, as_json="json" in chosen) if terminal else str)
        try:
            if chosen == "json":
                _write_json(result, rows, lines, shown, text, hide, pretty=terminal)
            elif chosen == "jsonl":
                text.writelines(line + "\n" for line in lines)
            elif chosen == "csv":
                text.write(BOM * bom)
                table = csv.writer(text, lineterminator="\n")
                names = [*shown.of(rows)]
                table.writerow(names)
                table.writerows(cells(tracked, names, hide))
            else:
                write_table(rows, shown.of(rows), shown.total, text, track, hide, terminal=terminal)
        finally:
            text.detach()  # else the wrapper would close the stream

    return write


def _format_of(output: str) -> Format:
    ending = Path(f"_{Path(output).name}").suffix.lower()  # a file named .csv has it, too
    if ending and ending not in _EXTENSIONS:
        known = f"it can be {', '.join(_EXTENSIONS)}, or pass --format"
        raise CommandError(Code.USAGE, f"--output: {output}: unknown ending {ending}: {known}")
    return _EXTENSIONS.get(ending, "table")


class _Text(io.TextIOWrapper):
    """Text in UTF-8, each piece of which is escaped before it is written."""

    def __init__(self, stream: BinaryIO, escape: Callable[[str], str]) -> None:
        super().__init__(stream, "utf-8", errors="backslashreplace", newline="\n")
        self._escape = escape

    def write(self, text: str) -> int:
        return super().write(self._escape(text))


@contextlib.contextmanager
def destination(output: str | None) -> Generator[BinaryIO]:
    """Open the output: standard output, or a file that is written whole or not at all.

    Raises:
        CommandError: The output cannot be written.
    """
    try:
        if output in (None, "-"):
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with _file(Path(str(output))) as stream:
                yield stream
    except BrokenPipeError:
        raise
    except OSError as error:
        name = "standard output" if output in (None, "-") else f"--output: {output}"
        raise CommandError(Code.OUTPUT, f"{name}: {error.strerror}") from None


@contextlib.contextmanager
def _file(target: Path) -> Generator[BinaryIO]:
    if target.exists() and not target.is_file():
        with target.open("wb") as stream:  # a pipe or a device; a folder raises an error
            yield stream
        return
    target = Path(os.path.realpath(target))  # keep a link, and replace the file it leads to
    if target.is_symlink():  # a link to itself
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    scratch = target.with_name(f".{PROJECT}-{secrets.token_hex(6)}.part")
    try:
        with scratch.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists():
            shutil.copymode(target, scratch)
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def _write_raw(result: Any, stream: BinaryIO, hide: Hide, *, terminal: bool) -> None:
    def encoded(text: str, *, as_json: bool) -> bytes:
        shown = escaped(text, as_json=as_json) if terminal else text
        return shown.encode("utf-8", "backslashreplace" if as_json else "replace")

    events: Iterator[Any] = result
    if isinstance(result, Iterator):
        for event in events:  # as they come, each on a line
            stream.write(encoded(hide(json_text(json_value(event))) + "\n", as_json=True))
            stream.flush()
    elif result is not None:
        content: str | bytes = result
        stream.write(content if isinstance(content, bytes) else encoded(content, as_json=False))


def _write_json(
    result: Any,
    rows: Collection[Any],
    lines: Iterable[str],
    columns: Columns,
    text: TextIO,
    hide: Hide,
    *,
    pretty: bool,
) -> None:
    if pretty or rows == [result]:
        whole = [columns.json(row) for row in rows] if rows is result else json_value(result)
        text.write(hide(json.dumps(whole, ensure_ascii=False, indent=2)) + "\n")
        return
    if isinstance(result, list):
        text.writelines(_array(lines))
    else:
        attribute, member = columns.rows[type(result)]
        # Without the rows, so that memory has no second copy of them.
        members = json_value(evolve(result, **{attribute: []}))
        for number, (name, value) in enumerate(members.items()):
            text.write(("," if number else "{") + f"{json_text(name)}: ")
            if name == member:
                text.writelines(_array(lines))
            else:
                text.write(hide(json_text(value)))
        text.write("}")
    text.write("\n")


def _array(lines: Iterable[str]) -> Iterator[str]:
    """A JSON array with one line for each item."""
    before = "[\n"
    for line in lines:
        yield before + line
        before = ",\n"
    yield "\n]" if before == ",\n" else "[]"
