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
from generator.update.report import Change, Effect


class Direction(Enum):
    """Where a schema is used."""

    RESPONSE = auto()
    ERROR = auto()
    REQUEST = auto()


REFUSED = "existing clients raise ResponseValidationError for such a body"
_KEPT = "existing clients keep it in additional_properties"
_UNKNOWN = "existing clients keep unknown values"
_OTHER_CLASS = "a body that fits several of them is decoded as another class"
_LIMIT = "clients do not check limits"


class Kind(Enum):
    """How a schema changed: the effect in a response and in a request, and a note on responses."""

    WIDER = Effect.BREAKING, Effect.ADDITION, ""
    WIDER_BY_NULL = Effect.NONE, Effect.ADDITION, "existing clients treat null as left out"
    NARROWER = Effect.NONE, Effect.BREAKING, "existing clients accept every such body"
    REPLACED = Effect.BREAKING, Effect.BREAKING, ""
    VALUE_ADDED = Effect.ADDITION, Effect.ADDITION, _UNKNOWN
    ENUM_REMOVED = Effect.NONE, Effect.ADDITION, _UNKNOWN
    LIMIT_LOOSENED = Effect.NONE, Effect.ADDITION, _LIMIT
    LIMIT_TIGHTENED = Effect.NONE, Effect.BREAKING, _LIMIT
    REQUIRED_ADDED = Effect.ADDITION, Effect.BREAKING, _KEPT
    OPTIONAL_ADDED = Effect.ADDITION, Effect.ADDITION, _KEPT
    REORDERED = Effect.BREAKING, Effect.NONE, _OTHER_CLASS


#: Whether a limit is looser when it is higher (1) or lower (-1), or cannot be compared (0).
_LIMITS = {
    "pattern": 0, "minLength": -1, "maxLength": 1, "minimum": -1, "maximum": 1,
    "exclusiveMinimum": -1, "exclusiveMaximum": 1, "multipleOf": 0, "minItems": -1, "maxItems": 1,
    "uniqueItems": 0, "minProperties": -1, "maxProperties": 1,
}  # fmt: skip
#: The limits that allow everything.
_NO_LIMITS = {"minLength": 0, "minItems": 0, "minProperties": 0, "uniqueItems": False}
#: The schema that allows everything. Comparisons recognise schemas by identity.
ANYTHING: dict[str, Any] = {}
_SHOWN_VALUES = 8


