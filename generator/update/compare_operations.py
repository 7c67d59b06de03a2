"""Compare our operations in two contracts: do existing clients and their callers still work?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve

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
_Documents = tuple[Mapping[str, Any], Mapping[str, Any]]
#: What each key adds to a request.
_Demand = frozenset[tuple[str, ...]]
#: Parameters and body, or responses, by what a report calls them.
_Parts = Mapping[str, Any]


def contract_changes(
    old: dict[str, Any], new: dict[str, Any], found: Sequence[Found]
) -> list[Change]:
    """Compare our operations in two contracts.

    Wording, examples, the names of schemas, and the order of all but alternatives are ignored.
    """
    documents = inlined(old), inlined(new)
    for document in documents:
        upgrade(document)  # a contract may be in OpenAPI 3.0, which says the same in other keywords
    changes = [*_document_changes(*documents)]
    for one in found:
        for change in _operation_changes(documents, one):
            place = ", ".join(filter(None, [str(one.operation), change.place]))
            changes.append(evolve(change, place=place))
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


def _operation_changes(documents: _Documents, found: Found) -> Iterator[Change]:
    """The changes of an operation. Their places are relative to it."""
    (old, new), former = documents, found.operation
    if former.method not in old["paths"].get(former.path, {}):
        yield Change("", "added", Effect.ADDITION)
        return
    items = old["paths"][former.path], new["paths"][found.path]
    sides = items[0][former.method], items[1][found.method]
    if found.moved:
        text = f"moved to {found.method.upper()} {found.path}"
        yield Change("", text, Effect.BREAKING, "existing clients call the old path")
    was, now = (bool(side.get("deprecated")) for side in sides)
    if was != now:
        text = "deprecated" if now else "not deprecated any more"
        yield Change("", text, Effect.ADDITION, "a call gives a DeprecationWarning" * now)
    yield from _security_changes(*map(_demands, documents, sides))
    yield from _request_changes(documents, *map(_request_parts, items, sides))
    yield from _success_changes(documents, *(_responses(side, success=True) for side in sides))
    yield from _error_changes(documents, *(_responses(side, success=False) for side in sides))


def _security_changes(before: list[_Demand], after: list[_Demand]) -> Iterator[Change]:
    free = _Demand()
    if free in after and free not in before:
        yield Change("security", "no key is needed any more", Effect.ADDITION)
    for demand in before:
        if not any(accepted <= demand for accepted in after):
            text = f"{_shown(demand)} is not enough any more; {' or '.join(map(_shown, after))}"
            why = "the server refuses calls that it accepts today"
            yield Change("security", text, Effect.BREAKING, why)
    if free in before and free not in after:
        return
    for demand in after:
        if demand and not any(known <= demand for known in before if known):
            yield Change("security", f"{_shown(demand)} is taken, too", Effect.ADDITION)


def _request_changes(documents: _Documents, before: _Parts, after: _Parts) -> Iterator[Change]:
    """Compare what a call sends as one object: the members are the parameters and the body."""
    comparison = SchemaComparison(*documents, Direction.REQUEST)
    yield from comparison.members(_as_schema(before), _as_schema(after), "")
    for place in (name for name in before if name in after and name != _BODY):
        was, now = before[place], after[place]
        if _style(was) != _style(now):
            why = "existing clients send it in the old form"
            yield Change(place, "is serialized in another way", Effect.BREAKING, why)
        if bool(was.get("deprecated")) != bool(now.get("deprecated")):
            yield Change(place, "its deprecation changed", Effect.NONE)
    if _BODY in before and _BODY in after:
        bodies = before[_BODY], after[_BODY]
        yield from _content_changes(documents, _BODY, *bodies, Direction.REQUEST)


def _success_changes(documents: _Documents, before: _Parts, after: _Parts) -> Iterator[Change]:
    for status, response in after.items():
        was = _handler(before, status)
        place = f"response {status}"
        if was is None or (status == "2XX" and "2XX" not in before):
            why = REFUSED.replace("body", "response")
            yield Change(place, "added to the successes", Effect.BREAKING, why)
        if was is not None:
            sides = before[was], response
            yield from _content_changes(documents, place, *sides, Direction.RESPONSE)
    for status in before:
        if not any(_covers(pattern, status) for pattern in after):
            yield Change(f"response {status}", "removed from the successes", Effect.NONE)


def _error_changes(documents: _Documents, before: _Parts, after: _Parts) -> Iterator[Change]:
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
            for change in _content_changes(documents, "", before[was], response, Direction.ERROR):
                found.setdefault(change, []).append(status)
    for change, statuses in found.items():
        place = f"response {', '.join(statuses)} {change.place}".strip()
        yield evolve(change, place=place)


def _content_changes(
    documents: _Documents, place: str, old: Any, new: Any, direction: Direction
) -> Iterator[Change]:
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
    comparison = SchemaComparison(*documents, direction)
    pairs = zip(sorted(before.items()), sorted(after.items()), strict=False) if alike else ()
    for (_, was), (_, now) in pairs:
        schemas = was.get("schema", ANYTHING), now.get("schema", ANYTHING)
        yield from comparison.compare(*schemas, f"{place} $".lstrip())


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


def _demands(document: Mapping[str, Any], operation: Mapping[str, Any]) -> list[_Demand]:
    """The alternatives of keys that an operation asks for."""
    schemes = security_schemes(document)
    return [
        _Demand(scheme_signature(schemes.get(name, {})) for name in demand)
        for demand in operation.get("security", document.get("security", []))
        if is_object(demand)
    ] or [_Demand()]


def _shown(demand: _Demand) -> str:
    shown = " and ".join(" ".join(signature) for signature in sorted(demand))
    return f"a key ({shown})" if shown else "no key"
