"""The steps of the daily workflow work, and those that may write run nothing of the document."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tools.workflows import WORKFLOWS, commands

JOBS = WORKFLOWS["update"]["jobs"]

#: Stands for the `gh` of GitHub's machines: it records its arguments, and keeps one pull request.
GH = """\
#!/bin/bash
printf '%s\\n' "$*" >> "$HUB/calls"
case "$*" in
  "run download"*) cp -r "$HUB/update" "$7" ;;
  "pr list"*"--state open"*) cat "$HUB/open" ;;
  "pr list"*) grep "${TIP:?}" "$HUB/opened" || true ;;
  "pr create"*)
    [ ! -e "$HUB/forbidden" ] || exit 1
    echo 4 > "$HUB/open"
    git -C "$HUB/origin" rev-parse update/upstream >> "$HUB/opened" ;;
  "pr view"*) cat "$HUB/comments" ;;
  "pr comment"*) cat >> "$HUB/comments" ;;
esac
"""
#: Stands for `make`: it prints what the document says.
MAKE = """\
#!/bin/sh
printf 'verdict\\r# @all\\n::add-mask::a\\n##[add-mask]a'
exit "$CODE"
"""
#: The calls of gh that change something on GitHub.
WRITES = re.compile(r"(?:pr (?:create|edit|comment)|workflow run).*")


def test_the_contract_workflow_that_this_one_starts_gives_no_key_to_the_branch() -> None:
    live = WORKFLOWS["contract"]["jobs"]["live"]

    assert live["if"].startswith("github.ref == 'refs/heads/main' && (")


def test_what_may_write_runs_nothing_that_was_made_from_the_document() -> None:
    run = "\n".join(commands("update", "pull-request"))

    assert [] == re.findall(r"\b(?:make|python|pip|generator)\b(?!-)", run)


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments],
        cwd=folder, env=plain(), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def plain() -> dict[str, str]:
    """The environment, without the settings of whoever runs the tests."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


