"""The command that generates, as another process runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.generator.paths import ROOT


def generate(
    document: Path,
    config: Path,
    output: Path,
    *,
    python: str = sys.executable,
    **circumstances: Any,
) -> subprocess.CompletedProcess[str]:
    """Run `python -m generator generate` to its end, whatever that is and wherever it runs."""
    options = ["--document", str(document), "--config", str(config), "--output", str(output)]
    return subprocess.run(
        [python, "-m", "generator", "generate", *options],
        **({"cwd": ROOT} | circumstances),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
