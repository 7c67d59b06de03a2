"""Break the reference client on purpose: a consumer's check must notice each break."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.contract.harness import consumer, reference


class Break(NamedTuple):
    """One edit of the package."""

    name: str  # what is broken
    file: str  # the file to edit
    old: str  # the text whose first occurrence is replaced
    new: str  # the replacement


_ITEM = "models/activity_item.py"
_OPERATION = "api/analytics/get_user_activity.py"

BREAKS = (
    *(
        Break(
            f"validation dropped for type {name}",
            "_decode.py",
            f'raise invalid("{name}", value)',
            "return value",
        )
        for name in ("string", "integer", "number", "array", "object", "date")
    ),
    Break(
        "validation dropped for null",
        "_decode.py",
        "return lambda value: None if value is None else decoder(value)",
        "return lambda value: value",
    ),
    Break("no field required", "_decode.py", "raise missing(absent) from None", "return None"),
    Break("no field of a row required", _ITEM, "raise decode.missing(absent) from None", "pass"),
    Break(
        "a text of a row not checked",
        _ITEM,
        'value = decode.required(data, "model", decode.string)',
        "pass",
    ),
    Break("an infinite number of a row taken", _ITEM, " and isfinite(value)", ""),
    Break("NaN taken for a number", "_decode.py", ", parse_constant=no_constant", ""),
    Break(
        "unknown fields of a row dropped",
        _ITEM,
        "decode.keep(self, data, _MEMBERS, len(data) - 11)",
        "pass",
    ),
    Break(
        "unknown fields dropped everywhere",
        "_decode.py",
        "        model._unknown_value = data[name]\n",
        "",
    ),
    Break(
        "unknown fields not given back",
        _ITEM,
        "unknown = self.additional_properties",
        "unknown = {}",
    ),
    Break(
        "date read as a string",
        _ITEM,
        'value = decode.required(data, "date", decode.date)',
        'value = decode.required(data, "date", decode.string)',
    ),
    Break(
        "None returned on 401",
        "_base_client.py",
        "        if not 200 <= received.status_code < 300:\n",
        "        if received.status_code == 401:\n            return None\n"
        "        if not 200 <= received.status_code < 300:\n",
    ),
    Break(
        "None returned on every error",
        "_base_client.py",
        "            raise self._status_error(operation, received)\n        try:",
        "            return None\n        try:",
    ),
    Break(
        "an error under 200 not raised",
        "_base_client.py",
        "        if operation.is_error(breach, received.content, received.content_type):\n",
        "        if False:\n",
    ),
    Break("retry on POST", "_retry.py", '"OPTIONS", "PUT"', '"OPTIONS", "POST", "PUT"'),
    Break("no retry", "_retry.py", "max_retries if method in IDEMPOTENT_METHODS else 0", "0"),
    Break("wrong query name", _OPERATION, 'add_query("date"', 'add_query("day"'),
    Break("no query", _OPERATION, '    request.add_query("date", date, encode.date)\n', ""),
    Break(
        "key header missing",
        "_base_client.py",
        "        self._keys.add_to(request, operation.security)\n",
        "",
    ),
    Break("key in another header", "client.py", 'header="Authorization"', 'header="X-Api-Key"'),
    Break("key without its scheme", "client.py", 'prefix="Bearer "', 'prefix=""'),
    Break("another server", "_package.py", "https://openrouter.ai/api/v1", "https://openrouter.ai"),
)


def noticed_by(broken: Break | None) -> str | None:
    """The first check that fails with a broken copy of the package, or None.

    Raises:
        LookupError: The text to replace is not there. The code has changed: write the break anew.
    """
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "broken"
        shutil.copytree(reference.package(), copy, ignore=shutil.ignore_patterns("__pycache__"))
        if broken is not None:
            text = (copy / broken.file).read_text("utf-8")
            if broken.old not in text:
                raise LookupError(f"{broken.name}: {broken.file} does not contain {broken.old!r}")
            (copy / broken.file).write_text(text.replace(broken.old, broken.new, 1), "utf-8")
        return consumer.failing_in(copy)
