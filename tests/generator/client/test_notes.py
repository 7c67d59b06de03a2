"""What the client leaves out of a document is said once, and not refused."""

from __future__ import annotations

from typing import Any

import pytest

from generator.client.notes import notes
from generator.client.support import unsupported
from tests.generator.client import small
from tests.generator.client.small import array, model

WEBHOOK = {"post": {"operationId": "made", "responses": {"200": {"description": "Noted."}}}}
CALLBACKS = {"made": {"{$request.query.url}": WEBHOOK}}
LINKS = {"next": {"operationId": "getIt"}}


def operation(**members: Any) -> dict[str, Any]:
    return small.document({"a": members})


def components(**kinds: Any) -> dict[str, Any]:
    return operation() | {"components": kinds}


def header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "schema": {"type": "string"}}


LEFT_OUT = {
    "values of a discriminator": (
        components(
            schemas={"A": {"discriminator": {"propertyName": "kind", "mapping": {"b/c": "B.json"}}}}
        ),
        "(#/components/schemas/A/discriminator/mapping/b~1c)",
    ),
    "callbacks": (operation(callbacks=CALLBACKS), "(#/paths/~1a/get/callbacks/made)"),
    "callbacks among the components": (
        components(callbacks=CALLBACKS),
        "(#/components/callbacks/made)",
    ),
    "webhooks": (
        operation() | {"webhooks": {"a/b": WEBHOOK, "c": WEBHOOK}},
        "(#/webhooks/a~1b and 1 more)",
    ),
    "links": (
        operation(responses={"204": {"description": "Done.", "links": LINKS}}),
        "(#/paths/~1a/get/responses/204/links/next)",
    ),
    "unused security schemes": (
        components(securitySchemes={"key": {"type": "http", "scheme": "bearer"}}),
        "(#/components/securitySchemes/key)",
    ),
    "ignored headers": (
        operation(parameters=[header("accept"), header("Authorization")]),
        "(#/paths/~1a/get/parameters: accept and 1 more)",
    ),
}


@pytest.mark.parametrize("kind", LEFT_OUT)
def test_what_is_left_out_is_said_with_its_first_place(kind: str) -> None:
    holding, place = LEFT_OUT[kind]

    [note] = notes(holding)

    assert note.startswith("left out: ")
    assert note.endswith(place)
    assert [] == unsupported(holding)


def test_properties_of_such_names_are_no_callbacks() -> None:
    schema = model(callbacks={"type": "object"}, links=array({})) | {"description": "Some."}

    assert [] == notes(components(schemas={"A": schema}))
