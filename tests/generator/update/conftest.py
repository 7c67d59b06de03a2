"""Fixtures of the tests of updates: checkouts that are built once a session, and no network."""

from __future__ import annotations

import importlib
import socket
import sys
from typing import Any

import pytest

from generator.spec.write import serialize
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM
from tests.generator.update.checkout import HERE, OTHER_CONFIG, OTHER_PACKAGE, Checkout
from tests.generator.update.planted import BASE


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The checkout of the published page."""
    folder = tmp_path_factory.mktemp("first") / "checkout"
    return Checkout.of(folder, FIRST_UPSTREAM, FIRST_OVERLAY)


@pytest.fixture(scope="session")
def later(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout whose document needs next to no correction."""
    overlay = (HERE / "planted-overlay.yaml").read_text("utf-8")
    folder = tmp_path_factory.mktemp("later") / "checkout"
    return Checkout.of(folder, serialize(BASE), overlay, OTHER_CONFIG)


@pytest.fixture(scope="session")
def existing_client(later: Checkout) -> Any:
    """The client of the document before the change."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(later.root / "generated"), *sys.path])
        package = importlib.import_module(OTHER_PACKAGE)
        for part in ("_encode", "_http", "client", "models", "errors"):
            importlib.import_module(f"{OTHER_PACKAGE}.{part}")
    return package


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Refuse all connections, and list the attempts."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> None:
        tried.append(arguments)
        raise AssertionError("tried to connect")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried
