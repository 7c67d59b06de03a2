"""The results of bench.py as Markdown, for docs/guide/performance.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.measurements import ROOT

PAGE = Path("docs/guide/performance.md")

BEGIN = "<!-- From here on `make bench` writes. -->\n"
END = "<!-- Up to here `make bench` writes. -->\n"

REFERENCE = "stock"
"""The contender whose figure is 1 in each row of the table."""

NOTICED_BY = ("this", "fast", "stock", "httpx")
"""The contenders whose times are shown as such, too."""

NOTICED = (
    "one call, 1 row",
    "one call, 1,000 rows",
    "decode 100,000 rows, unknown field",
    "fresh process to first result",
)
"""The rows whose times are shown as such, too: how long a user waits for this client."""

Results = Mapping[str, Any]
"""What `bench.run` returns."""


def write(results: Results, root: Path = ROOT) -> None:
    """Write the figures into the page.

    Raises:
        ValueError: The page lacks the markers of the figures.
    """
    page = placed((root / PAGE).read_text("utf-8"), text(results))
    (root / PAGE).write_text(page, encoding="utf-8")


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


def text(results: Results) -> str:
    """All figures, as Markdown."""
    parts = [conditions(results), goals(results), table(results), times(results), notes(results)]
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


def times(results: Results) -> str:
    """The table of the times that a user may notice; empty if none was measured."""
    titles = results["contenders"]
    names = [name for name in NOTICED_BY if name in titles and name not in results["missing"]]
    rows = [row for row in results["rows"] if row["title"] in NOTICED]
    if not rows or not names:
        return ""
    lines = [
        "### Milliseconds",
        "",
        f"| row | {' | '.join(titles[name] for name in names)} |",
        "| --- " * (len(names) + 1) + "|",
    ]
    for row in rows:
        found = [row["median"].get(name) for name in names]
        cells = ["–" if seconds is None else ratio(1000 * seconds) for seconds in found]
        lines.append(f"| {row['title']} | {' | '.join(cells)} |")
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