class Hub:
    """A repository as GitHub keeps it, and the machine that runs the jobs of a day."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.origin, self.clone = folder, folder / "origin", folder / "clone"
        self.summary = folder / "summary"
        for name in ("open", "opened", "comments"):
            (folder / name).touch()
        (folder / "bin").mkdir()
        for name, text in {"gh": GH, "make": MAKE}.items():
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(0o755)
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin")
        # A forced push fails.
        git(self.origin, "config", "receive.denyNonFastForwards", "true")
        git(folder, "clone", "--quiet", str(self.origin), "clone")
        folders = ("spec/upstream.yaml", "generated/a.py", "openapi.yaml")
        self.edit("main", *folders, "generator-config.yaml", "CHANGELOG.md", "public-names.txt")

    def write(self, text: str, *names: str) -> None:
        for name in names:
            (self.clone / name).parent.mkdir(exist_ok=True)
            (self.clone / name).write_text(text)

    def edit(self, branch: str, *names: str) -> None:
        """A person's commit on a branch."""
        if self.tip("main"):
            self.check_out(branch)
        self.write(f"by a person, on {branch}\n", *names)
        git(self.clone, "add", ".")
        git(self.clone, "commit", "--quiet", "--message", "By a person")
        git(self.clone, "push", "--quiet", "origin", f"HEAD:{branch}")

    def check_out(self, branch: str = "main") -> None:
        shutil.rmtree(self.clone)
        git(self.folder, "clone", "--quiet", "--branch", branch, str(self.origin), "clone")

    def tip(self, branch: str = "update/upstream") -> str:
        return git(self.origin, "branch", "--list", "--format=%(objectname)", branch)

    def show(self, name: str) -> str:
        return git(self.origin, "show", f"update/upstream:{name}")

    def run(self, script: str, *, code: int = 0, fails: bool = False) -> str:
        """Run a step as GitHub does; return what it prints."""
        self.summary.write_text("")
        environment = plain() | {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HUB": str(self.folder),
            "CODE": str(code),
            "BRANCH": JOBS["pull-request"]["env"]["BRANCH"],
            "RUNNER_TEMP": str(self.folder / "temporary"),
            "GITHUB_RUN_ID": "7",
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.summary),
        }
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script], cwd=self.clone, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert fails == bool(done.returncode), done.stdout
        return done.stdout

    def day(self, text: str, *, fails: bool = False) -> str:
        """Both jobs, on a day on which the document is this text; return the arguments of gh."""
        for name in ("temporary", "update"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in ("output", "calls"):
            (self.folder / name).write_text("")
        (self.folder / "temporary").mkdir()
        self.check_out()
        if text:
            self.write(f"# Verdict: {text}", "reports/update.md", "by-accident.md")
            self.write(text, "spec/upstream.yaml", "generated/b.py", "public-names.txt")
        self.run(commands("update", "verdict")[-1])
        if "changed=true" in (self.folder / "output").read_text():
            shutil.move(self.clone / "update", self.folder)
            self.check_out()
            [script] = commands("update", "pull-request")
            assert "::" not in self.run(script, fails=fails)
        return (self.folder / "calls").read_text()


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


def test_three_days_with_a_commit_of_a_person(hub: Hub) -> None:
    first = hub.day("::warning::new \n")

    title = "--title Update to a new version of the document --body-file"
    assert f"pr create --head update/upstream {title}" in first
    assert "workflow run ci.yml --ref update/upstream" in first
    assert "workflow run contract.yml --ref update/upstream" in first
    changed = git(hub.origin, "diff", "--name-only", "main", "update/upstream")
    assert ["generated/b.py", "public-names.txt", "spec/upstream.yaml"] == changed.split()

    hub.edit("update/upstream", "tests/test_a.py", "CHANGELOG.md")
    before = hub.tip()
    assert not WRITES.search(hub.day("::warning::new \n"))
    second = hub.day("newer\n")

    assert ["pr comment 4 --body-file -"] == WRITES.findall(second)
    assert "commits of others" in hub.summary.read_text()
    assert "# Verdict: newer" in (hub.folder / "comments").read_text()
    assert before == hub.tip()

    third = hub.day("newer\n")

    assert not WRITES.search(third)
    assert "commits of others" in hub.summary.read_text()
    assert before == hub.tip()


def test_the_same_change_again_does_nothing(hub: Hub) -> None:
    hub.day("new\n")
    before = hub.tip()
    hub.edit("main", "README.md")

    open_still = hub.day("new\n")
    (hub.folder / "open").write_text("")
    closed = hub.day("new\n")

    assert not WRITES.search(open_still + closed)
    assert before == hub.tip()


def test_a_further_change_goes_into_the_same_pull_request(hub: Hub) -> None:
    hub.day("new\n")
    before = hub.tip()
    hub.edit("main", "README.md")

    second = hub.day("newer\n")

    assert "pr edit 4 --body-file" in second
    assert "pr create" not in second
    assert "workflow run contract.yml" in second
    assert "newer\n" == hub.show("spec/upstream.yaml")
    assert "by a person, on main\n" == hub.show("README.md")
    assert before in git(hub.origin, "rev-list", "update/upstream")
    assert "pr edit" in hub.day("new\n")  # back again


def test_a_pull_request_that_could_not_be_opened_is_opened_the_next_day(hub: Hub) -> None:
    (hub.folder / "forbidden").touch()
    hub.day("new\n", fails=True)
    (hub.folder / "forbidden").unlink()

    assert ["pr create"] == [call[:9] for call in WRITES.findall(hub.day("new\n"))]


def test_a_forgotten_branch_with_a_commit_of_a_person_fails_the_run(hub: Hub) -> None:
    hub.day("new\n")
    hub.edit("update/upstream", "README.md")
    (hub.folder / "open").write_text("")

    assert not WRITES.search(hub.day("newer\n", fails=True))
    assert "delete its branch" in hub.summary.read_text()


def test_after_a_merge_the_next_change_opens_the_next_pull_request(hub: Hub) -> None:
    hub.day("new\n")
    git(hub.origin, "branch", "--force", "main", "update/upstream")
    (hub.folder / "open").write_text("")

    assert "pr create" in hub.day("newer\n")


def test_without_a_change_nothing_is_opened(hub: Hub) -> None:
    assert not hub.day("")


@pytest.mark.parametrize("code", [0, 1])
def test_what_the_document_says_is_no_workflow_command_and_no_markup(hub: Hub, code: int) -> None:
    (hub.folder / "temporary").mkdir()

    printed = hub.run(commands("update", "verdict")[0], code=code, fails=bool(code))

    stop, *said, end = printed.splitlines()
    assert stop.startswith("::stop-commands::")
    assert end == f"::{stop.removeprefix('::stop-commands::')}::"
    assert len(end) == 36
    assert "::add-mask::a" in said
    summary = hub.summary.read_text().splitlines()
    assert ["verdict", "# @all", "::add-mask::a", "##[add-mask]a"] == [x[4:] for x in summary]
    assert {"    "} == {line[:4] for line in summary}
