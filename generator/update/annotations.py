"""Compare type annotations as they are written, without importing the code."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from attrs import frozen

#: The types that also accept a value of another type.
WIDER = {
    "int": {"float"},
    "bool": {"int", "float"},
    "datetime.datetime": {"datetime.date"},
    "list": {"Sequence"},
    "dict": {"Mapping"},
}


@frozen
class Types:
    """Which types accept values of which.

    Attributes:
        wider: For a type, the other types that accept its values.
        only_given: Classes that a user only creates; no call returns one.
    """

    wider: Mapping[str, set[str]]
    only_given: frozenset[str] = frozenset()

    def assignable(self, given: str, wanted: str, *, strict: bool = False) -> bool:
        """Whether a value of the given type can be used where another type is wanted.

        A strict answer is that of a type checker, to which a `list[int]` is no `list[float]`.
        """
        return self._accepts(_parsed(given), _parsed(wanted), strict=strict)

    def refused(self, given: str, wanted: str, *, strict: bool = False) -> str:
        """The members of `given` that cannot be used where `wanted` is wanted, in words."""
        names = [one for one in members(given) if not self.assignable(one, wanted, strict=strict)]
        words = {"None": "None", "Unset": "UNSET"}
        return " or ".join(
            words.get(name, f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}") for name in names
        )

    def _accepts(self, given: ast.expr, wanted: ast.expr, *, strict: bool) -> bool:
        return all(
            any(self._fits(one, other, strict=strict) for other in _members(wanted))
            for one in _members(given)
        )

    def _fits(self, given: ast.expr, wanted: ast.expr, *, strict: bool) -> bool:
        names = ast.unparse(given), ast.unparse(wanted)
        if names[0] == names[1] or "Any" in names:
            return True
        if not (isinstance(given, ast.Subscript) and isinstance(wanted, ast.Subscript)):
            return names[1] in self.wider.get(names[0], ())
        one, other = ast.unparse(given.value), ast.unparse(wanted.value)
        if one != other and other not in self.wider.get(one, ()):
            return False
        # A type checker lets only the items of read-only collections differ.
        exact = strict and other not in ("Sequence", "Mapping")
        arguments = _arguments(given), _arguments(wanted)
        return len(arguments[0]) == len(arguments[1]) and all(
            _same(inner, outer) if exact else self._accepts(inner, outer, strict=strict)
            for inner, outer in zip(*arguments, strict=True)
        )


def members(annotation: str) -> list[str]:
    """The members of a union, sorted."""
    return sorted(map(ast.unparse, _members(_parsed(annotation))))


def _parsed(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


def _members(annotation: ast.expr) -> list[ast.expr]:
    """The members of a union."""
    if isinstance(annotation, ast.BinOp):
        return [*_members(annotation.left), *_members(annotation.right)]
    return [annotation]


def _same(one: ast.expr, other: ast.expr) -> bool:
    sides = [{ast.unparse(member) for member in _members(side)} for side in (one, other)]
    return sides[0] == sides[1] or "Any" in sides[0] | sides[1]


def _arguments(annotation: ast.Subscript) -> list[ast.expr]:
    inner = annotation.slice
    return inner.elts if isinstance(inner, ast.Tuple) else [inner]
