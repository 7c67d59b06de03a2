"""Order a new version of a document like the old one, so that their diff shows only changes.

New keys come in OpenAPI's customary order. A document that is only reordered comes out unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.spec.references import NAMING_KEYWORDS
from generator.spec.values import as_array, as_object, is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The order of keys that are new. Other keys follow by name.
_CUSTOMARY = (
    "openapi", "info", "servers", "security", "tags", "paths", "components",
    "title", "summary", "name", "in", "operationId", "url", "$ref", "type", "format", "description",
    "required", "schema", "properties", "additionalProperties", "items", "enum",
    "parameters", "requestBody", "responses", "content", "schemas", "securitySchemes",
)  # fmt: skip
_RANK = {key: rank for rank, key in enumerate(_CUSTOMARY)}
#: The arrays whose order means nothing.
_SETS = {"required", "tags", "enum", "parameters", "type"}


def aligned(new: Any, old: Any, *, key: str = "", names: bool = False) -> Any:
    """The content of `new` in the order of `old`.

    Args:
        new: The new version of a document, or a part of it.
        old: The old version of it.
        key: The key that has this part as its value.
        names: Whether the keys of this part are names that the author of the document chose.
    """
    if is_object(new):
        before = as_object(old)
        return {
            name: aligned(
                new[name], before.get(name), key=name, names=not names and name in NAMING_KEYWORDS
            )
            for name in _order(new, before, names=names)
        }
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


def _order(new: Mapping[str, Any], old: Mapping[str, Any], *, names: bool) -> Iterable[str]:
    added = [name for name in new if name not in old]
    if not names:
        added.sort(key=lambda name: (_RANK.get(name, len(_RANK)), name))
    elif old:
        added.sort()
    return [*(name for name in old if name in new), *added]


def _identity(item: Any) -> str:
    """What identifies an item of a set in both versions: for a parameter, its place and name."""
    if is_object(item) and "name" in item:
        return f"{item.get('in')} {item['name']}"
    return repr(item)
