"""The diff-check: whether what is committed is what its sources give."""

from __future__ import annotations

import difflib
import hashlib
import re
import tempfile
from collections.abc import Iterator
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
    """Repeat the chain of a checkout in a scratch folder, and compare. The checkout stays as it is.

    Returns:
        What differs, with the command that mends it; nothing if all is as it should be.
    """
    problems = [*_tools(root), *_forks()]
    for repeated, name, mend in (
        (_contract, "openapi.yaml", "correct spec/, then `make spec generate`"),
        (_package, "generated/", "correct what is named here, then `make generate`"),
    ):
        try:
            found = list(_differences(*repeated(root)))
        except GeneratorError as error:
            found = [f"{name} cannot be made: {error}"]
        if found:
            problems.append("\n\n".join(found) + f"\nmend: {mend}")
    return "\n\n".join(problems)


def _tools(root: Path) -> list[str]:
    """Tools whose version is not the locked one: another version may write other bytes."""
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", read_text(root / _LOCK), re.MULTILINE))
    return [
        f"{name} is {version(name)} here, and {locked.get(name, 'missing')} in {_LOCK}.\n"
        "mend: change the pin in pyproject.toml, then `make lock`, then `make generate`"
        for name in ("openapi-python-client", "ruff")
        if version(name) != locked.get(name)
    ]


def _forks() -> Iterator[str]:
    """Templates whose stock template differs in the installed openapi-python-client."""
    installed = version("openapi-python-client")
    stock = files("openapi_python_client") / "templates"
    ours = {path.name: path.read_text("utf-8") for path in sorted(TEMPLATES.glob("*.jinja"))}
    for path in runtime_files():
        if (stock / f"{path}.jinja").is_file() and f"{path}.jinja" not in ours:
            yield (
                f"generator/client/runtime/{path} replaces a template of upstream and does not say "
                "which.\nmend: record version and hash in a comment in "
                f"generator/client/templates/{path}.jinja"
            )
    for name, text in ours.items():
        fork = _FORK.search(text.partition("#}")[0])
        if fork is None:
            if (stock / name).is_file():
                yield (
                    f"generator/client/templates/{name} replaces upstream's and does not say "
                    "which.\nmend: put version and hash of upstream's into a comment at its top"
                )
            continue
        source = stock / fork[2]
        digest = hashlib.sha256(source.read_bytes()).hexdigest() if source.is_file() else "none"
        if digest != fork[3] or installed != fork[1]:
            yield (
                f"generator/client/templates/{name} was forked from openapi-python-client "
                f"{fork[1]}, and {installed} is installed; its {fork[2]} has sha256 {digest}.\n"
                "mend: merge what upstream changed, put version and hash into the comment, then "
                "`make generate`"
            )


def _contract(root: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The contract as it is committed, and as spec/ gives it."""
    path = root / "openapi.yaml"
    made = make_contract(
        read_text(root / "spec/upstream.yaml"), read_text(root / "spec/overlay.yaml")
    )
    return {path.name: path.read_bytes() if path.exists() else b""}, {path.name: made.encode()}


def _package(root: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The package as it is committed, and as contract, configuration and generator give it."""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "generated"
        build(root / "openapi.yaml", root / "generator-config.yaml", made)
        both = contents(root / "generated"), contents(made)
    before, after = ({f"generated/{name}": text for name, text in one.items()} for one in both)
    return before, after


def _differences(before: dict[str, bytes], after: dict[str, bytes]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield f"{name} is extra: nothing generates it."
        elif name not in before:
            yield f"{name} is missing."
        elif before[name] != after[name]:
            yield f"{name} is changed.\n{_diff(before[name], after[name], name)}"


def _diff(before: bytes, after: bytes, name: str) -> str:
    names = f"{name} (committed)", f"{name} (made)"
    old, new = (text.decode("utf-8", "backslashreplace").splitlines() for text in (before, after))
    lines = list(difflib.unified_diff(old, new, *names, n=1, lineterm=""))
    if not lines:
        return "The line ends differ, or the end of the file."
    rest = len(lines) - _SHOWN_LINES
    return "\n".join(lines[:_SHOWN_LINES] + [f"… and {rest} more lines"] * (rest > 0))
