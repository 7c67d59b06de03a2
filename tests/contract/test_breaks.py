"""A client that is broken on purpose fails the consumer's checks."""

import shutil
from operator import attrgetter
from pathlib import Path

import pytest

from tests.contract.harness import breaks, consumer
from tests.contract.harness.breaks import Break


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


def test_an_unchanged_copy_passes(copy: Path) -> None:
    with consumer.loaded(copy / breaks.PACKAGE, "whole") as package:
        assert consumer.failing(package) is None


def test_pytest_itself_fails_on_a_broken_client() -> None:
    """One break as the command judges all of them: by pytest against the copy."""
    [broken] = [item for item in breaks.BREAKS if item.name == "None returned on 401"]

    test = breaks.failing_test(broken)

    assert test is not None
    assert test.startswith("tests/contract/test_consumer.py::")


def test_an_outdated_break_is_an_error() -> None:
    broken = Break("nothing", "client.py", "no such text", "")

    with pytest.raises(LookupError, match=r"client\.py does not contain 'no such text'"):
        breaks.failing_test(broken)
