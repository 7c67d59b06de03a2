"""Load YAML to edit it, and write it back: comments, quotes and the order of keys survive."""

from __future__ import annotations

import io
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver

from generator.errors import GeneratorError
from generator.spec.read import read_mapping, scalar
from generator.spec.references import pointer
from generator.spec.values import is_array, is_object, json_type, plain

_TAGS = {"integer": "int", "number": "float", "boolean": "bool", "null": "null", "string": "str"}


class _Resolver(VersionedResolver):
    """Gives an unquoted scalar the type that `read` gives it."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is not ScalarNode or not implicit[0]:
            return cast("Any", super()).resolve(kind, value, implicit)
        try:
            name = _TAGS[json_type(scalar(value))]
        except ValueError:
            name = "float"
        return type(self.DEFAULT_SCALAR_TAG)(suffix=f"tag:yaml.org,2002:{name}")


def _yaml() -> Any:
    yaml = YAML()
    yaml.Resolver = _Resolver
    yaml.preserve_quotes = True
    yaml.width = 2**31  # lines are not folded anew
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def load(text: str, name: str) -> Any:
    """Load a mapping for a round trip.

    Args:
        text: YAML.
        name: What to call the text in an error message.

    Raises:
        GeneratorError: `read` refuses the text, or ruamel.yaml reads it otherwise.
    """
    expected = read_mapping(text, name)
    try:
        loaded = _yaml().load(text.replace("\r\n", "\n"))  # comments would keep the \r
    except YAMLError as error:
        raise GeneratorError(f"{name}: {' '.join(str(error).split())}") from error
    difference = _difference(plain(loaded), expected, "#")
    if difference:
        raise GeneratorError(f"{name}: two readers of YAML disagree on {difference}; quote it")
    return loaded


def _difference(one: Any, other: Any, place: str) -> str:
    """The place of the first difference between two values, or nothing."""
    if is_object(one) and is_object(other) and one.keys() == other.keys():
        keys: list[Any] = list(one)
    elif is_array(one) and is_array(other) and len(one) == len(other):
        keys = list(range(len(one)))
    else:
        return "" if (one, json_type(one)) == (other, json_type(other)) else place
    found = (_difference(one[key], other[key], f"{place}{pointer([key])}") for key in keys)
    return next(filter(None, found), "")


def dump(document: Any) -> str:
    """Write a loaded document: block style, two spaces, sequences indented, lines as they were."""
    stream = io.StringIO(newline="\n")
    _yaml().dump(document, stream)
    return stream.getvalue()
