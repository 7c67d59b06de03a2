"""Whether the wheel and the sdist in dist/ can be released."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from tools.release_check.release import FailedError, NotCheckedError, Release, last_line, run

_TESTS = "tests/package/test_distribution.py"


def twine(release: Release) -> str:
    """Check that the metadata is valid, and that an index can show the description."""
    command = (Path(sys.executable).with_name("twine"), "--no-color", "check", "--strict")
    checked = run(*command, release.built("*.whl"), release.built("*.tar.gz"))
    if checked.returncode:
        lines = (checked.stdout + checked.stderr).splitlines()
        raise FailedError(*[line.strip() for line in lines if line.strip()])
    return "twine check --strict has passed"


def contents(release: Release) -> str:
    """Run the tests of the distribution on the wheel and sdist in dist/."""
    for pattern in ("*.whl", "*.tar.gz"):
        release.built(pattern)
    finished = run(
        *(sys.executable, "-m", "pytest", _TESTS, "-q", "-n", "0", "-p", "no:cacheprovider"),
        cwd=release.root,
        env=os.environ | {"DIST": "dist", "COLUMNS": "300"},
    )
    if finished.returncode:
        failed = re.findall(r"^(?:FAILED|ERROR) (?:\S+::)?(\S.*)$", finished.stdout, re.MULTILINE)
        raise FailedError(
            *(failed or [last_line(finished.stderr, finished.stdout)]),
            f'for details: make unit ARGS="{_TESTS}"',
        )
    if skipped := re.findall(r"^SKIPPED .*?: (\S.*)$", finished.stdout, re.MULTILINE):
        raise NotCheckedError("; ".join(skipped))
    return last_line(finished.stdout)
