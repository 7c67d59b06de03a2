"""What changed between two contracts, and whether clients and callers of the old one get along.

A response is judged by the bodies that an existing client accepts, which are more than its contract
allows: it keeps unknown members and unknown values of an enum, and leaves limits to the server. A
request is judged by whether what callers send today still passes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from generator.spec.references import resolve
from generator.spec.schemas import alternatives, checked_format, follow
from generator.spec.values import is_object
from generator.update.report import Change, Effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.update.select import Found

_LIMITS = (
    "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties",
    "maxProperties",
)  # fmt: skip
_UPPER = {"maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties"}
_LOWER = {"minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties"}
_ANYTHING: dict[str, Any] = {}
"""The schema that allows everything; one object, because comparisons know schemas by identity."""

_SHOWN_VALUES = 8
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}


def contract_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], found: Sequence[Found]
) -> list[Change]:
    """Compare our operations in two contracts.

    Wording, examples, the order of anything and the names of schemas are no changes.

    Args:
        old: The contract that existing clients were made from.
        new: The contract to come.
        found: Where the new contract has each operation.
    """
    changes: list[Change] = []
    before, after = base_url(old), base_url(new)
    if before != after:
        changes.append(
            Change(
                "server",
                f"moved from {before} to {after}",
                Effect.BREAKING,
                "existing clients call the old one, and a base_url of a user's own may not fit",
            )
        )
    changes += _environment_changes(old, new)
    changes += _scheme_changes(old, new)
    for place in found:
        changes += _Operation(old, new, place).changes()
    return list(dict.fromkeys(changes))


def base_url(document: Mapping[str, Any]) -> str:
    """The URL of the first server, its variables filled in."""
    servers: list[dict[str, Any]] = document.get("servers") or [{"url": "/"}]
    url: str = servers[0]["url"]
    for name, variable in servers[0].get("variables", {}).items():
        url = url.replace(f"{{{name}}}", str(variable.get("default")))
    return url.rstrip("/")


def _environment_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """The variables that keys are read from; they belong to schemes, which may be renamed."""
    before, after = (
        {
            name
            for scheme in document.get("components", {}).get("securitySchemes", {}).values()
            for name in scheme.get("x-environment-variables", [])
        }
        for document in (old, new)
    )
    for name in sorted(before - after):
        yield Change(
            "security", f"the variable {name} is not read any more", Effect.BREAKING,
            "the keys of its users are not found",
        )  # fmt: skip
    for name in sorted(after - before):
        yield Change("security", f"the variable {name} is read, too", Effect.ADDITION)


def _scheme_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Schemes that go by another name, after which the client's argument is named."""
    before, after = (
        {
            name: _signature(scheme)
            for name, scheme in document.get("components", {}).get("securitySchemes", {}).items()
        }
        for document in (old, new)
    )
    for name, signature in before.items():
        if name not in after:
            for other in after.keys() - before.keys():
                if after[other] == signature:
                    text = f"the scheme {name} is now called {other}"
                    yield Change("security", text, Effect.NONE, "so is the client's argument")


