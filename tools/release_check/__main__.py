"""Check whether this checkout and its build in dist/ can be released.

Every check runs, even after one fails. One failed check stops the release.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from tools.release_check import components, distribution, public_names, version
from tools.release_check.release import ROOT, FailedError, NotCheckedError, Release

CHECKS: dict[str, Callable[[Release], str]] = {
    "version": version.version,
    "changelog": version.changelog,
    "readme": version.readme,
    "git": version.committed,
    "names": public_names.check,
    "twine": distribution.twine,
    "contents": distribution.contents,
    "licences": components.licences,
    "advisories": components.advisories,
}


def main(argv: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.release_check", description=__doc__)
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"of {', '.join(CHECKS)}")
    parser.add_argument("--tag", default="", help="the tag of the release, such as v1.2.3")
    parser.add_argument("--osv-url", default="", help="the vulnerability service to ask")
    parser.add_argument(
        "--strict",
        action="store_true",
        default=bool(os.environ.get("CI")),
        help="fail if something could not be checked; the default where CI is set",
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help=f"only write the public names to {public_names.RECORD}",
    )
    options = parser.parse_args(argv)
    if unknown := set(options.checks) - set(CHECKS):
        parser.error(f"no such check: {', '.join(sorted(unknown))}")
    release = Release(root, options.tag, options.osv_url)
    if options.record:
        public_names.record(release)
        return 0
    return max([_run(name, release, options.strict) for name in options.checks or CHECKS])


def _run(name: str, release: Release, strict: bool) -> int:
    try:
        mark, lines = "ok", [CHECKS[name](release)]
    except FailedError as error:
        mark, lines = "STOP", [*error.args]
    except NotCheckedError as error:
        mark, lines = "STOP" if strict else "--", [f"not checked: {error}"]
    for line in lines:
        sys.stdout.write(f"{mark:4}  {name:10}  {line}\n")
    sys.stdout.flush()
    return int(mark == "STOP")


if __name__ == "__main__":
    sys.exit(main())
