"""Compare our operations in two contracts: do existing clients and their callers still work?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generator.spec.media_types import essence
from generator.spec.operations import (
    DEFAULT_STYLES,
    base_url,
    parameters,
    scheme_signature,
    security_schemes,
)
from generator.spec.references import inlined
from generator.spec.values import as_object, is_object
from generator.update.compare_schemas import (
    ANYTHING,
    REFUSED,
    Direction,
    Kind,
    SchemaComparison,
    effect_of,
)
from generator.update.report import Change, Effect
from generator.update.select import Found
from generator.update.upgrade import upgrade

_BODY = "body"


def contract_changes(
    old: dict[str, Any], new: dict[str, Any], found: Sequence[Found]
) -> list[Change]:
    """Compare our operations in two contracts.

    Wording, examples, the names of schemas, and the order of all but alternatives are ignored.
    """
    # A contract may be in OpenAPI 3.0, which says the same in other keywords.
    old, new = inlined(old), inlined(new)
    upgrade(old)
    upgrade(new)
    changes = [*_document_changes(old, new)]
    for place in found:
        former = place.operation
        if former.method in old["paths"].get(former.path, {}):
            changes += _Operation(old, new, place).changes()
        else:
            changes.append(Change(str(former), "added", Effect.ADDITION))
    return list(dict.fromkeys(changes))


def _document_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if base_url(old) != base_url(new):
        why = "existing clients call the old one; a user's own base_url may have to change"
        text = f"moved from {base_url(old)} to {base_url(new)}"
        yield Change("server", text, Effect.BREAKING, why)
    before, after = security_schemes(old), security_schemes(new)
    # Variables belong to schemes, which may be renamed: compare the variables of all schemes.
    read, reads = (
        {name for scheme in side.values() for name in scheme.get("x-environment-variables", [])}
        for side in (before, after)
    )
    for name in sorted(read - reads):
        text = f"the variable {name} is not read any more"
        yield Change("security", text, Effect.BREAKING, "a key that is set there is not found")
    for name in sorted(reads - read):
        yield Change("security", f"the variable {name} is read, too", Effect.ADDITION)
    for name in sorted(before.keys() - after.keys()):
        for other in sorted(after.keys() - before.keys()):
            if scheme_signature(after[other]) == scheme_signature(before[name]):
                text = f"the scheme {name} is now called {other}"
                yield Change("security", text, Effect.NONE, "the client's argument keeps its name")


class _Operation:
    """The comparison of one operation."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any], found: Found) -> None:
        self.documents = old, new
        self.found = found
        former = found.operation
        self.items = old["paths"][former.path], new["paths"][found.path]
        self.sides = self.items[0][former.method], self.items[1][found.method]

    def changes(self) -> Iterator[Change]:
        if self.found.moved:
            text = f"moved to {self.found.method.upper()} {self.found.path}"
            why = "existing clients call the old path"
            yield self._change("", text, Effect.BREAKING, why)
        was, now = (bool(side.get("deprecated")) for side in self.sides)
        if was != now:
            text = "deprecated" if now else "not deprecated any more"
            yield self._change("", text, Effect.ADDITION, "a call gives a DeprecationWarning" * now)
        yield from self._security()
        yield from self._request()
        yield from self._successes()
        yield from self._errors()

    def _change(self, place: str, what: str, effect: Effect, why: str = "") -> Change:
        return Change(self._place(place), what, effect, why)

    def _place(self, place: str) -> str:
        return ", ".join(filter(None, [str(self.found.operation), place]))

    def _security(self) -> Iterator[Change]:
        before, after = map(_demands, self.documents, self.sides)
        free = frozenset[tuple[str, ...]]()
        if free in after and free not in before:
            yield self._change("security", "no key is needed any more", Effect.ADDITION)
        for demand in before:
            if not any(accepted <= demand for accepted in after):
                text = f"{_shown(demand)} is not enough any more; {' or '.join(map(_shown, after))}"
                why = "the server refuses calls that it accepts today"
                yield self._change("security", text, Effect.BREAKING, why)
        if free in before and free not in after:
            return
        for demand in after:
            if demand and not any(known <= demand for known in before if known):
                text = f"{_shown(demand)} is taken, too"
                yield self._change("security", text, Effect.ADDITION)

    def _request(self) -> Iterator[Change]:
        """Compare what a call sends as one object: the members are the parameters and the body."""
        before, after = map(_request_parts, self.items, self.sides)
        comparison = SchemaComparison(*self.documents, Direction.REQUEST)
        old, new = map(_as_schema, (before, after))
        yield from comparison.members(old, new, str(self.found.operation), ", ")
        for place in (name for name in before if name in after and name != _BODY):
            was, now = before[place], after[place]
            if _style(was) != _style(now):
                why = "existing clients send it in the old form"
                yield self._change(place, "is serialized in another way", Effect.BREAKING, why)
            if bool(was.get("deprecated")) != bool(now.get("deprecated")):
                yield self._change(place, "its deprecation changed", Effect.NONE)
        if _BODY in before and _BODY in after:
            bodies = before[_BODY], after[_BODY]
            yield from self._contents(self._place(_BODY), *bodies, Direction.REQUEST)

    def _contents(self, place: str, old: Any, new: Any, direction: Direction) -> Iterator[Change]:
        """Compare the media types and schemas of two bodies or responses."""
        before, after = (_by_media_type(side.get("content")) for side in (old, new))
        alike = sorted(map(_media_kind, before)) == sorted(map(_media_kind, after))
        if before.keys() != after.keys():
            shown = [", ".join(sorted(content)) or "no body" for content in (before, after)]
            is_request = direction is Direction.REQUEST
            effect, why = effect_of(Kind.NARROWER if is_request else Kind.WIDER, direction)
            if alike and not is_request:
                effect, why = Effect.NONE, "existing clients read both in the same way"
            elif direction is Direction.RESPONSE and not before:
                effect, why = Effect.NONE, "existing clients ignore the body"
            yield Change(place, f"{shown[0]} became {shown[1]}", effect, why)
        comparison = SchemaComparison(*self.documents, direction)
        pairs = zip(sorted(before.items()), sorted(after.items()), strict=False) if alike else ()
        for (_, was), (_, now) in pairs:
            schemas = was.get("schema", ANYTHING), now.get("schema", ANYTHING)
            yield from comparison.compare(*schemas, f"{place} $".lstrip())

    def _successes(self) -> Iterator[Change]:
        before, after = (_responses(side, success=True) for side in self.sides)
        for status, response in after.items():
            was = _handler(before, status)
            place = f"response {status}"
            if was is None or (status == "2XX" and "2XX" not in before):
                why = REFUSED.replace("body", "response")
                yield self._change(place, "added to the successes", Effect.BREAKING, why)
            if was is not None:
                sides = before[was], response
                yield from self._contents(self._place(place), *sides, Direction.RESPONSE)
        for status in before:
            if not any(_covers(pattern, status) for pattern in after):
                place = f"response {status}"
                yield self._change(place, "removed from the successes", Effect.NONE)

    def _errors(self) -> Iterator[Change]:
        before, after = (_responses(side, success=False) for side in self.sides)
        #: Many statuses often share one schema: its changes are reported once, with all statuses.
        found: dict[Change, list[str]] = {}
        why = "the class of the error depends on the status alone"
        for one, other, what in (
            (before, after, "not documented any more"),
            (after, before, "documented"),
        ):
            if statuses := sorted(one.keys() - other.keys()):
                found[Change("", what, Effect.NONE, why)] = statuses
        for status, response in after.items():
            was = _handler(before, status)
            if was is not None:
                for change in self._contents("", before[was], response, Direction.ERROR):
                    found.setdefault(change, []).append(status)
        for change, statuses in found.items():
            place = f"response {', '.join(statuses)} {change.place}".strip()
            yield self._change(place, change.what, change.effect, change.why)


