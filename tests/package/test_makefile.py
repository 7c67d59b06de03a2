"""The Makefile lists its targets, and has all targets that other files call."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PHONY = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split()


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make independently of a make that started the tests."""
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_every_target_with_what_it_does() -> None:
    finished = make()

    lines = [
        re.fullmatch(r"  make ([a-z-]+) +(\w.+)", line) for line in finished.stdout.split("\n")
    ]
    listed = [line[1] for line in lines if line]
    assert (0, "") == (finished.returncode, finished.stderr)
    assert PHONY == listed
    assert [None] == [line for line in lines if not line]  # the last line is empty


@pytest.mark.parametrize("target", PHONY)
def test_the_prerequisites_of_a_target_can_be_made(target: str) -> None:
    finished = make("--dry-run", target)

    assert (0, "") == (finished.returncode, finished.stderr)


def test_an_update_asks_for_its_document() -> None:
    finished = make("update")

    assert 2 == finished.returncode
    assert finished.stderr.startswith(
        "which document? make update FROM=<file or https URL>\nmake: "
    )


def called(text: str, *, markdown: bool) -> list[str]:
    """The targets that a file calls. In Markdown, only code counts: prose uses "make", too."""
    if markdown:
        code = re.findall(r"^```sh\n(.*?)^```|`([^`\n]+)`", text, re.MULTILINE | re.DOTALL)
        text = "\n".join(block or inline for block, inline in code)
    calls = re.findall(r"(?:^|exec |run: |[A-Z]=\S+ )make ((?:[a-z-]+ ?)+)", text, re.MULTILINE)
    return [target for call in calls for target in call.split()]


@pytest.mark.parametrize(
    "document",
    [
        *("README.md", "CHANGELOG.md", "CONTRIBUTING.md"),
        *(".ci/run", ".github/workflows/ci.yml", ".github/workflows/release.yml"),
        *(page.relative_to(ROOT).as_posix() for page in sorted((ROOT / "docs").rglob("*.md"))),
    ],
)
def test_the_targets_that_a_file_calls_are_listed(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")

    targets = called(text, markdown=document.endswith(".md"))

    assert targets or document.startswith("docs/")
    assert [] == [target for target in targets if target not in PHONY]
