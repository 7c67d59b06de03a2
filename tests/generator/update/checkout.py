"""A small checkout to update: a chain without the rest of the project."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from generator.client.generate import build
from generator.spec.contract import make_contract
from generator.spec.files import contents
from generator.spec.read import read_document
from generator.update.update import Options, Outcome, update

HERE = Path(__file__).parent
CONFIG = (HERE / "generator-config.yaml").read_text("utf-8")
#: A configuration of a package of another name, without class overrides.
OTHER_PACKAGE = "later_client"
OTHER_CONFIG = CONFIG.partition("\n# The published")[0].replace(
    "openrouter_analytics", OTHER_PACKAGE
)
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.0.0] - 2025-11-08

The first.
"""


class Checkout:
    """Sources, contract and package."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def of(cls, root: Path, upstream: str, overlay: str, config: str = CONFIG) -> Checkout:
        """A new checkout whose chain is run once."""
        (root / "spec").mkdir(parents=True)
        texts = {
            "spec/upstream.yaml": upstream,
            "spec/overlay.yaml": overlay,
            "openapi.yaml": make_contract(upstream, overlay),
            "generator-config.yaml": config,
            "CHANGELOG.md": CHANGELOG,
        }
        for name, text in texts.items():
            (root / name).write_text(text, "utf-8", newline="")
        build(root / "openapi.yaml", root / "generator-config.yaml", root / "generated")
        return cls(root)

    def copy(self, root: Path) -> Checkout:
        shutil.copytree(self.root, root)
        return Checkout(root)

    def read(self, name: str) -> str:
        return (self.root / name).read_text("utf-8")

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, "utf-8", newline="")

    @property
    def contract(self) -> dict[str, Any]:
        return read_document(self.read("openapi.yaml"))

    def contents(self) -> dict[str, bytes]:
        return contents(self.root)

    def update(self, content: bytes, **options: Any) -> Outcome:
        """Update to a document; by default without a smoke test, and breaking changes accepted."""
        source = self.root.parent / f"{self.root.name}-document"
        source.write_bytes(content)
        how = {"accept_breaking": True, "test": False} | options
        return update(self.root, str(source), Options(**how))

    def release(self) -> None:
        """Release the unreleased changes, as a maintainer would."""
        changelog = self.read("CHANGELOG.md")
        version = re.findall(r"version_override: (.*)", self.read("generator-config.yaml"))[0]
        if f"## [{version}]" not in changelog:
            heading = f"## [Unreleased]\n\n## [{version}] - 2026-01-01"
            self.write("CHANGELOG.md", changelog.replace("## [Unreleased]", heading, 1))

    def is_what_its_sources_give(self, scratch: Path) -> bool:
        """What `make check-generated` asks."""
        made = make_contract(self.read("spec/upstream.yaml"), self.read("spec/overlay.yaml"))
        build(self.root / "openapi.yaml", self.root / "generator-config.yaml", scratch)
        same_package = contents(self.root / "generated") == contents(scratch)
        return made == self.read("openapi.yaml") and same_package
