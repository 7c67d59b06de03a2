"""Whether the version may be released: beside its tag, the releases before it, and the changelog.

The record of what was released are the tags `v1.2.3`.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

from generator.update.compare_package import api_changes, package
from generator.update.report import Change, Verdict, bumped
from tests.release.context import PACKAGE, Context, StopError, last_line

_Number = tuple[int, int, int]
_SET = "set package_version_override in generator-config.yaml and run `make generate`"


def version(context: Context) -> str:
    """The version follows all that were released, by as much as the API has changed since."""
    own = own_version(context.root)
    number = _number(own)
    if context.tag and context.tag != f"v{own}":
        raise StopError(
            f"the tag {context.tag} is not that of the version, v{own}: take that, or {_SET}"
        )
    released = releases(context.root)
    if not released:
        return f"{own}; nothing was released before"
    last = max(released)
    before = ".".join(map(str, last))
    changes = _changes_since(context.root, before)
    needed = bumped(before, Verdict("", [], changes).level if changes else "patch")
    if number in released:
        raise StopError(f"{own} is released already, {needed} is due: {_SET}")
    if number < last:
        raise StopError(f"{own} comes before {before}, {needed} is due: {_SET}")
    if number < _number(needed):
        [worst, *others] = sorted(changes, key=lambda change: -change.effect)
        more = f", and {len(others)} more" if others else ""
        raise StopError(f"{own} is too small a step from {before}, {needed} is due: {worst}{more}")
    return f"{own}, after {before}"


def own_version(root: Path) -> str:
    """The version that the generated package gives itself."""
    text = (root / PACKAGE / "_package.py").read_text("utf-8")
    [found] = re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    return str(found)


def releases(root: Path) -> set[_Number]:
    """The versions that were released, from another commit than the one that is checked out."""
    if _git(root, "rev-parse", "--is-shallow-repository").split() == [b"true"]:
        raise StopError("the clone is shallow and may lack tags: git fetch --unshallow --tags")
    here = _git(root, "tag", "--points-at", "HEAD").decode().split()
    tags = _git(root, "tag", "--list", "v*").decode().split()
    return {
        _number(tag[1:]) for tag in tags if tag not in here and re.fullmatch(r"v\d+\.\d+\.\d+", tag)
    }


def _number(version: str) -> _Number:
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if not found:
        raise StopError(f"the version {version} is not of the form 1.2.3")
    return int(found[1]), int(found[2]), int(found[3])


def _changes_since(root: Path, before: str) -> list[Change]:
    archive = _git(root, "archive", "--format=tar", f"v{before}", str(PACKAGE))
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        return api_changes(package(Path(folder) / PACKAGE), package(root / PACKAGE))


def _git(root: Path, *arguments: str) -> bytes:
    try:
        finished = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise StopError("git cannot tell what was released: it is not installed") from None
    if finished.returncode:
        reason = last_line(finished.stderr.decode("utf-8", "replace"))
        raise StopError(f"git cannot tell what was released: {reason}")
    return finished.stdout


def changelog(context: Context) -> str:
    """The changelog tells of the version; when it is tagged, under its own heading and day.

    Between two releases the entries may wait under Unreleased.
    """
    own = own_version(context.root)
    text = (context.root / "CHANGELOG.md").read_text("utf-8")
    sections = re.findall(r"^## \[(.+?)\](.*)\n((?:(?!## ).*\n?)*)", text, re.MULTILINE)
    waiting = sum(_entries(body) for name, _, body in sections if name == "Unreleased")
    released = [section for section in sections if section[0] != "Unreleased"]
    if not released or released[0][0] != own:
        if context.tag:
            raise StopError(
                f"CHANGELOG.md does not tell of {own}: put `## [{own}] - <year-month-day>` under "
                "`## [Unreleased]`, above the entries"
            )
        if not waiting:
            raise StopError(f"CHANGELOG.md does not tell of {own}: write what is new in it")
        return f"{waiting} entries under Unreleased, which go under `## [{own}]` on its day"
    _, day, body = released[0]
    if not _is_day(day.removeprefix(" - ")):
        raise StopError(f"CHANGELOG.md: the heading of {own} ends with no day: ` - 2006-01-02`")
    if not _entries(body):
        raise StopError(f"CHANGELOG.md: nothing stands under {own}: write what is new in it")
    if waiting:
        raise StopError(f"CHANGELOG.md: move what stands under Unreleased to {own}, or release it")
    return f"{_entries(body)} entries under {own}{day}"


def _entries(body: str) -> int:
    return len(re.findall(r"^- ", body, re.MULTILINE))


def _is_day(text: str) -> bool:
    try:
        return str(dt.date.fromisoformat(text)) == text
    except ValueError:
        return False
