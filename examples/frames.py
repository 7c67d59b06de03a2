# /// script
# requires-python = ">=3.11"
# dependencies = ["openrouter-analytics", "pandas>=2.2", "polars>=1", "pyarrow>=16"]
# ///
"""Convert the last 30 days of activity to pandas, polars and Arrow, in one line each.

    python frames.py

Each row of the response becomes a row of the frame. Days are dates. Every field is a column, even
one that the client has no attribute for. The key is read from OPENROUTER_MANAGEMENT_KEY.
"""

from __future__ import annotations

import argparse
import os
import sys

try:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from openrouter_analytics import APIError, Client, ConfigurationError, records
    from openrouter_analytics.models import ActivityResponse
except ImportError as error:
    sys.exit(f"frames: {error}: pip install openrouter-analytics pandas polars pyarrow")
except KeyboardInterrupt:
    sys.exit(130)


def to_pandas(activity: ActivityResponse) -> pd.DataFrame:
    """Return a pandas frame. Days are `datetime64`, because pandas has no dates."""
    return pd.DataFrame(records(activity.data)).astype({"date": "datetime64[s]"})


def to_polars(activity: ActivityResponse) -> pl.DataFrame:
    """Return a polars frame, with types inferred from all rows, not from the first hundred."""
    return pl.DataFrame(records(activity.data), infer_schema_length=None)


def to_arrow(activity: ActivityResponse) -> pa.Table:
    """Return an Arrow table."""
    return pa.Table.from_pylist(records(activity.data))


def show(activity: ActivityResponse) -> None:
    """Print a result of each library."""
    by_week = to_pandas(activity).groupby([pd.Grouper(key="date", freq="W"), "provider_name"])
    print(by_week["usage"].sum().unstack().round(2).iloc[:, :4], end="\n\n")
    by_model = to_polars(activity).group_by("model").agg(pl.sum("usage", "requests"))
    print(by_model.sort("usage", descending=True).head(5), end="\n\n")
    table = to_arrow(activity)
    filled = [name for name in table.column_names if table[name].null_count < len(table)]
    print(table.select(sorted(filled)).schema, flush=True)


def main() -> int:
    """Fetch, print, and return the exit code."""
    argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0]).parse_args()
    try:
        with Client() as client:
            activity = client.analytics.get_user_activity()
        if activity.data:
            show(activity)
        else:
            print("There was no activity.", flush=True)
    except BrokenPipeError:
        return 0  # the reader, such as head, has read enough
    except KeyboardInterrupt:
        return 130  # the code of a program that SIGINT ends
    except (ConfigurationError, APIError, OSError) as error:
        print("frames:", *str(error).split(), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # Not sys.exit: it would write to a closed pipe or a full disk again.
    os._exit(main())
