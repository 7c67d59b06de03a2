"""The verdict on a new version of the document: what changed, for whom, and the version it asks."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

from generator.errors import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Effect(IntEnum):
    """What a change does to those who use the client, from nothing to the worst."""

    NONE = 0
    ADDITION = 1
    TYPING = 2
    BREAKING = 3


HEADINGS = {
    Effect.BREAKING: "Breaking",
    Effect.TYPING: "Breaks type checking only",
    Effect.ADDITION: "Additions",
    Effect.NONE: "Without effect on code",
}


@frozen
class Change:
    """One difference.

    Attributes:
        place: What changed: an operation's parameter or body, or a Python name.
        what: How it changed.
        effect: What that does.
        why: Whom it reaches and how, where that does not go without saying.
    """

    place: str
    what: str
    effect: Effect
    why: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (f" ({self.why})" if self.why else "")


@frozen
class Verdict:
    """All that is to be said of a new version of the document.

    Attributes:
        source: What came, in words.
        contract: The changes of the contract.
        api: The changes of the Python API.
        names: What was renamed or moved, and what keeps its name nevertheless.
        needless: The overlay actions that are taken out, by name.
        version: The version before.
        next_version: The version that the changes ask for.
    """

    source: str
    contract: list[Change]
    api: list[Change]
    names: list[str] = field(factory=list[str])
    needless: list[str] = field(factory=list[str])
    version: str = "0.0.0"
    next_version: str = "0.0.0"

    @property
    def effect(self) -> Effect:
        """The worst that a change does."""
        return max((change.effect for change in [*self.contract, *self.api]), default=Effect.NONE)

    @property
    def means_the_same(self) -> bool:
        """Whether the document says what the old one did, in whatever words and order."""
        return not (self.contract or self.api or self.names)

    @property
    def level(self) -> str:
        """The part of a version that semantic versioning counts up: "none" if it is no change."""
        if self.means_the_same:
            return "none"
        return {Effect.BREAKING: "major", Effect.NONE: "patch"}.get(self.effect, "minor")

    @property
    def headline(self) -> str:
        """The verdict in a line."""
        if self.means_the_same:
            worded = f"; version {self.version} becomes {self.next_version} for its wording"
            return "means the same as before" + worded * (self.version != self.next_version)
        said = {
            Effect.BREAKING: "breaking",
            Effect.TYPING: "not breaking, except for type checking",
            Effect.ADDITION: "not breaking, with additions",
            Effect.NONE: "not breaking, without effect on code",
        }[self.effect]
        if self.version == self.next_version:
            return f"{said}; the version stays {self.version}"
        return f"{said}; version {self.version} becomes {self.next_version}"


def bumped(version: str, level: str) -> str:
    """The version that comes after `version`.

    Below 1.0.0, where semantic versioning promises nothing, a breaking change counts up the second
    number, as an addition does.

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
    """The verdict as a page for a pull request."""
    return "\n".join(_lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    yield (
        f"# The document {verdict.headline}"
        if verdict.means_the_same
        else (f"# Verdict: {verdict.headline}")
    )
    yield ""
    yield f"Document: {_inline(verdict.source)}."
    for effect, heading in HEADINGS.items():
        sections = [
            (title, [change for change in changes if change.effect is effect])
            for title, changes in (("Contract", verdict.contract), ("Python", verdict.api))
        ]
        if any(changes for _, changes in sections):
            yield f"\n## {heading}\n"
            for title, changes in sections:
                yield from (f"- {title}: {_shown(change)}" for change in changes)
    yield from _section("Names", verdict.names)
    yield from _section("Overlay actions taken out, because upstream has the correction",
                        verdict.needless)  # fmt: skip


def _section(heading: str, entries: Iterable[str]) -> Iterator[str]:
    lines = [f"- {_inline(entry)}" for entry in entries]
    if lines:
        yield f"\n## {heading}\n"
        yield from lines


def _shown(change: Change) -> str:
    why = f" — {_inline(change.why)}" if change.why else ""
    return f"`{_code(change.place)}` {_inline(change.what)}{why}"


def _code(text: str) -> str:
    return " ".join(text.replace("`", "'").split())


def _inline(text: str) -> str:
    """Text of the document is text in the page, too: it makes no link, mention, tag or heading."""
    escaped = re.sub(r"([\\`*_\[\]<>#|~!@&])", r"\\\1", " ".join(text.split()))
    return re.sub(r"(?i)\b(https?|www)([:.])", r"\1\\\2", escaped)