class _Operation:
    """The comparison of one operation."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any], found: Found) -> None:
        self.documents = old, new
        self.found = found
        self.name = str(found.pin)
        self.items = (
            old["paths"][found.pin.path],
            new["paths"][found.path],
        )
        self.sides = (
            self.items[0][found.pin.method],
            self.items[1][found.method],
        )

    def changes(self) -> Iterator[Change]:
        if self.found.moved:
            where = f"{self.found.method.upper()} {self.found.path}"
            yield self.change(
                "", f"moved to {where}", Effect.BREAKING, "existing clients ask for the old one"
            )
        deprecated, still = (bool(side.get("deprecated")) for side in self.sides)
        if deprecated != still:
            text = "deprecated" if still else "not deprecated any more"
            yield self.change("", text, Effect.ADDITION, "a call warns" if still else "")
        yield from self.security()
        yield from self.parameters()
        yield from self.body()
        yield from self.successes()
        yield from self.errors()

    def change(self, place: str, what: str, effect: Effect, why: str = "") -> Change:
        return Change(f"{self.name}, {place}" if place else self.name, what, effect, why)

    def security(self) -> Iterator[Change]:
        before, after = (
            _alternatives_of_security(document, side)
            for document, side in zip(self.documents, self.sides, strict=True)
        )
        if before == after:
            return
        if frozenset() in after and frozenset() not in before:
            yield self.change("security", "no key is needed any more", Effect.ADDITION)
        for alternative in before:
            if not any(accepted <= alternative for accepted in after):
                shown = _shown_security(alternative)
                yield self.change(
                    "security",
                    f"{shown} is not enough any more; {' or '.join(map(_shown_security, after))}",
                    Effect.BREAKING,
                    "calls that pass today are refused",
                )
        for alternative in after:
            if alternative and not any(known <= alternative for known in before if known):
                if frozenset() in before and frozenset() not in after:
                    continue  # said above
                yield self.change(
                    "security", f"{_shown_security(alternative)} is taken, too", Effect.ADDITION
                )

    def parameters(self) -> Iterator[Change]:
        before, after = (
            _parameters(document, item, side)
            for document, item, side in zip(self.documents, self.items, self.sides, strict=True)
        )
        for key in dict.fromkeys([*before, *after]):
            place = f"{key[0]} parameter {key[1]}"
            if key not in after:
                yield self.change(
                    place, "removed", Effect.BREAKING, "callers who give it are refused or ignored"
                )
            elif key not in before:
                required = after[key].get("required", False)
                effect = Effect.BREAKING if required else Effect.ADDITION
                why = "calls without it are refused" if required else ""
                yield self.change(place, f"added, {_required(required)}", effect, why)
            else:
                yield from self.parameter(place, before[key], after[key])

    def parameter(
        self, place: str, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> Iterator[Change]:
        was, now = old.get("required", False), new.get("required", False)
        if was != now:
            effect = Effect.BREAKING if now else Effect.ADDITION
            why = "calls without it are refused" if now else ""
            yield self.change(place, f"is now {_required(now)}", effect, why)
        if _style(old) != _style(new):
            why = "existing clients write it in the old way"
            yield self.change(place, "is written otherwise", Effect.BREAKING, why)
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            yield self.change(place, "its deprecation changed", Effect.NONE)
        schemas = old.get("schema", _ANYTHING), new.get("schema", _ANYTHING)
        defaults = [
            follow(document, schema).get("default")
            for document, schema in zip(self.documents, schemas, strict=True)
        ]
        if defaults[0] != defaults[1]:
            both = None not in defaults
            yield self.change(
                place,
                f"its default changed from {_json(defaults[0])} to {_json(defaults[1])}",
                Effect.BREAKING if both else Effect.NONE,
                "callers who leave it out get something else" if both else "",
            )
        yield from _Request(self, place).compare(*schemas)

    def body(self) -> Iterator[Change]:
        before, after = (
            resolve(document, side["requestBody"]) if "requestBody" in side else None
            for document, side in zip(self.documents, self.sides, strict=True)
        )
        if before is None and after is None:
            return
        if after is None:
            yield self.change("body", "removed", Effect.BREAKING, "callers who send it are refused")
            return
        required = after.get("required", False)
        if before is None:
            effect = Effect.BREAKING if required else Effect.ADDITION
            yield self.change("body", f"added, {_required(required)}", effect)
            return
        if before.get("required", False) != required:
            effect = Effect.BREAKING if required else Effect.ADDITION
            yield self.change("body", f"is now {_required(required)}", effect)
        yield from self.contents("body", before, after, _Request(self, "body $"))

    def contents(
        self, place: str, old: Mapping[str, Any], new: Mapping[str, Any], comparison: _Comparison
    ) -> Iterator[Change]:
        """Compare what two bodies or answers hold."""
        before: dict[str, Any] = old.get("content") or {}
        after: dict[str, Any] = new.get("content") or {}
        kinds = [sorted(map(_media_kind, content)) for content in (before, after)]
        if kinds[0] != kinds[1]:
            shown = [", ".join(content) or "no body" for content in (before, after)]
            effect = comparison.effects["wider" if comparison.of_answer else "narrower"]
            if comparison.of_answer and not before:
                effect = Effect.NONE  # existing clients do not look at it
            yield self.change(place, f"{shown[0]} became {shown[1]}", effect, comparison.refused)
            return
        for (_, was), (_, now) in zip(sorted(before.items()), sorted(after.items()), strict=True):
            yield from comparison.compare(
                was.get("schema", _ANYTHING), now.get("schema", _ANYTHING)
            )

    def successes(self) -> Iterator[Change]:
        before, after = (_answers(side, success=True) for side in self.sides)
        for status, answer in after.items():
            was = _reader(before, status)
            place = f"response {status}"
            if was is None or (status == "2XX" and "2XX" not in before):
                why = "existing clients take such an answer for a breach of the contract"
                yield self.change(place, "added to the successes", Effect.BREAKING, why)
            if was is not None:
                yield from self.contents(
                    place,
                    resolve(self.documents[0], before[was]),
                    resolve(self.documents[1], answer),
                    _Answer(self, f"{place} $"),
                )
        for status in before:
            if not any(_covers(pattern, status) for pattern in after):
                yield self.change(f"response {status}", "removed from the successes", Effect.NONE)

    def errors(self) -> Iterator[Change]:
        before, after = (_answers(side, success=False) for side in self.sides)
        follows = "the class that is raised follows the status, not the document"
        for statuses, what in (
            (before.keys() - after.keys(), "not documented any more"),
            (after.keys() - before.keys(), "documented"),
        ):
            if statuses:
                place = f"response {', '.join(sorted(statuses))}"
                yield self.change(place, what, Effect.NONE, follows)
        # What is the same for many statuses is said once.
        said: dict[tuple[str, str, str], list[str]] = {}
        for status, answer in after.items():
            was = _reader(before, status)
            if was is not None:
                for change in self.contents(
                    "",
                    resolve(self.documents[0], before[was]),
                    resolve(self.documents[1], answer),
                    _Error(self, "$"),
                ):
                    inside = change.place.removeprefix(self.name).removeprefix(", ")
                    said.setdefault((inside, change.what, change.why), []).append(status)
        for (inside, what, why), found in said.items():
            place = f"response {', '.join(found)} {inside}".strip()
            yield self.change(place, what, Effect.NONE, why)


class _Comparison:
    """The comparison of two schemas; its classes say what a change means where it is."""

    of_answer = True
    refused = ""
    effects: ClassVar[Mapping[str, Effect]]

    def __init__(self, operation: _Operation, place: str) -> None:
        self.operation = operation
        self.place = place
        self.passed: set[tuple[int, int]] = set()

    def compare(self, old: Any, new: Any) -> Iterator[Change]:
        yield from self.schema(old, new, self.place)

    def schema(self, old: Any, new: Any, place: str, *, optional: bool = False) -> Iterator[Change]:
        first, second = self.operation.documents
        old, new = follow(first, old), follow(second, new)
        pair = id(old), id(new)
        if pair in self.passed:
            return
        self.passed.add(pair)
        before, after = alternatives(first, old), alternatives(second, new)
        kinds = [{option["type"] for option in options} for options in (before, after)]
        yield from self.kinds(kinds[0], kinds[1], place, optional=optional)
        for kind in sorted(kinds[0] | kinds[1]):
            was = [option for option in before if option["type"] == kind]
            now = [option for option in after if option["type"] == kind]
            if kind == "number" and not now:  # what was said of numbers goes for whole ones, too
                now = [option for option in after if option["type"] == "integer"]
            if kind == "number" and not was:
                was = [option for option in before if option["type"] == "integer"]
            if was and now and kind != "any":
                yield from self.options(was, now, place)

    def kinds(
        self, before: set[str], after: set[str], place: str, *, optional: bool
    ) -> Iterator[Change]:
        text = f"{_kinds(before)} became {_kinds(after)}"
        wider = {kind for kind in after if not _takes(before, kind)}
        narrower = {kind for kind in before if not _takes(after, kind)}
        if wider == {"null"} and optional and self.of_answer:
            why = "existing clients read null there as left out"
            yield self.said("wider_null", place, text, why)
        elif wider and (self.of_answer or not narrower):
            yield self.said("wider", place, text)
        if narrower and not (wider and self.of_answer):
            yield self.said("narrower", place, text)

    def options(
        self, before: list[dict[str, Any]], after: list[dict[str, Any]], place: str
    ) -> Iterator[Change]:
        """Compare the alternatives of one type, each with the one that it differs least from."""
        rest = list(after)
        pairs: list[list[Change]] = []
        passed = set(self.passed)
        for was in before:
            tried = [(list(self.details(was, now, place)), now) for now in rest]
            if not tried:
                pairs.append([self.said("narrower", place, "an alternative was removed")])
                continue
            best, chosen = min(tried, key=lambda pair: sum(c.effect + 1 for c in pair[0]))
            rest.remove(chosen)
            pairs.append(best)
            if len(tried) > 1:
                self.passed = set(passed)
        for changes in pairs:
            yield from changes
        for _ in rest:
            yield self.said("wider", place, "an alternative was added", self.refused)

    def details(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        yield from self.enum(old, new, place)
        yield from self.format(old, new, place)
        yield from self.limits(old, new, place)
        if old["type"] == "array" and ("items" in old or "items" in new):
            yield from self.schema(
                old.get("items", _ANYTHING), new.get("items", _ANYTHING), f"{place}[]"
            )
        if old["type"] == "object":
            yield from self.members(old, new, place)

    def enum(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        if old.get("const", ...) != new.get("const", ...):
            text = f"const {_json(old.get('const'))} became {_json(new.get('const'))}"
            sense = "narrower" if "const" not in old else "wider"
            if "const" not in new or "const" not in old:
                yield self.said(sense, place, text)
            else:
                yield self.said("changed", place, text, self.refused)
        before, after = old.get("enum"), new.get("enum")
        if before is None and after is None:
            return
        if before is None or after is None:
            what = "any value became one of" if before is None else "is not limited any more to"
            values = _listed(before or after or ())
            sense = "enum_set" if before is None else "enum_gone"
            yield self.said(sense, place, f"{what} {values}")
            return
        for value in after:
            if value not in before:
                yield self.said("value_added", place, f"the value {_json(value)} was added")
        for value in before:
            if value not in after:
                yield self.said("value_removed", place, f"the value {_json(value)} was removed")

    def format(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        before, after = checked_format(old), checked_format(new)
        if before != after:
            text = f"the format {before or 'none'} became {after or 'none'}"
            sense = "narrower" if not before else "wider" if not after else "changed"
            yield self.said(sense, place, text, self.refused if sense == "changed" else "")

    def limits(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        for name in _LIMITS:
            was, now = old.get(name), new.get(name)
            if was == now or (not was and not now):
                continue
            text = f"{name} {_json(was)} became {_json(now)}"
            loose = now is None or (
                was is not None
                and ((name in _UPPER and now > was) or (name in _LOWER and now < was))
            )
            yield self.said("limit_loose" if loose else "limit_strict", place, text)

    def members(self, old: dict[str, Any], new: dict[str, Any], place: str) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed = [set(side.get("required", [])) for side in (old, new)]
        for name in dict.fromkeys([*before, *after]):
            inner = f"{place}.{name}"
            was, now = (name in names for names in needed)
            if name not in after:
                sense = "member_removed" if was else "optional_removed"
                yield self.said(sense, inner, f"removed, was {_required(was)}")
            elif name not in before:
                sense = "member_added" if now else "optional_added"
                yield self.said(sense, inner, f"added, {_required(now)}")
            else:
                if was != now:
                    sense = "made_required" if now else "made_optional"
                    yield self.said(sense, inner, f"is now {_required(now)}")
                yield from self.schema(before[name], after[name], inner, optional=not (was and now))
        rest = [_additional(side, of_answer=self.of_answer) for side in (old, new)]
        if rest[0] is False or rest[1] is False:
            if rest[0] is not rest[1]:
                sense = "wider" if rest[0] is False else "narrower"
                yield self.said(sense, place, "whether it may have further members changed")
        else:
            yield from self.schema(rest[0], rest[1], f"{place}.*")

    def said(self, sense: str, place: str, what: str, why: str = "") -> Change:
        effect = self.effects.get(sense, Effect.NONE)
        reason = why or (self.refused if effect is Effect.BREAKING else self.mild.get(sense, ""))
        return self.operation.change(place, what, effect, reason)

    mild: ClassVar[Mapping[str, str]] = {}


class _Answer(_Comparison):
    refused = "existing clients refuse such a body"
    effects: ClassVar = {
        "wider": Effect.BREAKING,
        "changed": Effect.BREAKING,
        "member_removed": Effect.BREAKING,
        "made_optional": Effect.BREAKING,
        "member_added": Effect.ADDITION,
        "optional_added": Effect.ADDITION,
        "value_added": Effect.ADDITION,
    }
    mild: ClassVar = {
        "member_added": "existing clients keep it in additional_properties",
        "optional_added": "existing clients keep it in additional_properties",
        "value_added": "existing clients keep it as it comes",
        "enum_gone": "existing clients keep other values as they come",
        "limit_loose": "clients leave limits to the server",
        "limit_strict": "clients leave limits to the server",
        "narrower": "existing clients accept every such body",
    }


class _Error(_Comparison):
    """An error's body never keeps its exception from being raised."""

    effects: ClassVar[Mapping[str, Effect]] = {}
    mild: ClassVar = dict.fromkeys(
        ("wider", "changed", "member_removed", "made_optional"),
        "an existing client's `parsed` is None for such a body; what it raises is the same",
    )


