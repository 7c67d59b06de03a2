"""The chart shows what was spent, and is the one that the page shows."""

import datetime as dt
import errno
import math
from pathlib import Path
from typing import Any

import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.testing.compare import compare_images
from openrouter_analytics import Client
from openrouter_analytics.models import ActivityItem

import sandbox
from examples import chart
from tests.examples.programs import run
from tests.package.snippets import ROOT

PICTURE = ROOT / "docs/guide/spend.png"


@pytest.fixture(scope="module")
def items() -> list[ActivityItem]:
    with (
        sandbox.serve(today=dt.date(2026, 8, 24)) as server,
        Client(sandbox.MANAGEMENT_KEY, base_url=server.base_url) as client,
    ):
        return client.analytics.get_user_activity().data


def heights(items: list[ActivityItem]) -> list[float]:
    """The bars' heights, in USD, from the first day to the last."""
    [axes] = chart.draw(items).axes
    tops: dict[int, float] = {}
    for bar in axes.patches:
        assert isinstance(bar, Rectangle)
        place = round(bar.get_x() + bar.get_width() / 2)
        tops[place] = max(tops.get(place, 0), bar.get_y() + bar.get_height())
    return [top for _, top in sorted(tops.items())]


def test_a_bar_is_as_high_as_its_day_was_dear(items: list[ActivityItem]) -> None:
    days = sorted({item.date for item in items})

    spent = [math.fsum(item.usage for item in items if item.date == day) for day in days]

    assert 30 == len(days)
    assert spent == pytest.approx(heights(items))


def test_a_day_without_activity_has_its_place(items: list[ActivityItem]) -> None:
    ends = [item for item in items if item.date.isoformat() in ("2026-08-01", "2026-08-04")]

    first, *between, last = heights(ends)

    assert first > 0 < last
    assert [0, 0] == between


def test_the_dearest_models_are_named_and_the_others_are_one(items: list[ActivityItem]) -> None:
    table = chart.spend(items)

    totals = [math.fsum(by_day.values()) for by_day in table.values()]
    assert "other" == [*table][-1]
    assert 8 == len(table)
    assert sorted(totals[:-1], reverse=True) == totals[:-1]
    assert math.fsum(item.usage for item in items) == pytest.approx(math.fsum(totals))


def test_few_models_need_no_other(items: list[ActivityItem]) -> None:
    few = [item for item in items if item.model.startswith("openai/")]

    assert {item.model for item in few} == set(chart.spend(few))


@pytest.mark.parametrize(
    ("name", "start"), [("a.png", b"\x89PNG"), ("b.PDF", b"%PDF-"), ("c.svg", b"<?xml")]
)
def test_the_ending_is_the_format(
    items: list[ActivityItem], tmp_path: Path, name: str, start: bytes
) -> None:
    path = tmp_path / name

    chart.write(chart.draw(items[:3]), chart.picture(str(path)))

    assert path.read_bytes().startswith(start)
    assert [path] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["spend", "spend.txt", "spend.png.bak"])
def test_another_ending_is_refused_before_anything_is_fetched(tmp_path: Path, name: str) -> None:
    finished = run("chart.py", name, cwd=tmp_path, base_url="http://127.0.0.1:9")

    assert (2, "") == (finished.code, finished.out)
    assert f"{name}: the ending must be one of .png, .svg, .pdf" in finished.err
    assert [] == [path for path in tmp_path.iterdir() if path.is_file()]


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


def test_the_page_shows_this_chart(items: list[ActivityItem], tmp_path: Path) -> None:
    drawn = tmp_path / "spend.png"

    chart.draw(items).savefig(drawn, dpi=100)

    assert compare_images(str(PICTURE), str(drawn), tol=1) is None
    assert PICTURE.stat().st_size < 100_000


def test_another_chart_is_told_apart(items: list[ActivityItem], tmp_path: Path) -> None:
    drawn = tmp_path / "spend.png"

    chart.draw(items[:-30]).savefig(drawn, dpi=100)

    assert compare_images(str(PICTURE), str(drawn), tol=1) is not None
