"""The command that generates, as another process runs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.generator.paths import ROOT


def generate(
    document: Path,
    config: Path,
    output: Path,
    *,
    python: str = sys.executable,
    cwd: str | Path = ROOT,
    env: Mapping[str, str] | None = None,
    umask: int = -1,
) -> subprocess.CompletedProcess[str]:
    """Run `python -m generator generate` to its end, whatever that is."""
    options = ["--document", str(document), "--config", str(config), "--output", str(output)]
    return subprocess.run(
        [python, "-m", "generator", "generate", *options],
        cwd=cwd, env=env, umask=umask,
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
