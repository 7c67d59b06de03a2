"""A small checkout to run updates in, and what a user's code makes of the client in it."""

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
from generator.spec.read import read_document
from generator.update.smoke_test import plan
from generator.update.update import Options, Outcome, update
from tests.generator.paths import ROOT

HERE = Path(__file__).parent
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
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    def changed_since(self, before: dict[str, bytes]) -> set[str]:
        """The files that are not as they were, the package as one."""
        after = self.contents()
        names = {name for name in before | after if before.get(name) != after.get(name)}
        return {"generated" if name.startswith("generated/") else name for name in names}

    def take(self, content: bytes, name: str = "document", **options: Any) -> Outcome:
        """Run an update with a document; without the tests of the new client, unless told so."""
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
        shutil.rmtree(scratch, ignore_errors=True)
        build(self.root / "openapi.yaml", self.root / "generator-config.yaml", scratch)
        package = {
            f"generated/{path.relative_to(scratch).as_posix()}": path.read_bytes()
            for path in scratch.rglob("*")
            if path.is_file()
        }
        here = {
            name: content
            for name, content in self.contents().items()
            if name.startswith("generated/")
        }
        return made == self.read("openapi.yaml") and package == here

    def answers(self) -> dict[str, Any]:
        """A body for each status, as the contract has it."""
        contract = read_document(self.read("openapi.yaml"))
        found: dict[str, Any] = {}
        responses = contract["paths"]["/activity"]["get"]["responses"]
        for status in ("200", "400", "401", "403", "404", "418", "500", "524"):
            patterns = (status, f"{status[0]}XX", "default")
            answer = next((responses[item] for item in patterns if item in responses), None)
            if answer:
                schema = answer["content"]["application/json"]["schema"]
                found[status] = sample(contract, schema, full=True)
        return found


class Use:
    """What became of the user's code, of the package's types and of its calls."""

    def __init__(self, checkout: Checkout, scratch: Path, cache: Path) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        shutil.copytree(checkout.root / "generated", scratch / "site")
        shutil.copy(HERE / "user.py", scratch / "site")
        types = [
            "mypy", "--strict", "--no-error-summary", "--config-file=",
            "--cache-dir", str(cache), PACKAGE, "user.py",
        ]  # fmt: skip
        (scratch / "smoke.json").write_text(plan(checkout.root), "utf-8")
        calls = [str(scratch / "site"), PACKAGE, str(scratch / "smoke.json")]
        runs = [
            _start(["-m", *types], scratch / "site"),
            _start(["-m", "generator.update.smoke_calls", *calls], ROOT),
            _start(["user.py"], scratch / "site"),
        ]
        inputs = [None, None, json.dumps(checkout.answers())]
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
