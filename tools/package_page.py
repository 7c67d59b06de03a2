"""The text of the package's page on an index: README.md, with links that lead somewhere there.

Hatchling calls this when it builds. The links are relative in the repository, and become absolute
once pyproject.toml names the repository on GitHub, as `Repository` in `project.urls`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_CODE = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<image>!?)(?P<words>\[[^\]]*\])\((?![a-z]+:|#)(?P<path>[^)\s]+)\)")


class PackagePage(MetadataHookInterface):
    """Sets the field `readme` of the package's metadata."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the text, with links to the files of this version."""
        text = Path(self.root, "README.md").read_text("utf-8")
        if repository := metadata.get("urls", {}).get("Repository"):
            text = absolute(text, repository.rstrip("/"), f"v{metadata['version']}")
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def absolute(text: str, repository: str, tag: str) -> str:
    """The text with absolute links to the files of a tag; code stays as it is."""

    def link(found: re.Match[str]) -> str:
        view = "raw" if found["image"] else "blob"
        return f"{found['image']}{found['words']}({repository}/{view}/{tag}/{found['path']})"

    parts = _CODE.split(text)
    parts[::2] = [_LINK.sub(link, part) for part in parts[::2]]
    return "".join(parts)
