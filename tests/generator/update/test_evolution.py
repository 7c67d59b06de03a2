"""A year of versions of the document: each step, and all of them for a user of the first version.

Each version is published in another form.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.spec.examples import sample
from generator.update.report import Effect
from tests.generator.paths import MYPY_CACHE, ROOT
from tests.generator.update.activity import (
    DEFAULT,
    FIRST,
    GROUPS,
    INTEGERS,
    NAMED,
    RANGES,
    REWORDED,
    SPLIT,
    among_others,
    as_flow,
    as_json,
    as_page,
    as_yaml,
    shuffled,
)
from tests.generator.update.checkout import HERE, Checkout

pytestmark = pytest.mark.timeout(300)


#: The versions after the page: what is new, the document as published, the part of the version
#: number that rises, the version if each step is released, and the verdict for a user who updates
#: from the page to this step.
STEPS = [
    ("other words and order", as_yaml(shuffled(REWORDED)), "none", "1.0.0", "none"),
    ("the full document, aliases", as_yaml(FIRST), "minor", "1.1.0", "minor"),
    ("errors in ranges, JSON", as_json(among_others(RANGES)), "patch", "1.1.1", "minor"),
    ("a default error", as_yaml(DEFAULT), "patch", "1.1.2", "minor"),
    ("the success named, flow style", as_flow(NAMED), "patch", "1.1.3", "minor"),
    ("counts are integers, order", as_yaml(shuffled(INTEGERS)), "minor", "1.2.0", "typing"),
    ("schemas of errors, OpenAPI 3.0", as_yaml(among_others(SPLIT)), "major", "2.0.0", "typing"),
    ("filters, fields, names, a page", as_page(GROUPS), "minor", "2.1.0", "typing"),
]


def test_each_step_has_its_verdict_and_leaves_a_whole_chain(
    first: Checkout, tmp_path: Path
) -> None:
    checkout = first.copy(tmp_path / "checkout")
    for what, content, level, version, _ in STEPS:
        before = checkout.contents()

        outcome = checkout.update(content)

        found = outcome.verdict.level, outcome.verdict.next_version
        assert (level, version) == found, what
        assert (level == "none") is (checkout.contents() == before), what
        assert checkout.is_what_its_sources_give(tmp_path / what), what
        assert not (checkout.root / ".update").exists()
        # The exceptions stay the same, whatever the document says of errors.
        assert "Python: `errors" not in str(outcome)
        checkout.release()


@pytest.mark.parametrize(
    ("content", "expected"),
    [pytest.param(content, expected, id=what) for what, content, *_, expected in STEPS],
)
def test_code_of_the_first_version_breaks_exactly_where_the_verdict_says_so(
    first: Checkout, tmp_path: Path, content: bytes, expected: str
) -> None:
    checkout = first.copy(tmp_path / "checkout")

    verdict = checkout.update(content).verdict
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
    assert expected == level
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

    outcome = checkout.update(as_json(INTEGERS), test=True)

    assert "generated" in outcome.replaced
