"""The daily workflow has few rights, and its steps work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from generator.spec.round_trip import load as load_round_trip
from tests.generator.paths import ROOT

WORKFLOWS = ROOT / ".github/workflows"
TEXT = (WORKFLOWS / "update.yml").read_text("utf-8")
WORKFLOW: Any = load_round_trip(TEXT, "update.yml")
JOBS: Any = WORKFLOW["jobs"]

#: Stands for the `gh` of GitHub's machines: it records its arguments, and responds.
GH = """\
#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
case "$1 $2" in
  "run download") cp "$ARTIFACT"/* "$7" ;;
  "pr list") printf '%s' "$OPEN" ;;
esac
"""


def steps(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_actions_are_pinned_to_the_commits_of_ci() -> None:
    ci = (WORKFLOWS / "ci.yml").read_text("utf-8")

    used = re.findall(r"uses: (.*)", TEXT)

    assert used
    assert [] == [action for action in used if f"uses: {action}" not in ci]


def test_no_job_has_more_rights_than_it_needs() -> None:
    assert {} == WORKFLOW["permissions"]
    assert {"contents": "read"} == JOBS["verdict"]["permissions"]
    assert {"actions", "contents", "pull-requests"} == set(JOBS["pull-request"]["permissions"])
    assert "secrets." not in TEXT


def test_what_may_write_runs_nothing_that_was_made_from_the_document() -> None:
    run = "\n".join(steps("pull-request"))

    assert [] == re.findall(r"\b(?:make|python|pip|generator)\b(?!-)", run)
    assert [] == re.findall(r"\$\{\{", run)


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments],
        cwd=folder, env=plain(), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def plain() -> dict[str, str]:
    """The environment, without the settings of whoever runs the tests."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


class Machine:
    """A machine on which the steps of the workflow run, with a repository and a stand-in for gh."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin, self.clone = folder / "origin", folder / "clone"
        self.artifact, self.calls = folder / "artifact", folder / "calls"
        self.origin.mkdir()
        self.artifact.mkdir()
        git(self.origin, "init", "--quiet", "--bare", "--initial-branch=main")
        seed = folder / "seed"
        for name in ("spec/upstream.yaml", "generated/a.py", "openapi.yaml", "README.md"):
            (seed / name).parent.mkdir(parents=True, exist_ok=True)
            (seed / name).write_text("old\n")
        for name in ("generator-config.yaml", "CHANGELOG.md", "public-names.txt"):
            (seed / name).parent.mkdir(parents=True, exist_ok=True)
            (seed / name).write_text("old\n")
        git(seed, "init", "--quiet", "--initial-branch=main")
        git(seed, "add", ".")
        git(seed, "commit", "--quiet", "--message", "First")
        git(seed, "push", "--quiet", str(self.origin), "main")
        (folder / "bin").mkdir()
        (folder / "bin/gh").write_text(GH)
        (folder / "bin/gh").chmod(0o755)

    def check_out(self) -> None:
        shutil.rmtree(self.clone, ignore_errors=True)
        git(self.folder, "clone", "--quiet", str(self.origin), str(self.clone))

    def run(self, script: str, *, open_number: str = "") -> str:
        """Run a step as GitHub does; return the arguments of gh."""
        self.calls.unlink(missing_ok=True)
        temporary = self.folder / "temporary"
        shutil.rmtree(temporary / "update", ignore_errors=True)
        if "run download" not in script and (self.folder / "update").exists():
            shutil.copytree(self.folder / "update", temporary / "update")
        (temporary / "update").mkdir(parents=True, exist_ok=True)
        environment = plain() | {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "CALLS": str(self.calls),
            "ARTIFACT": str(self.artifact),
            "OPEN": open_number,
            "BRANCH": JOBS["pull-request"]["env"]["BRANCH"],
            "RUNNER_TEMP": str(temporary),
            "GITHUB_RUN_ID": "7",
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }
        subprocess.run(
            ["bash", "-e", "-c", script], cwd=self.clone, env=environment, check=True,
            capture_output=True,
        )  # fmt: skip
        if "run download" in script:
            shutil.copytree(temporary / "update", self.folder / "update", dirs_exist_ok=True)
        return self.calls.read_text() if self.calls.exists() else ""

    def update(self, text: str) -> bool:
        """The first job, in which an update has changed files; whether the second is to run."""
        self.check_out()
        (self.folder / "output").write_text("")
        if text:
            (self.clone / "reports").mkdir()
            (self.clone / "reports/update.md").write_text("# Verdict: fine\n\nMore.\n")
            (self.clone / "spec/upstream.yaml").write_text(text)
            (self.clone / "generated/b.py").write_text(text)
            (self.clone / "public-names.txt").write_text(text)
            (self.clone / "README.md").write_text("by accident\n")
        self.run(steps("verdict")[-1])
        for path in (self.clone / "update").iterdir():
            shutil.copy(path, self.artifact)
        return "changed=true" in (self.folder / "output").read_text()

    def publish(self, *, open_number: str = "") -> str:
        """The second job."""
        self.check_out()
        commit, push = steps("pull-request")
        self.run(commit, open_number=open_number)
        return self.run(push, open_number=open_number)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_first_update_opens_a_pull_request(machine: Machine) -> None:
    assert machine.update("new\n")

    asked = machine.publish()

    assert "pr create --head update/upstream --title Update the document. Verdict: fine" in asked
    assert "workflow run ci.yml --ref update/upstream" in asked
    changed = git(machine.origin, "diff", "--name-only", "main", "update/upstream")
    assert ["generated/b.py", "public-names.txt", "spec/upstream.yaml"] == changed.split()


def test_the_same_update_again_does_nothing(machine: Machine) -> None:
    machine.update("new\n")
    machine.publish()
    before = git(machine.origin, "rev-parse", "update/upstream")
    machine.update("new\n")

    asked = machine.publish(open_number="4")

    assert "pr edit" not in asked
    assert "workflow" not in asked
    assert before == git(machine.origin, "rev-parse", "update/upstream")


def test_a_further_update_goes_into_the_same_pull_request(machine: Machine) -> None:
    machine.update("new\n")
    machine.publish()
    machine.update("newer\n")

    asked = machine.publish(open_number="4")

    assert "pr edit 4 --title Update the document. Verdict: fine --body-file" in asked
    assert "newer\n" == git(machine.origin, "show", "update/upstream:spec/upstream.yaml")


def test_without_a_change_nothing_is_opened(machine: Machine) -> None:
    assert not machine.update("")
