"""The chart shows what was spent, is legible whatever it shows, and is the one of the page."""

import datetime as dt
import errno
import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.testing.compare import compare_images
from matplotlib.text import Text
from openrouter_analytics.models import ActivityItem

from examples import archive, chart
from tests.examples.programs import Call, Finished, fetch
from tests.package.snippets import ROOT

PICTURE = ROOT / "docs/guide/spend.png"
FIRST = dt.date(2026, 7, 25)

Command = Callable[[str], Finished]


@pytest.fixture(scope="module")
def items(base_url: str) -> list[ActivityItem]:
    return fetch(base_url)


@pytest.fixture(scope="module")
def rows(items: list[ActivityItem]) -> list[chart.Row]:
    return [item.to_dict() | {"date": item.date} for item in items]


def made(names: int = 5, days: int = 30, usd: float = 5, **outliers: float) -> list[chart.Row]:
    """Rows of models with long names, of which the first costs most."""
    return [
        {
            "date": FIRST + dt.timedelta(day),
            "model": f"vendor-{name}/a-model-with-a-very-long-name-and-$igns_{name}:free",
            "usage": outliers.get(f"day_{day}", usd * (1 + day % 3) / (name + 1)),
        }
        for day in range(days)
        for name in range(names)
    ]


def axes_of(figure: Figure) -> Axes:
    [axes] = figure.axes
    return axes


def heights(figure: Figure) -> list[float]:
    """The bars' heights, in USD, from the first day to the last."""
    tops: dict[int, float] = {}
    for bar in axes_of(figure).patches:
        assert isinstance(bar, Rectangle)
        place = round(bar.get_x() + bar.get_width() / 2)
        tops[place] = max(tops.get(place, 0), bar.get_y() + bar.get_height())
    return [top for _, top in sorted(tops.items())]


def labels(figure: Figure) -> list[str]:
    """The lines of the legend, from top to bottom."""
    [legend] = figure.legends
    return [text.get_text().lstrip("\u2007") for text in legend.get_texts()]


def test_the_height_of_a_bar_is_the_cost_of_its_day(
    items: list[ActivityItem], rows: list[chart.Row]
) -> None:
    days = sorted({item.date for item in items})

    spent = [math.fsum(item.usage for item in items if item.date == day) for day in days]

    assert 30 == len(days)
    assert spent == pytest.approx(heights(chart.draw(rows)))
    assert f"${sum(spent):,.2f} from 25 July to 23 August 2026" == axes_of(
        chart.draw(rows)
    ).get_title(loc="left")


def test_a_day_without_activity_has_its_place(rows: list[chart.Row]) -> None:
    ends = [row for row in rows if row["date"].isoformat() in ("2026-08-01", "2026-08-04")]

    first, *between, last = heights(chart.draw(ends))

    assert first > 0 < last
    assert [0, 0] == between


@pytest.mark.parametrize("by", ["model", "provider_name", "endpoint_id", "cached_tokens"])
@pytest.mark.parametrize("lines", [False, True])
def test_the_dearest_names_have_a_colour_and_the_others_are_one(
    items: list[ActivityItem], rows: list[chart.Row], by: str, lines: bool
) -> None:
    total: dict[str, float] = {}
    for item in items:
        name = str(item.to_dict()[by])
        total[name] = total.get(name, 0) + item.usage
    dearest = sorted(total, key=lambda name: total[name], reverse=True)[:3]
    rest = sum(usd for name, usd in total.items() if name not in dearest)

    figure = chart.draw(rows, by, 3, lines=lines)

    expected = [f"${total[name]:,.2f}  {name}" for name in dearest]
    expected.append(f"${rest:,.2f}  {len(total) - 3} others")
    assert expected == [
        line if "…" not in line else by_ends(line, dearest)
        for line in (labels(figure) if lines else reversed(labels(figure)))
    ]
    # The others are grey.
    shapes = axes_of(figure).lines if lines else axes_of(figure).containers
    assert 4 == len(shapes)
    red, green, blue = to_rgb(colours(figure, lines=lines)[-1])
    assert max(red, green, blue) - min(red, green, blue) < 0.1


