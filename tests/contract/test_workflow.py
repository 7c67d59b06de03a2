"""The workflow asks the live API with a key only, and has no right too many."""

import re
from typing import Any

from ruamel.yaml import YAML

from tests.contract.harness.contract import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
TEXT = (WORKFLOWS / "contract.yml").read_text("utf-8")
YAML_LOADER: Any = YAML(typ="safe")
WORKFLOW: dict[str, Any] = YAML_LOADER.load(TEXT)
JOBS: dict[str, Any] = WORKFLOW["jobs"]


def test_no_job_has_a_right_too_many() -> None:
    rights = {name: job["permissions"] for name, job in JOBS.items()}

    assert WORKFLOW["permissions"] == {}
    assert rights.pop("live") == {"contents": "read", "issues": "write"}
    assert all(right == {"contents": "read"} for right in rights.values())


def test_the_live_api_is_asked_daily_and_never_for_a_pull_request() -> None:
    trigger: dict[str, Any] = WORKFLOW["on"]

    [schedule] = trigger["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", schedule["cron"])
    assert "pull_request" not in JOBS["live"]["if"]


def test_without_a_secret_every_step_is_skipped_and_the_reason_is_said() -> None:
    first, *others = JOBS["live"]["steps"]

    assert "Skipped: this repository has no secret" in first["run"]
    for step in others:
        assert "steps.key.outputs.there == 'true'" in step["if"] or "contract.outcome" in step["if"]


def test_the_key_reaches_the_two_steps_that_need_it() -> None:
    reached = [
        step.get("id") for job in JOBS.values() for step in job["steps"] if "secrets." in str(step)
    ]

    assert reached == ["key", "contract"]
    assert TEXT.count("secrets.") == len(reached)
