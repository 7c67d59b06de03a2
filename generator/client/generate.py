"""Generate a client package from a document, whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

from generator.client.completeness import missing
from generator.client.config import load_config
from generator.client.names import with_configured_names
from generator.client.normalise import normalise
from generator.client.notes import notes
from generator.client.parse import ParsedDocument
from generator.client.render import render
from generator.client.support import unsupported
from generator.client.views.package import package_view
from generator.errors import GeneratorError, refuse
from generator.spec.files import read_text
from generator.spec.read import read_document
from generator.spec.validate import problems


def generate(document: Path, config: Path, output: Path) -> list[str]:
    """Generate the package and replace the folder ``output`` with it.

    Args:
        document: An OpenAPI 3.0 or 3.1 document.
        config: The configuration of openapi-python-client.
        output: The folder for the package's folder. It contains nothing else.

    Returns:
        The parts of the document that the client leaves out, a line for each kind.

    Raises:
        GeneratorError: The document or the configuration cannot be read, or something in the
            document would not reach the package. ``output`` is unchanged.
    """
    output = output.absolute()
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as scratch:
            left_out = build(document, config, Path(scratch) / "new")
            _replace(output, Path(scratch) / "new", Path(scratch) / "old")
            return left_out
    except OSError as error:
        raise GeneratorError(f"{error.filename or output}: {error.strerror or error}") from error


def _replace(output: Path, new: Path, old: Path) -> None:
    try:
        if output.exists():
            output.rename(old)
        new.rename(output)
    except BaseException:  # an interrupt, too: the scratch folder is about to be deleted
        if old.exists() and not output.exists():
            old.rename(output)
        raise


def build(document: Path, config: Path, output: Path) -> list[str]:
    """Generate the package into the new folder ``output``. If that fails, the folder is unfinished.

    Returns:
        As for `generate`.

    Raises:
        GeneratorError: As for `generate`.
    """
    data = with_configured_names(read_document(read_text(document)), config)
    refuse("the document is not valid:", problems(data))
    refuse("the document has what the client would not honour:", unsupported(data))
    settings = load_config(config, document, output)
    normal = normalise(data, settings)
    view = package_view(normal, ParsedDocument(normal, settings), settings)
    refuse("the document did not reach the package whole:", missing(data, normal, view))
    output.mkdir(parents=True)
    render(view, settings, document.name)
    return notes(data)
