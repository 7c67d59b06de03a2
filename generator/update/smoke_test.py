"""Smoke-test a new client before it replaces the one in use.

It has to pass `mypy --strict` and ruff, and work when it is called; see `smoke_calls`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from generator.errors import GeneratorError

_ROOT = Path(__file__).parents[2]
#: The rules that names of the document break: `id`, a long class, a token.
_NAMES = ("A002", "E501", "N801", "S105")
_SHOWN_LINES = 30
_SECONDS = 300


def smoke_test(folder: Path) -> None:
    """Test the client in a folder with `openapi.yaml`, `generator-config.yaml` and `generated/`.

    Raises:
        GeneratorError: It fails.
    """
    generated = str(folder / "generated")
    style = ["--quiet", "--no-cache", "--config", str(_ROOT / "pyproject.toml")]
    style += ["--ignore", ",".join(_NAMES)]
    types = [
        "--no-error-summary",
        "--config-file=",
        "--cache-dir",
        str(_ROOT / ".mypy_cache/update"),
    ]
    checks = {
        "types": ["mypy", "--strict", *types, generated],
        "lint": ["ruff", "check", *style, generated],
        "calls": ["generator.update.smoke_calls", str(folder)],
    }
    with ThreadPoolExecutor() as pool:
        failures = list(filter(None, pool.map(_failure, checks, checks.values())))
    if failures:
        raise GeneratorError("\n".join(["the new client fails its smoke test:", *failures]))


def _failure(name: str, module: Sequence[str]) -> str:
    """Run a Python module with its arguments; return the output if that fails."""
    paths = ("MYPYPATH", "PYTHONPATH")
    environment = {key: value for key, value in os.environ.items() if key not in paths}
    try:
        run = subprocess.run(  # noqa: S603 - this Python, on our own files
            [sys.executable, "-m", *module],
            cwd=_ROOT, env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"  {name}: not done after {_SECONDS} seconds"
    lines = run.stdout.strip().splitlines()[-_SHOWN_LINES:]
    return "\n    ".join([f"  {name}:", *lines]) if run.returncode else ""
