"""An example of the generated module of this name, so that linters and editors find its names.

It is never copied: ``templates/client.py.jinja`` makes the package's own.
"""

from __future__ import annotations

from typing import Any

from ._base_client import BaseClient, CallOptions


class Client(BaseClient):
    """A client without operations and without a key."""

    __slots__ = ()

    def __init__(self, **arguments: Any) -> None:
        super().__init__({}, **arguments)


__all__ = ["CallOptions", "Client"]
