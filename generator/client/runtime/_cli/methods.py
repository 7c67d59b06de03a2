"""The methods of the client, and what their docstrings say: enough to list the commands."""

from __future__ import annotations

import contextlib
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from attrs import frozen

from ..client import Client

_DEPRECATION = "Deprecated: the document says so, and a call warns."
_ENTRY = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


@frozen
class Method:
    """A method of the client, which has an asynchronous form.

    Attributes:
        namespace: The attribute of the client that has the method.
        tag: The tag of the document that the namespace comes from.
        help: What the method does, as the help of a command.
        arguments: What the docstring says of each argument.
        deprecated: Whether the document marks the operation as deprecated.
        is_stream: Whether the method returns a stream of events.
    """

    name: str
    namespace: str
    tag: str
    help: str
    arguments: dict[str, str]
    deprecated: bool
    is_stream: bool

    def function(self) -> tuple[Any, Any]:
        """The module of the operation, and its function that does the same."""
        home = f"..api.{self.namespace}"
        with contextlib.suppress(ModuleNotFoundError):
            module = import_module(f"{home}.{self.name}", __package__)
            return module, module.sync
        # The method reads the events of an operation that has another method, too.
        module = import_module(f"{home}.{self.name.removesuffix('_stream')}", __package__)
        return module, module.sync_stream


def find_methods() -> Iterator[Method]:
    """The methods of the client, by namespace."""
    for namespace, member in vars(Client).items():
        if isinstance(member, property):
            module = import_module(f"..api.{namespace}._namespace", __package__)
            home: type = getattr(module, module.__all__[0])
            for name, function in vars(home).items():
                if hasattr(home, f"{name}_async"):
                    yield _method(name, namespace, module.TAG, function)


def _method(name: str, namespace: str, tag: str, function: Any) -> Method:
    # Only the last line "Args:" begins the section: a description may have such a line, too.
    text, _, sections = (inspect.getdoc(function) or "").rpartition("\n\nArgs:\n")
    entries = _ENTRY.findall(sections.partition("\n\n")[0])
    description = text.removesuffix(_DEPRECATION)
    deprecated = description != text
    summary, _, rest = description.partition("\n\n")
    return Method(
        name=name,
        namespace=namespace,
        tag=tag,
        help="\n\n".join(filter(None, ["Deprecated. " * deprecated + summary, one_line(rest)])),
        arguments={argument: one_line(entry) for argument, entry in entries},
        deprecated=deprecated,
        is_stream=function.__annotations__["return"].startswith("_sse."),
    )


def one_line(text: str) -> str:
    """A text that was wrapped, on one line."""
    return " ".join(text.split())
