"""Serialize a document as YAML: the same content always gives the same text."""

from __future__ import annotations

import re
from typing import Any

import yaml  # type: ignore[import-untyped]

from generator.spec.read import FLOAT, INTEGER

_yaml: Any = yaml  # its stubs are partial


class _Dumper(_yaml.SafeDumper):  # type: ignore[misc]
    """Writes several lines as a block, and quotes what YAML 1.1 or 1.2 reads as no string."""

    def ignore_aliases(self, *_: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, **_: Any) -> None:
        _yaml.SafeDumper.increase_indent(self, flow)

    def represent_str(self, data: str) -> Any:
        return self.represent_scalar(
            "tag:yaml.org,2002:str", data, style="|" if "\n" in data else None
        )


_Dumper.add_representer(str, _Dumper.represent_str)
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(f"(?:{INTEGER.pattern}|{FLOAT.pattern})$"),
    list("-+.0123456789"),
)


def serialize(document: Any) -> str:
    """The YAML text of a document in plain types."""
    options = {"sort_keys": False, "allow_unicode": True, "width": 2**31}
    return str(_yaml.dump(document, Dumper=_Dumper, **options))
