"""Tables: whole ones for a file or a pipe, and ones that fit a terminal."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TextIO

from .columns import NUMBERS, Columns, Hide, Kind, cells
from .failure import printable
from .transfer import Track

MOST_ROWS = 1000
"""How many rows of a table a terminal shows at most."""

LEAST_TEXT = 12
"""How many characters of a text a table shows at least, if the terminal is narrow."""

GAP = 2
"""How many spaces separate two columns of a table."""


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

    Texts are shortened first. If that is not enough, the widest columns are left out, except the
    first two, which identify the row.
    """
    least = {
        name: min(width, LEAST_TEXT) if kinds[name] == "text" else width
        for name, width in natural.items()
    }
    widths = dict(least)
    while sum(widths.values()) + GAP * (len(widths) - 1) > room and len(widths) > 2:
        # Of equally wide columns, the last.
        del widths[max(reversed([*widths][2:]), key=natural.__getitem__)]
    spare = room - sum(widths.values()) - GAP * (len(widths) - 1)
    for name in widths:
        more = max(0, min(natural[name] - widths[name], spare))
        widths[name] += more
        spare -= more
    return widths
