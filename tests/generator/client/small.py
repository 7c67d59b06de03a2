"""Clients of small documents, and their calls without a network."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator.client.generate import generate

Handler = Callable[[httpx.Request], httpx.Response]


def openapi(paths: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A document of some paths."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "servers": [{"url": "https://small.example"}],
        "paths": paths,
    } | members


def document(
    operations: dict[str, dict[str, Any]], *, method: str = "get", **members: Any
) -> dict[str, Any]:
    """A document of operations, each at the path of its name."""
    paths = {
        f"/{name}": {method: {"operationId": name, "tags": ["small"], **data}}
        for name, data in operations.items()
    }
    return openapi(paths, **members)


def returning(schema: Any) -> dict[str, Any]:
    """An operation whose response has a schema."""
    content = {"application/json": {"schema": schema}}
    return {"responses": {"200": {"description": "It.", "content": content}}}


def configuration(package: str) -> str:
    """The configuration that gives the package a name, and nothing else."""
    return (
        f"project_name_override: {package.replace('_', '-')}\n"
        f"package_name_override: {package}\n"
        "package_version_override: 0.0.1\n"
    )


def make(document: dict[str, Any], folder: Path, name: str) -> Path:
    """Generate the package of a document into a folder."""
    source, config = folder / f"{name}.json", folder / f"{name}.yaml"
    source.write_text(json.dumps(document), "utf-8")
    config.write_text(configuration(name), "utf-8")
    generate(source, config, folder / "site")
    return folder / "site" / name


@contextmanager
def package(document: dict[str, Any], folder: Path, name: str) -> Generator[Any]:
    """The imported package of a document."""
    site = make(document, folder, name).parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(site), *sys.path])
        importlib.invalidate_caches()
        yield importlib.import_module(name)
    for module in [known for known in sys.modules if known.split(".")[0] == name]:
        del sys.modules[module]


class Caller:
    """Calls the functions of a package whose server is a handler, in threads or for asyncio."""

    def __init__(self, package: Any, kind: str) -> None:
        self._package = package
        self._kind = kind

    @property
    def is_async(self) -> bool:
        """Whether the calls are for asyncio."""
        return self._kind == "async"

    def client(self, handler: Handler, **arguments: Any) -> Any:
        """A client whose requests the handler responds to."""
        transport = httpx.MockTransport(handler)
        return (
            self._package.Client(**arguments)
            .set_httpx_client(httpx.Client(transport=transport))
            .set_async_httpx_client(httpx.AsyncClient(transport=transport))
        )

    def method(self, client: Any, name: str, **arguments: Any) -> Any:
        """Call a method of the client, or its `_async` form."""
        if self._kind == "sync":
            return getattr(client.small, name)(**arguments)
        return asyncio.run(getattr(client.small, f"{name}_async")(**arguments))

    def detailed(self, client: Any, name: str, **arguments: Any) -> Any:
        """Call the function that returns a response of any status, or its `asyncio` form."""
        module = importlib.import_module(f"{self._package.__name__}.api.small.{name}")
        if self._kind == "sync":
            return module.sync_detailed(client=client, **arguments)
        return asyncio.run(module.asyncio_detailed(client=client, **arguments))
