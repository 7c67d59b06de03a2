"""Fixtures of the tests of updates: checkouts that are built once a session, and no network."""

from __future__ import annotations

import importlib
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from generator.spec.write import serialize
from tests.generator.paths import DOCUMENTS
from tests.generator.update.checkout import CONFIG, HERE, Checkout
from tests.generator.update.evolution import BLOCK
from tests.generator.update.planted import base


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The checkout of the published page."""
    overlay = (DOCUMENTS / "get-user-activity-overlay.yaml").read_text("utf-8")
    return Checkout.of(tmp_path_factory.mktemp("first") / "checkout", BLOCK, overlay)


@pytest.fixture(scope="session")
def later(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout whose document needs next to no correction."""
    overlay = (HERE / "planted-overlay.yaml").read_text("utf-8")
    folder = tmp_path_factory.mktemp("later") / "checkout"
    return Checkout.of(folder, serialize(base()), overlay, CONFIG)


@pytest.fixture(scope="session")
def existing_client(later: Checkout) -> Any:
    """The client of the document before the change."""
    with pytest.MonkeyPatch.context() as patch:
        kept = {name: sys.modules.pop(name) for name in _ours()}
        patch.setattr(sys, "path", [str(later.root / "generated"), *sys.path])
        package: Any = importlib.import_module("openrouter_analytics")
        # What is imported when it is asked for would otherwise be that of the checkout at hand.
        for holder in (package, package.models):
            for name in holder.__all__:
                getattr(holder, name)
        package.imported = {name: sys.modules.pop(name) for name in _ours()}
        sys.modules |= kept
    return package


@pytest.fixture
def importable_client(existing_client: Any) -> Iterator[Any]:
    """The same client, where its modules can also import each other late."""
    kept = {name: sys.modules.pop(name) for name in _ours()}
    sys.modules |= existing_client.imported
    yield existing_client
    for name in _ours():
        del sys.modules[name]
    sys.modules |= kept


def _ours() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "openrouter_analytics"]


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """No connection can be made; what tried is listed."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> None:
        tried.append(arguments)
        raise AssertionError("tried to connect")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried
