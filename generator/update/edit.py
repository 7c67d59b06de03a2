"""Edit the overlay and the configuration as a maintainer would: all other lines stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.errors import GeneratorError
from generator.spec import round_trip
from generator.spec.overlay_document import segments
from generator.spec.values import is_object
from generator.update.select import Found


def overlay_without(text: str, obsolete: Sequence[int]) -> str:
    """The text of an overlay without some actions and their comments."""
    overlay = round_trip.load(text, "the overlay")
    actions = overlay["actions"]
    lines: list[str] = text.splitlines(keepends=True)
    starts: list[int] = [*(actions.lc.item(index)[0] for index in range(len(actions))), len(lines)]
    for index in sorted(obsolete, reverse=True):
        start, end = starts[index], starts[index + 1]
        while end > start and lines[end - 1].lstrip().startswith("#"):
            end -= 1  # the comment belongs to the next action
        lines[start:end] = ["\n"] if not lines[end - 1].strip() else []
        del actions[index]
    remaining = re.sub(r"\n{3,}", "\n\n", "".join(lines)).rstrip("\n") + "\n"
    if not actions:
        remaining = re.sub(r"^actions:.*$", "actions: []", remaining, flags=re.MULTILINE)
        # Between the key and `[]`, comments are not valid YAML.
        overlay.ca.items.pop("actions", None)
        overlay["actions"] = []
    # Actions in flow style have no lines of their own.
    return _checked(remaining, overlay)


def overlay_for(text: str, upstream: str, moved: Sequence[Found]) -> str:
    """The text of an overlay that names its upstream document and follows operations that moved."""
    overlay = round_trip.load(text, "the overlay")
    overlay["info"]["x-upstream"] = upstream
    for action in overlay["actions"]:
        for key in {"target", "x-obsolete"} & action.keys():
            for found in moved:
                action[key] = _moved(action[key], found)
    return round_trip.dump(overlay)


def _moved(path: str, found: Found) -> str:
    """A JSONPath, after the operation that it leads into has moved."""
    former = [f"['{key}']" for key in ("paths", found.operation.path, found.operation.method)]
    parts = segments(path)
    if parts[:3] != former:
        return path
    return f"$.paths['{found.path}'].{found.method}{''.join(parts[3:])}"


def config_with(text: str, settings: Mapping[str, Any]) -> str:
    """The text of a configuration with other values for some settings; an empty one is removed."""
    config = round_trip.load(text, "the configuration")
    _set(config, {key: value for key, value in settings.items() if value})
    changed = round_trip.dump(config)
    for key in (key for key, value in settings.items() if not value):
        # Remove a setting together with the blank lines and the comment above it.
        section = rf"(?<=\n)\n*(?:#[^\n]*\n)*{key}:[^\n]*\n(?:[ ][^\n]*\n|\n(?=[ ]))*"
        changed = re.sub(section, "", changed)
        config.pop(key, None)
    # A first setting, or one in quotes, is in no such section.
    return _checked(changed, config)


def _checked(edited: str, wanted: Any) -> str:
    """The edited text if it says what is wanted, or else a text in which comments may be lost."""
    try:
        is_right = round_trip.load(edited, "the text") == wanted
    except GeneratorError:
        is_right = False
    return edited if is_right else round_trip.dump(wanted)


def _set(node: Any, values: Mapping[str, Any]) -> None:
    """Set values, and leave alone those that are there already."""
    for key, value in values.items():
        if is_object(value) and is_object(node.get(key)):
            for gone in node[key].keys() - value.keys():
                del node[key][gone]
            _set(node[key], value)
        elif node.get(key) != value:
            node[key] = value
