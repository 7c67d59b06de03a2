"""Verdicts on small documents whose operations the configuration does not list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.generator.update.checkout import Checkout
from tests.generator.update.evolution import body, ref

OVERLAY = "overlay: 1.0.0\ninfo: {title: Corrections, version: '1'}\nactions: []\n"
CONFIG = (
    "project_name_override: thing-client\npackage_name_override: thing_client\n"
    "package_version_override: 1.0.0\n"
)
LISTED = "operations:\n  /thing: {post: default.add_thing}\n  /more: {get: default.get_more}\n"
ROLE: dict[str, Any] = {"type": "string", "enum": ["user", "admin"]}
ONE: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}}
OTHER: dict[str, Any] = {"type": "object", "properties": {"b": {"type": "string"}}}
NULLABLE: dict[str, Any] = {
    "a": {"type": "string", "nullable": True},
    "b": {**ROLE, "nullable": True},
    "c": {"allOf": [ref("Role")], "nullable": True},
    "d": {"oneOf": [ref("Role"), {"type": "integer"}], "nullable": True},
    "e": {"type": "array", "items": {"type": "string", "nullable": True}, "nullable": True},
    "f": {"type": "object", "additionalProperties": {"type": "string", "nullable": True}},
}


def document(
    request: Any, response: Any, *, version: str = "3.1.0", media_type: str = "application/json"
) -> dict[str, Any]:
    operation = {
        "operationId": "addThing",
        "requestBody": {"required": True, "content": {media_type: {"schema": ref("Request")}}},
        "responses": {"200": {"description": "Added", "content": body(ref("Thing"))}},
    }
    text = json.dumps([request, response])
    schemas = {
        name: schema
        for name, schema in (("Role", ROLE), ("One", ONE), ("Other", OTHER))
        if f'/{name}"' in text
    }
    for name, properties in (("Request", request), ("Thing", response)):
        schemas[name] = {"type": "object", "properties": properties}
    return {
        "openapi": version,
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://things.example"}],
        "paths": {"/thing": {"post": operation}},
        "components": {"schemas": schemas},
    }


def with_more(own: dict[str, Any]) -> dict[str, Any]:
    more = {"operationId": "getMore", "responses": {"204": {"description": "Nothing"}}}
    return {**own, "paths": {**own["paths"], "/more": {"get": more}}}


def either(*names: str) -> dict[str, Any]:
    return {"either": {"oneOf": list(map(ref, names))}}


def checkout(root: Path, own: dict[str, Any], config: str = CONFIG) -> Checkout:
    return Checkout.of(root / "checkout", json.dumps(own), OVERLAY, config)


def test_nullable_means_the_same_as_before(tmp_path: Path) -> None:
    own = document(NULLABLE, NULLABLE, version="3.0.3")

    outcome = checkout(tmp_path, own).update(json.dumps(own).encode())

    assert outcome.verdict.means_the_same, str(outcome)


@pytest.mark.parametrize(
    ("old", "new", "level", "lines"),
    [
        (
            document({}, {"n": {"type": "integer"}}),
            document({}, {"n": {"type": "integer", "minimum": 0}}),
            "patch",
            ["- Contract: `POST /thing, response 200 $.n` minimum none became 0 — clients do not "
             "check limits"],
        ),
        (
            document({}, {}),
            document({}, {}, media_type="application/vnd.thing+json"),
            "major",
            ["- Contract: `POST /thing, body` application/json became application/vnd.thing+json "
             "— the server may refuse calls that it accepts today"],
        ),
        (
            document({}, either("One", "Other")),
            document({}, either("Other", "One")),
            "major",
            ["- Contract: `POST /thing, response 200 $.either` the alternatives are in another "
             "order — a body that fits several of them is decoded as another class"],
        ),
        (
            document({"role": ref("Role")}, {}),
            document({"role": {"oneOf": [{"type": "null"}, ref("Role")]}}, {}),
            "minor",
            ["- Contract: `POST /thing, body $.role` string became null or string",
             "- Python: `models.Request.role` Role | str | Unset became Role | str | Unset | None"],
        ),
        (document({}, {}), with_more(document({}, {})), "none", ["- GET /more"]),
    ],
    ids=["limit of zero", "media type", "order of a union", "null in a request", "operation"],
)  # fmt: skip
def test_a_change_is_told(
    tmp_path: Path, old: dict[str, Any], new: dict[str, Any], level: str, lines: list[str]
) -> None:
    outcome = checkout(tmp_path, old).update(json.dumps(new).encode(), dry_run=True)

    assert level == outcome.verdict.level, str(outcome)
    assert lines == [line for line in str(outcome).splitlines() if line.startswith("- ")]


def test_a_new_operation_is_added_where_the_configuration_lists_it(tmp_path: Path) -> None:
    own = document({}, {})
    here = checkout(tmp_path, own)
    (here.root / "generator-config.yaml").write_text(CONFIG + LISTED, "utf-8")

    outcome = here.update(json.dumps(with_more(own)).encode())

    assert "minor" == outcome.verdict.level
    assert "- Contract: `GET /more` added" in str(outcome)
    assert (here.root / "generated/thing_client/api/default/get_more.py").is_file()
