# /// script
# requires-python = ">=3.11"
# dependencies = ["distributed>=2024.1", "openrouter-analytics", "pyarrow>=16"]
# ///
"""Archive the activity of many accounts at once on a Dask cluster, as Parquet.

    python accounts.py keys/ archive/                             # on this machine
    python accounts.py keys/ archive/ --scheduler tcp://…:8786    # on an existing cluster

`keys/` has a file for each account, as Docker and Kubernetes mount secrets: its name is that of the
account, its content the management key. A task gets the path of the file, never the key. Its worker
reads the key and makes its own client, so the workers need both folders.

    archive/account=acme/month=2026-08/2026-08-23.parquet

Each day is one file, which a run replaces in one step. So you can repeat or interrupt a run, and no
day is duplicated, truncated or lost. An account that fails is retried, then reported. The others
continue.
Exit codes: 0 all done, 1 an account failed (stderr says which and why), 2 wrong arguments, 130
interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import logging
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

try:
    import distributed
    import pyarrow as pa
    import pyarrow.parquet as pq
    from openrouter_analytics import Client, errors
    from openrouter_analytics.models import ActivityItem
except ImportError as error:
    sys.exit(f"accounts: {error}: pip install distributed openrouter-analytics pyarrow")
except KeyboardInterrupt:
    sys.exit(130)

RETRIES = 2
"""How often Dask runs the task of an account again, after the client's own retries."""

HOPELESS = (errors.ConfigurationError, errors.AuthenticationError, errors.PermissionDeniedError)
"""The errors that a retry cannot repair."""

FIELDS: dict[str, pa.DataType] = {
    "date": pa.date32(),
    "model": pa.string(),
    "model_permaslug": pa.string(),
    "endpoint_id": pa.string(),
    "provider_name": pa.string(),
    "usage": pa.float64(),
    "byok_usage_inference": pa.float64(),
    "requests": pa.float64(),
    "prompt_tokens": pa.float64(),
    "completion_tokens": pa.float64(),
    "reasoning_tokens": pa.float64(),
}
# All other fields of a row, such as cached_tokens, are kept as JSON.
SCHEMA = pa.schema({**FIELDS, "other": pa.string()})


def row(item: ActivityItem) -> dict[str, Any]:
    """Return an item as a row of a file."""
    fields = item.to_dict() | {"date": item.date}
    return {name: fields.pop(name, None) for name in FIELDS} | {"other": json.dumps(fields)}


def write(items: list[ActivityItem], path: Path) -> None:
    """Write a Parquet file, complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=path.parent) as folder:
        written = Path(folder, "part")  # not *.parquet, in case a kill leaves it there
        # Rows that differ in any field are different rows. Exact duplicates are one row.
        rows = {json.dumps(item.to_dict(), sort_keys=True): row(item) for item in items}
        pq.write_table(pa.Table.from_pylist([*rows.values()], SCHEMA), written)
        written.replace(path)


def archive(key_file: Path, folder: Path) -> str:
    """Archive one account and return a report."""
    with Client(key_file.read_text("utf-8", errors="replace").strip()) as client:
        items = client.analytics.get_user_activity().data
    days: defaultdict[dt.date, list[ActivityItem]] = defaultdict(list)
    for item in items:
        days[item.date].append(item)
    account = folder / f"account={quote(key_file.name, safe='')}"
    for day, of_day in sorted(days.items()):
        write(of_day, account / f"month={day:%Y-%m}" / f"{day}.parquet")
    return f"{len(items)} rows of {len(days)} days"


def task(key_file: Path, folder: Path) -> str | Exception:
    """Archive one account in a worker. Return, not raise, an error that Dask must not retry."""
    try:
        return archive(key_file, folder)
    except HOPELESS as error:
        return error


def key_files(text: str) -> list[Path]:
    """Return the key files of a folder."""
    if not text:  # an empty path would be the current folder
        raise argparse.ArgumentTypeError("expected the name of a folder")
    try:  # the workers need absolute paths
        found = sorted(path for path in Path(text).resolve().iterdir() if path.is_file())
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text}: {error.strerror}") from error
    if not (named := [path for path in found if not path.name.startswith(".")]):
        raise argparse.ArgumentTypeError(f"{text}: no key files")
    return named


def printable(name: str) -> str:
    """Return a name without characters that change a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def count(text: str) -> int:
    """Read a number of workers. Without any, Dask would wait for ever."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1 is needed")
    return number


def run(key_files: list[Path], folder: Path, cluster: distributed.Client) -> int:
    """Archive all accounts, report each, and return how many failed."""
    # Dask would not run a pure function again: it keeps the result.
    futures = [
        cluster.submit(task, file, folder, retries=RETRIES, pure=False) for file in key_files
    ]
    failed = 0
    for key_file, future in zip(key_files, futures, strict=True):
        outcome, name = future.exception() or future.result(), printable(key_file.name)
        if isinstance(outcome, BaseException):
            failed += 1
            print(f"{name}: FAILED:", *str(outcome).split(), file=sys.stderr)
        else:
            with contextlib.suppress(BrokenPipeError):  # go on without a reader, such as head
                print(f"{name}: {outcome}", flush=True)
    return failed


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("keys", type=key_files, help="a folder with a file for each account")
    parser.add_argument("folder", type=Path, help="where the Parquet files go")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--scheduler", help="its address (default: a local cluster)")
    where.add_argument("--workers", type=count, default=4, help="at most (default: 4)")
    arguments = parser.parse_args()
    options: dict[str, Any] = {"address": arguments.scheduler}
    if arguments.scheduler is None:
        options = {
            "n_workers": min(arguments.workers, len(arguments.keys)),
            "threads_per_worker": 1,
            "processes": False,  # processes would print tracebacks on Ctrl+C
            "dashboard_address": "127.0.0.1:0",  # any free port
            "silence_logs": logging.CRITICAL,  # failures are reported below, once
        }
    try:
        cluster = distributed.Client(**options)
        failed = run(arguments.keys, arguments.folder.resolve(), cluster)
        cluster.close()
    except KeyboardInterrupt:  # without a close, which would wait for the tasks
        return 130  # the code of a program that SIGINT ends
    except (OSError, ValueError) as error:  # a scheduler that cannot be reached, or no address
        print("accounts:", *str(error).split(), file=sys.stderr)
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    # Not sys.exit: it would write to a closed pipe or a full disk again.
    os._exit(main())
