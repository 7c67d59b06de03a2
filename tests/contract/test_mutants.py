"""No change of the reference document goes unnoticed.

The command judges all mutants, these tests some.
"""

import copy
from typing import Any

import pytest

from tests.contract.harness import mutants, mutation, reference
from tests.contract.harness.mutants import Outcome
from tests.contract.harness.mutation import Mutant

ALL = mutants.sample(1)
EVERY = 29
"""A prime, so that the selection does not follow a pattern of the list."""


def test_the_mutants_depend_on_the_document_alone_and_differ() -> None:
    document = copy.deepcopy(reference.document())

    assert list(mutation.mutants(document)) == ALL
    assert document == reference.document()
    assert len({mutant.id for mutant in ALL}) == len(ALL)
    assert document not in [mutant.document for mutant in ALL]


ITEM = "#/components/schemas/ActivityItem"
SUCCESS = "#/components/schemas/Analytics_getUserActivity_Response_200"
ERROR = "#/components/schemas/ErrorDetail/properties/code"
GET = "#/paths/~1activity/get"


@pytest.mark.parametrize(
    "change",
    [
        f"{ITEM}: usage not required",
        "#/components/schemas/ErrorResponse: user_id required",
        f"{ERROR}: type string",
        f"{ITEM}/properties/model: another enum",
        f"{ERROR}: another const",
        f"{ITEM}: no usage",
        f"{ITEM}: usage undocumented",
        f"{ITEM}: date renamed",
        f"{ITEM}: closed",
        f"{ITEM}/properties/usage: nullable",
        "#/components/schemas/ErrorResponse/properties/user_id: not nullable",
        f"{SUCCESS}/properties/data: items of type string",
        f"{ITEM}/properties/date: no x-value-format",
        f"{ITEM}/properties/date: no pattern",
        f"{ITEM}/properties/date: pattern without ^ at 0",
        f"{GET}/parameters/0/schema: no format",
        f"{GET}/responses: no 403",
        f"{GET}/responses: 403 is 4XX",
        f"{GET}/responses/500/content: application/json is text/plain",
        f"{GET}/responses/500/content/application~1json/schema: $ref to ErrorDetail",
        f"{GET}/parameters/0: name another",
        f"{GET}/parameters/0: required true",
        f"{GET}/parameters/0: in header",
        f"{GET}: no security",
        f"{GET}: parameters without 0",
        "#/paths/~1activity: get is put",
        "#/: apiKey renamed everywhere",
        "#/components/securitySchemes/apiKey: apiKey in query",
        "#/servers/0: url with another host",
    ],
)
def test_every_kind_of_change_is_made(change: str) -> None:
    assert change in {mutant.id for mutant in ALL}


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


def test_the_report_lists_every_mutant_and_what_noticed_it() -> None:
    text = "\n".join(mutants.lines([Outcome("#/a: x", document="samples: |"), Outcome("#/b: y")]))

    assert "2 mutants, 1 noticed." in text
    assert "| `#/a: x` |  | samples: \\| |  |" in text
    assert "**not noticed**: `#/b: y`" in text
