"""Small documents, the packages made of them, and the requests that these send."""

from __future__ import annotations

import importlib
import itertools
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from tests.generator.client import small

NAMES = (f"sending_{number}" for number in itertools.count(1))
URL = "https://things.example/v1"


def document(paths: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A document of some paths, in which every operation has a response."""
    for item in paths.values():
        for method, operation in item.items():
            if method not in ("parameters", "servers"):
                operation.setdefault("responses", {"204": {"description": "Done."}})
    return small.openapi(paths, servers=[{"url": URL}]) | members


def package(holding: dict[str, Any], folder: Path) -> ModuleType:
    """The package that is made of a document."""
    made = small.make(holding, folder, next(NAMES))
    sys.path.insert(0, str(made.parent))
    try:
        return importlib.import_module(made.name)
    finally:
        sys.path.remove(str(made.parent))


class Sent:
    """A client of a package, and the requests that it sends to no server."""

    def __init__(self, made: ModuleType, **arguments: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.client = made.Client(**arguments)
        self.client.set_httpx_client(httpx.Client(transport=httpx.MockTransport(self._respond)))

    def _respond(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        return httpx.Response(204)

    @property
    def target(self) -> str:
        """The path and query of the last request, as they are on the wire."""
        return self.requests[-1].url.raw_path.decode()

    @property
    def last(self) -> httpx.Request:
        """The last request."""
        return self.requests[-1]
