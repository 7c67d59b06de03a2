"""The options that select, sort and add up rows, such as ``--by``: here called questions."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, frozen

from .. import _encode as encode
from .columns import Columns, Kind, record
from .failure import Code, CommandError
from .sums import comparable, grouped


@frozen(kw_only=True)
class Questions:
    """What the command line asks of rows.

    Attributes:
        options: The name of the option, by the name of the attribute below.
        columns: The columns, in this order.
        sort: The columns to sort by; a hyphen before one is for descending order.
        by: The columns to group by.
        since: The first day.
        until: The last day.
        top: How many rows to keep.
    """

    options: Mapping[str, str]
    columns: Sequence[str] = ()
    sort: Sequence[str] = ()
    by: Sequence[str] = ()
    since: datetime.date | None = None
    until: datetime.date | None = None
    top: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, tuple[str, Any]]) -> Questions | None:
        """The questions of options, or None if there are none.

        Args:
            given: The name of the option and its value, by the name of the attribute.

        Raises:
            CommandError: A value is wrong.
        """
        asked: dict[str, Any] = {}
        for name, (option, value) in given.items():
            try:
                asked[name] = _READ.get(name, _names)(value)
            except (ValueError, csv.Error) as error:
                raise CommandError(Code.USAGE, f"{option}: {error}") from None
        options = {name: option for name, (option, _) in given.items()}
        if {"since", "until"} <= asked.keys() and asked["since"] > asked["until"]:
            problem = f"{asked['since']} is after {asked['until']} of {options['until']}"
            raise CommandError(Code.USAGE, f"{options['since']}: {problem}")
        return cls(options=options, **asked) if asked else None

    def answer(self, rows: Iterable[Any], columns: Columns) -> tuple[list[Any], Columns]:
        """The rows that answer the questions, and their columns.

        A call without rows finds mistakes before the request is sent.

        Raises:
            CommandError: A column is unknown. One that the document does not name may be in rows.
        """
        documented = columns.of([])
        grouped_columns: Iterable[str] = ()
        if self.since or self.until:
            rows = self._between(rows, documented)
        if self.by:
            rows, columns, grouped_columns = grouped(rows, self.by, documented)
        found = [*rows]
        kinds = columns.of(found)
        sort = [(name.removeprefix("-"), name.startswith("-")) for name in self.sort]
        for question, names, known in (
            ("by", self.by, grouped_columns),
            ("sort", [name for name, _ in sort], kinds),
            ("columns", self.columns, kinds),
        ):
            for name in names:
                if name not in known and (found or name in documented):
                    after = f" after {self.options['by']}" if self.by and known is kinds else ""
                    problem = f"no column {name!r}{after}; there are {', '.join(known)}"
                    raise CommandError(Code.USAGE, f"{self.options[question]}: {problem}")
        for name, descending in reversed(sort):
            found.sort(key=_key(name, kinds.get(name), descending=descending), reverse=descending)
        return found[: self.top], evolve(columns, chosen=self.columns)

    def _between(self, rows: Iterable[Any], documented: Mapping[str, Kind]) -> Iterator[Any]:
        """The rows of these days, without those that have no date."""
        column = date_column(documented)
        if column is None:
            option = self.options["since" if self.since else "until"]
            raise CommandError(Code.USAGE, f"{option}: no column is a date")
        first: Any = self.since or datetime.date.min
        last: Any = self.until or datetime.date.max
        read: Callable[[str], Any] = datetime.date.fromisoformat
        if documented[column] == "date-time":
            first = datetime.datetime.combine(first, datetime.time.min, datetime.UTC)
            last = datetime.datetime.combine(last, datetime.time.max, datetime.UTC)
            read = datetime.datetime.fromisoformat
        for row in rows:
            text = record(row).get(column)
            if text and first <= read(text) <= last:
                yield row


def date_column(documented: Mapping[str, Kind]) -> str | None:
    """The column of a row's day: the first of the document that is a date or a time."""
    found = (name for name, kind in documented.items() if kind in ("date", "date-time"))
    return next(found, None)


def _day(text: str | datetime.date) -> datetime.date:
    return datetime.date.fromisoformat(encode.date(text))


def _names(text: str) -> list[str]:
    """The names in a list with commas. One that contains a comma is in quotes, as in CSV."""
    lines = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    names = [name.strip() for line in lines for name in line]
    if not all(names) or not names:
        raise ValueError("expected names of columns, such as a,b")
    return [*dict.fromkeys(names)]


_READ: Mapping[str, Callable[[Any], Any]] = {"since": _day, "until": _day, "top": int}


def _key(name: str, kind: Kind | None, *, descending: bool) -> Callable[[Any], Any]:
    """The key to sort rows by a column. Rows without a value come last."""

    def key(row: Any) -> Any:
        value = record(row).get(name)
        if value is None:
            return not descending, 0, 0
        if kind == "date-time":
            return descending, 0, datetime.datetime.fromisoformat(value)
        return descending, *comparable(value)

    return key
