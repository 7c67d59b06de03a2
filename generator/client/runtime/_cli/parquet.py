"""Parquet files, which pyarrow writes."""

from __future__ import annotations

import datetime
import importlib
import itertools
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, BinaryIO

from .columns import Hide, Kind, json_text, record
from .failure import Code, CommandError

BATCH = 65_536
"""How many rows a row group of Parquet has."""


def write_parquet(
    rows: Iterable[Any], kinds: Mapping[str, Kind], stream: BinaryIO, hide: Hide
) -> None:
    """Write rows as a file of Parquet, in batches."""
    pyarrow: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    types: Mapping[Kind, Any] = {
        "boolean": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "date-time": pyarrow.timestamp("us", tz="UTC"),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "text": pyarrow.string(),
    }
    schema = pyarrow.schema([(name, types[kind]) for name, kind in kinds.items()])
    records = map(record, rows)
    try:
        with parquet.ParquetWriter(stream, schema) as file:
            while batch := list(itertools.islice(records, BATCH)):
                arrays = [
                    pyarrow.array(
                        _values([record.get(name) for record in batch], kind, hide),
                        types[kind],
                    )
                    for name, kind in kinds.items()
                ]
                file.write_batch(pyarrow.record_batch(arrays, schema=schema))
    except (OverflowError, pyarrow.ArrowInvalid) as error:
        raise CommandError(Code.OUTPUT, f"a value does not fit into Parquet: {error}") from None


def _values(values: list[Any], kind: Kind, hide: Hide) -> list[Any]:
    """The values of a column as pyarrow takes them."""
    if kind == "text" and {*map(type, values)} == {str}:
        together = "\n".join(values)
        if together.isascii() and hide(together) == together:
            return values
    convert = partial(_text, hide=hide) if kind == "text" else _CONVERTERS.get(kind)
    if convert is None:
        return values
    return [value if value is None else convert(value) for value in values]


def _text(value: Any, hide: Hide) -> str:
    text = hide(value if isinstance(value, str) else json_text(value))
    # UTF-8 cannot encode half a surrogate pair.
    return text.encode("utf-8", "backslashreplace").decode()


_CONVERTERS: Mapping[Kind, Callable[[Any], Any]] = {
    "date": lru_cache(1024)(datetime.date.fromisoformat),
    "date-time": datetime.datetime.fromisoformat,
    "number": float,
}
"""Convert a JSON value to the value of a column, for the kinds where the two differ."""
