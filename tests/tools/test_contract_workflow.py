"""The workflow calls the live API only if it has a key, and keeps one issue of what it finds."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.tools.workflows import WORKFLOWS

WORKFLOW = WORKFLOWS["contract"]
JOBS = WORKFLOW["jobs"]

#: Stands for the `gh` of GitHub's machines: it records what it does, and keeps one issue.
GH = """\
#!/bin/bash
case "$*" in
  "issue list"*) cat number; exit ;;
  "issue view"*) sed 's/$/\r/' body; exit ;;
  "issue create"*) echo 7 > number; cp "${@: -1}" body ;;
  "issue edit"*) cp "${@: -1}" body ;;
  "issue comment"*) cat "${@: -1}" ;;
  "issue close"*) : > number ;;
esac
echo "$1 $2" >> calls
"""


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


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine of GitHub, for a repository without issues."""
    (tmp_path / "number").touch()
    (tmp_path / "reports").mkdir()
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    return tmp_path


def day(machine: Path, code: int, *findings: str, count: int = 1) -> tuple[list[str], str]:
    """Run the step about the issue; return the calls that write, and what is printed."""
    [script] = [step["run"] for step in JOBS["live"]["steps"] if "issue" in step.get("name", "")]
    rows = (f"| {name} | `$.data[*].{name}` | number | string | | {count} | |" for name in findings)
    (machine / "reports/contract.md").write_text("\n".join(["# Contract report", *rows, ""]))
    (machine / "calls").write_text("")
    variables = {
        "CODE": str(code),
        "TITLE": "t",
        "RUN": "https://x/1",
        "PATH": f"{machine}:/usr/bin:/bin",
    }
    finished = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=machine, env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (finished.returncode, finished.stderr) == (code, "")
    return (machine / "calls").read_text().splitlines(), finished.stdout


def test_a_breach_opens_one_issue_and_a_change_is_a_comment(machine: Path) -> None:
    first, _ = day(machine, 1, "null", "format")
    same, _ = day(machine, 1, "null", "format", count=2)
    changed, comment = day(machine, 3, "format", "unknown-field")

    assert (first, same) == (["issue create"], ["issue edit"])
    assert changed == ["issue edit", "issue comment"]
    assert (
        "- | null | `$.data[*].null` |\n+ | unknown-field | `$.data[*].unknown-field` |" in comment
    )
    assert "unknown-field" in (machine / "body").read_text()


def test_an_outage_changes_no_issue(machine: Path) -> None:
    assert day(machine, 2, "no-response")[0] == []
    day(machine, 1, "null")

    calls, printed = day(machine, 2, "no-response")

    assert calls == []
    assert printed.startswith("::error title=contract::The live API could not be checked")


def test_the_issue_is_closed_when_all_is_well_again(machine: Path) -> None:
    day(machine, 1, "null")

    assert day(machine, 0)[0] == ["issue close"]
    assert day(machine, 0)[0] == []


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_the_exit_code_of_the_contract_reaches_the_step_about_the_issue(
    machine: Path, code: int
) -> None:
    [step] = [step for step in JOBS["live"]["steps"] if step.get("id") == "contract"]
    (machine / "reports/contract.md").write_text("# Contract report\n")
    (machine / ".venv/bin").mkdir(parents=True)
    (machine / ".venv/bin/python").write_text(f"#!/bin/sh\nexit {code}\n")
    (machine / ".venv/bin/python").chmod(0o755)

    subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=machine, env={"GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary"}, check=True,
    )  # fmt: skip

    assert (machine / "output").read_text() == f"code={code}\n"
    assert (machine / "summary").read_text() == "# Contract report\n"
