"""The command that generates, as another process runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.generator.paths import ROOT


def generate(document: Path, config: Path, output: Path) -> subprocess.CompletedProcess[str]:
    """Run `python -m generator generate` to its end, whatever that is."""
    options = ["--document", str(document), "--config", str(config), "--output", str(output)]
    return subprocess.run(
        [sys.executable, "-m", "generator", "generate", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
