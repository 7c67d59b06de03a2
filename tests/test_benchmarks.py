"""The page has all figures, and the inputs of the measurements are what their names say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import sandbox
from benchmarks import figures, goals, inputs, peers
from benchmarks.bench import GROUPS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / figures.PAGE).read_text("utf-8")
RESULTS: dict[str, Any] = {
    "contenders": {"this": "this client", "stock": "the stock client", "sdk": "the SDK"},
    "missing": {"sdk": "it cannot be installed"},
    "marks": {"this": "vdu", "stock": "u"},
    "rows": [
        {
            "title": "a row",
            "body": "documented fields",
            "median": {"this": 3.0, "stock": 10.0},
            "absent": {"this": "it failed"},
        }
    ],
}


def test_the_page_has_every_row_and_goal() -> None:
    titles = [row.title for group in GROUPS for row in group.rows]

    assert [title for title in titles if f"\n| {title} |" not in PAGE] == []
    assert [
        goal
        for goal in goals.GOALS
        if not re.search(rf"\n\| {goal.row} \|.*\| {goal.must} \| {goal.aim} \|", PAGE)
    ] == []


def test_figures_replace_those_of_the_page() -> None:
    placed = figures.placed(PAGE, "new")

    assert f"{figures.BEGIN}\nnew\n{figures.END}" in placed
    assert placed.partition(figures.END)[2] == PAGE.partition(figures.END)[2]
    with pytest.raises(ValueError, match="lacks a marker"):
        figures.placed("# Performance\n", "new")


def test_a_figure_is_relative_to_the_stock_client() -> None:
    [row] = [line for line in figures.table(RESULTS).splitlines() if line.startswith("| a row")]

    assert row == "| a row | documented fields | 0.300 vdu | 1.00 u |"


def test_what_a_user_notices_is_in_milliseconds() -> None:
    row = {"title": "one call, 1 row", "median": {"this": 0.0004, "stock": 0.25}}
    lines = figures.times({**RESULTS, "rows": [row, *RESULTS["rows"]]}).splitlines()

    assert lines[2:] == [
        "| row | this client | the stock client |",
        "| --- | --- | --- |",
        "| one call, 1 row | 0.400 | 250 |",
    ]


def test_the_rows_that_a_user_notices_are_measured() -> None:
    titles = {row.title for group in GROUPS for row in group.rows}

    assert set(figures.NOTICED) <= titles


def test_an_absent_contender_has_a_reason() -> None:
    notes = figures.notes(RESULTS)

    assert "- the SDK: it cannot be installed.\n- this client, a row: `it failed`\n" in notes


GOAL = {**goals.Goal("this", "a row", "stock", 0.5, 0.3)._asdict(), "spread": None}


def results(mine: float, stock: float) -> dict[str, Any]:
    return {"rows": [{"title": "a row", "median": {"this": mine, "stock": stock}}]}


@pytest.mark.parametrize(
    ("mine", "said"), [(3, "aim"), (3.1, "must"), (5, "must"), (5.1, "**missed**")]
)
def test_a_goal_is_met_or_missed(mine: float, said: str) -> None:
    value = figures.reached(results(mine, 10), GOAL)

    assert figures.verdict(value, GOAL) == said


def test_a_cost_per_row_is_divided_by_the_rows() -> None:
    found = {
        "rows": [
            {"title": "many", "median": {"this": 150.0}},
            {"title": "few", "median": {"this": 1.0}},
        ]
    }
    goal = goals.Goal("this", "many", "this", 2, 1.2, ("few", 100))

    assert figures.reached(found, goal._asdict()) == 1.5


def test_a_goal_that_was_not_measured_is_not_reached() -> None:
    assert figures.verdict(figures.reached({"rows": []}, GOAL), GOAL) == "not measured"


def test_the_peers_use_the_key_of_the_sandbox() -> None:
    assert peers.KEY == sandbox.MANAGEMENT_KEY


def test_a_body_has_what_its_name_says(tmp_path: Path) -> None:
    inputs.write_bodies(tmp_path, (3,))

    known, unknown = (
        json.loads((tmp_path / f"{name}.json").read_bytes())["data"] for name in ("3", "3-unknown")
    )
    assert len(known) == len(unknown) == 3
    assert all("cached_tokens" in row for row in unknown)
    assert [{**row, "cached_tokens": 0} for row in known] == [
        {**row, "cached_tokens": 0} for row in unknown
    ]


def test_the_large_document_is_as_large_as_its_name_says() -> None:
    document = inputs.large_document()

    assert len(document["paths"]) == 100
    assert len(document["components"]["schemas"]) == 500
    assert document == inputs.large_document()
