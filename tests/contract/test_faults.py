"""Every single fault of the sandbox is found, by its own name, and nothing else is."""

from collections.abc import Iterator
from operator import attrgetter

import pytest

from tests.contract import faults, provider, targets
from tests.contract.contract import Contract


@pytest.fixture(scope="module")
def app() -> targets.Target:
    return targets.sandbox_target(rows=faults.ROWS, today=faults.TODAY)


@pytest.fixture(scope="module")
def server() -> Iterator[targets.Target]:
    with targets.sandbox_over_http() as target:
        yield target


@pytest.mark.parametrize(
    "case", [case for case in faults.CASES if not case.socket], ids=attrgetter("id")
)
def test_a_fault_is_found_by_its_name(
    case: faults.Case, app: targets.Target, contract: Contract
) -> None:
    verdict = faults.judge(contract, case, faults.exchanges(case, app))

    assert verdict.missed == frozenset()
    assert verdict.surplus == frozenset()


@pytest.mark.parametrize(
    "case", [case for case in faults.CASES if case.socket], ids=attrgetter("id")
)
def test_a_fault_of_the_wire_is_found_by_its_name(
    case: faults.Case, server: targets.Target, contract: Contract
) -> None:
    verdict = faults.judge(contract, case, faults.exchanges(case, server))

    assert verdict.missed == frozenset()
    assert verdict.surplus == frozenset()


def test_there_are_enough_of_them_and_each_is_another() -> None:
    names = {case.fault for case in faults.CASES}

    assert len(names) == len(faults.CASES) >= 25


def test_a_fault_that_is_not_found_would_be_noticed(
    app: targets.Target, contract: Contract
) -> None:
    """The judge itself can fail: a healthy answer in place of a faulty one."""
    case = faults.CASES[0]

    verdict = faults.judge(contract, case, provider.probe(app))

    assert verdict.missed == case.breaches
