"""A small checkout to update, and a user's code that is run with the client in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from generator.client.generate import build
from generator.spec.contract import make_contract
from generator.spec.examples import sample
from generator.spec.files import contents
from generator.spec.read import read_document
from generator.update.update import Options, Outcome, update
from tests.generator.paths import MYPY_CACHE, ROOT

HERE = Path(__file__).parent
#: The configuration without class overrides.
CONFIG = (HERE / "generator-config.yaml").read_text("utf-8").partition("\n# The published")[0]
PACKAGE = "openrouter_analytics"
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.0.0] - 2025-11-08

The first.
"""


class Checkout:
    """A chain without the rest of the project: sources, contract, package."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def of(cls, root: Path, upstream: str, overlay: str, config: str = "") -> Checkout:
        """A new checkout whose chain is run once."""
        (root / "spec").mkdir(parents=True)
        texts = {
            "spec/upstream.yaml": upstream,
            "spec/overlay.yaml": overlay,
            "openapi.yaml": make_contract(upstream, overlay),
            "generator-config.yaml": config or (HERE / "generator-config.yaml").read_text("utf-8"),
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

    def contents(self) -> dict[str, bytes]:
        return contents(self.root)

    def changed_since(self, before: dict[str, bytes]) -> set[str]:
        """The files that changed, the package as one."""
        after = self.contents()
        names = {name for name in before | after if before.get(name) != after.get(name)}
        return {"generated" if name.startswith("generated/") else name for name in names}

    def update(self, content: bytes, name: str = "document", **options: Any) -> Outcome:
        """Update to a document; by default without a smoke test, and breaking changes accepted."""
        source = self.root.parent / f"{self.root.name}-{name}"
        source.write_bytes(content)
        how = {"accept_breaking": True, "test": False} | options
        return update(self.root, str(source), Options(**how))

    def release(self) -> None:
        """Release what is not, as a maintainer would."""
        changelog = self.read("CHANGELOG.md")
        version = re.findall(r"version_override: (.*)", self.read("generator-config.yaml"))[0]
        if f"## [{version}]" not in changelog:
            heading = f"## [Unreleased]\n\n## [{version}] - 2026-01-01"
            changed = changelog.replace("## [Unreleased]", heading, 1)
            (self.root / "CHANGELOG.md").write_text(changed, "utf-8")

    def is_what_its_sources_give(self, scratch: Path) -> bool:
        """What `make check-generated` asks."""
        made = make_contract(self.read("spec/upstream.yaml"), self.read("spec/overlay.yaml"))
        build(self.root / "openapi.yaml", self.root / "generator-config.yaml", scratch)
        same_package = contents(self.root / "generated") == contents(scratch)
        return made == self.read("openapi.yaml") and same_package

    def responses(self) -> dict[str, Any]:
        """A body for each status, made from the contract."""
        contract = read_document(self.read("openapi.yaml"))
        found: dict[str, Any] = {}
        responses = contract["paths"]["/activity"]["get"]["responses"]
        for status in ("200", "400", "401", "403", "404", "418", "500", "524"):
            patterns = (status, f"{status[0]}XX", "default")
            response = next((responses[item] for item in patterns if item in responses), None)
            if response:
                schema = response["content"]["application/json"]["schema"]
                found[status] = sample(contract, schema, full=True)
        return found


class Use:
    """The results of the user's code, of the type checker and of the smoke test."""

    def __init__(self, checkout: Checkout, scratch: Path) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        shutil.copytree(checkout.root / "generated", scratch / "site")
        shutil.copy(HERE / "user.py", scratch / "site")
        types = [
            "mypy", "--strict", "--no-error-summary", "--config-file=",
            "--cache-dir", str(MYPY_CACHE), PACKAGE, "user.py",
        ]  # fmt: skip
        runs = [
            _start(["-m", *types], scratch / "site"),
            _start(["-m", "generator.update.smoke_calls", str(checkout.root)], ROOT),
            _start(["user.py"], scratch / "site"),
        ]
        inputs = [None, None, json.dumps(checkout.responses())]
        outputs = [run.communicate(text)[0] for run, text in zip(runs, inputs, strict=True)]
        errors = outputs[0].splitlines()
        self.type_errors_of_user = [line for line in errors if line.startswith("user.py")]
        self.type_errors_of_package = [
            line for line in errors if f"{PACKAGE}/" in line.partition(":")[0]
        ]
        assert runs[0].returncode == bool(errors), outputs[0]
        self.failed_calls = outputs[1]
        self.crash = "" if outputs[2] == "fine" else outputs[2]


def _start(arguments: list[str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
