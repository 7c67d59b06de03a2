# /// script
# requires-python = ">=3.11"
# dependencies = ["duckdb>=1.2", "matplotlib>=3.8", "openrouter-analytics"]
# ///
"""Draw the cost of each day, by model or any other column, as PNG, SVG or PDF.

    python chart.py spend.png                                      # 30 days, by model
    python chart.py spend.svg --by provider_name --lines --dark
    python chart.py spend.png --archive activity.duckdb --since 2026-08-01

Each of the models that cost most has its own colour; all others share one. The key is read from
OPENROUTER_MANAGEMENT_KEY; an archive, as archive.py makes it, needs none. Exit codes: 0 drawn,
1 failed (stderr says why), 2 wrong arguments, 130 interrupted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import sys
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

os.environ.pop("MPLBACKEND", None)  # a wrong one stops the import, and no window is needed

try:
    import matplotlib as mpl
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
    from openrouter_analytics import APIError, Client, ConfigurationError, records
except ImportError as error:
    sys.exit(f"chart: {error}: pip install duckdb matplotlib openrouter-analytics")
except KeyboardInterrupt:
    sys.exit(130)

Row = dict[str, Any]

ENDINGS = (".png", ".svg", ".pdf")
MARKERS = "osD^vPX."


class Theme(NamedTuple):
    """Colours. Those of the names are Okabe and Ito's, which colour-blind people can tell apart."""

    paper: str
    ink: str
    grid: str
    rest: str
    names: tuple[str, ...]


LIGHT = Theme(
    *("#FFFFFF", "#222222", "#DDDDDD", "#AAAAAA"),
    ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#333333"),
)
DARK = Theme(
    *("#16191D", "#E6E6E6", "#3A3F45", "#7B8189"),
    ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#D55E00", "#F5F5F5"),
)


def look(theme: Theme) -> dict[Any, Any]:
    """Return the settings of matplotlib."""
    texts = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    return dict.fromkeys(texts, theme.ink) | {
        "axes.axisbelow": True,
        "axes.facecolor": theme.paper,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "figure.constrained_layout.h_pad": 0.12,
        "figure.constrained_layout.use": True,
        "figure.constrained_layout.w_pad": 0.12,
        "figure.facecolor": theme.paper,
        "figure.figsize": (10, 5),
        "grid.color": theme.grid,
        "legend.frameon": False,
        "text.parse_math": False,  # a dollar is a dollar
        "ytick.major.size": 0,
    }


def picture(text: str) -> Path:
    """Read the name of a file. Its ending is the format."""
    path = Path(text)
    if path.suffix.lower() not in ENDINGS:
        raise argparse.ArgumentTypeError(f"{text}: the ending must be one of {', '.join(ENDINGS)}")
    return path