def by_ends(line: str, names: list[str]) -> str:
    """A line of the legend with its whole name."""
    amount, _, cut = line.partition("  ")
    begin, end = cut.split("…")
    [name] = [name for name in names if name.startswith(begin) and name.endswith(end)]
    return f"{amount}  {name}"


def colours(figure: Figure, *, lines: bool) -> list[str]:
    """The colour of each name, from the dearest."""
    if lines:
        return [to_hex(line.get_color()) for line in axes_of(figure).lines]
    bars = [container[0] for container in axes_of(figure).containers]
    return [to_hex(bar.get_facecolor()) for bar in bars]


def amounts(line: Line2D) -> list[float]:
    drawn: list[float] = np.asarray(line.get_ydata()).tolist()
    return drawn


def test_a_line_goes_through_what_each_day_cost(
    items: list[ActivityItem], rows: list[chart.Row]
) -> None:
    days = sorted({item.date for item in items})
    opus = [item for item in items if item.model == "anthropic/claude-opus-4.1"]

    [line, *_] = axes_of(chart.draw(rows, lines=True)).lines

    spent = [math.fsum(item.usage for item in opus if item.date == day) for day in days]
    assert spent == pytest.approx(amounts(line))


@pytest.mark.parametrize("lines", [False, True])
def test_many_days_are_drawn_as_whole_weeks(lines: bool) -> None:
    rows = made(names=1, days=100)

    figure = chart.draw(rows, lines=lines)

    weeks = [rows[start : start + 7] for start in range(2, 100, 7)]
    spent = [sum(row["usage"] for row in week) for week in weeks]
    drawn = amounts(axes_of(figure).lines[0]) if lines else heights(figure)
    assert spent == pytest.approx(drawn)
    title = axes_of(figure).get_title(loc="left")
    assert f"${sum(spent):,.2f} from 27 July to 1 November 2026" == title
    assert "USD in 7 UTC days" == axes_of(figure).get_ylabel()


