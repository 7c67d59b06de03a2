# /// script
# requires-python = ">=3.11"
# dependencies = ["matplotlib>=3.8", "openrouter-analytics"]
# ///
"""Draw the cost of the last 30 days, by day and model, as PNG, SVG or PDF.

    python chart.py spend.png

Each of the models that cost most has its own colour; all others share one. The key is read from
OPENROUTER_MANAGEMENT_KEY. Exit codes: 0 drawn, 1 failed (stderr says why), 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from matplotlib.figure import Figure
from openrouter_analytics import Client, errors
from openrouter_analytics.models import ActivityItem

# Okabe and Ito's colours, which colour-blind people can tell apart. The highest cost is first.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#F0E442")
OTHER = "#BBBBBB"

ENDINGS = (".png", ".svg", ".pdf")


def picture(text: str) -> Path:
    """Read the name of a file. Its ending is the format."""
    path = Path(text)
    if path.suffix.lower() not in ENDINGS:
        raise argparse.ArgumentTypeError(f"{text}: the ending must be one of {', '.join(ENDINGS)}")
    return path


def spend(items: list[ActivityItem]) -> dict[str, dict[dt.date, float]]:
    """Return USD by model and day. The highest costs come first; `other` is the rest."""
    total: defaultdict[str, float] = defaultdict(float)
    for item in items:
        total[item.model] += item.usage
    named = sorted(total, key=lambda model: -total[model])[: len(COLOURS)]
    table: dict[str, dict[dt.date, float]] = {model: defaultdict(float) for model in named}
    for item in items:
        name = item.model if item.model in named else "other"
        table.setdefault(name, defaultdict(float))[item.date] += item.usage
    return table


def draw(items: list[ActivityItem]) -> Figure:
    """Return a chart with a bar for each day, stacked by model."""
    first, last = min(item.date for item in items), max(item.date for item in items)
    days = [first + dt.timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    places = range(len(days))
    figure = Figure(figsize=(10, 5), layout="constrained")
    axes = figure.subplots()
    tops = [0.0] * len(days)
    for (model, by_day), colour in zip(spend(items).items(), (*COLOURS, OTHER), strict=False):
        amounts = [by_day.get(day, 0.0) for day in days]
        label = f"{model}  {math.fsum(amounts):,.2f}"
        axes.bar(places, amounts, 0.85, tops, label=label, color=colour, edgecolor="white", lw=0.5)
        tops = [top + amount for top, amount in zip(tops, amounts, strict=True)]
    total = math.fsum(item.usage for item in items)
    period = f"{first.day} {first:%B} to {last.day} {last:%B %Y}"
    axes.set_title(f"{total:,.2f} USD from {period}", loc="left", pad=12, fontweight="bold")
    axes.set_ylabel("USD per UTC day")
    axes.yaxis.grid(visible=True, color="#DDDDDD")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.01)
    axes.set_xticks(places[::-3], [f"{day.day} {day:%b}" for day in days[::-3]])
    # The legend is in the order of the bars, from top to bottom.
    figure.legend(title="USD by model", reverse=True, loc="outside right center", frameon=False)
    return figure


def write(figure: Figure, path: Path) -> None:
    """Write a chart, complete or not at all."""
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            written = Path(folder, path.name)
            figure.savefig(written, dpi=100)
            written.replace(path)
    except OSError as error:  # say the path that the user knows, not that of the folder
        raise OSError(error.errno, error.strerror, str(path)) from error


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=picture, help=f"to write: {', '.join(ENDINGS)}")
    arguments = parser.parse_args()
    try:
        with Client() as client:
            items = client.analytics.get_user_activity().data
        if items:
            write(draw(items), arguments.file)
            print(f"{arguments.file}: {len(items)} rows", flush=True)
        else:
            print("There was no activity.", flush=True)
    except BrokenPipeError:
        return 0  # nobody reads what was drawn
    except KeyboardInterrupt:
        return 130  # as of a program that this signal ends
    except (errors.ConfigurationError, errors.APIError, OSError) as error:
        print("chart:", *str(error).split(), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # Not sys.exit: it would write to a closed pipe or a full disk again.
    os._exit(main())