def read(archive: Path | None) -> list[Row]:
    """Return the rows of the API, or those of an archive."""
    if archive is None:
        with Client() as client:
            return records(client.analytics.get_user_activity().data)
    import duckdb

    try:
        with duckdb.connect(archive, read_only=True) as database:
            found = database.execute("FROM activity")
            columns = [column[0] for column in found.description or ()]
            rows = [dict(zip(columns, values, strict=True)) for values in found.fetchall()]
        rows = [row | json.loads(row.pop("other")) for row in rows]
        if {(type(row["date"]), type(row["usage"])) for row in rows} - {(dt.date, float)}:
            raise TypeError
        return rows
    except duckdb.Error as error:
        raise OSError(f"{archive}: {error}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise OSError(f"{archive}: archive.py did not make this table") from error


def printable(name: str) -> str:
    """Return a name without characters that no font has, such as line ends."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def spend(rows: list[Row], by: str, top: int) -> dict[str, dict[dt.date, float]]:
    """Return USD by name and day. The highest costs come first; the last name is the rest."""
    names = [printable(str(row.get(by))) for row in rows]
    total: defaultdict[str, float] = defaultdict(float)
    for name, row in zip(names, rows, strict=True):
        total[name] += row["usage"]
    named = sorted(total, key=lambda name: -total[name])[:top]
    rest = f"{len(total) - top} other{'s' if len(total) - top > 1 else ''}"
    table: dict[str, dict[dt.date, float]] = {name: defaultdict(float) for name in named}
    for name, row in zip(names, rows, strict=True):
        by_day = table.setdefault(name if name in named else rest, defaultdict(float))
        by_day[row["date"]] += row["usage"]
    return table


def dollars(usd: float, step: float = 0.01) -> str:
    """Write an amount of USD, with the digits that this step needs."""
    return f"${usd:,.{0 if step >= 1 else max(2, -math.floor(math.log10(step)))}f}"


def period(first: dt.date, last: dt.date) -> str:
    """Say which days a chart covers."""
    if first == last:
        return f"on {last.day} {last:%B %Y}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"from {first.day} {first:%B}{year} to {last.day} {last:%B %Y}"


def usual(tops: list[float]) -> float:
    """Return the greatest height, leaving out any that would make the others look flat."""
    spent = sorted(top for top in tops if top > 0)
    limit = 4 * spent[(len(spent) - 1) * 9 // 10] if spent else 0
    return max((top for top in spent if top <= limit), default=0)


def scale(axes: Axes, tops: list[float], days: list[str], theme: Theme) -> None:
    """Set the range of the axes. Cut what is too high, and write it above."""
    height = usual(tops)
    cut = sorted(
        (place for place, top in enumerate(tops) if top > height), key=lambda at: -tops[at]
    )
    axes.set_ylim(0, height * (1.15 if cut else 1.03) or 1)
    for place in cut:
        where = axes.get_xaxis_transform()
        axes.text(place, 0.94, "≈", color=theme.paper, size=20, ha="center", transform=where)
    if cut:
        amounts = ", ".join(f"{dollars(tops[place])} on {days[place]}" for place in cut[:4])
        more = f" and {len(cut) - 4} more" if len(cut) > 4 else ""
        text = axes.text(0, 1.02, f"Cut: {amounts}{more}", transform=axes.transAxes)
        text.set_in_layout(False)
    locator = MaxNLocator(6, steps=[1, 2, 5, 10])
    low, high, *_ = locator.tick_values(*axes.get_ylim())
    axes.yaxis.set_major_locator(locator)
    axes.yaxis.set_major_formatter(lambda usd, _: dollars(usd, high - low))
    # A single bar is as wide as one of seven.
    middle, half = (len(tops) - 1) / 2, max(len(tops), 7) / 2
    axes.set_xlim(middle - half, middle + half)
    every = -math.ceil(len(tops) / 7)
    axes.set_xticks(range(len(tops))[::every], days[::every])


def plot(
    axes: Axes, table: dict[str, list[float]], colours: Sequence[str], *, lines: bool
) -> list[float]:
    """Draw the amounts of each name, and return the height at each place."""
    totals = {name: math.fsum(amounts) for name, amounts in table.items()}
    total = math.fsum(totals.values())
    step = total / 1000 if 1e-9 < total < 1 else 0.01
    width = max(len(dollars(usd, step)) for usd in totals.values())
    tops = [0.0] * len(next(iter(table.values())))
    for name, colour, marker in zip(table, colours, MARKERS, strict=False):
        short = name if len(name) <= 36 else f"{name[:17]}…{name[-18:]}"
        # A figure space is as wide as a digit.
        label = f"{dollars(totals[name], step):\u2007>{width}}  {short}"
        if lines:
            axes.plot(table[name], color=colour, marker=marker, ms=5, label=label)
            tops = [max(pair) for pair in zip(tops, table[name], strict=True)]
        else:
            axes.bar(range(len(tops)), table[name], 0.85, tops, color=colour, label=label)
            tops = [sum(pair) for pair in zip(tops, table[name], strict=True)]
    return tops


def draw(
    rows: list[Row], by: str = "model", top: int = 7, *, lines: bool = False, dark: bool = False
) -> Figure:
    """Return a chart of the cost of each day, or of each week if there are many days."""
    theme = DARK if dark else LIGHT
    last = max(row["date"] for row in rows)
    count = (last - min(row["date"] for row in rows)).days + 1
    span = 1 if count <= 62 else 7 * math.ceil(count / 434)
    # Days at the beginning that make no whole week are left out.
    ends = [last - dt.timedelta(back) for back in range(0, count - span + 1, span)][::-1]
    first = ends[0] - dt.timedelta(span - 1)
    rows = [row for row in rows if row["date"] >= first]
    total = math.fsum(row["usage"] for row in rows)
    table = {
        name: [math.fsum(by_day[end - dt.timedelta(back)] for back in range(span)) for end in ends]
        for name, by_day in spend(rows, by, top).items()
    }
    with mpl.rc_context(look(theme)):
        figure = Figure()
        axes = figure.subplots()
        colours = [*theme.names[:top], theme.rest]
        tops = plot(axes, table, colours, lines=lines)
        scale(axes, tops, [f"{end.day} {end:%b}" for end in ends], theme)
        axes.set_title(f"{dollars(total)} {period(first, last)}", pad=24 if axes.texts else 12)
        axes.set_ylabel("USD per UTC day" if span == 1 else f"USD in {span} UTC days")
        # The legend of a stack is in its order, from top to bottom.
        figure.legend(
            title=f"USD by {by}", reverse=not lines, loc="outside right center", alignment="left"
        )
        figure.draw_without_rendering()  # the ticks are made now, with these settings
    return figure


def write(figure: Figure, path: Path) -> None:
    """Write a chart, complete or not at all."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder,
            # The text of an SVG can be searched.
            mpl.rc_context({"svg.fonttype": "none"}),
        ):
            written = Path(folder, path.name)
            figure.savefig(written, dpi=100)
            written.replace(path)
    except OSError as error:  # say the path that the user knows, not that of the folder
        raise OSError(error.errno, error.strerror, str(path)) from error


