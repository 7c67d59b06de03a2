"""Single changes of a document: each has its verdict, and the verdict is what really happens."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest

from generator.spec.examples import sample
from generator.update.report import Change, Effect, Verdict
from tests.generator.edited import edited
from tests.generator.paths import ROOT
from tests.generator.update.checkout import HERE, Checkout
from tests.generator.update.planted import BASE, CHANGES

pytestmark = pytest.mark.timeout(300)
#: The verdict on each change, checked by hand: a line for every difference, with its effect.
VERDICTS = {
    section.partition("\n")[0]: section.replace("\n  ", "\n").splitlines()[1:]
    for section in re.split(r"\n(?=\S)", (HERE / "planted-verdicts.txt").read_text("utf-8"))
}
#: The words of the table in the documentation.
CLIENTS = {True: "fail", False: "go on"}
CODE = {
    Effect.BREAKING: "breaks",
    Effect.TYPING: "type checking breaks",
    Effect.ADDITION: "gains",
    Effect.NONE: "unaffected",
}


@pytest.mark.parametrize("name", CHANGES | VERDICTS)
def test_a_change_has_its_verdict_and_that_is_what_happens(
    later: Checkout, existing_client: Any, name: str
) -> None:
    changed = edited(BASE, CHANGES[name])

    verdict = later.update(json.dumps(changed).encode(), dry_run=True).verdict

    assert VERDICTS[name] == lines(verdict)
    assert row_of_the_documentation(name) == row(verdict)
    assert refused_by(existing_client, changed) is (
        "existing clients raise ResponseValidationError for such a body" in whys(verdict)
    )
    assert refused_arguments(changed) <= {
        change.place.rpartition(" ")[2] for change in breaking(verdict)
    }


def lines(verdict: Verdict) -> list[str]:
    changes = [*verdict.contract, *verdict.api]
    shown = [f"{change.effect.name} {change}" for change in changes]
    return [*shown, *(f"NAME {line}" for line in verdict.names)]


def row_of_the_documentation(name: str) -> list[str]:
    page = (ROOT / "docs/maintain/updating.md").read_text("utf-8")
    [row] = re.findall(rf"^\| {re.escape(name)} \|(.*)\|$", page, re.MULTILINE)
    return [cell.strip() for cell in row.split("|")]


def row(verdict: Verdict) -> list[str]:
    worst = max((change.effect for change in verdict.api), default=Effect.NONE)
    return [CLIENTS[bool(breaking(verdict))], CODE[worst], verdict.level]


def breaking(verdict: Verdict) -> list[Change]:
    return [change for change in verdict.contract if change.effect is Effect.BREAKING]


def whys(verdict: Verdict) -> set[str]:
    # A body of another media type is refused, too, but not because of its content.
    return {change.why for change in breaking(verdict) if "became text/" not in change.what}


def refused_by(client: Any, changed: Any) -> bool:
    """Whether an existing client refuses a body of the changed document."""
    content = operation(changed)["responses"].get("200", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    for full in (True, False) if schema else ():
        try:
            client.models.ActivityResponse.from_dict(sample(changed, schema, full=full))
        except client.errors.ResponseValidationError:
            return True
    return False


def refused_arguments(changed: Any) -> set[str]:
    """The parameters with an argument of today that the changed document does not allow."""
    after = parameters(changed)
    return {
        key
        for key, schema in parameters(BASE).items()
        for value in values(schema)
        if key not in after or not jsonschema_rs.is_valid(after[key], value)
    }


def operation(document: Any) -> Any:
    return next(iter(document["paths"].values()))["get"]


def parameters(document: Any) -> dict[str, Any]:
    return {
        item["name"]: item["schema"]
        for item in operation(document)["parameters"]
        if item["in"] == "query"
    }


def values(schema: Any) -> list[Any]:
    """Arguments that a schema takes, its limits among them."""
    limits = [schema[key] for key in ("minimum", "maximum") if key in schema]
    return [*schema.get("enum", []), *limits, sample({}, schema, full=True)]
