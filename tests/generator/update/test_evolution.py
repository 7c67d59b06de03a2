"""A year of versions of the document, one after the other, with steps left out, and backwards."""

from __future__ import annotations

import fcntl
import os
import pickle
from pathlib import Path

import pytest
from attrs import frozen

from generator.update.report import Effect, Verdict
from tests.generator.paths import DOCUMENTS
from tests.generator.update.checkout import Checkout, Use
from tests.generator.update.evolution import STEPS

pytestmark = pytest.mark.timeout(300)
OVERLAY = (DOCUMENTS / "get-user-activity-overlay.yaml").read_text("utf-8")
#: What the verdict on a step is for who stayed at the first, as far as it is not the worst so far.
SINCE_THE_FIRST = {2: "none", 3: "minor", 4: "minor", 5: "minor", 6: "minor", 7: "typing"}


@frozen
class Taken:
    """The result of a step, and the checkout after it, which is then released."""

    checkout: Checkout
    verdict: Verdict
    report: str
    changed: set[str]


class Replay:
    """The steps, one upon the other; each is taken once, whichever process of the tests asks."""

    def __init__(self, first: Checkout, folder: Path) -> None:
        self.first = first
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def after(self, number: int) -> Taken:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return self._after(number)

    def _after(self, number: int) -> Taken:
        kept = self.folder / f"{number}.pickle"
        if kept.exists():
            taken: Taken = pickle.loads(kept.read_bytes())
            return taken
        before = self.first if number == 2 else self._after(number - 1).checkout
        checkout = before.copy(self.folder / str(number))
        contents = checkout.contents()
        outcome = checkout.update(STEPS[number - 1].content())
        changed = checkout.changed_since(contents)
        checkout.release()
        taken = Taken(checkout, outcome.verdict, str(outcome), changed)
        kept.write_bytes(pickle.dumps(taken))
        return taken


@pytest.fixture(scope="session")
def replay(first: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Replay(first, shared / "replay")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of the dependencies."""
    return tmp_path_factory.mktemp("cache")


each_step = pytest.mark.parametrize("number", range(2, len(STEPS) + 1))


@each_step
def test_a_step_has_its_verdict_and_leaves_a_whole_chain(
    replay: Replay, number: int, tmp_path: Path
) -> None:
    step = STEPS[number - 1]

    taken = replay.after(number)

    assert (step.level, step.version) == (taken.verdict.level, taken.verdict.next_version)
    assert [] == [line for line in step.lines if line not in taken.report.splitlines()]
    assert (step.level == "none") is (taken.changed <= {"spec/upstream.yaml"})
    assert taken.checkout.is_what_its_sources_give(tmp_path / "made")
    assert not (taken.checkout.root / ".update").exists()
    # Whatever becomes of the errors of the document, what a user catches stays.
    assert [] == [change for change in taken.verdict.api if change.place.startswith("errors")]


@each_step
def test_code_of_the_first_step_breaks_exactly_where_the_verdict_says_so(
    first: Checkout, replay: Replay, cache: Path, number: int, tmp_path: Path
) -> None:
    here = first.copy(tmp_path / "checkout")

    verdict = here.update(STEPS[number - 1].content(), dry_run=True).verdict
    happened = Use(replay.after(number).checkout, tmp_path / "use", cache)

    level = "typing" if verdict.effect is Effect.TYPING else verdict.level
    assert SINCE_THE_FIRST.get(number, "major") == level
    assert bool(happened.crash) is (level == "major"), happened.crash
    assert bool(happened.type_errors_of_user) is (level in ("major", "typing"))
    assert ([], "") == (happened.type_errors_of_package, happened.failed_calls)


@pytest.mark.parametrize(
    ("start", "end", "level", "version", "lines"),
    [
        (1, 12, "major", "2.0.0", ["- Python: `models.ErrorResponse` removed"]),
        (
            3,
            9,
            "major",
            "2.0.0",
            [
                "- Python: `client.analytics.get_user_activity(user_id=)` added, optional",
                "- Python: `models.ErrorDetail` removed",
            ],
        ),
        (8, 12, "minor", "2.1.0", ["- Python: `models.ActivityItem.workspace_id` added"]),
        (
            12,
            1,
            "major",
            "3.0.0",
            [
                "- Python: `client.analytics.get_user_activity(group_by=)` removed",
                "- Python: `models.ActivityItem.workspace_id` removed",
            ],
        ),
        (9, 3, "major", "3.0.0", ["- Python: `models.NotFoundResponse` removed"]),
        *(
            (
                number,
                number - 1,
                {2: "none", 3: "major", 4: "patch", 5: "patch", 6: "patch", 11: "none"}.get(
                    number, "patch" if number == 14 else "major"
                ),
                None,
                [],
            )
            for number in range(2, len(STEPS) + 1)
        ),
    ],
)
def test_steps_left_out_and_steps_backwards(
    first: Checkout,
    replay: Replay,
    tmp_path: Path,
    start: int,
    end: int,
    level: str,
    version: str | None,
    lines: list[str],
) -> None:
    before = first if start == 1 else replay.after(start).checkout
    checkout = before.copy(tmp_path / "checkout")
    # Backwards, what upstream had mended has to be mended here again.
    (checkout.root / "spec/overlay.yaml").write_text(OVERLAY, "utf-8")

    outcome = checkout.update(STEPS[end - 1].content(), dry_run=True)

    report = str(outcome)
    assert level == outcome.verdict.level, report
    assert version in (None, outcome.verdict.next_version)
    assert [] == [line for line in lines if line not in report.splitlines()], report


def test_a_step_is_tested_before_it_is_taken(first: Checkout, tmp_path: Path) -> None:
    checkout = first.copy(tmp_path / "checkout")

    outcome = checkout.update(STEPS[6].content(), test=True)

    assert "generated" in outcome.replaced
