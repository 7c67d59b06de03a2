"""Questions about rows: which of them, in what order, and the sums of groups."""

from __future__ import annotations

import csv
import datetime
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
        options: By question, the name of its option.
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
            given: By question, the name of its option and the value.

        Raises:
            CommandError: A value is wrong.
        """
        asked: dict[str, Any] = {}
        for name, (option, value) in given.items():
            try:
                if name in ("since", "until"):
                    asked[name] = datetime.date.fromisoformat(encode.date(value))
                elif name != "top":
                    asked[name] = _names(value)
                elif value < 1:
                    raise ValueError("expected 1 or more")
                else:
                    asked[name] = value
            except (ValueError, csv.Error) as error:
                raise CommandError(Code.USAGE, f"{option}: {error}") from None
        options = {name: option for name, (option, _) in given.items()}
        return cls(options=options, **asked) if asked else None

    def answer(self, rows: Iterable[Any], columns: Columns) -> tuple[list[Any], Columns]:
        """The rows that answer the questions, and their columns.

        Without rows, this finds what is wrong before there are any.

        Raises:
            CommandError: A column is unknown. One that the document does not name may be in rows.
        """
        documented = columns.of([])
        total = None
        if self.since or self.until:
            rows = self._between(rows, documented)
        if self.by:
            groups = grouped(rows, self.by, documented)
            rows, total = groups.rows, groups.total
            for name in self.by:
                if rows and name not in groups.columns:
                    self._refuse("by", name, groups.columns)
            columns = Columns({}, {dict: groups.kinds})
        found = [*rows]
        kinds = columns.of(found)
        keys = [(name.removeprefix("-"), name.startswith("-")) for name in self.sort]
        for question, names in (("sort", [name for name, _ in keys]), ("columns", self.columns)):
            for name in names:
                if name not in kinds and (found or name in documented):
                    self._refuse(question, name, kinds)
        for name, descending in reversed(keys):
            found.sort(key=_key(name, kinds.get(name), descending=descending), reverse=descending)
        return found[: self.top], evolve(columns, chosen=self.columns, total=total)

    def _refuse(self, question: str, name: str, known: Iterable[str]) -> None:
        after = f" after {self.options['by']}" if self.by and question != "by" else ""
        problem = f"no column {name!r}{after}; there are {', '.join(known)}"
        raise CommandError(Code.USAGE, f"{self.options[question]}: {problem}")

    def _between(self, rows: Iterable[Any], documented: Mapping[str, Kind]) -> Iterator[Any]:
        """The rows of these days. A row without a date is of no day."""
        column = date_column(documented)
        if column is None:
            option = self.options["since" if self.since else "until"]
            raise CommandError(Code.USAGE, f"{option}: no column is a date")
        is_moment = documented[column] == "date-time"
        first: Any = self.since or datetime.date.min
        last: Any = self.until or datetime.date.max
        if is_moment:
            first = datetime.datetime.combine(first, datetime.time.min, datetime.UTC)
            last = datetime.datetime.combine(last, datetime.time.max, datetime.UTC)
        read = (datetime.datetime if is_moment else datetime.date).fromisoformat
        for row in rows:
            text = record(row).get(column)
            if text and first <= read(text) <= last:
                yield row


def _names(text: str) -> list[str]:
    """The names in a list with commas. One that contains a comma is in quotes, as in CSV."""
    names = [name.strip() for line in csv.reader([text], skipinitialspace=True) for name in line]
    if not all(names) or not names:
        raise ValueError("expected names of columns, such as a,b")
    return [*dict.fromkeys(names)]


def date_column(documented: Mapping[str, Kind]) -> str | None:
    """The column of a row's day: the first of the document that is a date or a time."""
    found = (name for name, kind in documented.items() if kind in ("date", "date-time"))
    return next(found, None)


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
