"""Single changes of a document, and what each does to existing clients and to a user's code."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

from generator.spec.values import is_array, is_object
from tests.generator.update.evolution import GROUPS, body, document, ref

Change = Callable[[Any], object]


def base() -> dict[str, Any]:
    """The document that the changes are made to: with something of everything."""
    own = document(GROUPS._replace(error_schema="one", statuses=("400", "401")))
    row = own["components"]["schemas"]["ActivityItem"]["properties"]
    row["plan"] = {"type": "string", "enum": ["free", "paid"]}
    row["region"] = {"type": ["string", "null"]}
    row["note"] = {"type": "string"}
    own["components"]["schemas"]["ActivityItem"]["required"] += ["plan", "region"]
    get(own)["parameters"] += [
        parameter("account", {"type": "string"}, required=True),
        parameter("limit", {"type": "integer", "maximum": 100, "default": 30}),
        parameter("plans", {"type": "string", "enum": ["free", "paid"]}),
    ]
    return own


def parameter(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def get(own: Any) -> Any:
    return own["paths"]["/activity"]["get"]


def named(own: Any, name: str) -> Any:
    return next(item for item in get(own)["parameters"] if item["name"] == name)


def row(own: Any) -> Any:
    return own["components"]["schemas"]["ActivityItem"]


def drop(own: Any, name: str) -> None:
    del row(own)["properties"][name]
    if name in row(own)["required"]:
        row(own)["required"].remove(name)


def add(own: Any, name: str, schema: Any, *, required: bool = False) -> None:
    row(own)["properties"][name] = schema
    row(own)["required"] += [name] * required


def cost_for_usage(own: Any) -> None:
    drop(own, "usage")
    add(own, "cost", {"type": "number"})


def without_security(own: Any) -> None:
    del own["components"]["securitySchemes"], own["security"]


def renamed_scheme(own: Any) -> None:
    demand(own, {"token": []}, token=own["components"]["securitySchemes"].pop("apiKey"))


def reworded(own: Any) -> None:
    get(own).update(summary="Other words", description="Others")
    row(own).update(title="Row", description="A row", example={"usage": 1})
    own["info"].update(title="Another title", version="2.0.0")


def become(own: Any, name: str, schema: Any) -> None:
    row(own)["properties"][name] = schema


def demand(own: Any, *alternatives: dict[str, Any], **schemes: Any) -> None:
    own["components"]["securitySchemes"] |= schemes
    own["security"] = list(alternatives)


def move(own: Any, path: str) -> None:
    own["paths"][path] = own["paths"].pop("/activity")


def rename_schema(own: Any, old: str, new: str) -> None:
    schemas = own["components"]["schemas"]
    schemas[new] = schemas.pop(old)

    def walk(node: Any) -> None:
        for value in [*(node.values() if is_object(node) else node if is_array(node) else [])]:
            walk(value)
        if is_object(node) and node.get("$ref") == ref(old)["$ref"]:
            node |= ref(new)

    walk(own)


def inline(own: Any, name: str) -> None:
    schemas = own["components"]["schemas"]
    answer = get(own)["responses"]["200"]["content"]["application/json"]
    if answer["schema"] == ref(name):
        answer["schema"] = schemas.pop(name)
    else:
        schemas["ActivityResponse"]["properties"]["data"]["items"] = schemas.pop(name)


KEY = {"type": "apiKey", "in": "header", "name": "X-Account"}


class Planted(NamedTuple):
    """A change, and the level of its verdict; all that is said of it stands in a file."""

    change: Change
    level: str


_PLANTED: dict[str, tuple[Change, str]] = {
    "response field removed": (lambda d: drop(d, "usage"), "major"),
    "optional response field removed": (lambda d: drop(d, "note"), "major"),
    "response field renamed": (cost_for_usage, "major"),
    "optional response field added": (lambda d: add(d, "seat", {"type": "string"}), "minor"),
    "required response field added": (
        lambda d: add(d, "seat", {"type": "string"}, required=True),
        "major",
    ),
    "response field made optional": (lambda d: row(d)["required"].remove("usage"), "major"),
    "response field made required": (lambda d: row(d)["required"].append("note"), "major"),
    "response type widened": (lambda d: become(d, "requests", {"type": "number"}), "major"),
    "response type narrowed": (lambda d: become(d, "usage", {"type": "integer"}), "minor"),
    "response type changed": (lambda d: become(d, "model", {"type": "integer"}), "major"),
    "response field may be null": (
        lambda d: become(d, "model", {"type": ["string", "null"]}),
        "major",
    ),
    "response field is null no more": (lambda d: become(d, "region", {"type": "string"}), "minor"),
    "response enum value added": (
        lambda d: row(d)["properties"]["plan"]["enum"].append("team"),
        "minor",
    ),
    "response enum value removed": (
        lambda d: row(d)["properties"]["plan"]["enum"].remove("free"),
        "major",
    ),
    "response string became an enum": (
        lambda d: become(d, "model", {"type": "string", "enum": ["one", "two"]}),
        "minor",
    ),
    "response enum became a string": (lambda d: become(d, "plan", {"type": "string"}), "major"),
    "response string became a date": (
        lambda d: become(d, "model", {"type": "string", "format": "date"}),
        "major",
    ),
    "response limit tightened": (
        lambda d: become(d, "model", {"type": "string", "maxLength": 10}),
        "patch",
    ),
    "parameter removed": (lambda d: get(d)["parameters"].remove(named(d, "user_id")), "major"),
    "optional parameter added": (
        lambda d: get(d)["parameters"].append(parameter("until", {"type": "string"})),
        "minor",
    ),
    "required parameter added": (
        lambda d: get(d)["parameters"].append(
            parameter("until", {"type": "string"}, required=True)
        ),
        "major",
    ),
    "parameter renamed": (lambda d: named(d, "user_id").update(name="user"), "major"),
    "parameter made required": (lambda d: named(d, "user_id").update(required=True), "major"),
    "parameter made optional": (lambda d: named(d, "account").update(required=False), "minor"),
    "parameter type changed": (
        lambda d: named(d, "user_id").update(schema={"type": "integer"}),
        "major",
    ),
    "parameter type widened": (
        lambda d: named(d, "limit").update(
            schema={"type": "number", "maximum": 100, "default": 30}
        ),
        "minor",
    ),
    "parameter enum value added": (
        lambda d: named(d, "plans")["schema"]["enum"].append("team"),
        "minor",
    ),
    "parameter enum value removed": (
        lambda d: named(d, "plans")["schema"]["enum"].remove("free"),
        "major",
    ),
    "parameter limit tightened": (
        lambda d: named(d, "limit")["schema"].update(maximum=50),
        "major",
    ),
    "parameter limit loosened": (
        lambda d: named(d, "limit")["schema"].update(maximum=500),
        "minor",
    ),
    "parameter default changed": (
        lambda d: named(d, "limit")["schema"].update(default=10),
        "major",
    ),
    "parameter moved to a header": (
        lambda d: named(d, "user_id").update({"in": "header"}),
        "major",
    ),
    "error status added": (
        lambda d: get(d)["responses"].update(
            {"429": {"description": "Slow down", "content": body(ref("ErrorResponse"))}}
        ),
        "patch",
    ),
    "error status removed": (lambda d: get(d)["responses"].pop("401"), "patch"),
    "error field removed": (
        lambda d: d["components"]["schemas"]["ErrorResponse"]["properties"].pop("user_id"),
        "major",
    ),
    "success status added": (
        lambda d: get(d)["responses"].update(
            {"202": {"description": "Later", "content": body(ref("ActivityResponse"))}}
        ),
        "major",
    ),
    "success status changed": (
        lambda d: get(d)["responses"].update({"201": get(d)["responses"].pop("200")}),
        "major",
    ),
    "success became text": (
        lambda d: get(d)["responses"]["200"].update(
            content={"text/csv": {"schema": {"type": "string"}}}
        ),
        "major",
    ),
    "server moved": (lambda d: d["servers"][0].update(url="https://api.openrouter.ai/v2"), "major"),
    "second server added": (
        lambda d: d["servers"].append({"url": "https://eu.openrouter.ai/api/v1"}),
        "none",
    ),
    "operation moved": (lambda d: move(d, "/analytics/activity"), "major"),
    "operation deprecated": (lambda d: get(d).update(deprecated=True), "minor"),
    "security added": (lambda d: demand(d, {"apiKey": [], "account": []}, account=KEY), "major"),
    "security alternative added": (
        lambda d: demand(d, {"apiKey": []}, {"account": []}, account=KEY),
        "minor",
    ),
    "security removed": (without_security, "major"),
    "security scheme renamed": (renamed_scheme, "major"),
    "operationId changed": (lambda d: get(d).update(operationId="listActivity"), "patch"),
    "tag changed": (lambda d: get(d).update(tags=["Usage"]), "patch"),
    "schema renamed": (lambda d: rename_schema(d, "ActivityItem", "UsageRow"), "none"),
    "schema written in place": (lambda d: inline(d, "ActivityItem"), "none"),
    "wording and examples changed": (reworded, "none"),
    "nothing": (copy.copy, "none"),
}
PLANTED = {name: Planted(*planted) for name, planted in _PLANTED.items()}
