"""Serialize a document as YAML: the same content always gives the same text."""

from __future__ import annotations

from typing import Any

import yaml  # type: ignore[import-untyped]
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import (
    DoubleQuotedScalarString,
    LiteralScalarString,
    SingleQuotedScalarString,
)

from generator.spec.round_trip import dump
from generator.spec.values import is_array, is_object


def serialize(document: Any) -> str:
    """The YAML text of a document in plain types."""
    return dump(_styled(document))


def _styled(node: Any) -> Any:
    if is_object(node):
        return CommentedMap((_key(name), _styled(value)) for name, value in node.items())
    if is_array(node):
        return CommentedSeq(_styled(item) for item in node)
    if not isinstance(node, str):
        return node
    if "\n" in node and _is_plain_text(node):
        return LiteralScalarString(node)
    return DoubleQuotedScalarString(node) if _needs_quotes(node) else node


def _key(name: str) -> str:
    return SingleQuotedScalarString(name) if _needs_quotes(name) else name


def _is_plain_text(text: str) -> bool:
    lines = text.split("\n")
    return (
        not text.startswith((" ", "\n"))
        and all(line == line.rstrip() for line in lines)
        and all(line.isprintable() for line in lines)
    )


def _needs_quotes(text: str) -> bool:
    """Whether a reader of YAML 1.1 or 1.2 might take the text for anything but a string."""
    if "\n" in text or not text.isprintable():
        return True
    resolvers: Any = yaml.SafeLoader.yaml_implicit_resolvers
    return any(pattern.match(text) for _, pattern in resolvers.get(text[:1], []))
