"""Keep the public names of classes whose schemas get another name, get a name, or lose it.

Two classes are the same class if they have the same place: in the types that an operation takes and
returns, or in a field of classes that are the same. The new class gets the old name through
`class_overrides`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

import griffe

from generator.update.annotations import Member, members
from generator.update.compare_package import public_members, public_modules


def class_overrides(old: griffe.Module, new: griffe.Module) -> dict[str, dict[str, str]]:
    """The class overrides under which the new package keeps the class names of the old one.

    If one class became several, or several became one, no name is right for all of them. Such
    classes get no override.
    """
    before, after = _classes(old), _classes(new)
    pairs: set[tuple[str, str]] = set()
    waiting = [(_operation_types(old), _operation_types(new))]
    while waiting:
        was, now = (_by_place(*side) for side in zip(waiting.pop(), (before, after), strict=True))
        found = {
            pair for place in was.keys() & now.keys() for pair in _same(was[place], now[place])
        }
        waiting += [(_types(before[one]), _types(after[other])) for one, other in found - pairs]
        pairs |= found
    kept: dict[str, dict[str, str]] = {}
    for one, other in sorted(pairs):
        is_only_pair = sum(pair[0] == one or pair[1] == other for pair in pairs) == 1
        if one != other and is_only_pair and one not in after:
            module = before[one].path.split(".")[-2]
            kept[other] = {"class_name": one, "module_name": module}
    return dict(sorted(kept.items()))


def _classes(package: griffe.Module) -> dict[str, griffe.Class]:
    return {
        name: member
        for path, module in public_modules(package).items()
        if ".models." in path
        for name, member in public_members(module).items()
        if isinstance(member, griffe.Class)
    }


def _operation_types(package: griffe.Module) -> dict[str, str]:
    """The annotations of the parameters, results and errors of all operations."""
    found: dict[str, str] = {}
    for path, module in public_modules(package).items():
        operation, function = module.members.get("OPERATION"), module.members.get("sync")
        if isinstance(operation, griffe.Attribute) and isinstance(function, griffe.Function):
            found[path] = str(operation.annotation)
            found[f"{path}()"] = str(function.returns)
            found |= {f"{path}({item.name})": str(item.annotation) for item in function.parameters}
    return found


def _types(holder: griffe.Class) -> dict[str, str]:
    """The annotations of the fields of a class."""
    annotated = {name: item for name, item in holder.attributes.items() if item.annotation}
    return {name: str(item.annotation) for name, item in annotated.items()}


def _same(old: set[str], new: set[str]) -> set[tuple[str, str]]:
    """The pairs of the classes that two annotations have at the same place."""
    # If one class became several, or several became one, pair every old with every new class.
    return {(name, name) for name in old & new} | set(product(old - new, new - old))


def _by_place(types: Mapping[str, str], classes: Mapping[str, object]) -> dict[str, set[str]]:
    """The classes in annotations, by place: such as the items of a `list[…]`."""
    found: dict[str, set[str]] = {}

    def walk(union: Iterable[Member], place: str) -> None:
        for member in union:
            if member.text in classes:
                found.setdefault(place, set()).add(member.text)
            for index, argument in enumerate(member.arguments):
                walk(argument, f"{place}/{member.name}.{index}")

    for place, annotation in types.items():
        walk(members(annotation), place)
    return found
