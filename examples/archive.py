# /// script
# requires-python = ">=3.11"
# dependencies = ["duckdb>=1.2", "openrouter-analytics"]
# ///
"""Keep the activity of every day in a DuckDB file, beyond the API's window of 30 days.

    python archive.py update    # fetch the last 30 completed UTC days; from cron, once a day
    python archive.py costs     # what did each model cost per month?

`update` replaces the days that it fetched in one transaction. So you can run it as often as you
like, interrupt it, and run it again. It does not change other days.
The key is read from OPENROUTER_MANAGEMENT_KEY. Exit codes: 0 done, 1 failed (stderr says why), 130
interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import errno
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

try:
    import duckdb
    from openrouter_analytics import Client, errors
    from openrouter_analytics.models import ActivityItem
except ImportError as error:
    sys.exit(f"archive: {error}: pip install duckdb openrouter-analytics")
except KeyboardInterrupt:
    sys.exit(130)

FIELDS = {
    "date": "DATE",
    "model": "VARCHAR",
    "model_permaslug": "VARCHAR",
    "endpoint_id": "VARCHAR",
    "provider_name": "VARCHAR",
    "usage": "DOUBLE",
    "byok_usage_inference": "DOUBLE",
    "requests": "DOUBLE",
    "prompt_tokens": "DOUBLE",
    "completion_tokens": "DOUBLE",
    "reasoning_tokens": "DOUBLE",
}
# All other fields of a row, such as cached_tokens, are kept as JSON.
COLUMNS = {**FIELDS, "other": "JSON"}

CREATE = f"CREATE TABLE IF NOT EXISTS activity ({', '.join(map(' '.join, COLUMNS.items()))})"
DELETE = "DELETE FROM activity WHERE date IN (SELECT unnest(?))"
INSERT = "INSERT INTO activity SELECT unnest(from_json(?, ?), max_depth := 2)"
COSTS = """
    SELECT strftime(date, '%Y-%m') AS month, model,
        round(sum(usage), 2) AS usd, sum(requests) AS requests
    FROM activity
    GROUP BY ALL
    ORDER BY month, usd DESC, model
"""
DAYS = """
    SELECT strftime(date, '%Y-%m') AS month, count(DISTINCT date), day(last_day(any_value(date)))
    FROM activity
    GROUP BY month
"""


def row(item: ActivityItem) -> dict[str, Any]:
    """Return an item as a row of the table."""
    fields = item.to_dict()
    return {name: fields.pop(name, None) for name in FIELDS} | {"other": fields}


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Open the archive, and create it if there is none."""
    if not path.exists():
        # DuckDB cannot read a file if it was killed while creating it. So create an empty file
        # elsewhere and link it into place. A link never replaces a file of another run.
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            made = Path(folder, path.name)
            duckdb.connect(made).close()
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(made)
    return duckdb.connect(path)


def store(archive: duckdb.DuckDBPyConnection, items: list[ActivityItem]) -> list[dt.date]:
    """Replace all days of these items in one transaction, and return the days, sorted.

    After an error the transaction is still open. Closing the connection rolls it back.
    """
    days = sorted({item.date for item in items})
    # Rows that differ in any field are different rows. Exact duplicates are one row.
    rows = {json.dumps(item.to_dict(), sort_keys=True): row(item) for item in items}
    archive.begin()
    archive.execute(CREATE)
    archive.execute(DELETE, [days])
    archive.execute(INSERT, [json.dumps([*rows.values()]), json.dumps([COLUMNS])])
    archive.commit()
    return days


def update(path: Path) -> None:
    """Fetch the last 30 days and store them."""
    with Client() as client:
        items = client.analytics.get_user_activity().data
    if not items:
        print("There was no activity.")
        return
    with connect(path) as archive:
        days = store(archive, items)
        before = archive.execute("SELECT max(date) FROM activity WHERE date < ?", days[:1])
        [last] = before.fetchone() or (None,)
    print(f"{len(items)} rows of {len(days)} days, {days[0]} to {days[-1]}, are in {path}")
    if last and days[0] - last > dt.timedelta(days=1):
        gap = f"There are none between {last} and {days[0]}: no activity, or no update in time."
        print(gap, file=sys.stderr)  # cron mails it


def costs(path: Path) -> None:
    """Print what each model cost per month, in USD. Mark months of which days are missing."""
    if not path.exists():
        raise FileNotFoundError(errno.ENOENT, "there is no archive yet: run update first", path)
    with duckdb.connect(path, read_only=True) as archive:
        rows = archive.execute(COSTS).fetchall()
        marks = {
            month: f"  ({days} of {whole} days)"
            for month, days, whole in archive.execute(DAYS).fetchall()
            if days < whole
        }
    for month, model, usd, requests in rows:
        mark = marks.get(month, "")
        print(f"{month}  {model:34} {usd:10,.2f} USD {requests:10,.0f} requests{mark}")


def failed(why: str) -> int:
    """Print the reason in one line and return the exit code."""
    print("archive:", *why.split(), file=sys.stderr)
    return 1


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("command", choices=["update", "costs"])
    parser.add_argument("--file", type=Path, default=Path("activity.duckdb"))
    arguments = parser.parse_args()
    try:
        {"update": update, "costs": costs}[arguments.command](arguments.file)
        print(end="", flush=True)
    except BrokenPipeError:
        return 0  # the reader, such as head, has read enough
    except KeyboardInterrupt:
        return 130  # the code of a program that SIGINT ends
    except (errors.ConfigurationError, errors.APIError) as error:
        return failed(str(error))
    except duckdb.Error as error:
        return failed(f"{arguments.file}: {error}")
    except OSError as error:
        return failed(f"{arguments.file if error.filename else 'stdout'}: {error.strerror}")
    return 0


if __name__ == "__main__":
    # Not sys.exit: it would write to a closed pipe or a full disk again.
    os._exit(main())
