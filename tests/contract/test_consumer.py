"""The client does what its users need: that of the reference document, and the repository's.

`tests/client/test_properties.py` checks it with random bodies, valid ones and broken ones.
"""

from operator import attrgetter

import pytest

from tests.contract.harness import consumer
from tests.contract.harness.consumer import Check, Package


@pytest.mark.parametrize("check", consumer.CHECKS, ids=attrgetter("__name__"))
def test_the_client(check: Check, client: Package) -> None:
    check(client)


@pytest.mark.parametrize("check", consumer.ANY_DOCUMENT, ids=attrgetter("__name__"))
def test_the_client_of_the_repository(check: Check, committed_client: Package) -> None:
    check(committed_client)


def test_a_failing_check_is_named_with_its_reason(client: Package) -> None:
    def needs_the_moon(_: Package) -> None:
        raise AssertionError("it is not here")

    assert consumer.failing(client, [needs_the_moon]) == "needs_the_moon: it is not here"
