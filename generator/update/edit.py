"""Edit the overlay and the configuration as a maintainer would: all other lines stay."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml.comments import CommentedMap

from generator.client import names
from generator.client.names import OperationName
from generator.errors import GeneratorError
from generator.spec import round_trip
from generator.spec.overlay_document import segments
from generator.spec.values import is_object
from generator.update.select import Found

_OVERRIDES = "class_overrides"
#: A section of a configuration, with the blank lines and the comment above it.
_OVERRIDES_SECTION = re.compile(
    rf"(?<=\n)\n*(?:#[^\n]*\n)*{_OVERRIDES}:[^\n]*\n(?:[ ][^\n]*\n|\n(?=[ ]))*"
)


def overlay_without(text: str, obsolete: Sequence[int]) -> str:
    """The text of an overlay without some actions and their comments.

    Raises:
        GeneratorError: No action would be left.
    """
    overlay = round_trip.load(text, "the overlay")
    actions = overlay["actions"]
    if len(obsolete) == len(actions):
        raise GeneratorError("no overlay action is needed any more: the chain expects at least one")
    lines: list[str] = text.splitlines(keepends=True)
    starts: list[int] = [*(actions.lc.item(index)[0] for index in range(len(actions))), len(lines)]
    for index in sorted(obsolete, reverse=True):
        start, end = starts[index], starts[index + 1]
        while end > start and lines[end - 1].lstrip().startswith("#"):
            end -= 1  # the comment belongs to the next action
        lines[start:end] = ["\n"] if not lines[end - 1].strip() else []
        del actions[index]
    remaining = re.sub(r"\n{3,}", "\n\n", "".join(lines)).rstrip("\n") + "\n"
    # Actions in flow style have no lines of their own.
    is_right = round_trip.load(remaining, "the overlay") == overlay
    return remaining if is_right else round_trip.dump(overlay)


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


def config_with(
    text: str,
    *,
    version: str | None = None,
    operations: Sequence[OperationName] = (),
    schemes: Mapping[str, str] | None = None,
    class_overrides: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    """The text of a configuration with other names or another version."""
    config = round_trip.load(text, "the configuration")
    if version is not None:
        config["package_version_override"] = version
    if operations:
        listed: dict[str, dict[str, str]] = {}
        for one in operations:
            listed.setdefault(one.path, {})[one.method] = f"{one.tag}.{one.name}"
        _set(config, names.KEY, listed)
    if schemes:
        _set(config, names.SCHEMES_KEY, schemes)
    elif schemes is not None:
        config.pop(names.SCHEMES_KEY, None)
    if class_overrides is None:
        return round_trip.dump(config)
    if not class_overrides:
        return _OVERRIDES_SECTION.sub("", round_trip.dump(config))
    _set(config, _OVERRIDES, config.get(_OVERRIDES) or {})
    section = config[_OVERRIDES]
    for name in section.keys() - class_overrides.keys():
        del section[name]
    for name, (class_name, module) in sorted(class_overrides.items()):
        _set(section, name, {"class_name": class_name, "module_name": module})
    return round_trip.dump(config)


def _set(node: Any, key: str, value: Mapping[str, Any]) -> None:
    """Set a value in block style, unless it is there already."""
    if node.get(key) != value:
        node[key] = _block(value)


def _block(value: Any) -> Any:
    if not is_object(value):
        return value
    return CommentedMap((key, _block(item)) for key, item in value.items())
