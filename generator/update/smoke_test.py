"""Smoke-test a new client before it replaces the one in use.

It has to import, pass `mypy --strict`, and work when it is called; see `smoke_calls`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator.client.names import identifier, tag_of, with_configured_names
from generator.errors import GeneratorError
from generator.spec.files import read_text
from generator.spec.operations import operations, parameters
from generator.spec.read import read_document, read_mapping

_ROOT = Path(__file__).parents[2]
_SHOWN_LINES = 30
_SECONDS = 300


def smoke_test(folder: Path) -> None:
    """Test the client in a folder with `openapi.yaml`, `generator-config.yaml` and `generated/`.

    Raises:
        GeneratorError: It fails.
    """
    config = folder / "generator-config.yaml"
    package = str(read_mapping(read_text(config), str(config))["package_name_override"])
    generated = folder / "generated"
    (folder / "smoke.json").write_text(plan(folder), "utf-8")
    mypy = ["-m", "mypy", "--strict", "--no-error-summary", "--config-file="]
    cache = str(_ROOT / ".mypy_cache/update")
    calls = ["-m", "generator.update.smoke_calls", str(generated), package]
    lint = [
        "-m",
        "ruff",
        "check",
        "--quiet",
        "--no-cache",
        "--config",
        str(_ROOT / "pyproject.toml"),
    ]
    with ThreadPoolExecutor() as pool:
        runs = [
            pool.submit(_failure, "types", [*mypy, "--cache-dir", cache, package], generated),
            pool.submit(_failure, "lint", [*lint, str(generated)], folder),
            pool.submit(_failure, "calls", [*calls, str(folder / "smoke.json")], _ROOT),
        ]
    failures = [failure for run in runs if (failure := run.result())]
    if failures:
        raise GeneratorError("\n".join(["the new client fails its smoke test:", *failures]))


def plan(folder: Path) -> str:
    """The contract and the Python names of what it names, for calls without the slow parser."""
    contract = with_configured_names(
        read_document(read_text(folder / "openapi.yaml")), folder / "generator-config.yaml"
    )
    called: set[str] = set()
    for _, _, item, operation in operations(contract):
        called |= {tag_of(operation), operation["operationId"]}
        called |= {parameter["name"] for parameter in parameters(contract, item, operation)}
    return json.dumps({"contract": contract, "names": {name: identifier(name) for name in called}})


def _failure(name: str, arguments: Sequence[str], folder: Path) -> str:
    """Run Python; return the output if that fails."""
    paths = ("MYPYPATH", "PYTHONPATH")
    environment = {key: value for key, value in os.environ.items() if key not in paths}
    try:
        run = subprocess.run(  # noqa: S603 - this Python, on our own files
            [sys.executable, *arguments],
            cwd=folder, env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"  {name}: not done after {_SECONDS} seconds"
    lines = run.stdout.strip().splitlines()[-_SHOWN_LINES:] if run.returncode else []
    return "\n    ".join([f"  {name}:", *lines]) if run.returncode else ""
