"""The tested documents, and the clients generated from them.

The same code tests both clients. It takes all names from the documents.
"""

from __future__ import annotations

import atexit
import functools
import importlib
import pkgutil
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from openapi_python_client.config import Config
from openapi_python_client.parser.properties import Class

from generator.client.config import load_config
from generator.client.generate import build
from generator.spec.operations import operations
from generator.spec.read import read_document
from generator.spec.references import resolve
from tests.client.bodies import Schema, Schemas

ROOT = Path(__file__).parents[2]

KEY = "a-key-for-servers-of-tests"


@dataclass(frozen=True)
class Response:
    """A documented success response of an operation.

    Attributes:
        status: The status as the document writes it.
        media_type: The media type of the body; empty if there is none.
        schema: The schema of the body; empty if there is none.
    """

    status: str
    media_type: str
    schema: Schema

    @property
    def status_code(self) -> int:
        """A number that matches the status."""
        return int(self.status) if self.status.isdigit() else 200

    @property
    def is_json(self) -> bool:
        """Whether the body is JSON."""
        return "json" in self.media_type


@dataclass(frozen=True)
class Body:
    """The body of a request, and its model."""

    schema: Schema
    required: bool
    model: Any


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation of a document, and its module in the client.

    Attributes:
        method: The HTTP method in capitals.
        path: The path of the document, with its parameters in braces.
        parameters: The parameters of the path and of the operation, without references.
        data: The operation object of the document.
    """

    document: Document
    method: str
    path: str
    parameters: list[dict[str, Any]]
    data: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.document} {self.method} {self.path}"

    @functools.cached_property
    def body(self) -> Body | None:
        """The request body, if the operation has one."""
        data = resolve(self.document.data, self.data.get("requestBody", {}))
        for media in data.get("content", {}).values():
            schema = media["schema"]
            model = self.document.model(schema["$ref"].rpartition("/")[2])
            return Body(schema, data.get("required", False), model)
        return None

    def responses(self, first: str) -> Iterator[Response]:
        """The responses whose status begins with a digit."""
        for status, reference in self.data["responses"].items():
            content = resolve(self.document.data, reference).get("content", {"": {}})
            for media_type, media in content.items():
                if status.startswith(first):
                    yield Response(status, media_type, media.get("schema", {}))

    @functools.cached_property
    def module(self) -> ModuleType:
        """The client's module with this method and path."""
        for module in self.document.modules:
            operation = module.OPERATION
            if (operation.method, operation.path) == (self.method, self.path):
                return module
        raise LookupError(f"{self} has no module")

    def call(self, client: Any, arguments: dict[str, Any], suffix: str = "") -> Any:
        """Call the operation's method on a client, or the method with this suffix."""
        *_, tag, name = self.module.__name__.split(".")
        return getattr(getattr(client, tag), name + suffix)(**arguments)


@dataclass(frozen=True, eq=False)
class Document:
    """A document and its client.

    Attributes:
        path: The file of the document.
        config: The generator configuration of the client.
        generated: The folder of the client; None if it is not committed.
    """

    path: Path
    config: Path
    generated: Path | None = None

    def __str__(self) -> str:
        return self.path.stem

    @functools.cached_property
    def data(self) -> dict[str, Any]:
        """The content of the document."""
        return read_document(self.path.read_text(encoding="utf-8"))

    @functools.cached_property
    def schemas(self) -> Schemas:
        """The schemas of the document."""
        return Schemas(self.data)

    @functools.cached_property
    def operations(self) -> list[Operation]:
        """All operations of the document."""
        found: list[Operation] = []
        for place, path, item, data in operations(self.data):
            declared = [*item.get("parameters", []), *data.get("parameters", [])]
            parameters = [resolve(self.data, parameter) for parameter in declared]
            method = place.rpartition("/")[2].upper()
            found.append(Operation(self, method, path, parameters, data))
        return found

    @functools.cached_property
    def settings(self) -> Config:
        """The generator's configuration, which determines names."""
        return load_config(self.config, self.path, Path("unused"))

    @functools.cached_property
    def package(self) -> ModuleType:
        """The client's package, which is generated if it is not committed."""
        folder = self.generated or _generate(self.path, self.config)
        sys.path.insert(0, str(folder))
        try:
            return importlib.import_module(str(self.settings.package_name_override))
        finally:
            sys.path.remove(str(folder))

    @functools.cached_property
    def modules(self) -> list[ModuleType]:
        """The modules of the client's operations."""
        api = importlib.import_module(f"{self.package.__name__}.api")
        found = pkgutil.walk_packages(api.__path__, f"{api.__name__}.")
        modules = [importlib.import_module(module.name) for module in found]
        return [module for module in modules if hasattr(module, "OPERATION")]

    def model(self, component: str) -> Any:
        """The model of a component."""
        name = Class.from_string(string=component, config=self.settings).name
        return getattr(self.package.models, name)


def _generate(document: Path, config: Path) -> Path:
    """Generate a client into a folder that exists until this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="generated-"))
    atexit.register(shutil.rmtree, folder)
    build(document, config, folder / "generated")
    return folder / "generated"


_OTHER = ROOT / "tests" / "generator" / "documents"

DOCUMENTS = [
    Document(ROOT / "openapi.yaml", ROOT / "generator-config.yaml", ROOT / "generated"),
    Document(_OTHER / "library.yaml", _OTHER / "library-config.yaml"),
]

OPERATIONS = [operation for document in DOCUMENTS for operation in document.operations]


def squashed(name: str) -> str:
    """A name in a form that is the same for the document and for Python."""
    return re.sub(r"[^a-z0-9]", "", name.lower())
