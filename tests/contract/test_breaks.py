"""A client that is broken on purpose fails the contract's tests of the client."""

import shutil
from operator import attrgetter
from pathlib import Path

import pytest

from tests.contract import breaks, consumer
from tests.contract.breaks import Break


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    target = tmp_path / "generated"
    shutil.copytree(breaks.GENERATED, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


@pytest.mark.parametrize("broken", breaks.BREAKS, ids=attrgetter("id"))
def test_a_broken_client_fails_a_check(broken: Break, copy: Path) -> None:
    breaks.apply(broken, copy)

    with consumer.loaded(copy / breaks.PACKAGE, "broken") as package:
        assert consumer.failing(package) is not None


def test_a_copy_that_is_not_broken_passes(copy: Path) -> None:
    with consumer.loaded(copy / breaks.PACKAGE, "whole") as package:
        assert consumer.failing(package) is None


def test_pytest_itself_fails_on_a_broken_client() -> None:
    """One of them the way the target does it, with all: pytest against the copy."""
    [broken] = [item for item in breaks.BREAKS if item.name == "None returned on 401"]

    verdict = breaks.judge(broken)

    assert verdict.test is not None
    assert verdict.test.startswith("tests/contract/test_consumer.py::")


def test_a_break_that_no_longer_fits_is_said() -> None:
    broken = Break("nothing", "client.py", "no such text", "")

    with pytest.raises(LookupError, match=r"client\.py no longer holds 'no such text'"):
        breaks.judge(broken)
