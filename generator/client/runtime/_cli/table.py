"""Tables: whole ones for a file or a pipe, and ones that fit a terminal."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TextIO

from .columns import NUMBERS, Columns, Hide, Kind, cells
from .failure import printable
from .transfer import Track

MOST_ROWS = 1000
"""How many rows of a table a terminal shows at most."""

FIRST = 4
"""How many columns are shortened rather than left out, if the terminal is narrow."""

LEAST_TEXT = 6
LEAST_VALUE = 11
"""How many cells of a text, and of a number or a date, these columns have at least."""

READABLE_TEXT = 12
"""How many cells of a text are shown before another column is."""

GAP = 2
"""How many spaces separate two columns of a table."""

_WORD = re.compile(r"[^\W\d_]?[^\W\dA-Z_]+|[A-Z]+(?![^\W\dA-Z_])|\d+")
_IDENTIFIERS = {("id",), ("uuid",), ("guid",)}


def write_table(result: Any, columns: Columns, text: TextIO, track: Track, hide: Hide) -> None:
    """Write all rows in aligned columns, for another program or a file."""
    from rich.cells import cell_len

    rows = columns.rows_of(result)
    kinds = columns.of(rows)
    names = list(kinds)
    widths = [cell_len(name) for name in names]
    for row in cells(rows, names, hide):
        widths = [max(pair) for pair in zip(widths, map(cell_len, _texts(row)), strict=True)]
    header: list[list[Any]] = [[*names]]
    for line in map(_texts, itertools.chain(header, cells(track(rows, len(rows)), names, hide))):
        padded: list[str] = []
        for cell, width, kind in zip(line, widths, kinds.values(), strict=True):
            space = " " * (width - cell_len(cell))
            padded.append(space + cell if kind in NUMBERS else cell + space)
        text.write("  ".join(padded).rstrip() + "\n")


def show_table(result: Any, columns: Columns, text: TextIO, track: Track, hide: Hide) -> None:
    """Show a table that fits the terminal, and name below it what was left out."""
    from rich.box import SIMPLE_HEAD
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = columns.rows_of(result)
    kinds = columns.of(rows)
    lines = [_texts(row) for row in cells(track(rows[:MOST_ROWS], len(rows)), [*kinds], hide)]
    # A header on several lines leaves more room for the values.
    headers = {name: printable(name).replace("_", "_\n") for name in kinds}
    natural = {
        name: max(map(cell_len, [*headers[name].split("\n"), *(line[index] for line in lines)]))
        for index, name in enumerate(kinds)
    }
    console = Console(file=text)
    widths = fitting(natural, kinds, console.width)
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name, width in widths.items():
        side: Literal["left", "right"] = "right" if kinds[name] in NUMBERS else "left"
        header = Text(headers[name])
        table.add_column(header, justify=side, width=width, no_wrap=True, overflow="ellipsis")
    for line in lines:
        table.add_row(*(Text(line[[*kinds].index(name)]) for name in widths))
    console.print(table)
    left_out = ", ".join(name for name in kinds if name not in widths)
    if left_out:
        text.write(f"Not shown, because the terminal is too narrow: {printable(left_out)}.\n")
    if len(rows) > MOST_ROWS:
        text.write(f"Not shown: {len(rows) - MOST_ROWS:,} more rows.\n")
    if left_out or len(rows) > MOST_ROWS:
        text.write("A table in a file or a pipe, and the other formats, have everything.\n")


def _texts(row: Iterable[Any]) -> list[str]:
    return ["" if cell is None else printable(str(cell)) for cell in row]


def fitting(natural: Mapping[str, int], kinds: Mapping[str, Kind], room: int) -> dict[str, int]:
    """The columns that fit, and their widths.

    The first columns are shortened before they are left out. Any other is shown if all that are
    shown can be read well.
    """

    def is_text(name: str) -> bool:
        return kinds[name] == "text"

    least = {
        name: min(width, LEAST_TEXT if is_text(name) else LEAST_VALUE)
        for name, width in natural.items()
    }
    readable = {
        name: min(width, READABLE_TEXT) if is_text(name) else width
        for name, width in natural.items()
    }
    shown: set[str] = set()
    names = by_importance(kinds)
    # Of the first columns, the texts after the first are left out before the figures.
    for name in [*names[:1], *sorted(names[1:FIRST], key=is_text), *names[FIRST:]]:
        wanted = least if len(shown) < FIRST else readable
        if not shown or _total(wanted, {*shown, name}) <= room:
            shown.add(name)
    widths = {name: min(least[name], room) for name in natural if name in shown}
    spare = room - _total(widths, shown)
    for goal in (readable, natural):
        # Numbers and dates before texts: cut ones mislead.
        for name in sorted(widths, key=is_text):
            more = max(0, min(goal[name] - widths[name], spare))
            widths[name] += more
            spare -= more
    return widths


def _total(widths: Mapping[str, int], names: set[str]) -> int:
    return sum(widths[name] for name in names) + GAP * (len(names) - 1)


def by_importance(kinds: Mapping[str, Kind]) -> list[str]:
    """The columns in the order of the document, but identifiers last.

    A text is an identifier if its name ends in "id", or begins with the whole name of another text:
    it says in more detail which one that is. The first column never is.
    """
    words = {name: tuple(map(str.lower, _WORD.findall(name))) for name in kinds}
    texts = {words[name] for name, kind in kinds.items() if kind == "text"}

    def is_identifier(name: str) -> bool:
        own = words[name]
        starts = {own[:length] for length in range(1, len(own))}
        return own in texts and (own[-1:] in _IDENTIFIERS or bool(starts & texts))

    names = [*kinds]
    return [*names[:1], *sorted(names[1:], key=is_identifier)]
