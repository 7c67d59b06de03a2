"""The committed figures are of one run: results.json, the table and the chart."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import sandbox
from benchmarks import figures, goals, inputs, peers
from benchmarks.bench import GROUPS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / figures.RESULTS).read_text("utf-8")
RESULTS: dict[str, Any] = json.loads(TEXT)
ROWS: dict[str, Any] = {row["title"]: row for row in RESULTS["rows"]}


def test_page_chart_and_results_have_the_same_figures() -> None:
    page = (ROOT / figures.PAGE).read_text("utf-8")

    assert figures.placed(page, figures.text(RESULTS)) == page
    assert figures.chart(RESULTS) == (ROOT / figures.CHART).read_text("utf-8")
    assert figures.encoded(RESULTS) == TEXT


def test_every_row_was_measured() -> None:
    assert [row.title for group in GROUPS for row in group.rows] == list(ROWS)
    assert [title for title, row in ROWS.items() if not row["median"]] == []


def test_every_goal_was_looked_at() -> None:
    stored = [{**goal, "per": tuple(goal["per"] or ()) or None} for goal in RESULTS["goals"]]
    for goal in stored:
        del goal["spread"]

    assert [goal._asdict() for goal in goals.GOALS] == stored


def test_an_absent_contender_has_a_reason() -> None:
    names = {row.title: row.names for group in GROUPS for row in group.rows}
    unexplained = [
        (title, name)
        for title, row in ROWS.items()
        for name in names[title]
        if name not in {"python", *row["median"], *row["absent"], *RESULTS["missing"]}
    ]

    assert unexplained == []


def test_versions_and_machine_are_recorded() -> None:
    named = {"attrs", "httpx", "msgspec", "openapi-python-client", "openrouter", "pydantic"}

    assert named <= RESULTS["versions"].keys()
    assert all(RESULTS["machine"].values())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", RESULTS["date"])


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
