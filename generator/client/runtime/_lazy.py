"""Lazy imports: a package imports a name on its first use (PEP 562)."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing's own, without importing typing
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any


def lazy(
    package: str, homes: Mapping[str, str | None]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a package.

    Args:
        package: The name of the package.
        homes: By name, the module of the package that defines it; None for a module itself.
    """
    members = vars(sys.modules[package])

    def __getattr__(name: str) -> Any:  # noqa: N807 - the package's own
        if name not in homes:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package]
            )
        from importlib import import_module

        home = homes[name]
        module = import_module(f"{package}.{home or name}")
        found = members[name] = getattr(module, name) if home else module
        return found

    def __dir__() -> list[str]:  # noqa: N807
        return sorted({*members, *homes})

    return __getattr__, __dir__
