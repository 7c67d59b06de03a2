"""Workflows are pinned and safe. That of a release publishes only what it has checked."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from generator.spec.round_trip import load as load_round_trip
from tools.release_check.release import ROOT

WORKFLOWS = ROOT / ".github/workflows"
TEXT = (WORKFLOWS / "release.yml").read_text("utf-8")
WORKFLOW: Any = load_round_trip(TEXT, "release.yml")
JOBS: Any = WORKFLOW["jobs"]


def used(job: str) -> list[str]:
    """The actions of a job, in their order."""
    return [step["uses"].partition("@")[0] for step in JOBS[job]["steps"] if "uses" in step]


def settings(job: str, action: str) -> list[dict[str, Any]]:
    return [
        step.get("with", {})
        for step in JOBS[job]["steps"]
        if step.get("uses", "").startswith(f"{action}@")
    ]


ALL = {path.name: path.read_text("utf-8") for path in sorted(WORKFLOWS.glob("*.yml"))}


@pytest.mark.parametrize("name", ALL)
def test_actions_are_pinned_to_one_commit_in_all_workflows(name: str) -> None:
    pins = re.findall(r"uses: (.*)", ALL[name])

    assert pins
    for pin in pins:
        found = re.fullmatch(r"([\w/-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+", pin)
        assert found, pin
        assert {pin} == set(re.findall(rf"uses: ({found[1]}@.*)", "".join(ALL.values())))


@pytest.mark.parametrize("name", ALL)
def test_no_text_of_strangers_becomes_a_command(name: str) -> None:
    jobs: Any = load_round_trip(ALL[name], name)["jobs"]

    assert not any("${{" in step.get("run", "") for job in jobs.values() for step in job["steps"])


def test_no_job_has_more_rights_than_it_needs() -> None:
    assert {} == WORKFLOW["permissions"]
    assert {
        "check": {"contents": "read"},
        "attest": {"attestations": "write", "id-token": "write"},
        "publish": {"id-token": "write"},
        "notes": {"contents": "write"},
        "site": {"id-token": "write", "pages": "write"},
    } == {name: job["permissions"] for name, job in JOBS.items()}
    assert "secrets." not in TEXT
    assert [{"fetch-depth": 0, "persist-credentials": False}] == settings(
        "check", "actions/checkout"
    )


def test_what_may_sign_or_publish_runs_nothing_of_the_repository() -> None:
    for job in ("attest", "publish", "site"):
        assert [] == [step for step in JOBS[job]["steps"] if "run" in step]
        assert "actions/checkout" not in used(job)


def test_nothing_is_published_that_was_not_checked_and_attested() -> None:
    run = [step["run"] for step in JOBS["check"]["steps"] if "run" in step]

    assert ["make test", "make release-check ARGS=--strict", "make docs"] == run[:3]
    assert ("check", "attest") == (JOBS["attest"]["needs"], JOBS["publish"]["needs"])
    assert [] == re.findall(r"\bif: |always\(\)|continue-on-error", TEXT)
    # The checked files are passed on, and nothing is built later.
    assert "make" not in "".join(run[3:])
    assert settings("check", "actions/upload-artifact")[0]["path"] == "dist/"
    for job in ("attest", "publish"):
        assert {"name": "dist", "path": "dist/"} in settings(job, "actions/download-artifact")


def test_site_and_notes_follow_what_is_on_the_index() -> None:
    [create] = [step["run"] for step in JOBS["notes"]["steps"] if "run" in step]

    assert ["publish", "publish"] == [JOBS[job]["needs"] for job in ("notes", "site")]
    assert create.startswith('gh release create "$TAG" --verify-tag ')
    assert "actions/checkout" not in used("notes")
    assert {"path": "site/"} in settings("check", "actions/upload-pages-artifact")
    assert ["actions/deploy-pages"] == used("site")


@pytest.mark.parametrize(
    ("tag", "code", "notes"),
    [("v1.2.3", 0, "\n### Added\n\n- This.\n\n"), ("v1.2", 1, ""), ("v1.2.4", 1, "")],
)
def test_the_notes_are_the_section_of_the_version(
    tmp_path: Path, tag: str, code: int, notes: str
) -> None:
    [script] = [step["run"] for step in JOBS["check"]["steps"] if "notes" in step.get("name", "")]
    (tmp_path / "reports").mkdir()
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n- That.\n\n## [1.2.3] - 2026-01-31\n\n### Added\n\n"
        "- This.\n\n## [1.2.2] - 2026-01-30\n\n- Old.\n",
        "utf-8",
    )

    ran = subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, env=os.environ | {"TAG": tag}, check=False
    )

    assert code == ran.returncode
    assert notes == (tmp_path / "reports/notes.md").read_text("utf-8")


def test_every_supported_python_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    supported = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))

    [python] = settings("check", "actions/setup-python")

    assert supported == python["python-version"].split()[::-1]
    assert {"push": {"tags": ["v*"]}} == WORKFLOW["on"]
