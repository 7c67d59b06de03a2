"""Fixtures of the tests of updates: checkouts that are built once a session, and no network."""

from __future__ import annotations

import socket
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
