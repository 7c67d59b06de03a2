"""No change of openapi.yaml goes unnoticed: some mutants here, all in a target of their own."""

import copy
from collections import Counter
from typing import Any

import pytest

from generator.spec.contract import make_contract
from generator.spec.read import read_document, yaml_block
from tests.contract import mutants, mutation
from tests.contract.contract import ROOT
from tests.contract.mutants import Outcome, Score
from tests.contract.mutation import Mutant

ALL = list(mutation.mutants(mutants.original()))
EVERY = 29
"""A prime, so that the part does not keep in step with what repeats in the list."""

CHAIN = ROOT / "tests/generator/documents"
FIRST = read_document(
    make_contract(
        yaml_block((CHAIN / "get-user-activity.md").read_text("utf-8")),
        (CHAIN / "get-user-activity-overlay.yaml").read_text("utf-8"),
    )
)
"""The first version of the contract, which has something of every kind."""


def test_the_mutants_are_a_pure_function_of_the_document() -> None:
    document = copy.deepcopy(mutants.original())

    again = list(mutation.mutants(document))

    assert document == mutants.original()
    assert again == ALL


def test_each_mutant_is_another() -> None:
    documents = [repr(mutant.document) for mutant in ALL]

    assert len({mutant.id for mutant in ALL}) == len(ALL)
    assert [text for text, count in Counter(documents).items() if count > 2] == []
    assert repr(mutants.original()) not in documents


@pytest.mark.parametrize(
    "change",
    [
        "#/components/schemas/ActivityItem: usage not required",
        "#/components/schemas/ErrorResponse: user_id required",
        "#/components/schemas/ErrorDetail/properties/code: type string",
        "#/components/schemas/ActivityItem/properties/model: another enum",
        "#/components/schemas/ErrorDetail/properties/code: another const",
        "#/components/schemas/ActivityItem: no property usage",
        "#/components/schemas/ActivityItem: date renamed",
        "#/components/schemas/ActivityItem/properties/usage: nullable",
        "#/components/schemas/ErrorResponse/properties/user_id: not nullable",
        "#/components/schemas/Analytics_getUserActivity_Response_200/properties/data: "
        "items of type string",
        "#/components/schemas/ActivityItem/properties/date: no x-value-format",
        "#/components/schemas/ActivityItem/properties/date: no pattern",
        "#/components/schemas/ActivityItem/properties/date: pattern without $",
        "#/paths/~1activity/get/parameters/0/schema: no format",
        "#/paths/~1activity/get/responses: no 403",
        "#/paths/~1activity/get/responses/500/content/application~1json/schema: "
        "a reference to ErrorDetail",
        "#/paths/~1activity/get/parameters/0: another name",
        "#/paths/~1activity/get/parameters/0: required: true",
        "#/paths/~1activity/get/parameters/0: in header",
        "#/paths/~1activity/get: no security",
        "#/servers/0: another host",
    ],
)
def test_every_kind_of_change_is_among_them(change: str) -> None:
    assert change in {mutant.id for mutant in mutation.mutants(FIRST)}


@pytest.mark.timeout(300)
def test_no_mutant_of_a_part_survives_without_a_reason() -> None:
    score = mutants.run(ALL[::EVERY], workers=1)

    assert len(score.outcomes) >= 15
    assert [outcome.id for outcome in score.unexplained] == []


def test_a_document_that_was_not_changed_survives() -> None:
    """The killers kill mutants, not whatever they are given."""
    document = copy.deepcopy(dict(mutants.original()))

    outcome = mutants.judge(Mutant("nothing", "", (), document))

    assert outcome.killers == []
    assert outcome.reason is None


def survivor(keyword: str, kinds: tuple[str, ...], **changes: Any) -> Outcome:
    document = copy.deepcopy(dict(mutants.original()))
    document["components"]["schemas"]["ActivityItem"]["properties"]["usage"] |= changes
    return mutants.judge(Mutant("it", keyword, kinds, document))


def test_a_survivor_has_a_reason_only_if_its_client_is_the_same() -> None:
    outcome = survivor("format", ("number",), format="float")

    assert outcome.killers == []
    assert outcome.reason is not None
    assert outcome.reason.name == "format-of-a-number"


def test_a_survivor_of_another_kind_has_no_reason() -> None:
    """A limit that nothing reaches is a hole in the tests until somebody says otherwise."""
    outcome = survivor("minimum", ("number",), minimum=-1000000)

    assert (outcome.killers, outcome.reason) == ([], None)


def test_the_report_lists_every_mutant_and_what_killed_it() -> None:
    score = Score(
        (
            Outcome("#/a: x", document="sandbox: null at $"),
            Outcome("#/b: y"),
            Outcome("#/c: z", reason=mutants.Reason("same", "It is the same.")),
        ),
        seconds=1.0,
    )

    text = "\n".join(mutants.lines(score))

    assert "3 mutants, 1 killed, 2 survived, 1 of them without a reason: 50.0 %" in text
    assert "| `#/a: x` |  | sandbox: null at $ |  |" in text
    assert "**Without a reason**:\n\n- `#/b: y`\n" in text
    assert "same: It is the same.\n\n- `#/c: z`\n" in text
