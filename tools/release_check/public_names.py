"""The public names of the package with their signatures, one a line, as in public-names.txt.

griffe reads the package without importing it. A name has a line where it is defined, and another
where it is re-exported.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import griffe

from generator.update.compare_package import (
    INTERNAL,
    has_default,
    package,
    public_members,
    public_modules,
)
from tools.release_check.release import PACKAGE, FailedError, Release

RECORD = Path("public-names.txt")
_KINDS = ("async", "classmethod", "staticmethod")


def check(release: Release) -> str:
    """Check that the public names are the recorded ones."""
    recorded = (release.root / RECORD).read_text("utf-8").splitlines()
    found = lines(release.root / PACKAGE)
    gone = [f"gone or changed: {line}" for line in recorded if line not in found]
    new = [f"not recorded: {line}" for line in found if line not in recorded]
    if gone or new:
        raise FailedError(*gone, *new, "if you mean this: make release-check ARGS=--record")
    return f"{len(found)} lines, as recorded"


def record(release: Release) -> None:
    """Record the public names."""
    text = "".join(f"{line}\n" for line in lines(release.root / PACKAGE))
    (release.root / RECORD).write_text(text, "utf-8", newline="")


def lines(folder: Path) -> list[str]:
    """The public names of the package in a folder, sorted by name."""
    modules = public_modules(package(folder)).values()
    return [line for _, line in sorted(pair for module in modules for pair in _module(module))]


def _module(module: griffe.Module) -> Iterator[tuple[str, str]]:
    """The names of a module, each with its line."""
    if not module.name.startswith("_"):
        yield module.path, f"module {module.path}"
    exports = public_members(module) if module.exports is None else map(str, module.exports)
    for name in exports:
        member = module.members.get(name)
        path = f"{module.path}.{name}"
        if isinstance(member, griffe.Module) or name in INTERNAL:
            continue
        if isinstance(member, griffe.Object):
            yield from _object(member)
        elif isinstance(member, griffe.Alias):
            yield path, f"{path} = {member.target_path}"
        else:  # from `__getattr__` of the module
            yield path, path


def _object(member: griffe.Object) -> Iterator[tuple[str, str]]:
    if isinstance(member, griffe.Class):
        yield member.path, f"class {member.path}({', '.join(map(str, member.bases))})"
        for name, inner in member.members.items():
            if isinstance(inner, griffe.Object) and _is_public(name, inner):
                yield from _object(inner)
    elif isinstance(member, griffe.Function):
        kinds = "".join(f"{kind} " for kind in _KINDS if kind in member.labels)
        for function in member.overloads or [member]:
            signature = function.signature().removeprefix(function.name)
            yield member.path, _one_line(f"{kinds}{member.path}{signature}")
    elif isinstance(member, griffe.Attribute):
        yield member.path, _one_line(_attribute(member))


def _is_public(name: str, member: griffe.Object) -> bool:
    special = name.startswith("__") and name.endswith("__") and member.is_function
    return special or not name.startswith("_")


def _attribute(member: griffe.Attribute) -> str:
    annotation = "" if member.annotation is None else f": {member.annotation}"
    if "property" in member.labels:
        settable = ", can be set" if "writable" in member.labels else ""
        return f"property {member.path}{annotation}{settable}"
    value = ""
    # A default in the class is part of the interface. A value that `__init__` sets is not.
    if has_default(member) and member.labels & {"class-attribute", "module-attribute"}:
        value = " = …" if str(member.value).startswith("field(") else f" = {member.value}"
    return f"{member.path}{annotation}{value}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
