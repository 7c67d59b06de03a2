"""The smoke test calls a client, and finds what does not work."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

import pytest

from generator.client.names import with_configured_names
from generator.spec.read import read_document
from generator.update.smoke_calls import example_status, failures
from tests.generator.update.checkout import Checkout


def found(client: Any, checkout: Checkout) -> str:
    config = checkout.root / "generator-config.yaml"
    contract = with_configured_names(read_document(checkout.read("openapi.yaml")), config)
    return "\n".join(failures(client, contract))


def test_a_client_that_works_has_no_failures(existing_client: Any, later: Checkout) -> None:
    assert "" == found(existing_client, later)


def nothing(*_: Any) -> None:
    """Return nothing, whatever is asked."""


def accept_anything(client: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(client._base_client.BaseClient, "_value", nothing)


def raise_one_class(client: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(client.errors, "_BY_CODE", {})


def lose_arguments(client: Any, patch: pytest.MonkeyPatch) -> None:
    module: Any = importlib.import_module(f"{client.__name__}.api.analytics.get_user_activity")
    whole = module.arguments

    @functools.wraps(whole)
    def some(*, account: str, **_: Any) -> Any:
        return whole(account=account)

    patch.setattr(module, "arguments", some)


def read_no_errors(client: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(client._operation.Operation, "read_error", nothing)


def refuse_everything(client: Any, patch: pytest.MonkeyPatch) -> None:
    patch.delattr(client._encode, "json_value")


@pytest.mark.parametrize(
    ("break_it", "failure"),
    [
        (accept_anything, "came back as None"),
        (accept_anything, "GET get_user_activity 400: raised nothing"),
        (accept_anything, "200: a body without 'data' is accepted"),
        (raise_one_class, "raised APIStatusError, expected BadRequestError"),
        (lose_arguments, "the query parameter 'date' is not in the request"),
        (read_no_errors, "is not read"),
        (refuse_everything, "GET get_user_activity: AttributeError: "),
    ],
)
def test_a_client_that_does_not_work_is_found(
    existing_client: Any,
    later: Checkout,
    monkeypatch: pytest.MonkeyPatch,
    break_it: Callable[[Any, pytest.MonkeyPatch], None],
    failure: str,
) -> None:
    break_it(existing_client, monkeypatch)

    assert failure in found(existing_client, later)


@pytest.mark.parametrize(
    ("pattern", "others", "status"),
    [("404", [], 404), ("4XX", ["400"], 401), ("default", [], 200), ("default", ["200"], 418),
     ("default", ["2XX", "4XX"], 505), ("default", ["2XX", "4XX", "5XX"], 300)],
)  # fmt: skip
def test_a_pattern_has_a_status_of_its_own(pattern: str, others: list[str], status: int) -> None:
    assert status == example_status(pattern, dict.fromkeys([*others, pattern]))
