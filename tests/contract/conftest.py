"""The fixtures of the contract tests."""

import os

import pytest

from tests.contract.harness import agreement, consumer, reference
from tests.contract.harness.consumer import Package
from tests.contract.harness.contract import Contract


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The reference document, which the checks are tested with."""
    return reference.contract()


@pytest.fixture(scope="session")
def client() -> Package:
    """The client of the reference document."""
    return reference.client()


@pytest.fixture(scope="session")
def committed() -> Contract:
    """The document of the repository, unless it contradicts the facts."""
    contract = Contract.load()
    if agreement.compare(contract).findings.breaches:
        pytest.skip("openapi.yaml contradicts the facts: test_agreement.py says where")
    return contract


@pytest.fixture
def committed_client(committed: Contract) -> Package:
    """The client of the repository, unless its document contradicts the facts."""
    return consumer.installed()


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
