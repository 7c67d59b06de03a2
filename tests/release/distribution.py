"""Whether the wheel and the sdist in dist/ may be released."""

from __future__ import annotations

import email
import os
import re
import sys
import tomllib
import zipfile
from email.message import Message

from tests.release.context import Context, NotCheckedError, StopError, last_line, run, tool

_TESTS = "tests/package/test_distribution.py"
_PYTHONS = "far_from_its_source"
_NEEDED = (
    *("Name", "Version", "Summary", "Description-Content-Type", "License-Expression"),
    *("License-File", "Classifier", "Requires-Python", "Requires-Dist", "Keywords"),
)
_LEFT_OUT = {
    "Project-URL": "project addresses",
    "Author-email": "author",
    "Maintainer-email": "maintainer",
}


def metadata(context: Context) -> str:
    """What an index shows of it is complete, and rendered."""
    held = wheel_metadata(context)
    missing = [name for name in _NEEDED if not held.get(name)]
    if missing:
        raise StopError(f"the wheel's metadata lack {', '.join(missing)}: see pyproject.toml")
    pyproject = tomllib.loads((context.root / "pyproject.toml").read_text("utf-8"))
    declared = set(pyproject["project"].get("optional-dependencies", {}))
    extras = set(held.get_all("Provides-Extra", []))
    if extras != declared:
        raise StopError(f"the wheel's extras are {sorted(extras)}, and not {sorted(declared)}")
    checked = run(tool("twine"), "--no-color", "check", "--strict", context.wheel, context.sdist)
    if checked.returncode:
        raise StopError(*_said(checked.stdout + checked.stderr), "twine check --strict: see above")
    unknown = [words for name, words in _LEFT_OUT.items() if not held.get(name)]
    return "complete, twine agrees" + (f"; not known: {', '.join(unknown)}" if unknown else "")


def wheel_metadata(context: Context) -> Message:
    """The metadata in the wheel."""
    with zipfile.ZipFile(context.wheel) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(wheel.read(name))


def contents(context: Context) -> str:
    """They hold what they should, and another build gives the same bytes."""
    return _tested(context, f"not {_PYTHONS}")


def pythons(context: Context) -> str:
    """The wheel works on every Python that is installed, with its source out of reach."""
    return _tested(context, _PYTHONS)


def _tested(context: Context, which: str) -> str:
    """Run tests on dist/, as `make unit` runs them on a build of its own."""
    for kind in (context.wheel, context.sdist):
        kind.stat()
    finished = run(
        *(sys.executable, "-m", "pytest", _TESTS, "-k", which, "-q"),
        *("-p", "no:cacheprovider"),
        cwd=context.root,
        env=os.environ | {"DIST": "dist", "COLUMNS": "300"},
    )
    if finished.returncode:
        failed = re.findall(r"^(?:FAILED|ERROR) (?:\S+::)?(\S.*)$", finished.stdout, re.MULTILINE)
        lines = failed or [last_line(finished.stderr, finished.stdout)]
        raise StopError(*lines, f'`make unit ARGS="{_TESTS}"` tells more')
    [passed] = re.findall(r"^(\d+) passed", finished.stdout, re.MULTILINE) or ["0"]
    skipped = re.findall(r"^SKIPPED .*?: (\S.*)$", finished.stdout, re.MULTILINE)
    if passed == "0" or (skipped and context.strict):
        raise NotCheckedError("; ".join(skipped) or last_line(finished.stdout))
    return "; ".join([f"{passed} tests passed", *skipped])


def _said(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
