"""The workflow of a release publishes only what it has checked."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.tools.workflows import TEXTS, WORKFLOWS, commands, settings
from tools.release_check.release import ROOT

JOBS = WORKFLOWS["release"]["jobs"]


def used(job: str) -> list[str]:
    """The actions of a job, in their order."""
    return [step["uses"].partition("@")[0] for step in JOBS[job]["steps"] if "uses" in step]


def test_what_may_sign_or_publish_runs_nothing_of_the_repository() -> None:
    for job in ("attest", "publish", "site"):
        assert [] == commands("release", job)
        assert "actions/checkout" not in used(job)


def test_nothing_is_published_that_was_not_checked_and_attested() -> None:
    run = commands("release", "check")

    assert ["make test", "make release-check ARGS=--strict", "make docs"] == run[:3]
    assert ("check", "attest") == (JOBS["attest"]["needs"], JOBS["publish"]["needs"])
    assert [] == re.findall(r"\bif: |always\(\)|continue-on-error", TEXTS["release"])
    # The checked files are passed on, and nothing is built later.
    assert "make" not in "".join(run[3:])
    assert settings("release", "check", "actions/upload-artifact")[0]["path"] == "dist/"
    for job in ("attest", "publish"):
        assert {"name": "dist", "path": "dist/"} in settings(
            "release", job, "actions/download-artifact"
        )


def test_site_and_notes_follow_what_is_on_the_index() -> None:
    [create] = commands("release", "notes")

    assert ["publish", "publish"] == [JOBS[job]["needs"] for job in ("notes", "site")]
    assert create.startswith('gh release create "$TAG" --verify-tag ')
    assert "actions/checkout" not in used("notes")
    assert {"path": "site/"} in settings("release", "check", "actions/upload-pages-artifact")
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

    [python] = settings("release", "check", "actions/setup-python")

    assert supported == python["python-version"].split()[::-1]
    assert {"push": {"tags": ["v*"]}} == WORKFLOWS["release"]["on"]
