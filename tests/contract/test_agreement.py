"""openapi.yaml does not contradict the recorded facts. Other differences are drift, no failure."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.harness import __main__ as command
from tests.contract.harness import agreement, facts
from tests.contract.harness.contract import Contract
from tests.contract.harness.findings import TO_DO

Edit = Callable[[Contract], object]
"""A change of a document, in place."""

Check = Callable[[Edit], tuple[int, str]]


def test_the_document_of_the_repository_contradicts_no_fact() -> None:
    found = agreement.compare(Contract.load()).findings

    assert [f"{finding}, in {finding.where}" for finding in found.breaches] == []


def test_nothing_is_drift_without_a_hint_what_to_do(committed: Contract) -> None:
    drift = agreement.compare(committed).findings.drift

    assert {item.code for item in drift if item.key not in facts.KNOWN_DRIFT} <= TO_DO.keys()


@pytest.fixture
def check(committed: Contract, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Run the command on an edited copy of the document."""

    def check(edit: Edit) -> tuple[int, str]:
        contract = Contract(json.loads(json.dumps(committed.document)))
        edit(contract)
        document = tmp_path / "openapi.json"
        document.write_text(json.dumps(contract.document), "utf-8")
        options = ("--document", str(document), "--reports", str(tmp_path), "--examples", "1")
        return command.main([*options]), capsys.readouterr().out

    return check


def node(contract: Contract, *path: str, status: int = 200) -> Any:
    """A part of a response's schema, whose references are followed."""
    response = contract.response(status)
    assert response is not None
    found: Any = contract.resolved(response.content["application/json"] or {})
    for name in path:
        found = contract.resolved(found[name])
    return found


def row(contract: Contract) -> Any:
    return node(contract, "properties", "data", "items")


def properties(contract: Contract) -> Any:
    return row(contract)["properties"]


def operation(contract: Contract) -> Any:
    return contract.operation


def renamed_rows(contract: Contract) -> None:
    success = node(contract)
    success["properties"]["rows"] = success["properties"].pop("data")
    success["required"] = ["rows"]


def closed_rows(contract: Contract) -> None:
    properties(contract).pop("cached_tokens", None)
    row(contract)["additionalProperties"] = False


def a_field_that_nobody_has_seen(contract: Contract) -> None:
    properties(contract)["owner"] = {"type": "string"}
    row(contract)["required"].append("owner")


def plain_text(contract: Contract) -> None:
    content = operation(contract)["responses"]["200"]["content"]
    content["text/plain"] = content.pop("application/json")


def with_parameter(name: str, **fields: Any) -> Edit:
    parameter = {"name": name, "in": "query", "schema": {"type": "string"}, **fields}
    return lambda contract: operation(contract)["parameters"].append(parameter)


def with_property(name: str, **schema: Any) -> Edit:
    return lambda contract: properties(contract).update({name: schema})


def with_date_parameter(**schema: Any) -> Edit:
    def edit(contract: Contract) -> None:
        date: Any = contract.parameter("query", "date")
        date["schema"] = schema

    return edit


def with_errors(response: Any) -> Edit:
    """Each response except the success becomes another one, or is removed."""

    def edit(contract: Contract) -> None:
        responses = operation(contract)["responses"]
        for status in [name for name in responses if name != "200"]:
            responses[status] = response
            if response is None:
                del responses[status]

    return edit


DECADE = "^202[0-9]-[01][0-9]-[0-3][0-9]( 00:00:00)?$"
MIDNIGHTS = "the sample 2026-02-21-activity-with-cached-tokens"
CONTRADICTIONS: list[tuple[Edit, str, str, str]] = [
    (with_property("date", type="string", format="date"), "format", "$.data[0].date", MIDNIGHTS),
    (
        with_property("date", type="string", pattern=DECADE),
        *("refused-day", "$.data[*].date", "the calendar"),
    ),
    (with_property("usage", type="string"), "wrong-type", "$.data[0].usage", MIDNIGHTS),
    (renamed_rows, "missing", "$.rows", MIDNIGHTS),
    (closed_rows, "closed-object", "$.data[0].cached_tokens", MIDNIGHTS),
    (a_field_that_nobody_has_seen, "missing", "$.data[0].owner", MIDNIGHTS),
    (
        lambda it: node(it, "properties", "error", "properties", "code", status=401).update(
            type="string"
        ),
        *("wrong-type", "$.error.code", "the sample 2025-08-25-error-401-unknown-key"),
    ),
    (plain_text, "content-type", "headers.content-type", MIDNIGHTS),
    (
        with_parameter("team", required=True),
        *("parameter-not-required", "GET /activity: team", "the probe 'all days'"),
    ),
    (
        with_date_parameter(type="integer"),
        *("parameter-form", "GET /activity: date", "the probe 'the newest day'"),
    ),
    (
        lambda it: operation(it).update(security=[]),
        *("security-not-documented", "GET /activity: security", "the probe 'no key'"),
    ),
    (
        lambda it: it.document["servers"][0].update(url="https://api.example.com/v1"),
        *("another-server", "servers[0].url", "facts.SERVER"),
    ),
]


@pytest.mark.parametrize(("edit", "code", "path", "where"), CONTRADICTIONS)
def test_a_contradiction_is_one_failure_that_names_fact_and_place(
    check: Check, edit: Edit, code: str, path: str, where: str
) -> None:
    status, printed = check(edit)

    [failure] = [line for line in printed.splitlines() if "BREACH" in line]
    assert status == command.FAILED
    assert failure.startswith(f"  BREACH {code} at {path}: expected ")
    assert failure.endswith(f", in {where}")
    assert printed.count("FAILED") == printed.count("correct it by an overlay action") == 1


def no_date(contract: Contract) -> None:
    parameters = operation(contract)["parameters"]
    parameters[:] = [item for item in parameters if item["name"] != "date"]


def optional(contract: Contract) -> None:
    row(contract)["required"].remove("model")


def a_field_less(contract: Contract) -> None:
    optional(contract)
    del properties(contract)["model"]


DRIFT: list[tuple[Edit, str, str]] = [
    (with_parameter("team_id"), "unknown-parameter", "GET /activity: team_id"),
    (no_date, "undocumented-parameter", "GET /activity: date"),
    (with_errors(None), "undocumented-status", "responses.401"),
    (
        lambda it: operation(it)["responses"].update({"418": {"description": "A teapot"}}),
        *("unknown-status", "responses.418"),
    ),
    (with_errors({"description": "An error"}), "undocumented-body", "responses.401"),
    (with_property("usage", type=["number", "null"]), "allows-more", "$.data[*].usage"),
    (optional, "allows-more", "$.data[*].model"),
    (with_property("date", type="string"), "allows-more", "$.data[*].date"),
    (with_property("owner", type="string"), "never-present", "$.data[*].owner"),
    (a_field_less, "unknown-field", "$.data[*].model"),
    (with_date_parameter(type="string"), "allows-more", "GET /activity: date"),
]


@pytest.mark.parametrize(("edit", "code", "path"), DRIFT)
def test_drift_is_reported_once_with_what_to_do_and_is_no_failure(
    check: Check, edit: Edit, code: str, path: str
) -> None:
    status, printed = check(edit)

    reported = [line for line in printed.splitlines() if f"{code} at {path}" in line]
    assert status == command.OK, printed
    assert len(reported) == 1
    assert reported[0].startswith("NEW DRIFT ")
    assert reported[0].endswith(f"; to do: {TO_DO[code]}")
