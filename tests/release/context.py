"""What the steps of a release check share: what they are told, and how they speak up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[2]
PACKAGE = Path("generated/openrouter_analytics")


class StopError(Exception):
    """What must not be released as it is; each argument is one line that says what to do."""


class NotCheckedError(Exception):
    """What could not be looked at here; where nothing may stay unchecked, it stops a release."""


@frozen
class Context:
    """What a step is told.

    Attributes:
        root: The checkout.
        tag: The tag that is about to be released; without one the checkout is looked at as it
            stands between two releases.
        strict: Whether nothing may stay unchecked.
        advisories: The address to ask for known vulnerabilities; pip-audit's own if it is empty.
    """

    root: Path = ROOT
    tag: str = ""
    strict: bool = False
    advisories: str = ""

    def built(self, pattern: str) -> Path:
        """The one file of a kind in dist/."""
        found = sorted((self.root / "dist").glob(pattern))
        if len(found) != 1:
            raise StopError(f"dist/ holds {len(found)} files {pattern}, not one: run `make build`")
        return found[0]

    @property
    def wheel(self) -> Path:
        """The wheel."""
        return self.built("*.whl")

    @property
    def sdist(self) -> Path:
        """The source distribution."""
        return self.built("*.tar.gz")

    @property
    def sbom(self) -> Path:
        """Where the list of components is written, and read again."""
        return self.root / "reports/sbom.cdx.json"


def tool(name: str) -> str:
    """A program of .ci/release.txt, which stands beside the toolchain.

    Raises:
        StopError: It is not there.
    """
    found = Path(sys.prefix) / "release/bin" / name
    if not found.is_file():
        raise StopError(f"{name} is not installed: run `make release-check`")
    return str(found)


def run(
    *command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program, whatever its exit code."""
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def last_line(*texts: str) -> str:
    """The last line that says something, of the first text that does."""
    for text in texts:
        if lines := [line.strip() for line in text.splitlines() if line.strip()]:
            return lines[-1]
    return "it says nothing"
