"""Break the reference client on purpose: a consumer's check must notice each break."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.contract.harness import consumer, reference


class Break(NamedTuple):
    """One edit of the package."""

    file: str  # the file to edit
    name: str  # what is broken
    old: str  # the text whose first occurrence is replaced
    new: str  # the replacement


_EDITS: dict[str, list[tuple[str, str, str]]] = {
    "_decode.py": [
        *(
            (f"no validation of type {name}", f'raise invalid("{name}", value)', "return value")
            for name in ("string", "integer", "number", "array", "object", "date")
        ),
        (
            "no validation of what may be null",
            "return lambda value: None if value is None else decoder(value)",
            "return lambda value: value",
        ),
        ("no field required", "raise missing(absent) from None", "return None"),
        ("NaN taken for a number", ", parse_constant=no_constant", ""),
        ("unknown fields dropped", "        model._unknown_value = data[name]\n", ""),
    ],
    "models/activity_item.py": [
        ("no field of a row required", "raise decode.missing(absent) from None", "pass"),
        (
            "a text of a row not checked",
            'value = decode.required(data, "model", decode.string)',
            "pass",
        ),
        ("an infinite number of a row taken", " and isfinite(value)", ""),
        (
            "unknown fields of a row dropped",
            "decode.keep(self, data, _MEMBERS, len(data) - 11)",
            "pass",
        ),
        ("unknown fields not given back", "unknown = self.additional_properties", "unknown = {}"),
        ("date read as a string", '"date", decode.date)', '"date", decode.string)'),
    ],
    "_base_client.py": [
        (
            "None returned on 401",
            "        if not 200 <= received.status_code < 300:\n",
            "        if received.status_code == 401:\n            return None\n"
            "        if not 200 <= received.status_code < 300:\n",
        ),
        (
            "None returned on every error",
            "            raise self._status_error(operation, received)\n        try:",
            "            return None\n        try:",
        ),
        (
            "an error under 200 not raised",
            "if operation.is_error(breach, received.content, received.content_type):",
            "if False:",
        ),
        (
            "no key",
            "self._keys.add_to(request, operation.security)\n        return request\n",
            "return request\n",
        ),
    ],
    "_retry.py": [
        ("retry on POST", '"OPTIONS", "PUT"', '"OPTIONS", "POST", "PUT"'),
        ("no retry", "max_retries if method in IDEMPOTENT_METHODS else 0", "0"),
    ],
    "api/analytics/get_user_activity.py": [
        ("wrong query name", 'add_query("date"', 'add_query("day"'),
        ("no query", '    request.add_query("date", date, encode.date)\n', ""),
    ],
    "client.py": [
        ("key in another header", 'header="Authorization"', 'header="X-Api-Key"'),
        ("key without its scheme", 'prefix="Bearer "', 'prefix=""'),
    ],
    "_package.py": [
        ("another server", "https://openrouter.ai/api/v1", "https://openrouter.ai"),
    ],
}
"""What is broken, the text to replace, and its replacement, by file."""

BREAKS = [Break(file, *edit) for file, edits in _EDITS.items() for edit in edits]


def noticed_by(broken: Break | None) -> str | None:
    """The first check that fails with a broken copy of the package, or None.

    Raises:
        LookupError: The text to replace is not there. The code has changed: write the break anew.
        SyntaxError: The edited file is not valid Python, so any check would fail. Do likewise.
    """
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "broken"
        shutil.copytree(reference.package(), copy, ignore=shutil.ignore_patterns("__pycache__"))
        if broken is not None:
            text = (copy / broken.file).read_text("utf-8")
            if broken.old not in text:
                raise LookupError(f"{broken.name}: {broken.file} does not contain {broken.old!r}")
            edited = text.replace(broken.old, broken.new, 1)
            compile(edited, broken.file, "exec")
            (copy / broken.file).write_text(edited, "utf-8")
        return consumer.failing_in(copy)
