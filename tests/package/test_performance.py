"""The committed figures belong together: results.json, the table and the chart are of one run."""

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import sandbox
from benchmarks import figures, goals, inputs, peers
from benchmarks.bench import GROUPS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / figures.RESULTS).read_text("utf-8")
RESULTS: dict[str, Any] = json.loads(TEXT)
ROWS: dict[str, Any] = {row["title"]: row for row in RESULTS["rows"]}


def test_the_page_holds_the_figures() -> None:
    page = (ROOT / figures.PAGE).read_text("utf-8")

    assert figures.placed(page, figures.text(RESULTS)) == page


def test_the_chart_is_of_these_figures() -> None:
    assert figures.chart(RESULTS) == (ROOT / figures.CHART).read_text("utf-8")


def test_results_are_written_as_they_are_read() -> None:
    assert figures.encoded(RESULTS) == TEXT


def test_every_row_was_measured() -> None:
    assert [row.title for group in GROUPS for row in group.rows] == list(ROWS)
    assert [title for title, row in ROWS.items() if not row["median"]] == []


def test_every_goal_was_looked_at() -> None:
    stored = [{**goal, "per": tuple(goal["per"] or ()) or None} for goal in RESULTS["goals"]]
    for goal in stored:
        del goal["spread"]

    assert [goal._asdict() for goal in goals.GOALS] == stored


def test_whoever_takes_no_part_in_a_row_is_told_of() -> None:
    names = {row.title: row.names for group in GROUPS for row in group.rows}
    untold = [
        (title, name)
        for title, row in ROWS.items()
        for name in names[title]
        if name not in {"python", *row["median"], *row["absent"], *RESULTS["missing"]}
    ]

    assert untold == []


def test_versions_and_machine_are_named() -> None:
    named = {"attrs", "httpx", "msgspec", "openapi-python-client", "openrouter", "pydantic"}

    assert named <= RESULTS["versions"].keys()
    assert all(RESULTS["machine"].values())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", RESULTS["date"])


def test_the_chart_shows_its_rows_as_text() -> None:
    root = ElementTree.fromstring(figures.chart(RESULTS))

    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    shown = {title.replace("`", "") for title in ROWS} & texts
    assert len(shown) > 15
    assert "decode 1,000 rows" in shown


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


def test_what_was_not_measured_reaches_nothing() -> None:
    assert figures.verdict(figures.reached({"rows": []}, GOAL), GOAL) == "not measured"


def test_a_page_without_a_place_is_left_alone() -> None:
    with pytest.raises(ValueError, match=r"performance\.md lacks"):
        figures.placed("# Performance\n", "figures")


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
