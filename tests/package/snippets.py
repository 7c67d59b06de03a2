"""The examples and commands of a Markdown page, and how a new user runs them."""

from __future__ import annotations

import ast
import datetime as dt
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

import sandbox

ROOT = Path(__file__).parents[2]


RUNNER = """
import ast, asyncio, inspect, sys

page, code = sys.argv[1], sys.stdin.read()
compiled = compile(code, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
if compiled.co_flags & inspect.CO_COROUTINE:
    asyncio.run(eval(compiled))
else:
    exec(compiled)
"""
"""Runs an example. One with a top-level ``await``, as in a notebook, runs in an event loop."""


class Example(NamedTuple):
    """A fenced block of Python, and the first line of its code."""

    page: Path
    line: int
    code: str

    def run(self, python: Path, cwd: Path, variables: dict[str, str]) -> str:
        """Run the example; return its output. A traceback shows the line of the page."""
        finished = subprocess.run(
            [python, "-W", "error", "-c", RUNNER, self.page],
            input="\n" * (self.line - 1) + self.code,
            cwd=cwd,
            env=variables,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (0, "") == (finished.returncode, finished.stderr)
        return finished.stdout

    def imports(self) -> set[str]:
        """The packages that the example imports, without the standard library."""
        imported: set[str] = set()
        for node in ast.walk(ast.parse(self.code)):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
        return {name.partition(".")[0] for name in imported} - sys.stdlib_module_names


def of_a_user(base_url: str, home: Path, key: str = sandbox.MANAGEMENT_KEY) -> dict[str, str]:
    """The environment of a user who has set the key, without access to this clone."""
    return {
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "NO_PROXY": "*",
        "OPENROUTER_ANALYTICS_BASE_URL": base_url,
        "OPENROUTER_MANAGEMENT_KEY": key,
        "PATH": os.defpath,
        "PYTHONUNBUFFERED": "1",
    }


def set_date(folder: Path, today: dt.date) -> None:
    """Put a `date` that prints the first day of a month into a folder of `PATH`."""
    program = folder / "date"
    first = today.replace(day=1)
    program.write_text(f'#!/bin/sh\n[ "$*" = "-u +%Y-%m-01" ] && echo {first}\n', "utf-8")
    program.chmod(0o755)


def point_at(base_url: str, environment: pytest.MonkeyPatch) -> None:
    """Make examples in this process call the sandbox."""
    environment.setenv("OPENROUTER_ANALYTICS_BASE_URL", base_url)
    environment.setenv("OPENROUTER_MANAGEMENT_KEY", sandbox.MANAGEMENT_KEY)
    environment.delenv("OPENROUTER_API_KEY", raising=False)
    environment.setenv("no_proxy", "*")  # a proxy cannot reach this machine


def examples(page: Path) -> list[Example]:
    """All examples of a page, in its order."""
    text = page.read_text(encoding="utf-8")
    return [
        Example(page, text.count("\n", 0, block.start("code")) + 1, textwrap.dedent(block["code"]))
        for block in re.finditer(
            r"^ *```python\n(?P<code>.*?)^ *```$", text, re.DOTALL | re.MULTILINE
        )
    ]


def commands(page: Path) -> list[str]:
    """The commands of a page, each in one line, without comments."""
    blocks = re.findall(
        r"^ *```sh\n(.*?)^ *```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.partition("  #")[0].strip() for line in lines if line.strip()]


def place(example: Example) -> str:
    """The page and line of an example, for the name of a test."""
    return f"{example.page.name} line {example.line}"


def python_fences(page: Path) -> list[str]:
    """The opening lines of all Python blocks, in any notation."""
    return re.findall(r"^\s*[`~]{3,}\s*py", page.read_text(encoding="utf-8"), re.MULTILINE)