CASES = {
    "one model": made(names=1),
    "five models": made(),
    "sixty models": made(names=60),
    "zeros": made(usd=0),
    "an outlier": made(day_20=9000),
    "outliers": made(days=62, day_1=1e6, day_2=1e6, day_3=1e6, day_60=1e6, day_61=1e6),
    "one day": made(days=1),
    "two days": made(days=2),
    "tenths of a cent": made(usd=0.001),
    "years of millions": made(days=1500, usd=1e6),
}


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_texts_overlap_nowhere_and_none_is_cut(case: str, lines: bool) -> None:
    figure = chart.draw(CASES[case], lines=lines)

    axes = axes_of(figure)
    low, high = axes.get_ylim()
    hidden = {
        tick.get_text()
        for tick in axes.get_yticklabels()
        if not low <= tick.get_position()[1] <= high
    }
    boxes = {
        text.get_text(): text.get_window_extent()
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text() not in {"", "≈", *hidden}
    }
    width, height = figure.bbox.size
    assert "USD per UTC day" in boxes or "USD in 28 UTC days" in boxes
    assert [] == [
        text
        for text, box in boxes.items()
        if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    assert [] == [
        (one, other)
        for one, other in itertools.combinations(boxes, 2)
        if boxes[one].overlaps(boxes[other])
    ]
    # More than a third of the picture shows bars or lines.
    assert axes_of(figure).get_window_extent().width > width / 3


@pytest.mark.parametrize("dark", [False, True])
def test_texts_have_enough_contrast(dark: bool) -> None:
    figure = chart.draw(made(names=60), dark=dark)

    paper = luminance(to_rgb(figure.get_facecolor()))
    title = axes_of(figure).yaxis.label
    ticks = axes_of(figure).get_xticklabels()
    for text in (title, *ticks, *figure.legends[0].get_texts()):
        assert contrast(paper, luminance(to_rgb(text.get_color()))) > 7
        assert not text.get_parse_math()  # `$1 of a-$model` is no formula
    drawn = colours(figure, lines=False)
    assert 8 == len(set(drawn))
    for colour in drawn:
        assert contrast(paper, luminance(to_rgb(colour))) > 2


def luminance(colour: tuple[float, float, float]) -> float:
    """The relative luminance, as WCAG has it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


@pytest.mark.parametrize("lines", [False, True])
def test_outliers_are_cut_and_written_above(lines: bool) -> None:
    axes = axes_of(chart.draw(made(names=1, day_20=9000, day_21=9001), lines=lines))

    *marks, written = [text.get_text() for text in axes.texts]
    assert ["≈", "≈"] == marks
    assert "Cut: $9,001.00 on 15 Aug, $9,000.00 on 14 Aug" == written
    assert 15 < axes.get_ylim()[1] < 20


def test_days_that_differ_less_are_not_cut() -> None:
    axes = axes_of(chart.draw(made(names=1, day_20=50)))

    assert [] == list(axes.texts)
    assert 50 < axes.get_ylim()[1] < 60


@pytest.mark.parametrize(
    ("usd", "ticks"),
    [(5, ["$0", "$5"]), (0.1, ["$0.00", "$0.10"]), (2e6, ["$0", "$2,000,000"]), (0, ["$0.00"])],
)
def test_amounts_have_the_digits_that_they_need(usd: float, ticks: list[str]) -> None:
    axes = axes_of(chart.draw(made(names=1, usd=usd)))

    written = [text.get_text() for text in axes.get_yticklabels()]

    assert ticks == [tick for tick in ticks if tick in written]


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        ("2026-08-01", "2026-08-01", "on 1 August 2026"),
        ("2026-07-25", "2026-08-23", "from 25 July to 23 August 2026"),
        ("2025-12-30", "2026-01-02", "from 30 December 2025 to 2 January 2026"),
    ],
)
def test_the_title_says_when(first: str, last: str, text: str) -> None:
    assert text == chart.period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


@pytest.fixture
def file(items: list[ActivityItem], tmp_path: Path) -> Path:
    """An archive."""
    path = tmp_path / "activity.duckdb"
    with archive.connect(path) as opened:
        archive.store(opened, items)
    return path


def test_an_archive_has_the_rows_of_the_api(file: Path, rows: list[chart.Row]) -> None:
    def ordered(rows: list[chart.Row]) -> list[chart.Row]:
        return sorted(rows, key=lambda row: (row["date"], row["model"], row["endpoint_id"]))

    assert ordered(rows) == ordered(chart.read(file))


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call) -> Command:
    """Run it with these arguments, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda arguments: call(chart, *arguments.split())


def test_the_command_draws_an_archive_by_any_column_since_a_day(
    command: Command, file: Path, items: list[ActivityItem]
) -> None:
    recent = [item for item in items if item.date >= dt.date(2026, 8, 20)]
    options = "--by provider_name --top 2 --since 2026-08-20 --dark --lines"

    finished = command(f"a.svg --archive {file} {options}")

    assert (0, f"a.svg: {len(recent)} rows\n", "") == finished
    svg = Path("a.svg").read_text("utf-8")
    providers = len({item.provider_name for item in recent})
    assert f"  {providers - 2} others</text>" in svg
    assert ">USD by provider_name</text>" in svg
    total = sum(item.usage for item in recent)
    assert f">${total:,.2f} from 20 August to 23 August 2026</text>" in svg
    assert chart.DARK.paper.lower() in svg
    assert 'viewBox="0 0 720 360"' in svg


def test_a_period_without_activity_is_no_error(command: Command, file: Path) -> None:
    finished = command(f"a.png --archive {file} --since 2026-09-01")

    assert (0, "There was no activity.\n", "") == finished
    assert not Path("a.png").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("--by modle", "--by modle: the columns are date, model, "),
        ("--top 8", "--top: invalid choice: "),
        ("--since yesterday", "--since: invalid day value: 'yesterday'"),
    ],
)
def test_usage_errors_exit_with_2(command: Command, file: Path, arguments: str, why: str) -> None:
    code, out, error = command(f"a.png --archive {file} {arguments}")

    assert (2, "") == (code, out)
    assert why in error
    assert not Path("a.png").exists()


