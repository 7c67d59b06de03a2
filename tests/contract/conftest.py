"""The fixtures of the contract tests."""

import os

import pytest

from tests.contract.harness.contract import Contract


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The document of the repository."""
    return Contract.load()


@pytest.fixture(scope="session")
def seed() -> int:
    """The seed of made-up requests: 0, unless CONTRACT_SEED gives another."""
    return int(os.environ.get("CONTRACT_SEED", "0"))


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's keys, URLs and proxies from the tests."""
    for name in os.environ:
        if name.startswith("OPENROUTER_") or name.lower() in {"http_proxy", "https_proxy"}:
            monkeypatch.delenv(name)
    monkeypatch.delenv("BASE_URL", raising=False)
