"""The smoke test calls a client, and finds what does not work."""

from __future__ import annotations

import functools
import importlib
from typing import Any

import pytest

from generator.client.names import with_configured_names
from generator.errors import GeneratorError
from generator.update.smoke_calls import example_status, failures
from generator.update.smoke_test import smoke_test
from tests.generator.update.checkout import OTHER_PACKAGE, Checkout


def found(client: Any, checkout: Checkout) -> str:
    config = checkout.root / "generator-config.yaml"
    contract = with_configured_names(checkout.contract, config)
    return "\n".join(failures(client, contract))


def test_a_client_that_works_has_no_failures(existing_client: Any, later: Checkout) -> None:
    assert "" == found(existing_client, later)


def nothing(*_: Any) -> None:
    """Return None for any arguments."""


@pytest.mark.parametrize(
    ("name", "broken", "failure"),
    [
        ("_base_client.BaseClient._value", nothing, "came back as None"),
        ("_base_client.BaseClient._value", nothing, "get_user_activity 400: raised nothing"),
        ("_base_client.BaseClient._value", nothing, "200: a body without 'data' is accepted"),
        ("_redaction._BY_CODE", {}, "raised APIStatusError, expected BadRequestError"),
        ("_operation.Operation.read_error", nothing, "is not read"),
        ("_encode.json_value", None, "GET get_user_activity: TypeError: "),
    ],
)
def test_a_client_that_does_not_work_is_found(
    existing_client: Any,
    later: Checkout,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    broken: Any,
    failure: str,
) -> None:
    monkeypatch.setattr(f"{OTHER_PACKAGE}.{name}", broken)

    assert failure in found(existing_client, later)


def test_a_client_that_does_not_send_an_argument_is_found(
    existing_client: Any, later: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(f"{OTHER_PACKAGE}.api.analytics.get_user_activity")
    whole: Any = vars(module)["arguments"]

    @functools.wraps(whole)
    def some(*, account: str, **_: Any) -> Any:
        return whole(account=account)

    monkeypatch.setattr(module, "arguments", some)

    assert "the query parameter 'date' is not in the request" in found(existing_client, later)


def test_a_check_that_does_not_end_is_stopped(
    later: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.update.smoke_test._SECONDS", 0)

    with pytest.raises(GeneratorError, match="calls: not done after 0 seconds"):
        smoke_test(later.root)


@pytest.mark.parametrize(
    ("pattern", "others", "status"),
    [("404", [], 404), ("4XX", ["400"], 401), ("default", [], 200), ("default", ["200"], 418),
     ("default", ["2XX", "4XX"], 505), ("default", ["2XX", "4XX", "5XX"], 300)],
)  # fmt: skip
def test_a_pattern_has_a_status_of_its_own(pattern: str, others: list[str], status: int) -> None:
    assert status == example_status(pattern, dict.fromkeys([*others, pattern]))
