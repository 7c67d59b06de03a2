"""openapi.yaml does not contradict the recorded facts. Other differences are drift, no failure."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.contract.harness import __main__ as command
from tests.contract.harness import agreement, facts
from tests.contract.harness.contract import Contract
from tests.contract.harness.findings import TO_DO

Edit = Callable[[Contract], None]
"""A change of a document, in place."""


def test_the_document_of_the_repository_contradicts_no_fact() -> None:
    found = agreement.compare(Contract.load()).findings

    assert [f"{finding}, in {finding.where}" for finding in found.breaches] == []


def test_nothing_is_drift_without_a_hint_what_to_do(committed: Contract) -> None:
    drift = agreement.compare(committed).findings.drift

    assert {item.code for item in drift if item.key not in facts.KNOWN_DRIFT} <= TO_DO.keys()


def edited(contract: Contract, edit: Edit) -> Contract:
    """The contract of an edited copy of the document."""
    copied = Contract(json.loads(json.dumps(contract.document)))
    edit(copied)
    return Contract(copied.document)


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


def a_day_only(contract: Contract) -> None:
    row(contract)["properties"]["date"] = {"type": "string", "format": "date"}


def days_of_this_decade(contract: Contract) -> None:
    date = {"type": "string", "pattern": "^202[0-9]-[01][0-9]-[0-3][0-9]( 00:00:00)?$"}
    row(contract)["properties"]["date"] = date


def amounts_as_texts(contract: Contract) -> None:
    row(contract)["properties"]["usage"] = {"type": "string"}


def renamed_rows(contract: Contract) -> None:
    success = node(contract)
    success["properties"]["rows"] = success["properties"].pop("data")
    success["required"] = ["rows"]


def closed_rows(contract: Contract) -> None:
    row(contract)["properties"].pop("cached_tokens", None)
    row(contract)["additionalProperties"] = False


def a_field_that_nobody_has_seen(contract: Contract) -> None:
    row(contract)["properties"]["owner"] = {"type": "string"}
    row(contract)["required"].append("owner")


def codes_as_texts(contract: Contract) -> None:
    node(contract, "properties", "error", status=401)["properties"]["code"] = {"type": "string"}


def plain_text(contract: Contract) -> None:
    responses: Any = contract.operation["responses"]
    content = responses["200"]["content"]
    content["text/plain"] = content.pop("application/json")


def a_required_parameter(contract: Contract) -> None:
    parameters: Any = contract.operation["parameters"]
    schema = {"type": "string"}
    parameters.append({"name": "team", "in": "query", "required": True, "schema": schema})


def days_as_numbers(contract: Contract) -> None:
    date: Any = contract.parameter("query", "date")
    date["schema"] = {"type": "integer"}


def no_key(contract: Contract) -> None:
    operation: Any = contract.operation
    operation["security"] = []


def another_host(contract: Contract) -> None:
    document: Any = contract.document
    document["servers"][0]["url"] = "https://api.example.com/v1"


MIDNIGHTS = "the sample 2026-02-21-activity-with-cached-tokens"
CONTRADICTIONS = [
    (a_day_only, "format", "$.data[0].date", MIDNIGHTS),
    (days_of_this_decade, "refused-day", "$.data[*].date", "the calendar"),
    (amounts_as_texts, "wrong-type", "$.data[0].usage", MIDNIGHTS),
    (renamed_rows, "missing", "$.rows", MIDNIGHTS),
    (closed_rows, "closed-object", "$.data[0].cached_tokens", MIDNIGHTS),
    (a_field_that_nobody_has_seen, "missing", "$.data[0].owner", MIDNIGHTS),
    (codes_as_texts, "wrong-type", "$.error.code", "the sample 2025-08-25-error-401-unknown-key"),
    (plain_text, "content-type", "headers.content-type", MIDNIGHTS),
    (a_required_parameter, "parameter-not-required", "GET /activity: team", "the probe 'all days'"),
    (days_as_numbers, "parameter-form", "GET /activity: date", "the probe 'the newest day'"),
    (no_key, "security-not-documented", "GET /activity: security", "the probe 'no key'"),
    (another_host, "another-server", "servers[0].url", "facts.SERVER"),
]


@pytest.mark.parametrize(("edit", "code", "path", "where"), CONTRADICTIONS)
def test_a_contradiction_is_one_failure_that_names_fact_and_place(
    committed: Contract,
    edit: Edit,
    code: str,
    path: str,
    where: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(edited(committed, edit).document), "utf-8")

    status = command.main(["--document", str(document), "--reports", str(tmp_path)])

    printed = capsys.readouterr().out
    [failure] = [line for line in printed.splitlines() if "BREACH" in line]
    assert status == command.FAILED
    assert failure.startswith(f"  BREACH {code} at {path}: expected ")
    assert failure.endswith(f", in {where}")
    assert printed.count("FAILED") == printed.count("correct it by an overlay action") == 1


def more_parameters(contract: Contract) -> None:
    parameters: Any = contract.operation["parameters"]
    for name in ("group_by", "team_id"):
        if contract.parameter("query", name) is None:
            parameters.append({"name": name, "in": "query", "schema": {"enum": ["x"]}})


def no_date(contract: Contract) -> None:
    parameters: Any = contract.operation["parameters"]
    parameters[:] = [item for item in parameters if item["name"] != "date"]


def only_200(contract: Contract) -> None:
    responses: Any = contract.operation["responses"]
    for status in [name for name in responses if name != "200"]:
        del responses[status]


def a_teapot(contract: Contract) -> None:
    responses: Any = contract.operation["responses"]
    responses["418"] = {"description": "A teapot"}


def errors_without_schema(contract: Contract) -> None:
    responses: Any = contract.operation["responses"]
    for status in [name for name in responses if name != "200"]:
        responses[status] = {"description": "An error"}


def optional_and_nullable(contract: Contract) -> None:
    row(contract)["required"].remove("model")
    row(contract)["properties"]["usage"] = {"type": ["number", "null"]}


def any_date(contract: Contract) -> None:
    row(contract)["properties"]["date"] = {"type": "string"}


def a_new_field(contract: Contract) -> None:
    row(contract)["properties"]["owner"] = {"type": "string"}


def a_field_less(contract: Contract) -> None:
    row(contract)["required"].remove("model")
    del row(contract)["properties"]["model"]


def any_text_as_date(contract: Contract) -> None:
    date: Any = contract.parameter("query", "date")
    date["schema"] = {"type": "string"}


DRIFT = [
    (more_parameters, "unknown-parameter", "GET /activity: team_id"),
    (no_date, "undocumented-parameter", "GET /activity: date"),
    (only_200, "undocumented-status", "responses.401"),
    (a_teapot, "unknown-status", "responses.418"),
    (errors_without_schema, "undocumented-body", "responses.401"),
    (optional_and_nullable, "allows-more", "$.data[*].usage"),
    (optional_and_nullable, "allows-more", "$.data[*].model"),
    (any_date, "allows-more", "$.data[*].date"),
    (a_new_field, "never-present", "$.data[*].owner"),
    (a_field_less, "unknown-field", "$.data[*].model"),
    (any_text_as_date, "allows-more", "GET /activity: date"),
]


@pytest.mark.parametrize(("edit", "code", "path"), DRIFT)
def test_drift_is_reported_once_with_what_to_do_and_is_no_failure(
    committed: Contract,
    edit: Edit,
    code: str,
    path: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(edited(committed, edit).document), "utf-8")

    status = command.main(
        ["--document", str(document), "--reports", str(tmp_path), "--examples", "1"]
    )

    printed = capsys.readouterr().out
    reported = [line for line in printed.splitlines() if f"{code} at {path}" in line]
    assert status == command.OK, printed
    assert len(reported) == 1
    assert reported[0].startswith("NEW DRIFT ")
    assert reported[0].endswith(f"; to do: {TO_DO[code]}")


def test_an_edit_leaves_the_document_as_it_is(committed: Contract) -> None:
    before = copy.deepcopy(committed.document)

    edited(committed, renamed_rows)

    assert committed.document == before
