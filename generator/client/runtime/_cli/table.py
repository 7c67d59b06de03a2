"""Tables: whole ones for a file or a pipe, and ones that fit a terminal."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TextIO

from rich.cells import cell_len, set_cell_size

from .._text import printable
from .columns import NUMBERS, Hide, Kind, cells
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


def write_table(
    rows: Collection[Any],
    kinds: Mapping[str, Kind],
    sums: Mapping[str, Any],
    text: TextIO,
    track: Track,
    hide: Hide,
    *,
    terminal: bool,
) -> None:
    """Write rows in aligned columns; on a terminal those that fit it, and the names of others."""
    shown = [*itertools.islice(rows, MOST_ROWS)] if terminal else rows
    # A header on several lines leaves more room for the values.
    headers = {
        name: printable(name).replace("_", "_\n" if terminal else "_").split("\n") for name in kinds
    }
    longest = [max(map(cell_len, lines)) for lines in headers.values()]
    total = {**dict.fromkeys(kinds, "total"), **sums}
    for row in cells([*shown, total] if sums else shown, [*kinds], hide):
        lengths = map(cell_len, map(_text, row))
        longest = [max(pair) for pair in zip(longest, lengths, strict=True)]
    widths = dict(zip(kinds, longest, strict=True))
    if terminal:
        widths = fitting(widths, kinds, shutil.get_terminal_size().columns)
    header = itertools.zip_longest(*(headers[name] for name in widths))
    rule = [["─" * width for width in widths.values()]]
    body = cells(track(shown, len(rows)), [*widths], hide)
    lines: Iterator[Iterable[Any]] = itertools.chain(header, rule * terminal, body)
    if sums:
        for name in [name for name in widths if name not in sums][1:]:
            del total[name]
        lines = itertools.chain(lines, rule, cells([total], [*widths], hide))
    for line in lines:
        padded = [
            _fitted(_text(cell), width, right=kinds[name] in NUMBERS)
            for cell, (name, width) in zip(line, widths.items(), strict=True)
        ]
        text.write((" " * GAP).join(padded).rstrip() + "\n")
    left_out = [printable(name) for name in kinds if name not in widths]
    if left_out:
        text.write(f"Not shown, because the terminal is too narrow: {', '.join(left_out)}.\n")
    if len(rows) > len(shown):
        text.write(f"Not shown: {len(rows) - MOST_ROWS:,} more rows.\n")
    if left_out or len(rows) > len(shown):
        text.write("A table in a file or a pipe, and the other formats, have everything.\n")


def _text(cell: Any) -> str:
    return "" if cell is None else printable(str(cell))


def _fitted(text: str, width: int, *, right: bool) -> str:
    """A text in a cell of this width, with … where it is cut. A number keeps its exponent."""
    length = cell_len(text)
    if length > width:
        end = f"…{text[text.rindex('e') :]}" if right and "e" in text else "…"
        text = set_cell_size(text, width - len(end)).rstrip() + end
        length = cell_len(text)
    space = " " * (width - length)
    return space + text if right else text + space


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
    # Of the first columns, leave out texts before numbers, but never the first column.
    names[1:FIRST] = sorted(names[1:FIRST], key=is_text)
    for index, name in enumerate(names):
        wanted = least if index < FIRST else readable
        if not shown or _total(wanted, {*shown, name}) <= room:
            shown.add(name)
    widths = {name: min(least[name], room) for name in natural if name in shown}
    spare = room - _total(widths, shown)
    for goal in (readable, natural):
        # Numbers and dates get their space before texts: a number that is cut misleads.
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
