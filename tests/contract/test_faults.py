"""Every fault of the sandbox is found by its name, and nothing else is."""

from collections.abc import Iterator
from operator import attrgetter

import pytest

from tests.contract.harness import faults, provider, targets
from tests.contract.harness.contract import Contract


@pytest.fixture(scope="module")
def app() -> targets.Target:
    return targets.sandbox_target(rows=faults.ROWS, today=faults.TODAY)


@pytest.fixture(scope="module")
def server() -> Iterator[targets.Target]:
    with targets.sandbox_over_http() as target:
        yield target


@pytest.mark.parametrize("case", faults.CASES, ids=attrgetter("fault"))
def test_a_fault_is_found_by_its_name(
    case: faults.Case, app: targets.Target, server: targets.Target, contract: Contract
) -> None:
    seen = faults.exchanges(case, server if case.socket else app)

    assert faults.differences(contract, case, seen) == []


def test_every_case_has_a_fault_of_its_own() -> None:
    names = {case.fault for case in faults.CASES}

    assert len(names) == len(faults.CASES) >= 25


def test_a_fault_that_is_not_found_is_noticed(app: targets.Target, contract: Contract) -> None:
    """A healthy response in place of a faulty one, and a faulty one in place of another."""
    first, second, *_ = faults.CASES
    healthy, faulty = provider.probe(app), faults.exchanges(second, app)

    assert faults.differences(contract, first, healthy) == ["no wrong-type $.data[51].usage"]
    assert faults.differences(contract, first, faulty) == [
        "no wrong-type $.data[51].usage",
        "wrong-type $.data[51].model",
    ]
