"""Compare two versions of a schema: does old code still work with new data?

Existing clients accept more response bodies than their contract allows: they keep unknown members
and unknown values of an enum, and leave limits to the server. A request is judged by whether the
calls that pass today still pass.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from typing import Any

from generator.spec.schemas import alternatives, checked_format, follow
from generator.spec.values import as_array
from generator.update.report import Change, Effect


class Direction(Enum):
    """Where a schema is used."""

    RESPONSE = auto()
    ERROR = auto()
    REQUEST = auto()


REFUSED = "existing clients raise ResponseValidationError for such a body"
_ACCEPTED = "existing clients accept every such body"
_KEPT = "existing clients keep it in additional_properties"
_UNKNOWN = "existing clients keep unknown values"
_LIMIT = "clients do not check limits"
_OTHER_CLASS = "a body that fits several of them is decoded as another class"
_IGNORED = "the server refuses or ignores calls that pass it"
_MISSED = "the server refuses calls without it"


class Kind(Enum):
    """How a schema changed: its effect in a response and in a request, and why in each."""

    WIDER = Effect.BREAKING, Effect.ADDITION
    WIDER_BY_NULL = Effect.NONE, Effect.ADDITION, "existing clients treat null as left out"
    NARROWER = Effect.NONE, Effect.BREAKING, _ACCEPTED
    REPLACED = Effect.BREAKING, Effect.BREAKING
    REORDERED = Effect.BREAKING, Effect.NONE, _OTHER_CLASS
    VALUE_ADDED = Effect.ADDITION, Effect.ADDITION, _UNKNOWN
    ENUM_REMOVED = Effect.NONE, Effect.ADDITION, _UNKNOWN
    LIMIT_LOOSENED = Effect.NONE, Effect.ADDITION, _LIMIT
    LIMIT_TIGHTENED = Effect.NONE, Effect.BREAKING, _LIMIT
    DEFAULT_CHANGED = Effect.NONE, Effect.BREAKING, "", "calls without it get another result"
    DEFAULT_KNOWN = Effect.NONE, Effect.NONE
    REQUIRED_ADDED = Effect.ADDITION, Effect.BREAKING, _KEPT, _MISSED
    REQUIRED_REMOVED = Effect.BREAKING, Effect.BREAKING, REFUSED, _IGNORED
    OPTIONAL_ADDED = Effect.ADDITION, Effect.ADDITION, _KEPT
    OPTIONAL_REMOVED = Effect.NONE, Effect.BREAKING, _ACCEPTED, _IGNORED
    NOW_REQUIRED = Effect.NONE, Effect.BREAKING, _ACCEPTED, _MISSED


#: Whether a limit is looser when it is higher (1) or lower (-1), or cannot be compared (0).
#: Clients check the other keywords.
_KEYWORDS = {
    "const": None, "format": None, "pattern": 0, "minLength": -1, "maxLength": 1, "minimum": -1,
    "maximum": 1, "exclusiveMinimum": -1, "exclusiveMaximum": 1, "multipleOf": 0, "minItems": -1,
    "maxItems": 1, "uniqueItems": 0, "minProperties": -1, "maxProperties": 1,
}  # fmt: skip
#: The limits that allow everything.
_NO_LIMITS = {"minLength": 0, "minItems": 0, "minProperties": 0, "uniqueItems": False}
#: The schema that allows everything. Comparisons recognise schemas by identity.
ANYTHING: dict[str, Any] = {}
_SHOWN_VALUES = 8


def effect_of(kind: Kind, direction: Direction) -> tuple[Effect, str]:
    """The effect of a change, and the reason."""
    response, request, *reasons = kind.value
    why_response, why_request = [*reasons, "", ""][:2]
    if direction is Direction.REQUEST:
        why_request = why_request or "the server may refuse calls that it accepts today"
        return request, why_request * (request is Effect.BREAKING)
    if direction is Direction.RESPONSE:
        return response, why_response or REFUSED * (response is Effect.BREAKING)
    why = "existing clients raise the same error for such a body, but its `parsed` is None"
    is_refused = why_response in ("", REFUSED)
    return Effect.NONE, (why if is_refused else why_response) * (response is Effect.BREAKING)


class SchemaComparison:
    """Compares schemas of an old and a new document that are used in one direction."""

    def __init__(
        self, old: Mapping[str, Any], new: Mapping[str, Any], direction: Direction
    ) -> None:
        self.documents = old, new
        self.direction = direction
        self._seen: set[tuple[int, int]] = set()

    def compare(
        self, old: Any, new: Any, place: str, *, optional: bool = False
    ) -> Iterator[Change]:
        """Yield what changed; `optional` says that the value may be left out."""
        old, new = (side or ANYTHING for side in map(follow, self.documents, (old, new)))
        if (id(old), id(new)) in self._seen:
            return
        self._seen.add((id(old), id(new)))
        was, now = old.get("default"), new.get("default")
        if self.direction is Direction.REQUEST and was != now:
            kind = Kind.DEFAULT_KNOWN if None in (was, now) else Kind.DEFAULT_CHANGED
            text = f"its default changed from {as_json(was)} to {as_json(now)}"
            yield self._change(kind, place, text)
        before, after = map(alternatives, self.documents, (old, new))
        types = [{option["type"] for option in options} for options in (before, after)]
        yield from self._types(types[0], types[1], place, optional=optional)
        for name in sorted(types[0] | types[1]):
            yield from self._options(_of_type(before, name), _of_type(after, name), place)

    def _change(self, kind: Kind, place: str, what: str) -> Change:
        return Change(place, what, *effect_of(kind, self.direction))

    def _types(
        self, before: set[str], after: set[str], place: str, *, optional: bool
    ) -> Iterator[Change]:
        text = f"{_type_names(before)} became {_type_names(after)}"
        wider = {name for name in after if not _includes(before, name)}
        narrower = {name for name in before if not _includes(after, name)}
        # A type that is both wider and narrower is reported once, by the effect that breaks.
        is_request = self.direction is Direction.REQUEST
        if wider == {"null"} and optional and not is_request:
            yield self._change(Kind.WIDER_BY_NULL, place, text)
        elif wider and not (narrower and is_request):
            yield self._change(Kind.WIDER, place, text)
        if narrower and not (wider and not is_request):
            yield self._change(Kind.NARROWER, place, text)

    def _options(
        self, before: list[dict[str, Any]], after: list[dict[str, Any]], place: str
    ) -> Iterator[Change]:
        """Compare the alternatives of one type, each with the one that it differs least from."""
        if not before or not after:
            return  # the types differ
        rest, order = list(after), list[int]()
        for was in before:
            if not rest:
                yield self._change(Kind.NARROWER, place, "an alternative was removed")
                continue
            now = rest.pop(self._nearest(was, rest))
            order.append(after.index(now))
            yield from self._details(was, now, place)
        yield from [self._change(Kind.WIDER, place, "an alternative was added")] * len(rest)
        if order != sorted(order):
            yield self._change(Kind.REORDERED, place, "the alternatives are in another order")

    def _nearest(self, old: dict[str, Any], options: list[dict[str, Any]]) -> int:
        if len(options) == 1 or old in options:
            return options.index(old) if old in options else 0
        distances: list[int] = []
        for option in options:
            comparison = SchemaComparison(*self.documents, self.direction)
            comparison._seen |= self._seen
            distances.append(
                sum(change.effect + 1 for change in comparison._details(old, option, ""))
            )
        return distances.index(min(distances))

    def _details(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        yield from self._enum(old.get("enum"), new.get("enum"), place)
        for name, sign in _KEYWORDS.items():
            was, now = _keyword(old, name), _keyword(new, name)
            if was == now:
                continue
            if sign is None:
                kind = (
                    Kind.NARROWER if was is None else Kind.WIDER if now is None else Kind.REPLACED
                )
            elif now is None or (was is not None and sign and (now - was) * sign > 0):
                kind = Kind.LIMIT_LOOSENED
            else:
                kind = Kind.LIMIT_TIGHTENED
            shown = name, as_json(was), as_json(now)
            if name == "format":
                shown = "the format", was or "none", now or "none"
            yield self._change(kind, place, f"{shown[0]} {shown[1]} became {shown[2]}")
        if old["type"] == "array":
            items = old.get("items", ANYTHING), new.get("items", ANYTHING)
            yield from self.compare(*items, f"{place}[]")
        if old["type"] == "object":
            yield from self.members(old, new, place)

    def _enum(self, before: Any, after: Any, place: str) -> Iterator[Change]:
        if before is None and after is not None:
            yield self._change(Kind.NARROWER, place, f"any value became one of {_listed(after)}")
        elif before is not None and after is None:
            text = f"is not limited any more to {_listed(before)}"
            yield self._change(Kind.ENUM_REMOVED, place, text)
        else:
            for kind, verb, values, others in (
                (Kind.VALUE_ADDED, "added", as_array(after), as_array(before)),
                (Kind.NARROWER, "removed", as_array(before), as_array(after)),
            ):
                for value in values:
                    if value not in others:
                        text = f"the value {as_json(value)} was {verb}"
                        yield self._change(kind, place, text)

    def members(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        """Compare the members of two objects."""
        before, after = old.get("properties", {}), new.get("properties", {})
        required = [set(side.get("required", [])) for side in (old, new)]
        for name in before | after:
            inner = f"{place}.{name}" if place else name
            was, now = (name in names for names in required)
            if name not in after:
                kind = Kind.REQUIRED_REMOVED if was else Kind.OPTIONAL_REMOVED
                text = f"removed, was {_required(was)}"
                if self.direction is Direction.REQUEST:
                    text = "removed"
                yield self._change(kind, inner, text)
            elif name not in before:
                kind = Kind.REQUIRED_ADDED if now else Kind.OPTIONAL_ADDED
                yield self._change(kind, inner, f"added, {_required(now)}")
            else:
                if was != now:
                    kind = Kind.NOW_REQUIRED if now else Kind.WIDER
                    yield self._change(kind, inner, f"is now {_required(now)}")
                optional = not (was and now)
                yield from self.compare(before[name], after[name], inner, optional=optional)
        rest = [side.get("additionalProperties", True) for side in (old, new)]
        if self.direction is not Direction.REQUEST:
            # Clients keep unknown members, even where the contract allows none.
            rest = [other or ANYTHING for other in rest]
        if (rest[0] is False) != (rest[1] is False):
            kind = Kind.WIDER if rest[0] is False else Kind.NARROWER
            yield self._change(kind, place, "whether it may have further members changed")
        elif rest[0] is not False:
            yield from self.compare(rest[0], rest[1], f"{place}.*")


def _of_type(options: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """The alternatives of a type; integers are compared with numbers where there are no numbers."""
    found = [option for option in options if option["type"] == name]
    return found if found or name != "number" else _of_type(options, "integer")


def _includes(types: set[str], name: str) -> bool:
    return name in types or "any" in types or (name == "integer" and "number" in types)


def _type_names(types: set[str]) -> str:
    return " or ".join(sorted(types)).replace("any", "any value") or "nothing"


def _keyword(schema: dict[str, Any], name: str) -> Any:
    """The value of a keyword, or None if it allows everything."""
    value = (checked_format(schema) or None) if name == "format" else schema.get(name)
    return None if value == _NO_LIMITS.get(name) else value


def as_json(value: Any) -> str:
    """A value as a report shows it."""
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _listed(values: Sequence[Any]) -> str:
    rest = len(values) - _SHOWN_VALUES
    return ", ".join(map(as_json, values[:_SHOWN_VALUES])) + f" and {rest} more" * (rest > 0)


def _required(required: bool) -> str:
    return "required" if required else "optional"