class _Request(_Comparison):
    of_answer = False
    refused = "calls that pass today may be refused"
    effects: ClassVar = {
        "narrower": Effect.BREAKING,
        "changed": Effect.BREAKING,
        "enum_set": Effect.BREAKING,
        "value_removed": Effect.BREAKING,
        "limit_strict": Effect.BREAKING,
        "member_added": Effect.BREAKING,
        "made_required": Effect.BREAKING,
        "member_removed": Effect.BREAKING,
        "optional_removed": Effect.BREAKING,
        "wider": Effect.ADDITION,
        "enum_gone": Effect.ADDITION,
        "value_added": Effect.ADDITION,
        "limit_loose": Effect.ADDITION,
        "optional_added": Effect.ADDITION,
        "made_optional": Effect.ADDITION,
    }


def _additional(schema: Mapping[str, Any], *, of_answer: bool) -> Any:
    """What further members may be; a client keeps them even where there are to be none."""
    rest = schema.get("additionalProperties", True)
    if rest is True or (rest is False and of_answer):
        return _ANYTHING
    return rest


def _takes(kinds: set[str], kind: str) -> bool:
    return kind in kinds or "any" in kinds or (kind == "integer" and "number" in kinds)


def _kinds(kinds: set[str]) -> str:
    return " or ".join(sorted(kinds)).replace("any", "any value") or "nothing"


