"""Documents with changes that a table can list: each is a place and the value that it gets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.spec.values import is_array, is_object


def edited(document: Any, changes: Mapping[str, Any]) -> Any:
    """A copy of a document in which each place has the given value; `...` removes what is there.

    Spaces separate the parts of a place. An entry of a list is found by its index, by itself, or by
    its `name`; a new one is appended.
    """
    own = json.loads(json.dumps(document))  # nothing is shared between two places
    for place, value in changes.items():
        *path, last = place.split()
        holder = own
        for part in path:
            holder = holder[_key(holder, part)]
        key = _key(holder, last)
        if value is ...:
            del holder[key]
        elif is_array(holder) and key == len(holder):
            holder.append(value)
        else:
            holder[key] = value
    return own


def _key(holder: Any, part: str) -> Any:
    if not is_array(holder):
        return part
    if part.isdecimal():
        return int(part)
    names = [entry.get("name") if is_object(entry) else entry for entry in holder]
    return names.index(part) if part in names else len(names)