def day(text: str) -> dt.date:
    """Read a day."""
    return dt.date.fromisoformat(text)


def main() -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=picture, help=f"to write: {', '.join(ENDINGS)}")
    parser.add_argument("--by", default="model", metavar="COLUMN", help="such as provider_name")
    parser.add_argument("--top", type=int, choices=range(1, 8), default=7, help="the rest is grey")
    parser.add_argument("--lines", action="store_true", help="not stacked bars")
    parser.add_argument("--dark", action="store_true", help="for a dark page")
    parser.add_argument("--archive", type=Path, help="a file of archive.py, instead of the API")
    parser.add_argument("--since", type=day, default=dt.date.min, help="such as 2026-08-01")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", "Glyph ")  # a name in a script that the font does not have
    try:
        rows = [row for row in read(options.archive) if row["date"] >= options.since]
        if rows and not any(options.by in row for row in rows):
            parser.error(f"--by {options.by}: the columns are {', '.join(rows[0])}")
        if rows:
            chart = draw(rows, options.by, options.top, lines=options.lines, dark=options.dark)
            write(chart, options.file)
            print(f"{options.file}: {len(rows)} rows", flush=True)
        else:
            print("There was no activity.", flush=True)
    except BrokenPipeError:
        return 0  # nobody reads what was drawn
    except KeyboardInterrupt:
        return 130  # the code of a program that SIGINT ends
    except OverflowError:
        print("chart: the costs are too high to be added", file=sys.stderr)
        return 1
    except (APIError, ConfigurationError, ImportError, OSError) as error:
        print("chart:", *str(error).split(), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    # Not sys.exit: it would write to a closed pipe or a full disk again.
    os._exit(main())
