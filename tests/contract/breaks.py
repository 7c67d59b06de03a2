"""Break the client on purpose: each break must make a contract or a client test fail.

A break is one edit of a copy of `generated/`. pytest then runs against the copy: the contract's
tests of the client first, and those of `tests/client` if they let it pass.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.contract.contract import ROOT

GENERATED = ROOT / "generated"
PACKAGE = "openrouter_analytics"
SUITES = ("tests/contract/test_consumer.py", "tests/client")
_PATIENCE = 300


class Break(NamedTuple):
    """One edit.

    Attributes:
        name: What is broken.
        file: The file of the package.
        old: The text whose first occurrence is replaced.
        new: What it is replaced by.
    """

    name: str
    file: str
    old: str
    new: str

    @property
    def id(self) -> str:
        """Its name in a test report."""
        return self.name.replace(" ", "-")


_ITEM = "models/activity_item.py"

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
    Break(
        "validation dropped for what is required",
        "_decode.py",
        "raise missing(absent) from None",
        "return None",
    ),
    Break(
        "validation dropped for what a row requires",
        _ITEM,
        "raise decode.missing(absent) from None",
        "pass",
    ),
    Break(
        "a text of a row not checked",
        _ITEM,
        'value = decode.required(data, "model", decode.string)',
        "pass",
    ),
    Break("an infinite number of a row taken", _ITEM, " and isfinite(value)", ""),
    Break("NaN taken for a number", "_decode.py", ", parse_constant=_no_constant", ""),
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
    Break("unknown fields not given back", _ITEM, "{**self.additional_properties}", "{}"),
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
        "        if operation.is_error(breach, received.content, received.charset):\n",
        "        if False:\n",
    ),
    Break(
        "retry on POST",
        "_retry.py",
        '"OPTIONS", "PUT", "TRACE"',
        '"OPTIONS", "POST", "PUT", "TRACE"',
    ),
    Break(
        "no retry at all",
        "_retry.py",
        "max_retries if method in IDEMPOTENT_METHODS else 0",
        "0",
    ),
    Break(
        "wrong query name",
        "api/analytics/get_user_activity.py",
        'add_query("date"',
        'add_query("day"',
    ),
    Break(
        "query left out",
        "api/analytics/get_user_activity.py",
        '    request.add_query("date", date, encode.date)\n',
        "",
    ),
    Break(
        "key header missing",
        "_base_client.py",
        "                self._credentials[name].apply(request.headers, scheme)\n",
        "                pass\n",
    ),
    Break("key in another header", "client.py", 'header="Authorization"', 'header="X-Api-Key"'),
    Break("key without its scheme", "client.py", 'prefix="Bearer "', 'prefix=""'),
    Break("another server", "_package.py", "https://openrouter.ai/api/v1", "https://openrouter.ai"),
)


class Verdict(NamedTuple):
    """What came of a break.

    Attributes:
        broken: The break.
        test: The first test that failed, or None if none did.
    """

    broken: Break
    test: str | None


def apply(broken: Break, generated: Path) -> None:
    """Edit a copy of `generated/`.

    Raises:
        LookupError: The text to be replaced is not there: the templates have changed, and the break
            is to be written anew.
    """
    path = generated / PACKAGE / broken.file
    text = path.read_text("utf-8")
    if broken.old not in text:
        raise LookupError(f"{broken.name}: {broken.file} no longer holds {broken.old!r}")
    path.write_text(text.replace(broken.old, broken.new, 1), "utf-8")


def judge(broken: Break) -> Verdict:
    """Break a copy, and run the tests against it until one fails."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "generated"
        shutil.copytree(GENERATED, copy, ignore=shutil.ignore_patterns("__pycache__"))
        apply(broken, copy)
        return Verdict(broken, failing_test(copy))


def failing_test(generated: Path) -> str | None:
    """The first test that fails with the package of a folder, or None."""
    for suite in SUITES:
        if not list((ROOT / suite).parent.glob(Path(suite).name)):
            continue
        result = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=no", "-rfE"),
                *("-p", "no:cacheprovider", "-o", f"pythonpath=. {generated}", suite),
            ],
            cwd=ROOT,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        if found := re.search(r"^(?:FAILED|ERROR) (\S+)", result.stdout, re.MULTILINE):
            return found[1]
        if result.returncode not in {0, 5}:  # 5: the folder holds no tests yet
            raise RuntimeError(f"pytest could not run {suite}:\n{result.stdout}{result.stderr}")
    return None


def run(chosen: Iterable[Break] = BREAKS) -> list[Verdict]:
    """Try breaks, as many at once as there are processors: each is a process of its own."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(judge, chosen))
