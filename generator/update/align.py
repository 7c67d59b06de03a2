"""Order a new version of a document as the old one, so that their diff shows only what changed.

New keys come in OpenAPI's customary order. A document whose author has only reordered it comes out
as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.spec.values import is_array, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The order of keys that were not there before; others follow as they come.
_CUSTOMARY = (
    "openapi", "info", "servers", "security", "tags", "paths", "components",
    "title", "summary", "name", "in", "operationId", "url", "$ref", "type", "format", "description",
    "required", "schema", "properties", "additionalProperties", "items", "enum",
    "parameters", "requestBody", "responses", "content", "schemas", "securitySchemes",
)  # fmt: skip
_RANK = {key: rank for rank, key in enumerate(_CUSTOMARY)}
#: Arrays in which the order says nothing.
_SETS = {"required", "tags", "enum", "parameters", "type"}


def aligned(new: Any, old: Any) -> Any:
    """The content of `new`, in the order of `old` as far as both have it."""
    return _aligned(new, old, key="", names=False)


def _aligned(new: Any, old: Any, *, key: str, names: bool) -> Any:
    if is_object(new):
        before: dict[str, Any] = old if is_object(old) else {}
        return {
            name: _aligned(new[name], before.get(name), key=name, names=name in _NAMING)
            for name in _order(new, before, names=names)
        }
    if is_array(new):
        items: list[Any] = old if is_array(old) else []
        if key in _SETS:
            return _aligned_set(new, items)
        return [
            _aligned(item, items[index] if index < len(items) else None, key="", names=False)
            for index, item in enumerate(new)
        ]
    return new


_NAMING = {"properties", "responses", "schemas", "paths", "content", "securitySchemes", "mapping"}


def _order(new: Mapping[str, Any], old: Mapping[str, Any], *, names: bool) -> Iterable[str]:
    yield from (name for name in old if name in new)
    added = [name for name in new if name not in old]
    # What the author has named stands as written, if that was in any order; so it does at first.
    yield from sorted(added) if names and old else added if names else sorted(added, key=_rank)


def _rank(name: str) -> tuple[int, str]:
    return _RANK.get(name, len(_RANK)), name


def _aligned_set(new: list[Any], old: list[Any]) -> list[Any]:
    before = {_identity(item): (rank, item) for rank, item in enumerate(old)}
    last = len(before)
    ordered = sorted(new, key=lambda item: before.get(_identity(item), (last, None))[0])
    return [
        _aligned(item, before.get(_identity(item), (0, None))[1], key="", names=False)
        for item in ordered
    ]


def _identity(item: Any) -> str:
    """What makes an item of a set the same in another version: a parameter its place and name."""
    if is_object(item) and "name" in item:
        return f"{item.get('in')} {item['name']}"
    return repr(item)
