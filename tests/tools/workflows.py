"""The workflows, as the tests read them."""

from __future__ import annotations

from typing import Any

from generator.spec.round_trip import load
from tools.release_check.release import ROOT

FOLDER = ROOT / ".github/workflows"
TEXTS = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.yml"))}
WORKFLOWS: dict[str, Any] = {name: load(text, name) for name, text in TEXTS.items()}


def commands(workflow: str, job: str) -> list[str]:
    """What the steps of a job run."""
    return [step["run"] for step in WORKFLOWS[workflow]["jobs"][job]["steps"] if "run" in step]


def settings(workflow: str, job: str, action: str) -> list[dict[str, Any]]:
    """The inputs of each step of a job that uses this action."""
    return [
        step.get("with", {})
        for step in WORKFLOWS[workflow]["jobs"][job]["steps"]
        if step.get("uses", "").startswith(f"{action}@")
    ]
