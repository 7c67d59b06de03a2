"""Checks of the version against its tag, earlier releases and the changelog.

The tags `v1.2.3` record the releases.
"""

from __future__ import annotations

import re
import tarfile
import tempfile
from pathlib import Path

from generator.update.compare_package import api_changes, package
from generator.update.report import Change, Verdict, bumped
from tools.release_check.release import (
    PACKAGE,
    FailedError,
    NotCheckedError,
    Release,
    last_line,
    run,
)

_Number = tuple[int, int, int]
_SET = "set package_version_override in generator-config.yaml and run `make generate`"


def version(release: Release) -> str:
    """Check that the step from the last release is as large as the changes of the API."""
    root = release.root
    own = own_version(root)
    number = _number(own)
    if release.tag and release.tag != f"v{own}":
        raise FailedError(f"the tag is {release.tag} and the version {own}: tag v{own}, or {_SET}")
    last = max(_released(root), default=None)
    if last is None:
        return f"{own}; nothing was released before"
    before = ".".join(map(str, last))
    changes = _changes_since(root, before)
    due = bumped(before, Verdict("", [], changes).level if changes else "patch")
    if number <= last:
        raise FailedError(f"{own} does not follow the released {before}, {due} is due: {_SET}")
    if number < _number(due):
        worst = max(changes, key=lambda change: change.effect)
        raise FailedError(f"{own} is too small a step from {before}, {due} is due: {worst}")
    return f"{own}, after {before}"


def own_version(root: Path) -> str:
    """The version of the generated package."""
    text = (root / PACKAGE / "_package.py").read_text("utf-8")
    [found] = re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)
    return str(found)


def _released(root: Path) -> list[_Number]:
    """The versions that were released from another commit than the checked-out one."""
    if _git(root, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise FailedError("the clone is shallow and may lack tags: git fetch --unshallow --tags")
    here = _git(root, "tag", "--points-at", "HEAD").split()
    tags = _git(root, "tag", "--list", "v*").split()
    return [_number(t[1:]) for t in tags if t not in here and re.fullmatch(r"v\d+\.\d+\.\d+", t)]


def _number(version: str) -> _Number:
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if not found:
        raise FailedError(f"the version {version} is not of the form 1.2.3")
    return int(found[1]), int(found[2]), int(found[3])


def _changes_since(root: Path, before: str) -> list[Change]:
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "before.tar")
        _git(root, "archive", f"--output={archive}", f"v{before}", str(PACKAGE))
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        return api_changes(package(Path(folder) / PACKAGE), package(root / PACKAGE))


def _git(root: Path, *arguments: str) -> str:
    finished = run("git", *arguments, cwd=root)
    if finished.returncode:
        raise FailedError(f"git {arguments[0]}: {last_line(finished.stderr)}")
    return finished.stdout


def readme(release: Release) -> str:
    """Check that the README of a release installs the release, not the wheel of a clone."""
    lines = (release.root / "README.md").read_text("utf-8").splitlines()
    if not (from_clone := [str(at) for at, line in enumerate(lines, 1) if "dist/*.whl" in line]):
        return "it installs the released package"
    if release.tag:
        raise FailedError(
            f"README.md installs a wheel of dist/ in line {', '.join(from_clone)}: "
            "write `pip install 'openrouter-analytics[cli]'` there, and remove `make build`"
        )
    return "it installs from a clone, as long as there is no release"


def committed(release: Release) -> str:
    """Check that everything is committed, so that the tag has the files that were checked."""
    if changed := _git(release.root, "status", "--porcelain").splitlines():
        raise NotCheckedError(f"{len(changed)} files are not committed, first {changed[0][3:]}")
    return "everything is committed"


def changelog(release: Release) -> str:
    """Check that the changelog has entries for the version.

    With a tag, they must be under its own heading with a date; else they may be under Unreleased.
    """
    own = own_version(release.root)
    text = (release.root / "CHANGELOG.md").read_text("utf-8")
    sections = re.findall(r"^## \[(.+?)\](.*)\n((?:(?!## ).*\n?)*)", text, re.MULTILINE)
    entries = {name: len(re.findall(r"^- ", body, re.MULTILINE)) for name, _, body in sections}
    unreleased = entries.pop("Unreleased", 0)
    heading = f"## [{own}] - <year-month-day>"
    if next(iter(entries), "") != own:
        if release.tag:
            raise FailedError(f"CHANGELOG.md: put `{heading}` above the entries under Unreleased")
        if not unreleased:
            raise FailedError(f"CHANGELOG.md has no entry for {own}: write what is new in it")
        return f"{unreleased} entries under Unreleased"
    if not re.search(rf"^## \[{re.escape(own)}\] - \d{{4}}-\d\d-\d\d$", text, re.MULTILINE):
        raise FailedError(f"CHANGELOG.md: the heading of {own} has no day: `{heading}`")
    if not entries[own]:
        raise FailedError(f"CHANGELOG.md has no entry for {own}: write what is new in it")
    if unreleased:
        raise FailedError(f"CHANGELOG.md: move the entries under Unreleased to {own}")
    return f"{entries[own]} entries under {own}"