def _json(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def _listed(values: Sequence[Any]) -> str:
    shown = ", ".join(map(_json, values[:_SHOWN_VALUES]))
    rest = len(values) - _SHOWN_VALUES
    return f"{shown} and {rest} more" if rest > 0 else shown


def _required(required: bool) -> str:
    return "required" if required else "optional"


def _media_kind(media_type: str) -> str:
    """How a client reads it: charset and the part before `+json` make no difference."""
    name = media_type.partition(";")[0].strip().lower()
    return "json" if name.endswith(("/json", "+json")) else name.partition("/")[0]


def _style(parameter: Mapping[str, Any]) -> tuple[Any, ...]:
    style = parameter.get("style", _STYLES[parameter["in"]])
    return style, parameter.get("explode", style == "form"), bool(parameter.get("allowReserved"))


def _parameters(
    document: Mapping[str, Any], item: Mapping[str, Any], operation: Mapping[str, Any]
) -> dict[tuple[str, str], Mapping[str, Any]]:
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for declared in [*item.get("parameters", []), *operation.get("parameters", [])]:
        parameter = resolve(document, declared)
        name = parameter["name"]
        found[parameter["in"], name.lower() if parameter["in"] == "header" else name] = parameter
    return found


def _answers(operation: Mapping[str, Any], *, success: bool) -> dict[str, Any]:
    """The answers that a client takes for successes, or for errors."""
    answers = {str(status): answer for status, answer in operation.get("responses", {}).items()}
    successes = {status for status in answers if status.startswith("2")} or (
        {"default"} & answers.keys()
    )
    return {
        status: answer for status, answer in answers.items() if (status in successes) is success
    }


def _reader(answers: Mapping[str, Any], status: str) -> str | None:
    """The answer that an existing client reads a status by."""
    if status in answers:
        return status
    if status == "2XX":
        return next(iter(answers), None)
    return next((pattern for pattern in answers if _covers(pattern, status)), None)


def _covers(pattern: str, status: str) -> bool:
    return pattern in (status, f"{status[0]}XX", "default")


def _alternatives_of_security(
    document: Mapping[str, Any], operation: Mapping[str, Any]
) -> list[frozenset[tuple[str, ...]]]:
    """What an operation asks for: alternatives of schemes, each as what it puts into a request."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    demands = operation.get("security", document.get("security", []))
    found = [
        frozenset(_signature(schemes.get(name, {})) for name in demand)
        for demand in demands
        if is_object(demand)
    ]
    return found or [frozenset()]


def _signature(scheme: Mapping[str, Any]) -> tuple[str, ...]:
    keys = ("type", "scheme", "in", "name")
    return tuple(str(scheme[key]).lower() for key in keys if key in scheme)


def _shown_security(alternative: frozenset[tuple[str, ...]]) -> str:
    shown = " and ".join(" ".join(signature) for signature in sorted(alternative))
    return f"a key ({shown})" if shown else "no key"
