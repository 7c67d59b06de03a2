"""The fast path for JSON, which uses msgspec if it is installed (the extra ``fast``).

msgspec parses JSON in half the time of Python's own parser. It is faster still when it decodes into
structs, whose types it checks. A struct has the documented members of a model, and at most one
unknown member, whose name an earlier body had. If msgspec refuses a body, the slow path decodes it
again. So values and errors are the same with and without msgspec.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import GenericAlias, ModuleType
from typing import Any

from .types import UNSET

REFUSALS = (ValueError, RecursionError)
"""What msgspec raises if it cannot read a body."""


@functools.cache
def _msgspec() -> ModuleType | None:
    try:
        import msgspec
    except ImportError:
        return None
    return msgspec


@functools.cache
def parser() -> Callable[[bytes], Any] | None:
    """A function that parses a body, or None without msgspec."""
    library = _msgspec()
    return None if library is None else library.json.Decoder().decode


class Reader:
    """Decodes a body into a model, like ``from_dict`` of the model.

    Attributes:
        read: The function that decodes.
        read_array: The function that decodes an array of such bodies.
    """

    def __init__(self, library: Any, model: Any) -> None:
        self._library = library
        self._model = model
        self._unknown: dict[Any, str] = {}
        self._prepare()

    def _prepare(self) -> None:
        struct, make = self._struct(self._model), self._model.__from_struct__
        decode = self._library.json.Decoder(struct).decode
        decode_array = self._library.json.Decoder(GenericAlias(list, struct)).decode
        self.read: Callable[[bytes], Any] = lambda content: make(decode(content))
        self.read_array: Callable[[bytes], list[Any]] = lambda content: [
            make(item) for item in decode_array(content)
        ]

    def _struct(self, model: Any) -> Any:
        """The struct of a model, with the unknown member that is expected in it."""
        members = model.__struct_fields__(self._struct)
        shared: dict[str, Any] = {"additional_properties": UNSET}
        if name := self._unknown.get(model):
            members.append(("additional_properties", name, Any, False))
            shared = {"additional_name": name}
        fields: list[Any] = []
        for attribute, member, kind, required in members:
            default = {} if required else {"default": UNSET}
            kind = GenericAlias(list, kind[0]) if isinstance(kind, list) else kind
            fields.append((attribute, kind, self._library.field(name=member, **default)))
        # Not `gc=False`: the collector must count structs as it counts models, see `decode.models`.
        return self._library.defstruct(
            model.__name__, fields, namespace=shared, forbid_unknown_fields=True, kw_only=True
        )

    def expect_unknown_of(self, value: Any) -> None:
        """Expect the unknown member of ``value``, and of each model in it, in the next bodies."""
        before = dict(self._unknown)
        self._collect_unknown(value)
        if self._unknown != before:
            self._prepare()

    def _collect_unknown(self, value: Any) -> None:
        if not hasattr(value, "__from_struct__"):
            return
        names = list(value.additional_properties)
        # A struct would lose the order of two, and msgspec refuses names that JSON escapes.
        if len(names) == 1 and names[0].isprintable() and not {*names[0]} & {'"', "\\"}:
            self._unknown.setdefault(type(value), names[0])
        for attribute, *_ in value.__struct_fields__(type):
            member = getattr(value, attribute)
            self._collect_unknown(member[0] if isinstance(member, list) and member else member)


@functools.cache
def reader(decoder: Callable[[Any], Any]) -> Reader | None:
    """The fast path for ``decoder``; None if there is none."""
    library, model = _msgspec(), getattr(decoder, "__self__", None)
    return Reader(library, model) if library and hasattr(model, "__from_struct__") else None
