"""The document and the client that the checks themselves are tested with.

They never change. So a new version of `openapi.yaml` cannot make a fault, a mutant or a break
unnoticed, or its test wrong.
"""

from __future__ import annotations

import atexit
import functools
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.client.generate import build
from generator.spec.contract import make_contract
from generator.spec.read import read_document, yaml_block
from tests.contract.harness import consumer
from tests.contract.harness.contract import DOCUMENT, ROOT, Contract

_DOCUMENTS = ROOT / "tests/generator/documents"
CONFIG = ROOT / "tests/generator/update/generator-config.yaml"


@functools.cache
def document() -> Mapping[str, Any]:
    """OpenRouter's page of 2025-11-08, with its corrections."""
    page = (_DOCUMENTS / "get-user-activity.md").read_text("utf-8")
    overlay = (_DOCUMENTS / "get-user-activity-overlay.yaml").read_text("utf-8")
    return read_document(make_contract(yaml_block(page), overlay))


@functools.cache
def contract() -> Contract:
    """The same, as the checks read it."""
    return Contract(document())


@functools.cache
def package() -> Path:
    """The folder of its client: the repository's own if `openapi.yaml` says the same."""
    if read_document(DOCUMENT.read_text("utf-8")) == document():
        return ROOT / "generated" / "openrouter_analytics"
    scratch = Path(tempfile.mkdtemp(prefix="reference-client-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    return generated(document(), scratch)


def generated(source: Mapping[str, Any], scratch: Path) -> Path:
    """Generate a document's client.

    Raises:
        GeneratorError: The generator refuses the document.
    """
    path = scratch / DOCUMENT.name
    path.write_text(json.dumps(source), "utf-8")
    build(path, CONFIG, scratch / "out")
    [folder] = (scratch / "out").iterdir()
    return folder


@functools.cache
def client() -> consumer.Package:
    """The client itself."""
    if package().is_relative_to(ROOT):
        return consumer.installed()
    return consumer.imported(package(), "reference_client")
