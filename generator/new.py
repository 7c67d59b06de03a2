"""Lay out a new project: a document, its client, and the chain that keeps them together."""

from __future__ import annotations

import keyword
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from generator.client.generate import generate
from generator.errors import GeneratorError
from generator.spec.contract import make_contract
from generator.spec.files import read_text
from generator.spec.read import read_published
from generator.spec.write import serialize
from generator.update.fetch import fetch

_ROOT = Path(__file__).parents[1]
_TEXTS = Path(__file__).with_name("project")


def new_project(folder: Path, source: str, name: str, overlay: Path | None = None) -> None:
    """Lay out a project in a new folder.

    Args:
        folder: The folder, which does not exist yet or is empty.
        source: The document: the path of a file, or an https URL.
        name: The name of the distribution. The package has it with underscores.
        overlay: The corrections that the document needs; without it, there are none.

    Raises:
        GeneratorError: The folder is in use, the name makes no package, or the document gives no
            client. Nothing is left behind.
    """
    package = name.replace("-", "_").lower()
    if not package.isidentifier() or keyword.iskeyword(package):
        raise GeneratorError(f"{name!r} makes no name of a package")
    if folder.exists() and any(folder.iterdir()):
        raise GeneratorError(f"{folder}: not empty; give a new folder")
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as scratch:
        made = Path(scratch) / "project"
        _write_texts(made, name, package)
        if overlay is not None:
            shutil.copyfile(overlay, made / "spec/overlay.yaml")
        published = read_published(fetch(source), source)
        upstream = published.text_of(published.data) or serialize(published.data)
        (made / "spec/upstream.yaml").write_bytes(upstream.encode())
        contract = make_contract(upstream, read_text(made / "spec/overlay.yaml"))
        (made / "openapi.yaml").write_bytes(contract.encode())
        generate(made / "openapi.yaml", made / "generator-config.yaml", made / "generated")
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(_ROOT / "generator", made / "generator", ignore=ignored)
        shutil.copyfile(_ROOT / "requirements.txt", made / "requirements.txt")
        if folder.exists():
            folder.rmdir()
        made.rename(folder)


def _write_texts(made: Path, name: str, package: str) -> None:
    values = {"name": name, "package": package}
    values |= {tool: version(tool) for tool in ("openapi-python-client", "ruff")}
    for path in sorted(_TEXTS.rglob("*.in")):
        text = path.read_text("utf-8")
        for key, value in values.items():
            text = text.replace(f"{{{{{key}}}}}", value)
        target = made / path.relative_to(_TEXTS).with_suffix("")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
