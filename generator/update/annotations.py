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
class Member:
    """A member of a union.

    Attributes:
        text: The member as it is written: `list[int | None]`.
        name: Its name without brackets: `list`.
        arguments: The unions in its brackets.
    """

    text: str
    name: str
    arguments: tuple[tuple[Member, ...], ...] = ()


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
        return self._accepts(members(given), members(wanted), strict=strict)

    def refused(self, given: str, wanted: str, *, strict: bool = False) -> str:
        """The members of `given` that cannot be used where `wanted` is wanted, in words."""
        words = {"None": "None", "Unset": "UNSET"}
        return " or ".join(
            words.get(one.text, f"{'an' if one.text[0] in 'aeioAEIO' else 'a'} {one.text}")
            for one in members(given)
            if not self._accepts((one,), members(wanted), strict=strict)
        )

    def _accepts(
        self, given: tuple[Member, ...], wanted: tuple[Member, ...], *, strict: bool
    ) -> bool:
        return all(any(self._fits(one, other, strict=strict) for other in wanted) for one in given)

    def _fits(self, given: Member, wanted: Member, *, strict: bool) -> bool:
        if given == wanted or "Any" in (given.text, wanted.text):
            return True
        if given.name != wanted.name and wanted.name not in self.wider.get(given.name, ()):
            return False
        # A type checker lets only the items of read-only collections differ.
        exact = strict and wanted.name not in ("Sequence", "Mapping")
        return len(given.arguments) == len(wanted.arguments) and all(
            inner == outer or "Any" in {one.text for one in inner + outer}
            if exact
            else self._accepts(inner, outer, strict=strict)
            for inner, outer in zip(given.arguments, wanted.arguments, strict=True)
        )


def members(annotation: str) -> tuple[Member, ...]:
    """The members of an annotation, which is a union of one or more, sorted."""
    return _members(ast.parse(annotation, mode="eval").body)


def _members(node: ast.expr) -> tuple[Member, ...]:
    match node:
        case ast.BinOp(left=left, right=right):
            found = {*_members(left), *_members(right)}
            return tuple(sorted(found, key=lambda member: member.text))
        case ast.Subscript(value=value, slice=inner):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            arguments = tuple(map(_members, items))
            return (Member(ast.unparse(node), ast.unparse(value), arguments),)
        case _:
            return (Member(ast.unparse(node), ast.unparse(node)),)
