"""Small documents, the packages made of them, and calls of these without a network."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest

from generator.client.generate import generate

Handler = Callable[[httpx.Request], httpx.Response]

URL = "https://small.example/v1"
JSON = "application/json"
TEXT = {"type": "string"}
COUNT = {"type": "integer"}
DONE = {"204": {"description": "Done."}}


def ref(name: str) -> dict[str, Any]:
    """A reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def model(*required: str, **properties: Any) -> dict[str, Any]:
    """The schema of an object."""
    needed = {"required": [*required]} if required else {}
    return {"type": "object", "properties": properties} | needed


def array(items: Any) -> dict[str, Any]:
    """The schema of an array."""
    return {"type": "array", "items": items}


def openapi(paths: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A document of some paths, in which every operation has a response."""
    for item in paths.values():
        for method, operation in item.items():
            if method not in ("$ref", "parameters", "servers"):
                operation.setdefault("responses", DONE)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "servers": [{"url": URL}],
        "paths": paths,
    } | members


def document(
    operations: dict[str, dict[str, Any]], *, method: str = "get", **members: Any
) -> dict[str, Any]:
    """A document of operations, each at the path of its name."""
    paths = {
        f"/{name}": {method: {"operationId": name} | data} for name, data in operations.items()
    }
    return openapi(paths, **members)


def content(schema: Any, media_type: str = JSON) -> dict[str, Any]:
    """The content of a body that has a schema."""
    return {"content": {media_type: {"schema": schema}}}


def returning(schema: Any, media_type: str = JSON) -> dict[str, Any]:
    """An operation whose response has a schema."""
    return {"responses": {"200": {"description": "It."} | content(schema, media_type)}}


def configuration(package: str) -> str:
    """The configuration that gives the package a name, and nothing else."""
    return (
        f"project_name_override: {package.replace('_', '-')}\n"
        f"package_name_override: {package}\n"
        "package_version_override: 0.0.1\n"
    )


def make(document: dict[str, Any] | str, folder: Path, name: str) -> Path:
    """Generate the package of a document, or of a text in its place, into a folder."""
    source, config = folder / f"{name}.json", folder / f"{name}.yaml"
    source.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    config.write_text(configuration(name), "utf-8")
    generate(source, config, folder / name / "site")
    return folder / name / "site" / name


@contextmanager
def importable(site: Path, name: str) -> Generator[Any]:
    """The package in a folder, imported until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(site), *sys.path])
        importlib.invalidate_caches()
        yield importlib.import_module(name)
    for module in [known for known in sys.modules if known.partition(".")[0] == name]:
        del sys.modules[module]


@contextmanager
def package(document: dict[str, Any], folder: Path, name: str) -> Generator[Any]:
    """The imported package of a document."""
    with importable(make(document, folder, name).parent, name) as imported:
        yield imported


def module(package: Any, name: str) -> Any:
    """A module of a package."""
    return importlib.import_module(f"{package.__name__}.{name}")


def done(_: httpx.Request) -> httpx.Response:
    """Respond to any request without a body."""
    return httpx.Response(204)


class Calls:
    """Calls the operations of a package, in threads or for asyncio, and keeps their requests."""

    def __init__(
        self, package: Any, respond: Handler = done, *, is_async: bool = False, **arguments: Any
    ) -> None:
        self.requests: list[httpx.Request] = []
        self.is_async = is_async
        self.package = package
        self._handler = respond
        transport = httpx.MockTransport(self._respond)
        self.client = (
            package.Client(**arguments)
            .set_httpx_client(httpx.Client(transport=transport))
            .set_async_httpx_client(httpx.AsyncClient(transport=transport))
        )

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._handler(request)

    def __call__(self, name: str, **arguments: Any) -> Any:
        """Call the method of an operation, or its `_async` form."""
        operations = self.client.default
        if self.is_async:
            return asyncio.run(getattr(operations, f"{name}_async")(**arguments))
        return getattr(operations, name)(**arguments)

    def detailed(self, name: str, **arguments: Any) -> Any:
        """Call the function that returns a response of any status, or its `asyncio` form."""
        functions = module(self.package, f"api.default.{name}")
        if self.is_async:
            return asyncio.run(functions.asyncio_detailed(client=self.client, **arguments))
        return functions.sync_detailed(client=self.client, **arguments)

    @property
    def last(self) -> httpx.Request:
        """The last request."""
        return self.requests[-1]

    @property
    def target(self) -> str:
        """The path and query of the last request, as they are on the wire."""
        return self.last.url.raw_path.decode()


class Calling(Protocol):
    """Makes calls of the package of a module of tests."""

    def __call__(self, respond: Handler = done, **arguments: Any) -> Calls: ...
