"""Every workflow is pinned, and has no right, secret or text of strangers that it does not need."""

from __future__ import annotations

import re

import pytest

from generator.spec.round_trip import load
from tests.tools.workflows import TEXTS, WORKFLOWS, settings
from tools.release_check.release import ROOT

READ = {"contents": "read"}
RIGHTS = {
    "ci": {"test": READ, "client": READ, "package": READ},
    "contract": {"live": READ | {"issues": "write"}, "sandbox": READ, "mutants": READ},
    "release": {
        "check": READ,
        "attest": {"attestations": "write", "id-token": "write"},
        "publish": {"id-token": "write"},
        "notes": {"contents": "write"},
        "site": {"id-token": "write", "pages": "write"},
    },
    "update": {
        "verdict": READ,
        "pull-request": dict.fromkeys(("actions", "contents", "pull-requests"), "write"),
    },
}
"""What the token of each job may do."""

SECRETS = {"contract": 2}
"""How often a workflow names a secret."""


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_job_has_more_rights_than_it_needs(name: str) -> None:
    jobs = WORKFLOWS[name]["jobs"]

    assert {} == WORKFLOWS[name]["permissions"]
    assert RIGHTS[name] == {job: settings["permissions"] for job, settings in jobs.items()}
    assert SECRETS.get(name, 0) == TEXTS[name].count("secrets.")
    for job in jobs:
        for checkout in settings(name, job, "actions/checkout"):
            assert checkout["persist-credentials"] is False


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_to_one_commit_in_all_workflows(name: str) -> None:
    pins = re.findall(r"uses: (.*)", TEXTS[name])

    assert pins
    for pin in pins:
        found = re.fullmatch(r"([\w/-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+", pin)
        assert found, pin
        assert {pin} == set(re.findall(rf"uses: ({found[1]}@.*)", "".join(TEXTS.values())))


def test_actions_are_kept_up_to_date() -> None:
    dependabot = ROOT / ".github/dependabot.yml"
    [updates] = load(dependabot.read_text("utf-8"), dependabot.name)["updates"]

    assert ("github-actions", "/") == (updates["package-ecosystem"], updates["directory"])
    assert [["*"]] == [group["patterns"] for group in updates["groups"].values()]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_text_of_strangers_becomes_a_command(name: str) -> None:
    jobs = WORKFLOWS[name]["jobs"].values()

    assert not any("${{" in step.get("run", "") for job in jobs for step in job["steps"])
