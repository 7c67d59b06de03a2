"""Keep the public names of classes whose schemas upstream has renamed, named or written in place.

Two classes are one if they stand at the same place: in what an operation takes or returns, or in a
member of classes that are one. The new class gets the old name by `class_overrides`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import griffe

from generator.update.compare_package import public_members, public_modules

if TYPE_CHECKING:
    from collections.abc import Iterator


def overrides(old: griffe.Module, new: griffe.Module) -> dict[str, tuple[str, str]]:
    """The class overrides under which the new package keeps the names of the old one.

    Args:
        old: The package whose names are to be kept.
        new: The new package, under the names that its document gives.

    Returns:
        For the name of a new class the class and the module that it is to be called. A class that
        became several, and several that became one, have no name that would be right for all.
    """
    before, after = _classes(old), _classes(new)
    pairs = set(_pairs(old, new, before, after))
    taken = set(after)
    kept: dict[str, tuple[str, str]] = {}
    for was, now in sorted(pairs):
        partners = {one for one, other in pairs if other == now}
        successors = {other for one, other in pairs if one == was}
        if was != now and partners == {was} and successors == {now} and was not in taken:
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


def _pairs(
    old: griffe.Module,
    new: griffe.Module,
    before: dict[str, griffe.Class],
    after: dict[str, griffe.Class],
) -> Iterator[tuple[str, str]]:
    waiting = list(_of_operations(old, new))
    seen: set[tuple[str, str]] = set()
    while waiting:
        was, now = waiting.pop()
        for pair in _aligned(was, now, before, after):
            if pair not in seen:
                seen.add(pair)
                yield pair
                fields = [_fields(before[pair[0]]), _fields(after[pair[1]])]
                both = sorted(fields[0].keys() & fields[1].keys())
                waiting += [(fields[0][name], fields[1][name]) for name in both]


def _of_operations(old: griffe.Module, new: griffe.Module) -> Iterator[tuple[str, str]]:
    """The annotations of what each operation takes and gives, in both packages."""
    modules = [public_modules(package) for package in (old, new)]
    for path, module in modules[0].items():
        other = modules[1].get(f"{new.path}{path.removeprefix(old.path)}")
        if ".api." not in path or other is None:
            continue
        for name in ("sync", "OPERATION"):
            sides = [side.members.get(name) for side in (module, other)]
            if isinstance(sides[0], griffe.Function) and isinstance(sides[1], griffe.Function):
                yield str(sides[0].returns), str(sides[1].returns)
                parameters = [
                    {item.name: str(item.annotation) for item in side.parameters}
                    for side in (sides[0], sides[1])
                ]
                for key in sorted(parameters[0].keys() & parameters[1].keys()):
                    yield parameters[0][key], parameters[1][key]
            if isinstance(sides[0], griffe.Attribute) and isinstance(sides[1], griffe.Attribute):
                yield str(sides[0].annotation), str(sides[1].annotation)


def _fields(holder: griffe.Class) -> dict[str, str]:
    return {
        name: str(member.annotation)
        for name, member in holder.members.items()
        if isinstance(member, griffe.Attribute) and member.annotation is not None
    }


def _aligned(
    was: str, now: str, before: dict[str, griffe.Class], after: dict[str, griffe.Class]
) -> Iterator[tuple[str, str]]:
    """The classes that stand at the same place of two annotations."""
    sides = [_shape(text, classes) for text, classes in ((was, before), (now, after))]
    for shape, names in sides[0].items():
        others = sides[1].get(shape, [])
        same = [name for name in names if name in others]
        rest = [[name for name in group if name not in same] for group in (names, others)]
        yield from ((name, name) for name in same)
        # Where one class became several, or several one, each is a partner of each.
        yield from ((one, other) for one in rest[0] for other in rest[1])


def _shape(annotation: str, classes: dict[str, griffe.Class]) -> dict[str, list[str]]:
    """The classes of an annotation, by what they stand in: `list[…]`, or the second of a pair."""
    found: dict[str, list[str]] = {}

    def walk(node: ast.expr, place: str) -> None:
        match node:
            case ast.Name(id=name) if name in classes:
                found.setdefault(place, []).append(name)
            case ast.BinOp(left=left, right=right):
                walk(left, place)
                walk(right, place)
            case ast.Subscript(value=value, slice=ast.Tuple(elts=items)):
                for index, item in enumerate(items):
                    walk(item, f"{place}/{ast.unparse(value)}.{index}")
            case ast.Subscript(value=value, slice=item):
                walk(item, f"{place}/{ast.unparse(value)}")
            case _:
                pass

    walk(ast.parse(annotation, mode="eval").body, "")
    return found
