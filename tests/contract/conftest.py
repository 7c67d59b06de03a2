"""What the contract's tests share."""

import os

import pytest

from tests.contract.contract import Contract


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The document of the repository."""
    return Contract.read()


@pytest.fixture(scope="session")
def seed() -> int:
    """The seed of what is made up: fixed, unless CONTRACT_SEED says otherwise."""
    return int(os.environ.get("CONTRACT_SEED", "0"))


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, URL or proxy of the developer's reaches a test."""
    for name in os.environ:
        if name.startswith("OPENROUTER_") or name.lower() in {"http_proxy", "https_proxy"}:
            monkeypatch.delenv(name)
    monkeypatch.delenv("BASE_URL", raising=False)
