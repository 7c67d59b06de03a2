"""The results of bench.py as Markdown, as a chart and as results.json."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.measurements import ROOT

RESULTS = Path("benchmarks/results.json")
PAGE = Path("docs/guide/performance.md")
CHART = Path("docs/guide/performance.svg")

BEGIN = "<!-- From here on `make bench` writes. -->\n"
END = "<!-- Up to here `make bench` writes. -->\n"

REFERENCE = "stock"
"""The contender whose figure is 1 in each row of the table and in the chart."""

Results = Mapping[str, Any]
"""The content of results.json."""


def write(results: Results, root: Path = ROOT) -> None:
    """Write results.json, and from it the figures of the page and the chart.

    Raises:
        ValueError: The page lacks the markers of the figures.
    """
    page = placed((root / PAGE).read_text("utf-8"), text(results))
    (root / RESULTS).write_text(encoded(results), encoding="utf-8")
    (root / PAGE).write_text(page, encoding="utf-8")
    (root / CHART).write_text(chart(results), encoding="utf-8")


def encoded(results: Results) -> str:
    """The text of results.json: one line for each row and goal."""
    parts: list[str] = []
    for key, value in results.items():
        items = [json.dumps(item, ensure_ascii=False) for item in value]
        shown = json.dumps(value, ensure_ascii=False)
        lines = "[\n" + ",\n".join(items) + "\n]" if isinstance(value, list) else shown
        parts.append(f"{json.dumps(key)}: {lines}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def placed(page: str, figures: str) -> str:
    """The page with the figures between its markers.

    Raises:
        ValueError: The page lacks a marker.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} lacks a marker: the line before or after the figures")
    return f"{before}{begin}\n{figures}\n{end}{after}"


# --------------------------------------------------------------------------------------------------
# Text
# --------------------------------------------------------------------------------------------------


def text(results: Results) -> str:
    """All figures, as Markdown."""
    parts = [conditions(results), goals(results), table(results), notes(results)]
    return "\n".join(part for part in parts if part)


def conditions(results: Results) -> str:
    """The date, the machine and the versions of the run."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    rounds = [row["rounds"] for row in results["rows"]]
    return (
        f"Measured on {results['date']}, in {min(rounds)} to {max(rounds)} rounds: "
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, "
        f"{machine['python']}.\n{versions}.\n"
    )


def ratio(value: float) -> str:
    """A ratio in three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}"


def measured(results: Results, row: str, contender: str) -> float | None:
    """The median of a contender in a row, or None."""
    for found in results["rows"]:
        if found["title"] == row and contender in found["median"]:
            return float(found["median"][contender])
    return None


def reached(results: Results, goal: Results) -> float | None:
    """The ratio of a goal, or None if one of its two figures was not measured."""
    other, times = goal["per"] or (goal["row"], 1)
    above = measured(results, goal["row"], goal["contender"])
    below = measured(results, other, goal["peer"])
    return above / (below * times) if above is not None and below else None


def verdict(value: float | None, goal: Results) -> str:
    """Which of its two limits a goal meets."""
    if value is None:
        return "not measured"
    return "aim" if value <= goal["aim"] else "must" if value <= goal["must"] else "**missed**"


