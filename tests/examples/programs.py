"""The examples as a user runs them: copied, with the wheel and what they ask for, nothing else."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from openrouter_analytics import Client
from openrouter_analytics.models import ActivityItem

import sandbox
from tests.package.environments import PROJECT, ROOT
from tests.package.snippets import of_a_user

TODAY = dt.date(2026, 8, 24)
"""The day on which the output of the pages was made."""

EXAMPLES = ROOT / "examples"
DOCS = ROOT / "docs/guide"
# The demo is run by a make target, and needs the sandbox beside it.
SCRIPTS = sorted(path for path in EXAMPLES.glob("*.py") if path.name != "demo.py")


def dependencies(script: Path) -> list[str]:
    """What a script asks for at its top, as PEP 723 has it."""
    blocks = re.findall(
        r"^# /// script$\n((?:#(?: .*)?\n)+)^# ///$", script.read_text("utf-8"), re.MULTILINE
    )
    assert len(blocks) == 1, f"{script.name} has {len(blocks)} blocks of metadata"
    metadata = tomllib.loads(re.sub(r"^# ?", "", blocks[0], flags=re.MULTILINE))
    listed: list[str] = metadata["dependencies"]
    return listed


def needs(script: Path) -> list[str]:
    """The packages to install for a script: in place of this package, its requirements."""
    others = [listed for listed in dependencies(script) if name(listed) != "openrouter-analytics"]
    return [*PROJECT["dependencies"], *others]


def name(requirement: str) -> str:
    """The package that a requirement is about."""
    return re.split(r"[^\w-]", requirement, maxsplit=1)[0]


class Finished(NamedTuple):
    """The outcome of a program."""

    code: int
    out: str
    err: str


Call = Callable[..., Finished]


def fetch(base_url: str) -> list[ActivityItem]:
    """All rows of the account."""
    with Client(sandbox.MANAGEMENT_KEY, base_url=base_url) as client:
        return client.analytics.get_user_activity().data


def run(
    script: str, *arguments: str | Path, cwd: Path, base_url: str, **variables: str
) -> Finished:
    """Run an example in a process of its own, with this environment's packages."""
    with start(script, *arguments, cwd=cwd, base_url=base_url, **variables) as process:
        out, err = process.communicate(timeout=100)
    return Finished(process.returncode, out, err)


def start(
    script: str, *arguments: str | Path, cwd: Path, base_url: str, **variables: str
) -> subprocess.Popen[str]:
    """Start an example."""
    return subprocess.Popen(
        [sys.executable, EXAMPLES / script, *arguments],
        cwd=cwd,
        env=of_a_user(base_url, cwd) | {"PYTHONPATH": str(ROOT / "generated")} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
