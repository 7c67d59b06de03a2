"""What changed in the Python API of two generated packages, and whether it breaks a user's code.

griffe reads both without importing them, and finds what was removed, moved or became required. It
does not look at types, so they are compared here: what a user reads may become narrower and never
wider, what a user gives the other way round.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

import griffe
from attrs import frozen

from generator.errors import GeneratorError
from generator.update.report import Change, Effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_GENERIC = re.compile(r"([A-Za-z_.]+)\[(.*)\]")
#: What a type checker, and mostly Python itself, takes where another type is asked for.
_WIDER = {
    "int": {"float"},
    "bool": {"int", "float"},
    "datetime.datetime": {"datetime.date"},
    "list": {"Sequence"},
    "dict": {"Mapping"},
}
#: What a module under `api/`, and a model, has for the client's own use.
INTERNAL = {"OPERATION", "__from_struct__", "__struct_fields__", "arguments"}


@frozen
class Types:
    """Which types can stand for which, in annotations as they are written."""

    wider: Mapping[str, set[str]]

    @classmethod
    def of(cls, *packages: griffe.Module) -> Types:
        """The types that Python has, and the enums of packages, which are strings or numbers."""
        wider = dict(_WIDER)
        for root in packages:
            for module in public_modules(root).values():
                for name, member in public_members(module).items():
                    if isinstance(member, griffe.Class):
                        bases = {str(base) for base in member.bases}
                        if "StrEnum" in bases:
                            wider[name] = {"str"}
                        if "IntEnum" in bases:
                            wider[name] = {"int", "float"}
        return cls(wider)

    def assignable(self, given: str, wanted: str, *, strict: bool = False) -> bool:
        """Whether a value of one written type can stand where another is wanted.

        Args:
            given: The type of the value.
            wanted: The type that is wanted.
            strict: As a type checker has it, for which `list[int]` is no `list[float]`.
        """
        options = list(_members(wanted))
        return all(
            any(self._fits(member, other, strict=strict) for other in options)
            for member in _members(given)
        )

    def _fits(self, given: str, wanted: str, *, strict: bool) -> bool:
        if given == wanted or "Any" in (given, wanted):
            return True
        first, second = _GENERIC.fullmatch(given), _GENERIC.fullmatch(wanted)
        if first is None or second is None:
            return wanted in self.wider.get(given, ())
        if first[1] != second[1] and second[1] not in self.wider.get(first[1], ()):
            return False
        loose = not strict or second[1] in ("Sequence", "Mapping")
        inner = [_arguments(first[2]), _arguments(second[2])]
        return len(inner[0]) == len(inner[1]) and all(
            self.assignable(one, other, strict=strict)
            if loose
            else set(_members(one)) == set(_members(other)) or "Any" in (one, other)
            for one, other in zip(*inner, strict=True)
        )


def _members(annotation: str) -> Iterator[str]:
    """The members of a union."""

    def walk(node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.BinOp):
            yield from walk(node.left)
            yield from walk(node.right)
        else:
            yield ast.unparse(node)

    yield from walk(ast.parse(annotation, mode="eval").body)


def _arguments(text: str) -> list[str]:
    node = ast.parse(text, mode="eval").body
    return list(map(ast.unparse, node.elts if isinstance(node, ast.Tuple) else [node]))


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


def api_changes(old: griffe.Module, new: griffe.Module) -> list[Change]:
    """Compare the public names of two versions of a package."""
    found = [*_module_changes(old, new, Types.of(old, new))]
    # griffe's own findings, for what the comparison above might have missed.
    known = {change.place for change in found if change.effect >= Effect.TYPING}
    for breakage in griffe.find_breaking_changes(old, new):
        if isinstance(breakage.obj, griffe.Module) or breakage.obj.name in INTERNAL:
            continue  # what was in the module is said above
        place = _shown(breakage.obj.path)
        compared = (
            griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE,
            griffe.BreakageKind.ATTRIBUTE_CHANGED_TYPE,
            griffe.BreakageKind.RETURN_CHANGED_TYPE,
        )
        if breakage.kind not in compared and not _is_known(place, known):
            what = str(breakage.kind.value)
            found.append(Change(place, what[0].lower() + what[1:], Effect.BREAKING))
    return _together(found)


def _is_known(place: str, known: set[str]) -> bool:
    return any(place == other or other.startswith((f"{place}.", f"{place}(")) for other in known)


def _module_changes(old: griffe.Module, new: griffe.Module, types: Types) -> Iterator[Change]:
    before, after = public_modules(old), public_modules(new)
    for path, module in before.items():
        other = after.get(path)
        if other is not None:
            yield from _member_changes(module, other, types)
            continue
        for name, member in public_members(module).items():
            if name not in INTERNAL:
                yield Change(_shown(member.path), "removed", Effect.BREAKING)
    for path, module in after.items():
        if path not in before:
            for name, member in public_members(module).items():
                if name not in INTERNAL:
                    yield Change(_shown(member.path), "added", Effect.ADDITION)


def public_modules(root: griffe.Module) -> dict[str, griffe.Module]:
    """The modules with names for users, by path, with the private modules that define some."""
    found = {root.path: root}
    for name, member in root.members.items():
        if isinstance(member, griffe.Module) and (
            not name.startswith("_") or name in ("_namespace", "_base_client")
        ):
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


def _member_changes(
    old: griffe.Module | griffe.Class, new: griffe.Module | griffe.Class, types: Types
) -> Iterator[Change]:
    before, after = public_members(old), public_members(new)
    for name, member in before.items():
        if name in INTERNAL:
            continue
        other = after.get(name)
        if other is None or other.kind is not member.kind:
            what = "removed" if other is None else f"is no {member.kind.value} any more"
            yield Change(_shown(member.path), what, Effect.BREAKING)
        elif isinstance(member, griffe.Class) and isinstance(other, griffe.Class):
            yield from _class_changes(member, other, types)
        elif isinstance(member, griffe.Function) and isinstance(other, griffe.Function):
            yield from _function_changes(member, other, types)
        elif isinstance(member, griffe.Attribute) and isinstance(other, griffe.Attribute):
            yield from _attribute_changes(member, other, types)
    for name, member in after.items():
        if name not in before and name not in INTERNAL:
            yield _added(member)


def _added(member: griffe.Object) -> Change:
    place = _shown(member.path)
    needed = isinstance(member, griffe.Attribute) and _is_field(member) and not has_default(member)
    if needed and isinstance(member.parent, griffe.Class):
        why = "code that makes one without it, or reads a stored one, fails"
        return Change(place, "added, required", Effect.BREAKING, why)
    return Change(place, "added", Effect.ADDITION)


def _class_changes(old: griffe.Class, new: griffe.Class, types: Types) -> Iterator[Change]:
    before, after = ([str(base) for base in side.bases] for side in (old, new))
    for base in before:
        if base not in after:
            why = "code that catches or tests for the base misses it"
            yield Change(_shown(old.path), f"is no {base} any more", Effect.BREAKING, why)
    yield from _member_changes(old, new, types)


def _is_field(member: griffe.Attribute) -> bool:
    return member.annotation is not None and "property" not in member.labels


def has_default(member: griffe.Attribute) -> bool:
    """Whether a field may be left out when one is made."""
    value = str(member.value)
    return member.value is not None and (
        not value.startswith("field(") or "default=" in value or "factory=" in value
    )


def _attribute_changes(
    old: griffe.Attribute, new: griffe.Attribute, types: Types
) -> Iterator[Change]:
    place = _shown(old.path)
    if old.annotation is None or new.annotation is None:
        values = str(old.value), str(new.value)
        if _is_enum(old.parent) and values[0] != values[1]:
            yield Change(place, f"{values[0]} became {values[1]}", Effect.BREAKING)
        return
    optional = [has_default(side) for side in (old, new)]
    if _is_field(old) and optional == [True, False]:
        why = "code that makes one without it, or reads a stored one, fails"
        yield Change(place, "is now required", Effect.BREAKING, why)
    before, after = str(old.annotation), str(new.annotation)
    text = f"{before} became {after}"
    if before == after:
        return
    if not types.assignable(after, before):
        yield Change(place, text, Effect.BREAKING, "code that reads it may get another type")
    elif not types.assignable(after, before, strict=True):
        yield Change(place, text, Effect.TYPING, "code that reads it gets a type that fits less")
    elif _is_field(old) and not types.assignable(before, after):
        yield Change(place, text, Effect.TYPING, "code that sets it may set what does not fit")
    else:
        yield Change(place, text, Effect.ADDITION)


def _is_enum(holder: Any) -> bool:
    return isinstance(holder, griffe.Class) and any(
        str(base) in ("StrEnum", "IntEnum") for base in holder.bases
    )


def _function_changes(old: griffe.Function, new: griffe.Function, types: Types) -> Iterator[Change]:
    place = _shown(old.path)
    before, after = _parameters(old), _parameters(new)
    for name, parameter in before.items():
        where = f"{place}({name}=)"
        other = after.get(name)
        if other is None:
            yield Change(where, "removed", Effect.BREAKING)
            continue
        if parameter.default is not None and other.default is None:
            yield Change(where, "is now required", Effect.BREAKING)
        elif parameter.default is None and other.default is not None:
            yield Change(where, "is now optional", Effect.ADDITION)
        elif str(parameter.default) != str(other.default):
            text = f"its default {parameter.default} became {other.default}"
            yield Change(where, text, Effect.BREAKING, "calls without it do something else")
        if parameter.kind is not other.kind:
            text = f"is now {other.kind.value if other.kind else 'otherwise given'}"
            easier = other.kind is griffe.ParameterKind.positional_or_keyword
            effect = Effect.ADDITION if easier else Effect.BREAKING
            yield Change(where, text, effect)
        was, now = str(parameter.annotation), str(other.annotation)
        if was != now:
            text = f"{was} became {now}"
            fits = types.assignable(was, now, strict=True)
            yield Change(where, text, Effect.ADDITION if fits else Effect.BREAKING)
    positions = [
        [name for name, item in side.items() if item.kind is not griffe.ParameterKind.keyword_only]
        for side in (before, after)
    ]
    kept = [name for name in positions[0] if name in positions[1]]
    if kept != positions[1][: len(kept)]:
        yield Change(place, "its positional parameters moved", Effect.BREAKING)
    for name, parameter in after.items():
        if name not in before:
            needed = parameter.default is None and not str(parameter.kind).startswith("variadic")
            effect = Effect.BREAKING if needed else Effect.ADDITION
            text = "added, required" if needed else "added, optional"
            yield Change(f"{place}({name}=)", text, effect)
    yield from _return_changes(old, new, types)


def _return_changes(old: griffe.Function, new: griffe.Function, types: Types) -> Iterator[Change]:
    before, after = str(old.returns), str(new.returns)
    if before == after:
        return
    place, text = f"{_shown(old.path)}(…)", f"returns {after}, not {before}"
    if old.name.endswith("_detailed"):
        # What an error's body is read as; the success itself is the other functions' to tell.
        yield Change(place, text, Effect.TYPING, "code that tells the types of `parsed` apart")
    elif types.assignable(after, before, strict=True):
        yield Change(place, text, Effect.ADDITION)
    elif types.assignable(after, before):
        yield Change(place, text, Effect.TYPING)
    else:
        yield Change(place, text, Effect.BREAKING)


def _parameters(function: griffe.Function) -> Mapping[str, griffe.Parameter]:
    return {
        parameter.name: parameter
        for parameter in function.parameters
        if parameter.name not in ("self", "cls")
    }


def _shown(path: str) -> str:
    """A name as a user writes it, without the package."""
    parts = path.split(".")[1:]
    if "_namespace" in parts:
        # client.<tag>.<method>; the class itself is only what the property returns.
        return ".".join(["client", parts[1], *parts[4:]])
    if parts[:1] == ["models"] and len(parts) > 2:
        return ".".join(["models", *parts[2:]])
    if parts[:1] == ["client"] and len(parts) > 1:
        return ".".join(parts[1:]).replace(".__init__", "")
    return ".".join(parts)


def _together(changes: list[Change]) -> list[Change]:
    """A change of a method's twin and of the functions under it is said once."""
    twin = re.compile(r"^(?:client|api)\.(\w+)\.(\w+?)(?:_async)?(?:\.(?:sync|asyncio))?(\(.*)?$")
    kept: dict[tuple[object, ...], Change] = {}
    for change in changes:
        match = twin.match(change.place)
        place = f"client.{match[1]}.{match[2]}{match[3] or ''}" if match else change.place
        detailed = re.match(r"^api\.(\w+)\.(\w+)\.(?:sync|asyncio)_detailed(\(\w+=\))$", place)
        if detailed:  # its parameters are those of the method
            place = f"client.{detailed[1]}.{detailed[2]}{detailed[3]}"
        place = place.replace(".asyncio_detailed", ".sync_detailed")
        said = Change(place, change.what, change.effect, change.why)
        kept.setdefault((place, change.what, change.effect), said)
    return sorted(kept.values(), key=lambda change: (-change.effect, change.place))
