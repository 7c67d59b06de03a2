"""Print what an account spent in the last 30 completed UTC days, by model and by day.

By default the demo starts the sandbox and uses its made-up account. With `BASE_URL` in the
environment it calls that server, and with `LIVE=1` and no `BASE_URL` the live API. Both need a key
in `OPENROUTER_MANAGEMENT_KEY` or `OPENROUTER_API_KEY`. Exit codes: 0 done, 1 failed (stderr says
why), 130 interrupted.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import math
import os
import sys
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, cast

try:
    from openrouter_analytics import Client, errors
    from openrouter_analytics.models import ActivityItem, ActivityResponse
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text
except ImportError as error:
    sys.exit(f"demo: {error}: pip install openrouter-analytics rich")
except KeyboardInterrupt:
    sys.exit(130)

if TYPE_CHECKING:
    import io

CHART_HEIGHT = 8


@contextlib.contextmanager
def connect() -> Generator[tuple[Client, str]]:
    """Yield a client and the name of its server, and stop the sandbox afterwards."""
    base_url = os.environ.get("BASE_URL") or None
    if base_url or os.environ.get("LIVE") == "1":
        with Client(base_url=base_url) as client:
            yield client, base_url or "the live API"
        return
    # The sandbox is not part of the package. It is next to this folder.
    sys.path.append(str(Path(__file__).parents[1]))
    import sandbox

    with (
        sandbox.serve() as server,
        Client(
            api_key=sandbox.MANAGEMENT_KEY,
            base_url=server.base_url,
            # A proxy cannot reach this machine's loopback interface.
            httpx_args={"trust_env": False},
        ) as client,
    ):
        yield client, f"the sandbox at {server.base_url}"


def compact(count: float) -> str:
    """Return a count in a few characters, such as `12.3M`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if count >= size:
            return f"{count / size:.1f}{unit}"
    return f"{count:.0f}"


def cached_tokens(item: ActivityItem) -> float:
    """Return a field that the document does not name. The client keeps such fields."""
    value = item.additional_properties.get("cached_tokens")
    return value if isinstance(value, int | float) else 0


def cells(items: list[ActivityItem]) -> list[str]:
    """Return the numbers of one line of the table."""
    return [
        f"{sum(item.requests for item in items):,.0f}",
        compact(sum(item.prompt_tokens for item in items)),
        compact(sum(cached_tokens(item) for item in items)),
        compact(sum(item.completion_tokens for item in items)),
        f"{spend(items):,.2f}",
    ]


def spend(items: list[ActivityItem]) -> float:
    """Return the cost of the rows, in USD."""
    return math.fsum(item.usage for item in items)


def model_table(activity: ActivityResponse) -> Table:
    """Return cost and tokens by model, highest cost first, with a line of totals."""
    by_model: defaultdict[str, list[ActivityItem]] = defaultdict(list)
    for item in activity.data:
        by_model[item.model].append(item)
    table = Table(box=SIMPLE_HEAD, show_footer=True, padding=0)
    # A narrow terminal shortens names, never numbers.
    table.add_column("Model", "Total", overflow="ellipsis")
    headings = ("Requests", "Prompt", "Cached", "Completion", "USD")
    for heading, total in zip(headings, cells(activity.data), strict=True):
        table.add_column(heading, total, justify="right", no_wrap=True)
    for model, items in sorted(by_model.items(), key=lambda pair: -spend(pair[1])):
        table.add_row(Text(model), *cells(items))
    return table


def day_chart(activity: ActivityResponse) -> list[str]:
    """Return the lines of a bar chart of cost per day, including days without cost."""
    by_day: defaultdict[dt.date, list[ActivityItem]] = defaultdict(list)
    for item in activity.data:
        by_day[item.date].append(item)
    first, last = min(by_day), max(by_day)
    days = [first + dt.timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    amounts = [spend(by_day[day]) for day in days]
    top = max(amounts) or 1.0
    blocks = "▁▂▃▄▅▆▇█"
    lines: list[str] = []
    for level in reversed(range(CHART_HEIGHT)):
        label = f"{top * (level + 1) / CHART_HEIGHT:9,.2f}"
        # The part of this level that each bar fills, in eighths.
        fills = [round(8 * (CHART_HEIGHT * amount / top - level)) for amount in amounts]
        bars = (blocks[min(fill, 8) - 1] if fill > 0 else " " for fill in fills)
        lines.append(f"{label} {' '.join(bars)}".rstrip())
    axis = 2 * len(days) - 1
    lines.append(f"{'':9} {first:%d %b}{f'{last:%d %b}':>{max(axis - 6, 7)}}")
    return lines


def show(activity: ActivityResponse, name: str) -> None:
    """Print the table and the chart."""
    # An encoding without bars shows question marks. A closed output is None.
    if output := cast("io.TextIOWrapper | None", sys.stdout):
        output.reconfigure(errors="replace")
    console = Console(highlight=False, markup=False)
    console.print(f"The last 30 completed UTC days, from {name}", soft_wrap=True)
    if not activity.data:
        console.print("There was no activity.")
        return
    console.print(model_table(activity))
    console.print("USD per day", style="bold")
    console.print("\n".join(day_chart(activity)), style="green", soft_wrap=True)


def main() -> int:
    """Fetch, print, and return the exit code."""
    try:
        with connect() as (client, name):
            activity = client.analytics.get_user_activity()
        show(activity, name)
    except (BrokenPipeError, SystemExit):  # rich exits when the pipe is broken
        return 0  # the reader, such as head, has read enough
    except KeyboardInterrupt:
        return 130  # the code of a program that SIGINT ends
    except (errors.ConfigurationError, errors.APIError, OSError, OverflowError) as error:
        print("demo:", *str(error).split(), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # Not sys.exit: it would write to a closed pipe or a full disk again.
    os._exit(main())