def _request_parts(item: Mapping[str, Any], operation: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters and the body of an operation, by what a report calls them."""
    parts: dict[str, Any] = {}
    for parameter in parameters(item, operation):
        name: str = parameter["name"]
        name = name.lower() if parameter["in"] == "header" else name
        parts[f"{parameter['in']} parameter {name}"] = parameter
    if "requestBody" in operation:
        parts[_BODY] = operation["requestBody"]
    return parts


def _as_schema(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as the properties of an object. The body is one that allows everything."""
    return {
        "properties": {name: part.get("schema", ANYTHING) for name, part in parts.items()},
        "required": [name for name, part in parts.items() if part.get("required")],
    }


def _by_media_type(content: Any) -> dict[str, Any]:
    """The schemas of a body by media type. The charset makes no difference."""
    return {essence(name): value for name, value in as_object(content).items()}


def _media_kind(name: str) -> str:
    """How a client reads a media type: the part before `+json` makes no difference."""
    return "json" if name.endswith(("/json", "+json")) else name.partition("/")[0]


def _style(parameter: Mapping[str, Any]) -> tuple[Any, ...]:
    style = parameter.get("style", DEFAULT_STYLES[parameter["in"]])
    return style, parameter.get("explode", style == "form"), bool(parameter.get("allowReserved"))


def _responses(operation: Mapping[str, Any], *, success: bool) -> dict[str, Any]:
    """The responses that a client handles as successes, or those that it handles as errors."""
    every = {str(status): response for status, response in operation.get("responses", {}).items()}
    successes = [status for status in every if status.startswith("2")] or ["default"]
    return {status: every[status] for status in every if (status in successes) is success}


def _handler(responses: Mapping[str, Any], status: str) -> str | None:
    """The status or pattern by which an existing client handles a status."""
    if status in responses:
        return status
    if status == "2XX":
        return next(iter(responses), None)
    return next((pattern for pattern in responses if _covers(pattern, status)), None)


def _covers(pattern: str, status: str) -> bool:
    return pattern in (status, f"{status[0]}XX", "default")


def _demands(
    document: Mapping[str, Any], operation: Mapping[str, Any]
) -> list[frozenset[tuple[str, ...]]]:
    """The alternatives of keys that an operation asks for, each as what it adds to a request."""
    schemes = security_schemes(document)
    return [
        frozenset(scheme_signature(schemes.get(name, {})) for name in demand)
        for demand in operation.get("security", document.get("security", []))
        if is_object(demand)
    ] or [frozenset()]


def _shown(demand: frozenset[tuple[str, ...]]) -> str:
    shown = " and ".join(" ".join(signature) for signature in sorted(demand))
    return f"a key ({shown})" if shown else "no key"
