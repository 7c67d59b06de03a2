"""A year of versions of the document, one after the other, and all of them for a user of the first.

Each version is published in another form.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from generator.spec.examples import sample
from generator.spec.read import read_published
from generator.update.report import Effect
from tests.generator.edited import edited
from tests.generator.paths import MYPY_CACHE, PAGE, ROOT
from tests.generator.update import activity
from tests.generator.update.activity import GET, among_others, as_json, as_yaml, shuffled
from tests.generator.update.checkout import HERE, Checkout

pytestmark = pytest.mark.timeout(300)


def reworded() -> Any:
    """The page by another author: in other words, and without the operationId."""
    words = {f"{GET} summary": "Activity", f"{GET} description": "Of the last 30 days."}
    response = {f"{GET} responses 200 description": "The rows", f"{GET} operationId": ...}
    parameter = {f"{GET} parameters date example": "2025-08-24"}
    return edited(read_published(PAGE, "page").data, words | response | parameter)


class Step(NamedTuple):
    """A version of the document.

    Attributes:
        what: What changed, in words.
        content: The document as it is published.
        level: The part of the version that is counted up.
        version: The version after it, if each step is released.
        since_first: The verdict for who stayed at the first version.
    """

    what: str
    content: Callable[[], bytes]
    level: str
    version: str
    since_first: str


STEPS = [
    Step(
        "reworded, without operationId; a YAML file, in another order",
        lambda: as_yaml(shuffled(reworded())),
        "none",
        "1.0.0",
        "none",
    ),
    Step(
        "servers, security, errors with 60 codes, the success inline; YAML with aliases",
        lambda: as_yaml(activity.FIRST),
        "minor",
        "1.1.0",
        "minor",
    ),
    Step(
        "errors in ranges; the full document in JSON",
        lambda: as_json(among_others(activity.RANGES)),
        "patch",
        "1.1.1",
        "minor",
    ),
    Step(
        "a default error; OpenAPI 3.0",
        lambda: as_yaml(activity.as_30(activity.DEFAULT)),
        "patch",
        "1.1.2",
        "minor",
    ),
    Step(
        "the success named; flow style, CRLF",
        lambda: activity.as_flow(activity.NAMED),
        "patch",
        "1.1.3",
        "minor",
    ),
    Step(
        "counts are integers; in another order",
        lambda: as_yaml(shuffled(activity.INTEGERS)),
        "minor",
        "1.2.0",
        "typing",
    ),
    Step(
        "an error schema for each status, nullable beside 3.1; the full document in YAML",
        lambda: as_yaml(among_others(activity.SPLIT)),
        "major",
        "2.0.0",
        "typing",
    ),
    Step(
        "filters, a 404, a new field; a page",
        lambda: activity.as_page(activity.GROUPS),
        "minor",
        "2.1.0",
        "typing",
    ),
    Step(
        "cached_tokens, another tag and operationId; the full document in JSON, OpenAPI 3.0",
        lambda: as_json(activity.as_30(among_others(activity.CACHED))),
        "minor",
        "2.2.0",
        "typing",
    ),
]
each_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.what.partition(";")[0])


def test_each_step_has_its_verdict_and_leaves_a_whole_chain(
    first: Checkout, tmp_path: Path
) -> None:
    checkout = first.copy(tmp_path / "checkout")
    for step in STEPS:
        before = checkout.contents()

        outcome = checkout.update(step.content())

        found = outcome.verdict.level, outcome.verdict.next_version
        assert (step.level, step.version) == found, step.what
        assert (step.level == "none") is (checkout.contents() == before), step.what
        assert checkout.is_what_its_sources_give(tmp_path / step.what), step.what
        assert not (checkout.root / ".update").exists()
        # Whatever becomes of the errors of the document, what a user catches stays.
        assert "Python: `errors" not in str(outcome)
        checkout.release()


@each_step
def test_code_of_the_first_version_breaks_exactly_where_the_verdict_says_so(
    first: Checkout, step: Step, tmp_path: Path
) -> None:
    checkout = first.copy(tmp_path / "checkout")

    verdict = checkout.update(step.content()).verdict
    site = shutil.copytree(checkout.root / "generated", tmp_path / "site")
    shutil.copy(HERE / "activity_user.py", site)
    runs = [
        start(site, "activity_user.py"),
        start(site, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=",
              "--cache-dir", str(MYPY_CACHE), "."),
        start(ROOT, "-m", "generator.update.smoke_calls", str(checkout.root)),
    ]  # fmt: skip
    crash, type_errors, failed_calls = (
        run.communicate(text, timeout=200)[0]
        for run, text in zip(runs, (json.dumps(bodies(checkout.contract)), "", ""), strict=True)
    )

    level = "typing" if verdict.effect is Effect.TYPING else verdict.level
    assert step.since_first == level
    assert ("", "") == (crash, failed_calls)
    assert bool(type_errors) is (level == "typing")
    assert all(line.startswith("activity_user.py:") for line in type_errors.splitlines())


def start(folder: Path, *command: str) -> subprocess.Popen[str]:
    """Run Python in a folder."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def bodies(contract: dict[str, Any]) -> dict[str, Any]:
    """A body for each status, made from the contract."""
    responses = contract["paths"]["/activity"]["get"]["responses"]
    found: dict[str, Any] = {}
    for status in ("200", "400", "401", "403", "404", "418", "500", "524"):
        patterns = (status, f"{status[0]}XX", "default")
        response = next((responses[item] for item in patterns if item in responses), None)
        if response:
            schema = response["content"]["application/json"]["schema"]
            found[status] = sample(contract, schema, full=True)
    return found


def test_a_step_is_smoke_tested_before_it_is_taken(first: Checkout, tmp_path: Path) -> None:
    checkout = first.copy(tmp_path / "checkout")

    outcome = checkout.update(as_json(activity.INTEGERS), test=True)

    assert "generated" in outcome.replaced