def effect_of(kind: Kind, direction: Direction) -> tuple[Effect, str]:
    """The effect of a change, and the reason."""
    response, request, note = kind.value
    if direction is Direction.REQUEST:
        breaks = request is Effect.BREAKING
        return request, "the server may refuse calls that it accepts today" * breaks
    breaks = response is Effect.BREAKING
    if direction is Direction.RESPONSE:
        return response, note or REFUSED * breaks
    why = "existing clients raise the same error for such a body, but its `parsed` is None"
    return Effect.NONE, (note or why) * breaks


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
        """Yield what changed.

        Args:
            old: The old schema.
            new: The new schema.
            place: What to call the place of the schema.
            optional: Whether the value may be left out.
        """
        old_document, new_document = self.documents
        old = follow(old_document, old) or ANYTHING
        new = follow(new_document, new) or ANYTHING
        pair = id(old), id(new)
        if pair in self._seen:
            return
        self._seen.add(pair)
        before, after = alternatives(old_document, old), alternatives(new_document, new)
        types = [{option["type"] for option in options} for options in (before, after)]
        yield from self._types(types[0], types[1], place, optional=optional)
        for name in sorted(types[0] | types[1]):
            was, now = _of_type(before, name), _of_type(after, name)
            if was and now:
                yield from self._options(was, now, place)

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
        rest = list(after)
        order: list[int] = []
        changes: list[Change] = []
        seen = set(self._seen)
        for was in before:
            tried = [(list(self._details(was, now, place)), now) for now in rest]
            if not tried:
                changes.append(self._change(Kind.NARROWER, place, "an alternative was removed"))
                continue
            best, chosen = min(tried, key=lambda pair: sum(c.effect + 1 for c in pair[0]))
            rest.remove(chosen)
            order.append(after.index(chosen))
            changes += best
            if len(tried) > 1:
                self._seen = set(seen)
        yield from changes
        for _ in rest:
            yield self._change(Kind.WIDER, place, "an alternative was added")
        if order != sorted(order):
            yield self._change(Kind.REORDERED, place, "the alternatives are in another order")

    def _details(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        yield from self._enum(old, new, place)
        formats = [checked_format(old), checked_format(new)]
        if formats[0] != formats[1]:
            kind = _kind(*formats, absent="")
            text = f"the format {formats[0] or 'none'} became {formats[1] or 'none'}"
            yield self._change(kind, place, text)
        yield from self._limits(old, new, place)
        if old["type"] == "array":
            items = old.get("items", ANYTHING), new.get("items", ANYTHING)
            yield from self.compare(*items, f"{place}[]")
        if old["type"] == "object":
            yield from self._members(old, new, place)

    def _enum(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        constants = old.get("const", ...), new.get("const", ...)
        if constants[0] != constants[1]:
            text = f"const {as_json(old.get('const'))} became {as_json(new.get('const'))}"
            yield self._change(_kind(*constants, absent=...), place, text)
        before, after = old.get("enum"), new.get("enum")
        if before is None and after is not None:
            text = f"any value became one of {_listed(after)}"
            yield self._change(Kind.NARROWER, place, text)
        elif before is not None and after is None:
            text = f"is not limited any more to {_listed(before)}"
            yield self._change(Kind.ENUM_REMOVED, place, text)
        elif before is not None and after is not None:
            for value in [value for value in after if value not in before]:
                text = f"the value {as_json(value)} was added"
                yield self._change(Kind.VALUE_ADDED, place, text)
            for value in [value for value in before if value not in after]:
                text = f"the value {as_json(value)} was removed"
                yield self._change(Kind.NARROWER, place, text)

    def _limits(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        for name, sign in _LIMITS.items():
            was, now = (
                side.get(name) if side.get(name) != _NO_LIMITS.get(name) else None
                for side in (old, new)
            )
            if was != now:
                looser = now is None or (was is not None and sign and (now - was) * sign > 0)
                kind = Kind.LIMIT_LOOSENED if looser else Kind.LIMIT_TIGHTENED
                yield self._change(kind, place, f"{name} {as_json(was)} became {as_json(now)}")

    def _members(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        required = [set(side.get("required", [])) for side in (old, new)]
        for name in dict.fromkeys([*before, *after]):
            inner = f"{place}.{name}"
            was, now = (name in names for names in required)
            if name not in after:
                kind = Kind.REPLACED if was else Kind.NARROWER
                yield self._change(kind, inner, f"removed, was {required_word(was)}")
            elif name not in before:
                kind = Kind.REQUIRED_ADDED if now else Kind.OPTIONAL_ADDED
                yield self._change(kind, inner, f"added, {required_word(now)}")
            else:
                if was != now:
                    kind = Kind.NARROWER if now else Kind.WIDER
                    yield self._change(kind, inner, f"is now {required_word(now)}")
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


def _kind(old: Any, new: Any, *, absent: Any) -> Kind:
    """The kind of a change of a keyword that narrows the schema."""
    if old == absent:
        return Kind.NARROWER
    return Kind.WIDER if new == absent else Kind.REPLACED


def as_json(value: Any) -> str:
    """A value as a report shows it."""
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _listed(values: Sequence[Any]) -> str:
    rest = len(values) - _SHOWN_VALUES
    return ", ".join(map(as_json, values[:_SHOWN_VALUES])) + f" and {rest} more" * (rest > 0)


def required_word(required: bool) -> str:
    """The word for whether something is required."""
    return "required" if required else "optional"
