"""Compare the Python API of two generated packages: does a user's code still work?

griffe reads both packages without importing them. A type that a user reads may become narrower,
and a type that a user gives may become wider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

from generator.update.annotations import WIDER, Types, members
from generator.update.report import Change, Effect

#: The names that modules under `api/` and models have for the client's own use.
_MIXINS = {"ItemsClient", "StreamingClient"}
"""The bases of a client that has such methods: each method is compared by itself."""
INTERNAL = {"ARRAY", "OPERATION", "__from_struct__", "__struct_fields__", "arguments", *_MIXINS}
_ENUMS = {"StrEnum": {"str"}, "IntEnum": {"int", "float"}}
_FAILS = "code that makes an object without it fails, and so does `from_dict` on stored data"


def package(folder: Path) -> griffe.Module:
    """The package in a folder, read and not imported."""
    found: Any = griffe.load(
        folder.name,
        search_paths=[folder.parent],
        try_relative_path=False,
        allow_inspection=False,
        modules_collection=griffe.ModulesCollection(),
        lines_collection=griffe.LinesCollection(),
    )
    module: griffe.Module = found
    return module


def public_modules(root: griffe.Module) -> dict[str, griffe.Module]:
    """The modules with public names, by path, with the private modules that define some."""
    found = {root.path: root}
    for name, member in root.members.items():
        is_public = not name.startswith("_") or name in ("_base_client", "_namespace", "_records")
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


def has_default(member: griffe.Attribute | griffe.Parameter) -> bool:
    """Whether a field or parameter may be left out."""
    if isinstance(member, griffe.Parameter):
        return member.default is not None or "variadic" in str(member.kind)
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
        for path in before | after
        for change in _changes(path, before.get(path), after.get(path), types)
    ]
    return sorted(dict.fromkeys(changes), key=lambda change: (-change.effect, change.place))


def _types(modules: list[griffe.Module]) -> Types:
    """The types of Python, the enums of the packages, and the models that no call returns."""
    wider = dict(WIDER)
    inside: dict[str, str] = {}
    waiting: list[str] = []
    for name, member in [pair for one in modules for pair in public_members(one).items()]:
        if isinstance(member, griffe.Function):
            waiting += re.findall(r"\w+", str(member.returns))
        elif isinstance(member, griffe.Class):
            for base in _ENUMS.keys() & set(map(str, member.bases)):
                wider[name] = _ENUMS[base]
            fields = [str(item.annotation) for item in member.attributes.values()]
            if ".models." in member.path:
                inside[name] = " ".join([inside.get(name, ""), *fields])
    models = frozenset(inside)
    while waiting:  # what a returned model has is returned, too
        waiting += re.findall(r"\w+", inside.pop(waiting.pop(), ""))
    return Types(wider, models & inside.keys())


def _parts(holder: Any) -> dict[str, Any]:
    """The public names of a module or class, or the parameters of a function, by what they add."""
    if isinstance(holder, griffe.Function):
        method = holder.name.removesuffix("_iter")
        if method != holder.name and holder.parent and method in holder.parent.members:
            return {}  # the parameters of the method whose rows it gives
        named = [item for item in holder.parameters if item.name not in ("self", "cls")]
        return {f"({item.name}=)": item for item in named}
    if not isinstance(holder, (griffe.Module, griffe.Class)):
        return {}
    names: dict[str, Any] = {}
    if isinstance(holder, griffe.Module) and holder.exports is not None:
        names = {str(name): holder.members.get(str(name)) for name in holder.exports}
    names |= public_members(holder)
    return {f".{name}": member for name, member in names.items() if name not in INTERNAL}


def _changes(path: str, old: Any, new: Any, types: Types) -> Iterator[Change]:
    """Compare two modules, classes or functions with all that they have."""
    before, after = _parts(old), _parts(new)
    for name in before | after:
        place, was, now = _place(path + name), before.get(name), after.get(name)
        if name not in after:
            yield Change(place, "removed", Effect.BREAKING)
        elif name not in before:
            yield _added(place, now)
        elif type(was) is type(now):
            yield from _differences(place, was, now, types)
            yield from _changes(path + name, was, now, types)
        elif isinstance(was, griffe.Object) and isinstance(now, griffe.Object):
            yield Change(place, f"is no {was.kind.value} any more", Effect.BREAKING)


def _added(place: str, new: Any) -> Change:
    is_parameter = isinstance(new, griffe.Parameter)
    if (is_parameter or _is_field(new)) and not has_default(new):
        return Change(place, "added, required", Effect.BREAKING, "" if is_parameter else _FAILS)
    return Change(place, "added, optional" if is_parameter else "added", Effect.ADDITION)


def _is_field(member: Any) -> bool:
    """Whether a user gives a value to make an object."""
    return (
        isinstance(member, griffe.Attribute)
        and isinstance(member.parent, griffe.Class)
        and member.annotation is not None
        and "property" not in member.labels
    )


def _differences(place: str, old: Any, new: Any, types: Types) -> Iterator[Change]:
    """Compare two names themselves."""
    match old:
        case griffe.Class():
            for base in {*map(str, old.bases)} - {*map(str, new.bases)} - _MIXINS:
                why = "`except` and `isinstance` with the base class do not match any more"
                yield Change(place, f"is no {base} any more", Effect.BREAKING, why)
        case griffe.Function():
            kept = [name for name in _positional(old) if name in _positional(new)]
            if kept != _positional(new)[: len(kept)]:
                yield Change(place, "its positional parameters moved", Effect.BREAKING)
            yield from _type_change(f"{place}(…)", old, new, types)
        case griffe.Parameter():
            yield from _parameter_changes(place, old, new)
            yield from _type_change(place, old, new, types)
        case griffe.Attribute() if old.annotation is None or new.annotation is None:
            # Outside of an enum, the value of a constant is no part of the API.
            is_enum = isinstance(old.parent, griffe.Class) and {*map(str, old.parent.bases)} & {
                *_ENUMS
            }
            if is_enum and str(old.value) != str(new.value):
                yield Change(place, f"{old.value} became {new.value}", Effect.BREAKING)
        case griffe.Attribute():
            if _is_field(old) and has_default(old) and not has_default(new):
                yield Change(place, "is now required", Effect.BREAKING, _FAILS)
            yield from _type_change(place, old, new, types)
        case _:
            pass


def _positional(function: griffe.Function) -> list[str]:
    keyword_only = griffe.ParameterKind.keyword_only
    return [item.name for item in function.parameters if item.kind is not keyword_only]


def _parameter_changes(
    place: str, old: griffe.Parameter, new: griffe.Parameter
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


def _type_change(place: str, old: Any, new: Any, types: Types) -> Iterator[Change]:
    """Compare the annotations of two parameters, attributes or results."""
    before, after = str(old.annotation), str(new.annotation)
    if members(before) == members(after):
        return
    text, effect, why = f"{before} became {after}", Effect.ADDITION, ""
    if isinstance(old, griffe.Function):
        text = f"returns {after}, not {before}"
    if isinstance(old, griffe.Parameter):
        if lost := types.refused(before, after, strict=True):
            effect, why = Effect.BREAKING, f"calls that pass {lost} fail"
    elif old.name.endswith("_detailed"):
        # This is the type of an error body. `sync` shows a change of the success.
        effect, why = (
            Effect.TYPING,
            "code that checks the type of `parsed` may no longer type-check",
        )
    elif old.parent is None or old.parent.name not in types.only_given:
        if not types.assignable(after, before):
            how = "uses the result" if isinstance(old, griffe.Function) else "reads it"
            effect, why = Effect.BREAKING, f"code that {how} may get {types.refused(after, before)}"
        elif not types.assignable(after, before, strict=True):
            effect, why = Effect.TYPING, f"code that uses it as {before} no longer type-checks"
    if effect is Effect.ADDITION and _is_field(old) and not types.assignable(before, after):
        lost = types.refused(before, after)
        effect, why = Effect.TYPING, f"code that assigns {lost} no longer type-checks"
    yield Change(place, text, effect, why)


def _place(path: str) -> str:
    """A name as a user writes it, without the package.

    A method, its `_async` form and the functions behind it are one place. They change together, so
    that a report names them once.
    """
    path, parenthesis, parameter = path.partition("(")
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
    return ".".join(parts) + parenthesis + parameter
