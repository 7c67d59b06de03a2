"""Test a new client where it was generated, before it replaces the one that is in use.

It has to import, to pass `mypy --strict`, and to keep its contract when it is called: for that see
`trial_calls`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.client import names
from generator.errors import GeneratorError
from generator.spec.files import read_text
from generator.spec.operations import operations
from generator.spec.read import read_document, read_mapping
from generator.spec.references import resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROOT = Path(__file__).parents[2]
_SHOWN_LINES = 30
_SECONDS = 300


def trial(folder: Path) -> None:
    """Test the client of a chain.

    Args:
        folder: The folder with `openapi.yaml`, `generator-config.yaml` and `generated/`.

    Raises:
        GeneratorError: It fails.
    """
    config = folder / "generator-config.yaml"
    package = str(read_mapping(read_text(config), str(config))["package_name_override"])
    generated = folder / "generated"
    (folder / "smoke.json").write_text(plan(folder), "utf-8")
    cache = _ROOT / ".mypy_cache" / "update"
    runs = [
        _start(
            "types",
            ["-m", "mypy", "--strict", "--no-error-summary", "--config-file=",
             "--cache-dir", str(cache), package],
            generated,
        ),
        _start(
            "calls",
            ["-m", "generator.update.smoke_calls", str(generated), package,
             str(folder / "smoke.json")],
            _ROOT,
        ),
    ]  # fmt: skip
    failures = [failure for name, run in runs if (failure := _ended(name, run))]
    if failures:
        raise GeneratorError("\n".join(["the new client fails its tests:", *failures]))


def plan(folder: Path) -> str:
    """What the calls are made from, so that they need no parser: the contract and Python names."""
    contract = names.pinned(
        read_document(read_text(folder / "openapi.yaml")), folder / "generator-config.yaml"
    )
    called: set[str] = set()
    for _, _, item, operation in operations(contract):
        called |= {names.tag_of(operation), operation["operationId"]}
        for declared in [*item.get("parameters", []), *operation.get("parameters", [])]:
            called.add(resolve(contract, declared)["name"])
    return json.dumps(
        {"contract": contract, "names": {name: names.identifier(name) for name in called}}
    )


def _start(name: str, arguments: Sequence[str], folder: Path) -> tuple[str, subprocess.Popen[str]]:
    environment = {
        key: value for key, value in os.environ.items() if key not in ("MYPYPATH", "PYTHONPATH")
    }
    return name, subprocess.Popen(  # noqa: S603 - this Python, on our own files
        [sys.executable, *arguments],
        cwd=folder,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _ended(name: str, run: subprocess.Popen[str]) -> str:
    """What a run that failed has said."""
    try:
        output, _ = run.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        run.kill()
        return f"  {name}: not done after {_SECONDS} seconds"
    if run.returncode == 0:
        return ""
    lines = output.strip().splitlines()[-_SHOWN_LINES:]
    return "\n".join([f"  {name}:", *(f"    {line}" for line in lines)])
