"""The diff-check: whether what is committed is what its sources give."""

from __future__ import annotations

import difflib
import hashlib
import re
import tempfile
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from generator.client.generate import build
from generator.client.render import TEMPLATES, runtime_files
from generator.errors import GeneratorError
from generator.spec.contract import make_contract
from generator.spec.files import contents, read_text

_LOCK = "requirements.txt"
_FORK = re.compile(
    r"openapi-python-client (\S+), (\S+\.jinja)\b.*?sha256 ([0-9a-f]{64})", re.DOTALL
)
_SHOWN_LINES = 60


def check(root: Path) -> str:
    """Repeat the chain of a checkout in a scratch folder, and compare; nothing in it is changed.

    Returns:
        What differs, with the command that mends it; nothing if all is as it should be.
    """
    problems = [*_tools(root), *_forks()]
    problems += _contract(root)
    problems += _package(root)
    return "\n\n".join(problems)


def _tools(root: Path) -> list[str]:
    """Tools that are not of the locked version: another one may well write other bytes."""
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", read_text(root / _LOCK), re.MULTILINE))
    return [
        f"{name} is {version(name)} here, and {locked.get(name, 'missing')} in {_LOCK}.\n"
        "mend: change the pin in pyproject.toml, then `make lock`, then `make generate`"
        for name in ("openapi-python-client", "ruff")
        if version(name) != locked.get(name)
    ]


def _forks() -> list[str]:
    """Templates that were forked from others than those of the installed openapi-python-client."""
    installed = version("openapi-python-client")
    stock = files("openapi_python_client") / "templates"
    problems = [
        f"generator/client/runtime/{path} replaces a template of upstream and does not say which.\n"
        f"mend: record version and hash in a comment in generator/client/templates/{path}.jinja"
        for path in runtime_files()
        if (stock / f"{path}.jinja").is_file() and not (TEMPLATES / f"{path}.jinja").is_file()
    ]
    for template in sorted(TEMPLATES.glob("*.jinja")):
        fork = _FORK.search(template.read_text("utf-8").partition("#}")[0])
        if fork is None:
            if (stock / template.name).is_file():
                problems.append(
                    f"generator/client/templates/{template.name} replaces upstream's and does not "
                    "say which.\nmend: put version and hash of upstream's into a comment at its top"
                )
            continue
        source = stock / fork[2]
        digest = hashlib.sha256(source.read_bytes()).hexdigest() if source.is_file() else "none"
        if digest != fork[3] or installed != fork[1]:
            problems.append(
                f"generator/client/templates/{template.name} was forked from openapi-python-client "
                f"{fork[1]}, and {installed} is installed; its {fork[2]} has sha256 {digest}.\n"
                "mend: merge what upstream changed, put version and hash into the comment, then "
                "`make generate`"
            )
    return problems


def _contract(root: Path) -> list[str]:
    try:
        made = make_contract(
            read_text(root / "spec/upstream.yaml"), read_text(root / "spec/overlay.yaml")
        )
    except GeneratorError as error:
        return [
            f"openapi.yaml cannot be made: {error}\nmend: correct spec/, then `make spec generate`"
        ]
    path = root / "openapi.yaml"
    committed = read_text(path) if path.exists() else ""
    if committed == made:
        return []
    return [
        "openapi.yaml is not what spec/upstream.yaml and spec/overlay.yaml give.\n"
        "mend: `make spec`, or put the change into spec/overlay.yaml first\n"
        + _diff(committed, made, "openapi.yaml")
    ]


def _package(root: Path) -> list[str]:
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "generated"
        try:
            build(root / "openapi.yaml", root / "generator-config.yaml", made)
        except GeneratorError as error:
            return [
                f"generated/ cannot be made: {error}\n"
                "mend: correct what is named here, then `make generate`"
            ]
        before, after = contents(root / "generated"), contents(made)
    problems: list[str] = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            problems.append(f"generated/{name} is extra: nothing generates it.")
        elif name not in before:
            problems.append(f"generated/{name} is missing.")
        elif before[name] != after[name]:
            problems.append(
                f"generated/{name} is changed.\n"
                + _diff(_text(before[name]), _text(after[name]), f"generated/{name}")
            )
    if problems:
        problems.append(
            "generated/ is not what openapi.yaml, generator-config.yaml and generator/ give.\n"
            "mend: `make generate`"
        )
    return problems


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="backslashreplace")


def _diff(before: str, after: str, name: str) -> str:
    names = f"{name} (committed)", f"{name} (made)"
    sides = before.splitlines(), after.splitlines()
    lines = list(difflib.unified_diff(*sides, *names, n=1, lineterm=""))
    if not lines:
        return "The line ends differ, or the end of the file."
    rest = len(lines) - _SHOWN_LINES
    return "\n".join(lines[:_SHOWN_LINES] + [f"… and {rest} more lines"] * (rest > 0))
