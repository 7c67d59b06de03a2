# /// script
# requires-python = ">=3.11"
# dependencies = ["duckdb>=1.2", "openrouter-analytics"]
# ///
"""Keep the activity of every day in a DuckDB file, beyond the API's window of 30 days.

    python archive.py update    # fetch the last 30 completed UTC days; from cron, once a day
    python archive.py costs     # what did each model cost per month?

`update` replaces the days that it fetched in one transaction. So you can run it as often as you
like, interrupt it, and run it again. It does not change other days.
The key is read from OPENROUTER_MANAGEMENT_KEY. Exit codes: 0 done, 1 failed (stderr says why).
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from openrouter_analytics import Client, errors
from openrouter_analytics.models import ActivityItem

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
        print(f"There are none between {last} and {days[0]}: no activity, or no update in time.")


def costs(path: Path) -> None:
    """Print what each model cost per month, in USD."""
    with duckdb.connect(path, read_only=True) as archive:
        for month, model, usd, requests in archive.execute(COSTS).fetchall():
            print(f"{month}  {model:34} {usd:10,.2f} USD {requests:10,.0f} requests")


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("command", choices=["update", "costs"])
    parser.add_argument("--file", type=Path, default=Path("activity.duckdb"))
    arguments = parser.parse_args()
    try:
        {"update": update, "costs": costs}[arguments.command](arguments.file)
    except (errors.ConfigurationError, errors.APIError, duckdb.Error, OSError) as error:
        print("archive:", " ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
