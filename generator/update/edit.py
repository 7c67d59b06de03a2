"""Edit the files at the start of the chain as a maintainer would: nothing else in them changes."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from generator.client import names
from generator.errors import GeneratorError
from generator.spec import round_trip
from generator.spec.overlay_document import segments
from generator.spec.values import is_object
from generator.update.report import Change, Effect, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.client.names import Pin
    from generator.update.select import Found

_WIDTH = 120


def overlay_without(text: str, needless: Sequence[int]) -> str:
    """The text of an overlay without some of its actions, and the comments of the others.

    Raises:
        GeneratorError: No action would be left.
    """
    overlay = round_trip.load(text, "the overlay")
    actions = overlay["actions"]
    if len(needless) == len(actions):
        raise GeneratorError("no overlay action is needed any more: the chain expects at least one")
    lines: list[str] = text.splitlines(keepends=True)
    starts: list[int] = [actions.lc.item(index)[0] for index in range(len(actions))] + [len(lines)]
    for index in sorted(needless, reverse=True):
        start, end = starts[index], starts[index + 1]
        while end > start and lines[end - 1].lstrip().startswith("#"):
            end -= 1  # the comment belongs to the action after it
        gap = not lines[end - 1].strip()
        lines[start:end] = ["\n"] * gap
    remaining = re.sub(r"\n{3,}", "\n\n", "".join(lines)).rstrip("\n") + "\n"
    for index in sorted(needless, reverse=True):
        del actions[index]
    if (
        round_trip.load(remaining, "the overlay") != overlay
    ):  # a layout that lines do not do justice to
        return round_trip.dump(overlay)
    return remaining


def overlay_of(text: str, upstream: str, moved: Sequence[Found]) -> str:
    """The text of an overlay that says what it now applies to, and where our operations are."""
    overlay = round_trip.load(text, "the overlay")
    if upstream:
        overlay["info"]["x-upstream"] = upstream
    for action in overlay["actions"]:
        for key in ("target", "x-obsolete"):
            for found in moved:
                if key in action:
                    action[key] = _moved(action[key], found)
    return round_trip.dump(overlay)


def _moved(path: str, found: Found) -> str:
    """A path into the document, after the operation that it leads into has moved."""
    was = [f"['{part}']" for part in ("paths", found.pin.path, found.pin.method)]
    parts = segments(path)
    if parts[: len(was)] != was:
        return path
    return f"$.paths['{found.path}'].{found.method}{''.join(parts[len(was) :])}"


def config_of(
    text: str,
    *,
    version: str | None = None,
    pins: Sequence[Pin] = (),
    overrides: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """The text of a configuration with another version, other pins or other class overrides."""
    config = round_trip.load(text, "the configuration")
    if version is not None:
        config["package_version_override"] = version
    if pins:
        listed: dict[str, dict[str, str]] = {}
        for pin in pins:
            listed.setdefault(pin.path, {})[pin.method] = f"{pin.tag}.{pin.name}"
        if config.get(names.KEY) != listed:
            config[names.KEY] = _plain(listed)
    if overrides is not None:
        wanted = {
            name: {"class_name": kept, "module_name": module}
            for name, (kept, module) in sorted(overrides.items())
        }
        present: dict[str, Any] = config.get("class_overrides") or {}
        if not wanted and present:
            return _without_section(round_trip.dump(config), "class_overrides")
        if not present and wanted:
            config["class_overrides"] = _plain(wanted)
        elif wanted:
            for name in [name for name in present if name not in wanted]:
                del present[name]
            for name, override in wanted.items():
                if present.get(name) != override:
                    present[name] = _plain(override)
    return round_trip.dump(config)


def _without_section(text: str, key: str) -> str:
    """A YAML mapping's text without one of its keys, and without the comment above it."""
    lines = text.splitlines(keepends=True)
    start = lines.index(f"{key}:\n")
    end = start + 1
    while end < len(lines) and not re.match(r"[^\s#]", lines[end]):
        end += 1
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1  # blank lines and comments before the next key are that key's
    while start and lines[start - 1].startswith("#"):
        start -= 1
    while start and not lines[start - 1].strip():
        start -= 1
    return "".join(lines[:start] + lines[end:])


def _plain(node: Mapping[str, Any]) -> Any:
    """A mapping in block style."""
    from ruamel.yaml.comments import CommentedMap

    return CommentedMap(
        (key, _plain(value) if is_object(value) else value) for key, value in node.items()
    )


def released(changelog: str) -> str | None:
    """The version that was released last, as far as the changelog knows."""
    found = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changelog, re.MULTILINE)
    return found[1] if found else None


def changelog_with(changelog: str, verdict: Verdict) -> str:
    """The text of a changelog with the verdict's changes under what is not released yet.

    Raises:
        GeneratorError: It has no such place.
    """
    heading = re.search(r"^## \[Unreleased\][^\n]*\n", changelog, re.MULTILINE)
    if heading is None:
        raise GeneratorError("CHANGELOG.md: there is no heading `## [Unreleased]`")
    rest = re.compile(r"^## |\Z", re.MULTILINE).search(changelog, heading.end())
    end = rest.start() if rest else len(changelog)
    section = changelog[heading.end() : end].strip("\n")
    for title, entries in _entries(verdict).items():
        section = _with_entries(section, title, entries)
    after = changelog[end:]
    return changelog[: heading.end()] + f"\n{section}\n" + ("\n" + after if after else "")


def _with_entries(section: str, title: str, entries: list[str]) -> str:
    bullets = "\n".join(entry for entry in entries if entry not in section)
    if not bullets:
        return section
    found = re.search(rf"^### {title}\n", section, re.MULTILINE)
    if found is None:
        return f"{section}\n\n### {title}\n\n{bullets}".lstrip("\n")
    rest = re.compile(r"^### ", re.MULTILINE).search(section, found.end())
    end = rest.start() if rest else len(section)
    before, after = section[:end].rstrip("\n"), section[end:]
    return f"{before}\n{bullets}\n\n{after}".rstrip("\n")


def _entries(verdict: Verdict) -> dict[str, list[str]]:
    """What a user can notice, by the headings of Keep a Changelog."""
    found: dict[str, list[str]] = {"Added": [], "Changed": [], "Removed": []}
    told = [change for change in verdict.api if change.effect > Effect.NONE]
    told += [change for change in verdict.contract if change.effect is Effect.BREAKING]
    for change in told:
        found[_title(change)].append(_bullet(change))
    if not told:
        text = "The client follows a new version of its document; no code that uses it breaks."
        found["Changed"].append(_wrapped(text))
    return {title: entries for title, entries in found.items() if entries}


def _title(change: Change) -> str:
    if change.effect is Effect.ADDITION:
        return "Added" if change.what.startswith("added") else "Changed"
    return "Removed" if change.what.startswith("removed") else "Changed"


def _bullet(change: Change) -> str:
    mark = {Effect.BREAKING: "**Breaking:** ", Effect.TYPING: "**Type checking only:** "}
    place, what, why = (" ".join(text.split()) for text in (change.place, change.what, change.why))
    quoted = what.replace("`", "'")
    reason = f" ({why})" if why else ""
    return _wrapped(f"{mark.get(change.effect, '')}`{place.replace('`', '')}` {quoted}{reason}.")


def _wrapped(text: str) -> str:
    return textwrap.fill(
        text, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
