"""Compare the Python API of two generated packages: does a user's code still work?

griffe reads both packages without importing them. A type that a user reads may become narrower,
and a type that a user gives may become wider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import griffe

from generator.errors import GeneratorError
from generator.update.annotations import WIDER, Types, members
from generator.update.report import Change, Effect

#: The names that modules under `api/` and models have for the client's own use.
INTERNAL = {"OPERATION", "__from_struct__", "__struct_fields__", "arguments"}
_ENUMS = {"StrEnum": {"str"}, "IntEnum": {"int", "float"}}
_FAILS = "code that makes an object without it fails, and so does `from_dict` on stored data"


def package(folder: Path) -> griffe.Module:
    """The package in a folder, read and not imported."""
    found = griffe.load(
        folder.name,
        search_paths=[folder.parent],
        try_relative_path=False,
        allow_inspection=False,
        modules_collection=griffe.ModulesCollection(),
        lines_collection=griffe.LinesCollection(),
    )
    if not isinstance(found, griffe.Module):
        raise GeneratorError(f"{folder}: no package")
    return found


def public_modules(root: griffe.Module) -> dict[str, griffe.Module]:
    """The modules with public names, by path, with the private modules that define some."""
    found = {root.path: root}
    for name, member in root.members.items():
        is_public = not name.startswith("_") or name in ("_namespace", "_base_client")
        if isinstance(member, griffe.Module) and is_public:
            found |= public_modules(member)
    return found


def public_members(holder: griffe.Module | griffe.Class) -> dict[str, griffe.Object]:
    """The public members that are defined here."""
    names = holder.exports if isinstance(holder, griffe.Module) else None
    return {
        name: member
        for name, member in holder.members.items()
        if isinstance(member, griffe.Object)
        and not isinstance(member, griffe.Module)
        and (name in names if names is not None else not name.startswith("_") or name == "__init__")
    }


def has_default(member: griffe.Attribute) -> bool:
    """Whether a field may be left out when an object is made."""
    value = str(member.value)
    return member.value is not None and (
        not value.startswith("field(") or "default=" in value or "factory=" in value
    )


def api_changes(old: griffe.Module, new: griffe.Module) -> list[Change]:
    """Compare the public names of two versions of a package, the worst changes first."""
    before, after = public_modules(old), public_modules(new)
    types = _types([*before.values(), *after.values()])
    changes = [
        change
        for path in dict.fromkeys([*before, *after])
        for change in _member_changes(before.get(path), after.get(path), types)
    ]
    return sorted(dict.fromkeys(changes), key=lambda change: (-change.effect, change.place))


def _types(modules: list[griffe.Module]) -> Types:
    """The types of Python, and the enums of the packages, which are strings or numbers."""
    wider = dict(WIDER)
    for module in modules:
        for name, member in public_members(module).items():
            for base in member.bases if isinstance(member, griffe.Class) else ():
                wider[name] = _ENUMS.get(str(base), wider.get(name, set()))
    return Types(wider, _only_given(modules))


def _only_given(modules: list[griffe.Module]) -> frozenset[str]:
    """The models that no call returns, not even inside another one."""
    inside: dict[str, str] = {}
    waiting: list[str] = []
    for name, member in [pair for one in modules for pair in public_members(one).items()]:
        if isinstance(member, griffe.Function):
            waiting += re.findall(r"\w+", str(member.returns))
        elif ".models." in member.path and isinstance(member, griffe.Class):
            fields = [str(item.annotation) for item in member.attributes.values()]
            inside[name] = " ".join([inside.get(name, ""), *fields])
    models = frozenset(inside)
    while waiting:
        waiting += re.findall(r"\w+", inside.pop(waiting.pop(), ""))
    return models & inside.keys()


def _names(holder: griffe.Module | griffe.Class | None) -> dict[str, Any]:
    """The public names of a module or class, each with what is defined or exported under it."""
    if holder is None:
        return {}
    names: dict[str, Any] = {}
    if isinstance(holder, griffe.Module) and holder.exports is not None:
        names = {str(name): holder.members.get(str(name)) for name in holder.exports}
    names |= public_members(holder)
    return {name: member for name, member in names.items() if name not in INTERNAL}


def _member_changes(
    old: griffe.Module | griffe.Class | None, new: griffe.Module | griffe.Class | None, types: Types
) -> Iterator[Change]:
    before, after = _names(old), _names(new)
    for name, member in before.items():
        place = _place(f"{old.path if old else ''}.{name}")
        if name not in after:
            yield Change(place, "removed", Effect.BREAKING)
            continue
        match member, after[name]:
            case griffe.Class() as one, griffe.Class() as other:
                yield from _base_changes(place, one, other)
                yield from _member_changes(one, other, types)
            case griffe.Function() as one, griffe.Function() as other:
                yield from _function_changes(one, other, types)
            case griffe.Attribute() as one, griffe.Attribute() as other:
                yield from _attribute_changes(place, one, other, types)
            case griffe.Object() as one, griffe.Object() as other if one.kind is not other.kind:
                yield Change(place, f"is no {one.kind.value} any more", Effect.BREAKING)
            case _:
                pass
    for name, member in after.items():
        if name not in before:
            place = _place(f"{new.path if new else ''}.{name}")
            if isinstance(new, griffe.Class) and _is_field(member) and not has_default(member):
                yield Change(place, "added, required", Effect.BREAKING, _FAILS)
            else:
                yield Change(place, "added", Effect.ADDITION)


def _base_changes(place: str, old: griffe.Class, new: griffe.Class) -> Iterator[Change]:
    for base in map(str, old.bases):
        if base not in map(str, new.bases):
            why = "`except` and `isinstance` with the base class do not match any more"
            yield Change(place, f"is no {base} any more", Effect.BREAKING, why)


def _is_field(member: object) -> bool:
    return (
        isinstance(member, griffe.Attribute)
        and member.annotation is not None
        and "property" not in member.labels
    )


def _attribute_changes(
    place: str, old: griffe.Attribute, new: griffe.Attribute, types: Types
) -> Iterator[Change]:
    if old.annotation is None or new.annotation is None:
        # Outside of an enum, the value of a constant is no part of the API.
        is_enum = isinstance(old.parent, griffe.Class) and {*map(str, old.parent.bases)} & {*_ENUMS}
        if is_enum and str(old.value) != str(new.value):
            yield Change(place, f"{old.value} became {new.value}", Effect.BREAKING)
        return
    if _is_field(old) and has_default(old) and not has_default(new):
        yield Change(place, "is now required", Effect.BREAKING, _FAILS)
    before, after = str(old.annotation), str(new.annotation)
    if members(before) == members(after):
        return
    effect, why = Effect.ADDITION, ""
    if old.parent is None or old.parent.name not in types.only_given:
        effect, why = _reading(before, after, types, "reads it")
    if effect is Effect.ADDITION and _is_field(old) and not types.assignable(before, after):
        lost = types.refused(before, after)
        effect, why = Effect.TYPING, f"code that assigns {lost} no longer type-checks"
    yield Change(place, f"{before} became {after}", effect, why)


def _reading(before: str, after: str, types: Types, how: str) -> tuple[Effect, str]:
    """The effect on code that gets a value of another type than before, and the reason."""
    if not types.assignable(after, before):
        return Effect.BREAKING, f"code that {how} may get {types.refused(after, before)}"
    if not types.assignable(after, before, strict=True):
        return Effect.TYPING, f"code that uses it as {before} no longer type-checks"
    return Effect.ADDITION, ""


def _function_changes(old: griffe.Function, new: griffe.Function, types: Types) -> Iterator[Change]:
    before, after = _parameters(old), _parameters(new)
    for name, parameter in before.items():
        place = f"{_place(old.path, parameter=True)}({name}=)"
        if name in after:
            yield from _parameter_changes(place, parameter, after[name], types)
        else:
            yield Change(place, "removed", Effect.BREAKING)
    positions = [
        [name for name, item in side.items() if item.kind is not griffe.ParameterKind.keyword_only]
        for side in (before, after)
    ]
    kept = [name for name in positions[0] if name in positions[1]]
    if kept != positions[1][: len(kept)]:
        yield Change(_place(old.path), "its positional parameters moved", Effect.BREAKING)
    for name, parameter in after.items():
        if name not in before:
            required = parameter.default is None and "variadic" not in str(parameter.kind)
            place = f"{_place(old.path, parameter=True)}({name}=)"
            text = f"added, {'required' if required else 'optional'}"
            yield Change(place, text, Effect.BREAKING if required else Effect.ADDITION)
    given, returned = str(old.returns), str(new.returns)
    if members(given) != members(returned):
        effect, why = _reading(given, returned, types, "uses the result")
        if old.name.endswith("_detailed"):
            # This is the type of an error body. `sync` shows a change of the success.
            why = "code that checks the type of `parsed` may no longer type-check"
            effect = Effect.TYPING
        yield Change(f"{_place(old.path)}(…)", f"returns {returned}, not {given}", effect, why)


def _parameter_changes(
    place: str, old: griffe.Parameter, new: griffe.Parameter, types: Types
) -> Iterator[Change]:
    if old.default is not None and new.default is None:
        yield Change(place, "is now required", Effect.BREAKING)
    elif old.default is None and new.default is not None:
        yield Change(place, "is now optional", Effect.ADDITION)
    elif str(old.default) != str(new.default):
        text = f"its default {old.default} became {new.default}"
        yield Change(place, text, Effect.BREAKING, "calls without it get another result")
    if old.kind is not new.kind:
        easier = new.kind is griffe.ParameterKind.positional_or_keyword
        text = f"is now {new.kind.value if new.kind else 'given in another way'}"
        yield Change(place, text, Effect.ADDITION if easier else Effect.BREAKING)
    before, after = str(old.annotation), str(new.annotation)
    if members(before) != members(after):
        lost = types.refused(before, after, strict=True)
        effect = Effect.BREAKING if lost else Effect.ADDITION
        why = f"calls that pass {lost} fail" * bool(lost)
        yield Change(place, f"{before} became {after}", effect, why)


def _parameters(function: griffe.Function) -> Mapping[str, griffe.Parameter]:
    return {item.name: item for item in function.parameters if item.name not in ("self", "cls")}


def _place(path: str, *, parameter: bool = False) -> str:
    """A name as a user writes it, without the package.

    A method, its `_async` twin and the functions behind it are one place. They change together, so
    that a report names them once.
    """
    match path.split(".")[1:]:
        case ["api", tag, "_namespace", _, *method]:
            parts = ["client", tag, *(name.removesuffix("_async") for name in method)]
        case ["api", tag, operation, "sync" | "asyncio"]:
            parts = ["client", tag, operation]
        case ["api", tag, operation, "sync_detailed" | "asyncio_detailed"]:
            whole = ["api", tag, operation, "sync_detailed"]
            parts = ["client", tag, operation] if parameter else whole
        case ["models", _, name, *rest]:
            parts = ["models", name, *rest]
        case ["client" | "_base_client", name, *rest]:
            parts = [name.removeprefix("Base"), *(part for part in rest if part != "__init__")]
        case other:
            parts = other
    return ".".join(parts)
