"""The commands of the pages on examples do what the pages say, in a clean environment."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import sandbox
from tests.examples.programs import DOCS, EXAMPLES, SCRIPTS, dependencies, name
from tests.package.snippets import of_a_user

PAGES = (DOCS / "examples.md", DOCS / "archive.md")
QUERY = """
import sys, pathlib, duckdb

archives = [*pathlib.Path().glob("*.duckdb"), ":memory:"]
print(duckdb.connect(archives[0]).sql(sys.argv[1]))
"""


class Block(NamedTuple):
    """A command or a query, and what it prints."""

    language: str
    code: str
    output: str | None


class Session(NamedTuple):
    """The blocks of a page that follow one another in one folder, about one example."""

    page: Path
    script: Path
    blocks: list[Block]


def blocks(text: str) -> list[Block]:
    fence = r"^```(sh|sql)\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?"
    found = re.findall(fence, text, re.MULTILINE | re.DOTALL)
    return [Block(language, code, output or None) for language, code, output in found]


def sessions(page: Path) -> list[Session]:
    """A session for each example of a page, whatever headings it has."""
    found: list[Session] = []
    for block in blocks(page.read_text("utf-8")):
        named = re.findall(r"examples/(\w+\.py)", block.code)
        if named and not (found and found[-1].script.name == named[0]):
            found.append(Session(page, EXAMPLES / named[0], []))
        found[-1].blocks.append(block)
    return found


SESSIONS = [session for page in PAGES for session in sessions(page)]


@pytest.fixture(scope="module")
def url_of_today() -> Iterator[str]:
    with sandbox.serve() as server:
        yield server.base_url


def without_figures(text: str) -> str:
    """The output of the budget, without what depends on the day."""
    text = re.sub(r"\d+\.\d\d\b", "0.00", text)
    text = re.sub(r" in \w+ \d{4} \((first|last) \d+ of \d+ days\)", " in a month", text)
    # A month that has ended needs no projection, and not every day has BYOK.
    return re.sub(r", 0\.00 (projected|more by BYOK)", "", text)


def run(block: Block, cwd: Path, variables: dict[str, str]) -> str:
    """Run a block unchanged, and return what a terminal shows."""
    command = ["bash", "-euo", "pipefail", "-c", block.code]
    if block.language == "sql":
        # In no example's own environment: whatever reads DuckDB or Parquet does.
        command = [sys.executable, "-c", QUERY, block.code]
    finished = subprocess.run(
        command,
        cwd=cwd,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    # matplotlib says so where its first use takes long; pages have no blanks at the end of a line.
    return "".join(
        f"{line.rstrip()}\n"
        for line in finished.stdout.rstrip().splitlines()
        if "Matplotlib is building the font cache" not in line
    )


@pytest.mark.parametrize(
    "session", SESSIONS, ids=lambda session: f"{session.page.name} {session.script.name}"
)
def test_the_commands_print_what_the_page_says(
    session: Session,
    binaries: Callable[[Path], Path],
    base_url: str,
    url_of_today: str,
    tmp_path: Path,
) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    # How much the last days cost depends on what day it is.
    dated = session.script.name == "budget.py"
    variables = of_a_user(url_of_today if dated else base_url, tmp_path)
    variables["PATH"] = f"{binaries(session.script)}{os.pathsep}{os.defpath}"

    printed = [run(block, tmp_path, variables) for block in session.blocks]
    printed = [output.replace(base_url, "https://openrouter.ai/api/v1") for output in printed]

    for block, output in zip(session.blocks, printed, strict=True):
        if dated and block.output:
            assert without_figures(block.output) == without_figures(output)
        else:
            assert (block.output or "") == output


def test_every_example_has_its_commands() -> None:
    assert {script.name for script in SCRIPTS} == {session.script.name for session in SESSIONS}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_page_names_what_it_needs(script: Path) -> None:
    [row] = [
        line
        for line in (DOCS / "examples.md").read_text("utf-8").splitlines()
        if line.startswith(f"| [{script.name}]")
    ]

    needed = {name(requirement) for requirement in dependencies(script)}

    assert "openrouter-analytics" in needed
    assert needed - {"openrouter-analytics"} == set(
        filter(None, row.split("|")[3].strip().split(", "))
    )
