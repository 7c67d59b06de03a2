"""`python -m tests.release`: whether the checkout, and what is built of it in dist/, may go out.

Every step is taken, whatever the others found, and speaks in one line or some; a single one that
stops is enough to stop the release.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from tests.release import dependencies, distribution, surface, versions
from tests.release.context import ROOT, Context, NotCheckedError, StopError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STEPS: dict[str, Callable[[Context], str]] = {
    "version": versions.version,
    "changelog": versions.changelog,
    "surface": surface.surface,
    "metadata": distribution.metadata,
    "contents": distribution.contents,
    "pythons": distribution.pythons,
    "sbom": dependencies.sbom,
    "licences": dependencies.licences,
    "advisories": dependencies.advisories,
}


def main(argv: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.release", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"of {', '.join(STEPS)}; all")
    parser.add_argument("--tag", default="", help="the tag that is to be released, v1.2.3")
    parser.add_argument("--advisories", default="", help="address of an OSV service to ask")
    parser.add_argument(
        "--strict",
        action="store_true",
        default=bool(os.environ.get("CI")),
        help="stop for what could not be checked, too; so it is where CI is set",
    )
    parser.add_argument("--record", action="store_true", help=f"write {surface.RECORD} anew, only")
    options = parser.parse_args(argv)
    if unknown := [name for name in options.steps if name not in STEPS]:
        parser.error(f"no such step: {', '.join(unknown)}")
    context = Context(root, options.tag, options.strict, options.advisories)
    if options.record:
        surface.record(context)
        return 0
    return max([_taken(name, context) for name in options.steps or STEPS])


def _taken(name: str, context: Context) -> int:
    try:
        _say("ok", name, STEPS[name](context))
    except StopError as stop:
        for line in stop.args:
            _say("STOP", name, line)
        return 1
    except NotCheckedError as gap:
        _say("STOP" if context.strict else "--", name, f"not checked: {gap}")
        return int(context.strict)
    return 0


def _say(mark: str, step: str, line: str) -> None:
    sys.stdout.write(f"{mark:4}  {step:10}  {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
