"""The verdict on a new version of the document, and the change report that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum

from attrs import field, frozen

from generator.errors import GeneratorError


class Effect(IntEnum):
    """What a change does to code that uses the client, from nothing to the worst."""

    NONE = 0
    ADDITION = 1
    TYPING = 2
    BREAKING = 3


#: For each effect, the heading of its changes and the headline of a verdict.
_WORDS = {
    Effect.BREAKING: ("Breaking", "breaking"),
    Effect.TYPING: ("Breaks type checking only", "not breaking, except for type checking"),
    Effect.ADDITION: ("Additions", "not breaking, with additions"),
    Effect.NONE: ("Without effect on code", "not breaking, without effect on code"),
}


@frozen
class Change:
    """One difference.

    Attributes:
        place: What changed: a parameter or body of an operation, or a Python name.
        what: How it changed.
        effect: What that does to code.
        why: Why it has this effect, unless that is obvious.
    """

    place: str
    what: str
    effect: Effect
    why: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (f" ({self.why})" if self.why else "")


@frozen
class Verdict:
    """What a new version of the document changes.

    Attributes:
        source: Where the document is from, in words.
        contract: The changes of the contract.
        api: The changes of the Python API.
        names: The operations that were moved or renamed, and the names that stay, in words.
        obsolete: The titles of the overlay actions that are removed.
        version: The version before.
        next_version: The version that the changes ask for.
    """

    source: str
    contract: list[Change]
    api: list[Change]
    names: list[str] = field(factory=list[str])
    obsolete: list[str] = field(factory=list[str])
    version: str = "0.0.0"
    next_version: str = "0.0.0"

    @property
    def effect(self) -> Effect:
        """The worst effect of a change."""
        return max((change.effect for change in [*self.contract, *self.api]), default=Effect.NONE)

    @property
    def means_the_same(self) -> bool:
        """Whether the document says the same as before, in any words and order."""
        return not (self.contract or self.api or self.names)

    @property
    def level(self) -> str:
        """The part of the version that semantic versioning raises, or "none"."""
        if self.means_the_same:
            return "none"
        return {Effect.BREAKING: "major", Effect.NONE: "patch"}.get(self.effect, "minor")

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        raised = f"version {self.version} becomes {self.next_version}"
        is_raised = self.version != self.next_version
        if self.means_the_same:
            return "means the same as before" + f"; {raised} for its wording" * is_raised
        version = raised if is_raised else f"the version stays {self.version}"
        return f"{_WORDS[self.effect][1]}; {version}"


def bumped(version: str, level: str) -> str:
    """The version that follows `version`.

    Below 1.0.0 semantic versioning promises nothing: both a breaking change and an addition raise
    the second number.

    Raises:
        GeneratorError: The version is not of the form `1.2.3`.
    """
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if not found:
        raise GeneratorError(f"the version {version!r} is not of the form 1.2.3")
    major, minor, patch = map(int, found.groups())
    match level:
        case "major" if major:
            return f"{major + 1}.0.0"
        case "major" | "minor":
            return f"{major}.{minor + 1}.0"
        case "patch":
            return f"{major}.{minor}.{patch + 1}"
        case _:
            return version


def markdown(verdict: Verdict) -> str:
    """The change report: the verdict as a page for a pull request."""
    return "\n".join(_lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    start = "The document" if verdict.means_the_same else "Verdict:"
    yield f"# {start} {verdict.headline}\n"
    yield f"Document: {_inline(verdict.source)}."
    changes = [("Contract", change) for change in verdict.contract]
    changes += [("Python", change) for change in verdict.api]
    sections = {
        heading: [f"{title}: {_shown(change)}" for title, change in changes if change.effect == key]
        for key, (heading, _) in _WORDS.items()
    }
    sections["Names"] = list(map(_inline, verdict.names))
    title = "Overlay actions removed, because upstream has the correction"
    sections[title] = list(map(_inline, verdict.obsolete))
    for heading, entries in sections.items():
        if entries:
            yield f"\n## {heading}\n"
            yield from (f"- {entry}" for entry in entries)


def _shown(change: Change) -> str:
    place = " ".join(change.place.replace("`", "'").split())
    return f"`{place}` {_inline(change.what)}" + (f" — {_inline(change.why)}" * bool(change.why))


def _inline(text: str) -> str:
    """Escape text of the document, so that it makes no link, mention, tag or heading."""
    escaped = re.sub(r"([\\`*_\[\]<>#|~!@&])", r"\\\1", " ".join(text.split()))
    return re.sub(r"(?i)\b(https?|www)([:.])", r"\1\\\2", escaped)