@pytest.mark.parametrize("ending", chart.ENDINGS)
@pytest.mark.parametrize(
    "row",
    [
        {"usage": -1.0},
        {"usage": 5e-324},
        {"model": "a\nb\x1b[2J\ud800\x00"},
        {"model": "$x_{1}$"},
        {"model": None},
    ],
    ids=str,
)
def test_odd_rows_are_drawn(row: chart.Row, ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"a{ending}"
    chart.write(
        chart.draw([{"date": dt.date(2026, 8, 1), "model": "a", "usage": 0.0, **row}]), file
    )

    assert file.stat().st_size > 1000


def test_costs_without_a_sum_are_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart, "read", lambda _: made(names=3, days=1, usd=1e308))

    assert (1, "", "chart: the costs are too high to be added\n") == command("a.png")


@pytest.mark.parametrize("content", [None, b"no database"])
def test_an_archive_that_cannot_be_read_is_one_line(
    command: Command, content: bytes | None, tmp_path: Path
) -> None:
    if content:
        (tmp_path / "a.duckdb").write_bytes(content)

    code, out, error = command("a.png --archive a.duckdb")

    assert (1, "", 1) == (code, out, error.count("\n"))
    assert error.startswith("chart: a.duckdb: ")


OTHER = "other JSON DEFAULT '{}'"


@pytest.mark.parametrize(
    "columns",
    [
        *("date DATE", "other JSON", "other BOOLEAN", OTHER, f"{OTHER}, date DATE"),
        f"{OTHER}, date DATE, usage DOUBLE",
        f"{OTHER}, date TIMESTAMP DEFAULT '2026-08-01', usage DOUBLE DEFAULT 1",
    ],
)
def test_a_table_of_another_program_is_reported(
    command: Command, tmp_path: Path, columns: str
) -> None:
    with archive.connect(tmp_path / "a.duckdb") as opened:
        opened.execute(f"CREATE TABLE activity ({columns}); INSERT INTO activity DEFAULT VALUES")

    finished = command("a.png --archive a.duckdb")

    assert (1, "", "chart: a.duckdb: archive.py did not make this table\n") == finished


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("b.PDF", b"%PDF-"), ("c.svg", b"<?xml")]
)
def test_the_ending_is_the_format(
    rows: list[chart.Row], tmp_path: Path, name: str, start: bytes
) -> None:
    path = tmp_path / name

    chart.write(chart.draw(rows[:3]), chart.picture(str(path)))

    assert path.read_bytes().startswith(start)
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["spend", "spend.txt", "spend.png.bak"])
def test_another_ending_is_refused_before_anything_is_fetched(
    command: Command, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart, "read", None)  # a call would raise TypeError

    code, out, error = command(name)

    assert (2, "") == (code, out)
    assert f"{name}: the ending must be one of .png, .svg, .pdf" in error
    assert not Path(name).exists()


def test_a_chart_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    class Full(Figure):
        def savefig(self, fname: Any, **_: Any) -> None:
            Path(fname).write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "spend.png"
    path.write_text("old")

    with pytest.raises(OSError, match=f"No space left on device: '{path}'"):
        chart.write(Full(), path)

    assert "old" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize(("last", "same"), [(None, True), (-30, False)])
def test_the_page_shows_this_chart_and_no_other(
    rows: list[chart.Row], tmp_path: Path, last: int | None, same: bool
) -> None:
    drawn = tmp_path / "spend.png"

    chart.draw(rows[:last]).savefig(drawn, dpi=100)

    assert same == (compare_images(str(PICTURE), str(drawn), tol=1) is None)
    assert PICTURE.stat().st_size < 100_000
