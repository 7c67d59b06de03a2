"""The generated client does what its users need.

`tests/client/test_properties.py` checks it with random bodies, valid ones and broken ones.
"""

from operator import attrgetter

import pytest

from tests.contract.harness import consumer
from tests.contract.harness.consumer import Check, Package

PACKAGE = consumer.installed()


@pytest.mark.parametrize("check", consumer.CHECKS, ids=attrgetter("__name__"))
def test_the_client(check: Check) -> None:
    check(PACKAGE)


def test_a_failing_check_is_named_with_its_reason() -> None:
    def needs_the_moon(_: Package) -> None:
        raise AssertionError("it is not here")

    assert consumer.failing(PACKAGE, [needs_the_moon]) == "needs_the_moon: it is not here"
