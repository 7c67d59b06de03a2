"""No change of the reference document goes unnoticed.

The command judges all mutants, these tests some.
"""

import copy
from typing import Any

import pytest

from tests.contract.harness import mutants, mutation, reference
from tests.contract.harness.mutation import Mutant

ALL = mutants.sample(1)
EVERY = 29
"""A prime, so that the selection does not follow a pattern of the list."""


def test_the_mutants_depend_on_the_document_alone_and_differ() -> None:
    document = copy.deepcopy(reference.document())

    assert list(mutation.mutants(document)) == ALL
    assert document == reference.document()
    assert len({mutant.id for mutant in ALL}) == len(ALL) == 745
    assert document not in [mutant.document for mutant in ALL]


@pytest.mark.timeout(300)
def test_no_selected_mutant_survives() -> None:
    outcomes = mutants.run(ALL[::EVERY], workers=1)

    assert len(outcomes) >= 15
    assert [outcome.id for outcome in outcomes if not outcome.killed] == []


@pytest.mark.parametrize("change", [{}, {"minimum": -1_000_000}])
def test_a_document_without_a_noticeable_change_survives(change: dict[str, Any]) -> None:
    """The checks notice mutants, not any document: a limit below all values changes nothing."""
    document = copy.deepcopy(dict(reference.document()))
    document["components"]["schemas"]["ActivityItem"]["properties"]["usage"] |= change

    assert not mutants.judge(Mutant("it", document)).killed
