"""Add the changes of a verdict to the changelog, which follows Keep a Changelog."""

from __future__ import annotations

import re
import textwrap

from generator.errors import GeneratorError
from generator.update.report import Change, Effect, Verdict

_WIDTH = 120
_MARKS = {Effect.BREAKING: "**Breaking:** ", Effect.TYPING: "**Type checking only:** "}


def last_release(changelog: str) -> str | None:
    """The version of the last release that the changelog lists."""
    found = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.MULTILINE)
    return found[1] if found else None


def with_changes(changelog: str, verdict: Verdict) -> str:
    """The changelog with the changes of a verdict under `## [Unreleased]`.

    Raises:
        GeneratorError: The changelog has no such heading.
    """
    section = re.search(
        r"^## \[Unreleased\][^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL
    )
    if section is None:
        raise GeneratorError("CHANGELOG.md: there is no heading `## [Unreleased]`")
    text = section[1].strip("\n")
    for title, entries in _entries(verdict).items():
        text = _with_entries(text, title, entries)
    rest = changelog[section.end() :]
    return f"{changelog[: section.start(1)]}\n{text}\n" + (f"\n{rest}" if rest else "")


def _with_entries(section: str, title: str, entries: list[str]) -> str:
    bullets = "\n".join(entry for entry in entries if entry not in section)
    if not bullets:
        return section
    if f"### {title}\n" not in section:
        return f"{section}\n\n### {title}\n\n{bullets}".lstrip("\n")
    before, heading, after = section.partition(f"### {title}\n")
    own, following, rest = after.partition("\n### ")
    own = own.rstrip("\n")
    return f"{before}{heading}{own}\n{bullets}\n{following}{rest}".rstrip("\n")


def _entries(verdict: Verdict) -> dict[str, list[str]]:
    """The entries for changes that a user can notice, by heading."""
    found: dict[str, list[str]] = {"Added": [], "Changed": [], "Removed": []}
    changes = [change for change in verdict.api if change.effect > Effect.NONE]
    changes += [change for change in verdict.contract if change.effect is Effect.BREAKING]
    for change in changes:
        is_new = change.effect is Effect.ADDITION and change.what.startswith("added")
        heading = "Added" if is_new else "Changed"
        if change.what.startswith("removed"):
            heading = "Removed"
        found[heading].append(_entry(change))
    if not changes:
        text = "The client follows a new version of its document; no code that uses it breaks."
        found["Changed"].append(_wrapped(text))
    return found


def _entry(change: Change) -> str:
    place, what, why = (" ".join(text.split()) for text in (change.place, change.what, change.why))
    reason = f" ({why})" if why else ""
    quoted = what.replace("`", "'")
    return _wrapped(f"{_MARKS.get(change.effect, '')}`{place.replace('`', '')}` {quoted}{reason}.")


def _wrapped(text: str) -> str:
    return textwrap.fill(
        text, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
