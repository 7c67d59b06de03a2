"""Order a new version of a document like the old one, so that their diff shows only changes.

Whatever is new comes last. A document that is only reordered comes out unchanged.
"""

from __future__ import annotations

from typing import Any

from generator.spec.values import as_array, as_object, is_array, is_object

#: The arrays whose order means nothing.
_SETS = {"required", "tags", "enum", "parameters", "type"}


def aligned(new: Any, old: Any, key: str = "") -> Any:
    """The content of `new`, the value of `key`, in the order of `old`."""
    if is_object(new):
        before = as_object(old)
        order = [*(name for name in before if name in new), *new]
        return {name: aligned(new[name], before.get(name), name) for name in order}
    if not is_array(new):
        return new
    items = as_array(old)
    if key in _SETS:
        known = {_identity(item): item for item in items}
        ranks = {identity: rank for rank, identity in enumerate(known)}
        new = sorted(new, key=lambda item: ranks.get(_identity(item), len(ranks)))
        items = [known.get(_identity(item)) for item in new]
    items = [*items, *[None] * len(new)]
    return [aligned(item, before) for item, before in zip(new, items, strict=False)]


def _identity(item: Any) -> str:
    """What identifies an item in both versions: for a parameter, its place and name."""
    if is_object(item) and "name" in item:
        return f"{item.get('in')} {item['name']}"
    return repr(item)
