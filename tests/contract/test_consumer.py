"""The consumer's side: the generated client does what its users need, whatever it is sent."""

import os
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from tests.contract import bodies, consumer
from tests.contract.consumer import Check, Package
from tests.contract.contract import Contract, Schema
from tests.contract.findings import json_path
from tests.contract.json_values import Place

CONTRACT = Contract.read()
PACKAGE = consumer.installed()

SEED = seeded(int(os.environ.get("CONTRACT_SEED", "0")))
PROPERTY = settings(max_examples=150, deadline=None, database=None)


@pytest.mark.parametrize("check", consumer.CHECKS, ids=attrgetter("__name__"))
def test_the_client(check: Check) -> None:
    check(PACKAGE)


def schema_of(status: int) -> Schema:
    answer = CONTRACT.answer(status)
    assert answer is not None
    schema = answer.content["application/json"]
    assert schema is not None
    return schema


SUCCESS, ERROR = schema_of(200), schema_of(500)
SUCCESSES, ERRORS = bodies.valid(CONTRACT, SUCCESS), bodies.valid(CONTRACT, ERROR)


def refusal(model: Any, body: Any) -> Any:
    """The error that a body is refused with, or None if it is taken."""
    try:
        model.from_dict(body)
    except PACKAGE.errors.ResponseValidationError as error:
        return error
    return None


@SEED
@PROPERTY
@given(SUCCESSES)
def test_any_valid_success_is_read_and_comes_back(body: Any) -> None:
    value = PACKAGE.models.ActivityResponse.from_dict(body)

    assert value.to_dict() == consumer.normalised(body)


@SEED
@PROPERTY
@given(ERRORS)
def test_any_valid_error_is_read_and_comes_back(body: Any) -> None:
    value = PACKAGE.models.ErrorResponse.from_dict(body)

    assert value.to_dict() == body


@SEED
@PROPERTY
@given(bodies.changed(SUCCESSES))
def test_a_changed_success_is_taken_if_and_only_if_the_document_takes_it(
    changed: tuple[Any, Place],
) -> None:
    body, place = changed

    error = refusal(PACKAGE.models.ActivityResponse, body)

    if CONTRACT.validator(SUCCESS).is_valid(body):
        assert error is None
    else:
        # The client takes a day in any spelling of ISO 8601; no random text happens to be one.
        assert error is not None
        assert error.path.startswith(json_path(place))


@SEED
@PROPERTY
@given(bodies.changed(ERRORS))
def test_a_changed_error_is_taken_if_and_only_if_the_document_takes_it(
    changed: tuple[Any, Place],
) -> None:
    body, place = changed

    error = refusal(PACKAGE.models.ErrorResponse, body)

    if CONTRACT.validator(ERROR).is_valid(body):
        assert error is None
    else:
        assert error is not None
        assert error.path.startswith(json_path(place))


@SEED
@settings(PROPERTY, max_examples=30)
@given(SUCCESSES, st.sampled_from(["application/json", "application/json; charset=utf-8"]))
def test_any_valid_success_is_read_over_the_wire(body: Any, content_type: str) -> None:
    value = PACKAGE.fetch(consumer.answering(200, body, content_type))

    assert value.to_dict() == consumer.normalised(body)


def test_a_check_that_fails_is_named_with_its_reason() -> None:
    def needs_the_moon(_: Package) -> None:
        raise AssertionError("it is not here")

    assert consumer.failing(PACKAGE, [needs_the_moon]) == "needs_the_moon: it is not here"
