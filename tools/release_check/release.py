"""The release that is checked, and the two ways in which a check can fail."""

from __future__ import annotations

import subprocess
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]
PACKAGE = Path("generated/openrouter_analytics")


class FailedError(Exception):
    """The release must stop. Each argument is one line of the report."""


class NotCheckedError(Exception):
    """Something could not be checked here. With `--strict`, this stops the release, too."""


@frozen
class Release:
    """The release that is checked.

    Attributes:
        root: The checkout.
        tag: The tag of the release, such as `v1.2.3`; empty between two releases.
        osv_url: The vulnerability service for pip-audit; empty for its default.
    """

    root: Path = ROOT
    tag: str = ""
    osv_url: str = ""

    def built(self, pattern: str) -> Path:
        """The only file in dist/ that matches a pattern."""
        found = sorted((self.root / "dist").glob(pattern))
        if len(found) != 1:
            raise FailedError(f"dist/ holds {len(found)} {pattern}, not one: run `make build`")
        return found[0]


def run(
    *command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program, whatever its exit code."""
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - only the toolchain


def last_line(*texts: str) -> str:
    """The last line of the first text that is not blank."""
    return next((text.split("\n")[-1] for text in map(str.strip, texts) if text), "no message")
