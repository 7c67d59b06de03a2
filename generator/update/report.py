"""The verdict on a new version of the document, and the change report that shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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
        unlisted: The operations that the client does not have, if it is to have all.
        version: The version before.
        next_version: The version that the changes ask for.
    """

    source: str
    contract: list[Change]
    api: list[Change]
    names: list[str] = field(factory=list[str])
    obsolete: list[str] = field(factory=list[str])
    unlisted: list[str] = field(factory=list[str])
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
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise GeneratorError(f"the version {version!r} is not of the form 1.2.3")
    if level == "none":
        return version
    numbers = [int(part) for part in version.split(".")]
    raised = {"major": 0 if numbers[0] else 1, "minor": 1, "patch": 2}[level]
    after = [*numbers[:raised], numbers[raised] + 1, 0, 0]
    return ".".join(map(str, after[:3]))


def markdown(verdict: Verdict) -> str:
    """The change report: the verdict as a page for a pull request."""
    return "\n".join(_lines(verdict, _escaped)) + "\n"


def plain(verdict: Verdict) -> str:
    """The verdict as a terminal shows it: the same without escapes of markdown."""
    return "\n".join(_lines(verdict, one_line)) + "\n"


def printable(text: str) -> str:
    """Text without escape sequences for a terminal, and without commands to a workflow's runner."""
    shown = "".join(one if one.isprintable() or one == "\n" else repr(one)[1:-1] for one in text)
    return re.sub(r"^(\s*):(?=:)|##(?=\[)", r"\g<0> ", shown, flags=re.MULTILINE)


def one_line(text: str) -> str:
    """Text of the document on one line, printable."""
    return printable(" ".join(text.split()))


def _lines(verdict: Verdict, inline: Callable[[str], str]) -> Iterator[str]:
    start = "The document" if verdict.means_the_same else "Verdict:"
    yield f"# {start} {verdict.headline}\n"
    yield f"Document: {inline(verdict.source)}."
    sections: dict[str, list[str]] = {heading: [] for heading, _ in _WORDS.values()}
    for title, changes in {"Contract": verdict.contract, "Python": verdict.api}.items():
        for change in changes:
            place = one_line(change.place.replace("`", "'"))
            why = f" — {inline(change.why)}" * bool(change.why)
            shown = f"{title}: `{place}` {inline(change.what)}{why}"
            sections[_WORDS[change.effect][0]].append(shown)
    sections |= {
        "Names": list(map(inline, verdict.names)),
        "Overlay actions removed, because upstream has the correction": list(
            map(inline, verdict.obsolete)
        ),
        "New operations; to add them, list all under `operations` in generator-config.yaml": list(
            map(inline, verdict.unlisted)
        ),
    }
    for heading, entries in sections.items():
        if entries:
            yield f"\n## {heading}\n"
            yield from (f"- {entry}" for entry in entries)


def _escaped(text: str) -> str:
    """Escape text of the document, so that it makes no link, mention, tag or heading."""
    escaped = re.sub(r"([\\`*_\[\]<>#|~!@&])", r"\\\1", one_line(text))
    escaped = re.sub(r"(?i)\b(https?|www)([:.])", r"\1\\\2", escaped)
    # GitHub looks for mentions, references and addresses once the backslashes are gone.
    return re.sub(r"(?i)([@#]|GH-|(?:https?|mailto|xmpp)\\?:|www\\?\.)(?=\S)", "\\1\u200b", escaped)
