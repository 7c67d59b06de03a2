"""The Python examples of a Markdown page, and how they are run."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

import sandbox

ROOT = Path(__file__).parents[2]


class Example(NamedTuple):
    """A fenced block of Python, and the line its code starts on."""

    page: Path
    line: int
    code: str

    def run(self) -> None:
        """Run it as a script of its own; a traceback shows the line of the page.

        Where it awaits at the top, as a notebook allows, it runs in an event loop.
        """
        padded = "\n" * (self.line - 1) + self.code
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(padded, self.page, "exec", flags=flags, dont_inherit=True)
        scope = {"__name__": "__main__"}
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(eval(code, scope))
        else:
            exec(code, scope)


def point_at(base_url: str, environment: pytest.MonkeyPatch) -> None:
    """Make an environment in which an example talks to the sandbox."""
    environment.setenv("OPENROUTER_ANALYTICS_BASE_URL", base_url)
    environment.setenv("OPENROUTER_MANAGEMENT_KEY", sandbox.MANAGEMENT_KEY)
    environment.delenv("OPENROUTER_API_KEY", raising=False)
    environment.setenv("no_proxy", "*")  # a proxy of the environment does not reach this machine


def examples(page: Path) -> list[Example]:
    """All examples of a page, in its order."""
    text = page.read_text(encoding="utf-8")
    return [
        Example(page, text.count("\n", 0, block.start("code")) + 1, textwrap.dedent(block["code"]))
        for block in re.finditer(
            r"^ *```python\n(?P<code>.*?)^ *```$", text, re.DOTALL | re.MULTILINE
        )
    ]


def place(example: Example) -> str:
    """Where it stands, for the name of a test."""
    return f"{example.page.name} line {example.line}"


def python_fences(page: Path) -> list[str]:
    """All that opens a block of Python, in any form."""
    return re.findall(r"^\s*[`~]{3,}\s*py", page.read_text(encoding="utf-8"), re.MULTILINE)


def broken_links(page: Path) -> list[str]:
    """The relative links that lead nowhere: to no file, or to no heading of one."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken: list[str] = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
