"""Keep the public names of classes whose schemas get another name, get a name, or lose it.

Two classes are the same class if they have the same place: in the types that an operation takes and
returns, or in a field of classes that are the same. The new class gets the old name through
`class_overrides`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import griffe

from generator.update.compare_package import public_members, public_modules


def class_overrides(old: griffe.Module, new: griffe.Module) -> dict[str, tuple[str, str]]:
    """The class overrides under which the new package keeps the class names of the old one.

    Args:
        old: The package whose names are to be kept.
        new: The new package, with the names that its document gives.

    Returns:
        For the name of a new class, the class and module names that it gets. Where one class
        became several, or several became one, no name would be right for all: they are left out.
    """
    before, after = _classes(old), _classes(new)
    pairs = _same_classes(old, new, before, after)
    kept: dict[str, tuple[str, str]] = {}
    for was, now in sorted(pairs):
        is_only_pair = sum(pair[0] == was or pair[1] == now for pair in pairs) == 1
        if was != now and is_only_pair and was not in after:
            kept[now] = was, before[was].path.split(".")[-2]
    return kept


def _classes(package: griffe.Module) -> dict[str, griffe.Class]:
    return {
        name: member
        for path, module in public_modules(package).items()
        if ".models." in path
        for name, member in public_members(module).items()
        if isinstance(member, griffe.Class)
    }


def _same_classes(
    old: griffe.Module,
    new: griffe.Module,
    before: Mapping[str, griffe.Class],
    after: Mapping[str, griffe.Class],
) -> set[tuple[str, str]]:
    """The pairs of an old and a new class that are the same class."""
    waiting = _in_both(_operation_types(old), _operation_types(new))
    seen: set[tuple[str, str]] = set()
    while waiting:
        was, now = waiting.pop()
        for pair in _pairs(_by_place(was, before), _by_place(now, after)):
            if pair not in seen:
                seen.add(pair)
                waiting += _in_both(_field_types(before[pair[0]]), _field_types(after[pair[1]]))
    return seen


def _in_both(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(old[key], new[key]) for key in old if key in new]


def _operation_types(package: griffe.Module) -> dict[str, str]:
    """The annotations of the parameters, results and errors of all operations."""
    found: dict[str, str] = {}
    for path, module in public_modules(package).items():
        place = path.removeprefix(package.path)
        operation, function = module.members.get("OPERATION"), module.members.get("sync")
        if isinstance(operation, griffe.Attribute) and isinstance(function, griffe.Function):
            found[place] = str(operation.annotation)
            found[f"{place}()"] = str(function.returns)
            found |= {f"{place}({item.name})": str(item.annotation) for item in function.parameters}
    return found


def _field_types(holder: griffe.Class) -> dict[str, str]:
    return {
        name: str(member.annotation)
        for name, member in holder.members.items()
        if isinstance(member, griffe.Attribute) and member.annotation is not None
    }


def _pairs(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Pair the classes that two annotations have at the same place."""
    for place in old.keys() & new.keys():
        same = {*old[place]} & {*new[place]}
        yield from ((name, name) for name in same)
        # Where one class became several, or several became one, each is paired with each.
        yield from ((one, other) for one in {*old[place]} - same for other in {*new[place]} - same)


def _by_place(annotation: str, classes: Mapping[str, griffe.Class]) -> dict[str, list[str]]:
    """The classes in an annotation, by place: such as the items of a `list[…]`."""
    found: dict[str, list[str]] = {}

    def walk(node: ast.expr, place: str) -> None:
        match node:
            case ast.Name(id=name) if name in classes:
                found.setdefault(place, []).append(name)
            case ast.BinOp(left=left, right=right):
                walk(left, place)
                walk(right, place)
            case ast.Subscript(value=value, slice=inner):
                items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                for index, item in enumerate(items):
                    walk(item, f"{place}/{ast.unparse(value)}.{index}")
            case _:
                pass

    walk(ast.parse(annotation, mode="eval").body, "")
    return found
