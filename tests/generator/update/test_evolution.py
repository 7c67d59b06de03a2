"""A year of versions of the document, one after the other, with steps left out, and backwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.update.report import Effect
from tests.generator.paths import DOCUMENTS
from tests.generator.update.checkout import Checkout, Use
from tests.generator.update.evolution import STEPS

pytestmark = pytest.mark.timeout(300)
OVERLAY = (DOCUMENTS / "get-user-activity-overlay.yaml").read_text("utf-8")
WHY = " — the class of the error depends on the status alone"
#: What the verdict on a step is for who stayed at the first, as far as it is not the worst so far.
SINCE_THE_FIRST = {2: "none", 3: "minor", 4: "minor", 5: "minor", 6: "minor", 7: "typing"}


def test_each_step_has_its_verdict_and_leaves_a_whole_chain(
    first: Checkout, tmp_path: Path
) -> None:
    checkout = first.copy(tmp_path / "checkout")
    for step in STEPS[1:]:
        before = checkout.contents()

        outcome = checkout.update(step.content())

        found = outcome.verdict.level, outcome.verdict.next_version
        assert (step.level, step.version) == found, step.what
        changed = checkout.changed_since(before)
        assert (step.level == "none") is (changed <= {"spec/upstream.yaml"}), step.what
        assert checkout.is_what_its_sources_give(tmp_path / step.what), step.what
        assert not (checkout.root / ".update").exists()
        # Whatever becomes of the errors of the document, what a user catches stays.
        assert "Python: `errors" not in str(outcome)
        checkout.release()


@pytest.mark.parametrize("number", range(2, len(STEPS) + 1))
def test_code_of_the_first_step_breaks_exactly_where_the_verdict_says_so(
    first: Checkout, number: int, tmp_path: Path
) -> None:
    here = first.copy(tmp_path / "checkout")

    verdict = here.update(STEPS[number - 1].content()).verdict
    happened = Use(here, tmp_path / "use")

    level = "typing" if verdict.effect is Effect.TYPING else verdict.level
    assert SINCE_THE_FIRST.get(number, "typing") == level
    assert bool(happened.crash) is (level == "major"), happened.crash
    assert bool(happened.type_errors_of_user) is (level in ("major", "typing"))
    assert ([], "") == (happened.type_errors_of_package, happened.failed_calls)


@pytest.mark.parametrize(
    ("start", "end", "level", "version", "line"),
    [
        (3, 9, "major", "2.0.0", "- Python: `models.ErrorDetailCode` removed"),
        (8, 12, "minor", "1.2.0", "- Python: `models.ActivityItem.workspace_id` added"),
        (12, 1, "major", "2.0.0", "- Python: `models.ActivityItem.workspace_id` removed"),
        (9, 3, "major", "2.0.0", "- Python: `models.NotFoundResponse` removed"),
        (5, 4, "patch", "1.1.1", f"- Contract: `GET /activity, response 4XX, 5XX` documented{WHY}"),
        (
            9,
            8,
            "major",
            "2.0.0",
            "- Python: `client.analytics.get_user_activity(user_id=)` removed",
        ),
    ],
)
def test_steps_left_out_and_steps_backwards(
    first: Checkout, tmp_path: Path, start: int, end: int, level: str, version: str, line: str
) -> None:
    checkout = first.copy(tmp_path / "checkout")
    checkout.update(STEPS[start - 1].content())
    checkout.release()
    # Backwards, what upstream had mended has to be mended here again.
    (checkout.root / "spec/overlay.yaml").write_text(OVERLAY, "utf-8")

    outcome = checkout.update(STEPS[end - 1].content(), dry_run=True)

    report = str(outcome)
    assert (level, version) == (outcome.verdict.level, outcome.verdict.next_version), report
    assert line in report.splitlines(), report


def test_a_step_is_tested_before_it_is_taken(first: Checkout, tmp_path: Path) -> None:
    checkout = first.copy(tmp_path / "checkout")

    outcome = checkout.update(STEPS[6].content(), test=True)

    assert "generated" in outcome.replaced
