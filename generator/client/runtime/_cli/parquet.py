"""Parquet files, which pyarrow writes."""

from __future__ import annotations

import datetime
import importlib
import itertools
from collections.abc import Mapping
from typing import Any, BinaryIO

from .columns import Columns, Hide, Kind, json_text, record
from .failure import Code, CommandError
from .transfer import Track

BATCH = 65_536
"""How many rows a row group of Parquet has."""


def write_parquet(
    result: Any, columns: Columns, stream: BinaryIO, track: Track, hide: Hide
) -> None:
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
    rows = columns.rows_of(result)
    kinds = columns.of(rows)
    schema = pyarrow.schema([(name, types[kind]) for name, kind in kinds.items()])
    records = map(record, track(rows, len(rows)))
    try:
        with parquet.ParquetWriter(stream, schema) as file:
            while batch := list(itertools.islice(records, BATCH)):
                arrays = [
                    pyarrow.array(
                        [_value(record.get(name), kind, hide) for record in batch],
                        types[kind],
                    )
                    for name, kind in kinds.items()
                ]
                file.write_batch(pyarrow.record_batch(arrays, schema=schema))
    except (OverflowError, pyarrow.ArrowInvalid) as error:
        raise CommandError(Code.OUTPUT, f"a value does not fit into Parquet: {error}") from None


def _value(value: Any, kind: Kind, hide: Hide) -> Any:
    match kind, value:
        case _, None:
            return None
        case "date", str():
            return datetime.date.fromisoformat(value)
        case "date-time", str():
            return datetime.datetime.fromisoformat(value)
        case "number", _:
            return float(value)
        case "text", str():
            # UTF-8 cannot encode half a surrogate pair.
            return hide(value).encode("utf-8", "backslashreplace").decode()
        case "text", _:
            return hide(json_text(value)).encode("utf-8", "backslashreplace").decode()
        case _:
            return value