def goals(results: Results) -> str:
    """The table of goals and measured ratios."""
    lines = [
        "### Goals",
        "",
        "Each goal is a ratio of medians. In brackets: its first and third quartile in all rounds.",
        "",
        "| row | contender | against | must | aim | measured | reached |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for goal in results["goals"]:
        value = reached(results, goal)
        figure = "" if value is None else ratio(value)
        if goal["spread"]:
            low, high = map(ratio, goal["spread"])
            figure += f" ({low} to {high})"
        titles = results["contenders"]
        against = f"its {goal['per'][0]}, per row" if goal["per"] else titles[goal["peer"]]
        cells = [goal["row"], titles[goal["contender"]], against, goal["must"], goal["aim"]]
        lines.append(f"| {' | '.join(map(str, [*cells, figure, verdict(value, goal)]))} |")
    return "\n".join(lines) + "\n"


def table(results: Results) -> str:
    """The table of all rows, relative to the stock client."""
    names = [name for name in results["contenders"] if name not in results["missing"]]
    titles = [results["contenders"][name] for name in names]
    lines = [
        "### All rows",
        "",
        "Less is better; the stock client is 1. The letters say how a contender reads the bodies:",
        "v, it refuses a value of the wrong type; d, days are `datetime.date`; u, it keeps unknown",
        "fields.",
        "",
        f"| row | fields of the body | {' | '.join(titles)} |",
        "| --- " * (len(names) + 2) + "|",
    ]
    for row in results["rows"]:
        base = row["median"].get(REFERENCE)
        cells: list[str] = []
        for name in names:
            if not base or name not in row["median"]:
                cells.append("–")
                continue
            letters = results["marks"][name] if row["body"] else ""
            cells.append(f"{ratio(row['median'][name] / base)} {letters}".strip())
        lines.append(f"| {row['title']} | {row['body']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def notes(results: Results) -> str:
    """The contenders that were not measured, and why."""
    titles = results["contenders"]
    lines = [f"- {titles[name]}: {reason}." for name, reason in results["missing"].items()]
    lines += [
        f"- {titles[name]}, {row['title']}: `{reason}`"
        for row in results["rows"]
        for name, reason in row["absent"].items()
    ]
    return "\n".join(["Not measured:", "", *lines, ""]) if lines else ""


# --------------------------------------------------------------------------------------------------
# The chart
# --------------------------------------------------------------------------------------------------

FARTHEST = 100
"""The chart omits rows with a ratio above this or below its inverse, which squeeze the rest."""

WIDTH, LEFT, RIGHT, TOP, STEP = 860, 270, 830, 84, 24

STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 11px; fill: #59636e }
.paper { fill: #ffffff }
.line { stroke: #d1d9e0 }
.one { stroke: #59636e; stroke-width: 2 }
.this { fill: #0550ae } .fast { fill: #218bff } .httpx2 { fill: #1b7c83 }
.sdk { fill: #bc4c00 } .openapi-generator { fill: #8250df }
.httpx { fill: #1f883d } .floor { fill: #6e7781 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.small { fill: #9198a1 }
.paper { fill: #0d1117 }
.line { stroke: #3d444d }
.one { stroke: #9198a1 }
.this { fill: #79c0ff } .fast { fill: #1f6feb } .httpx2 { fill: #39c5cf }
.sdk { fill: #f0883e } .openapi-generator { fill: #bc8cff }
.httpx { fill: #3fb950 } .floor { fill: #9198a1 }
}"""

SHAPES = {
    "this": "M-6,0 a6,6 0 1,0 12,0 a6,6 0 1,0 -12,0",
    "fast": "M-6,0 a6,6 0 1,0 12,0 a6,6 0 1,0 -12,0 M-3,0 a3,3 0 1,1 6,0 a3,3 0 1,1 -6,0",
    "httpx2": "M-6,-5 H6 L0,6 Z",
    "sdk": "M0,-6 L6,0 0,6 -6,0 Z",
    "openapi-generator": "M0,-6 L6,5 -6,5 Z",
    "httpx": "M-4.5,-4.5 h9 v9 h-9 Z",
    "floor": "M-1.5,-8 h3 v16 h-3 Z",
}
"""The mark of each contender. The stock client is the line at 1."""


def chart(results: Results) -> str:
    """An SVG with all rows as marks on a logarithmic scale, for light and dark pages."""
    rows = [row for row in results["rows"] if _is_near(row)]
    height = TOP + STEP * len(rows) + 46
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
            "<title>This client and its peers, relative to the stock client</title>",
            f"<style>\n{STYLE}\n</style>",
            f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
            *_legend(results),
            *_rows(rows),
            "</svg>\n",
        ]
    )


def _is_near(row: Any) -> bool:
    """Whether the chart can show all ratios of a row."""
    base = row["median"].get(REFERENCE)
    return bool(base) and all(
        1 / FARTHEST < figure / base < FARTHEST for figure in row["median"].values()
    )


def _text(x: float, y: float, content: str, *, anchor: str = "start", small: bool = False) -> str:
    name = ' class="small"' if small else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{name}>'
        f"{escape(content.replace('`', ''))}</text>"
    )


def _mark(name: str, x: float, y: float) -> str:
    return f'<path class="{name}" transform="translate({x:.1f},{y:.1f})" d="{SHAPES[name]}"/>'


def _legend(results: Results) -> Iterator[str]:
    shown = [name for name in SHAPES if name not in results["missing"]]
    for index, name in enumerate(shown):
        x, y = 20 + 210 * (index % 4), 24 + 22 * (index // 4)
        yield _mark(name, x, y - 4) + _text(x + 12, y, results["contenders"][name])


def _rows(rows: list[Any]) -> Iterator[str]:
    ratios = [value / row["median"][REFERENCE] for row in rows for value in row["median"].values()]
    low, high = min([*ratios, 1]), max([*ratios, 1])
    span = math.log(high * 1.1) - math.log(low / 1.1)

    def place(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * (math.log(value) - math.log(low / 1.1)) / span

    bottom = TOP + STEP * len(rows)
    for tick in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100):
        if low / 1.1 <= tick <= high * 1.1:
            x = place(tick)
            kind = "one" if tick == 1 else "line"
            line = f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{bottom}"/>'
            label = "stock = 1" if tick == 1 else f"{tick:g}"
            yield line + _text(x, bottom + 16, label, anchor="middle", small=True)
    yield _text(RIGHT, bottom + 34, "logarithmic; further left is better", anchor="end", small=True)
    for index, row in enumerate(rows):
        y = TOP + STEP * index + STEP / 2
        line = f'<line class="line" x1="{LEFT}" x2="{RIGHT}" y1="{y:g}" y2="{y:g}"/>'
        # This client's mark comes last, so that no other mark hides it.
        marks = (
            _mark(name, place(row["median"][name] / row["median"][REFERENCE]), y)
            for name in reversed(SHAPES)
            if name in row["median"]
        )
        yield _text(LEFT - 14, y + 4, row["title"], anchor="end") + line + "".join(marks)
