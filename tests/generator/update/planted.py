"""Single changes of a document. The verdict on each is in `planted-verdicts.txt`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from generator.spec.values import is_array, is_object
from tests.generator.update.evolution import GROUPS, body, document, ref

Change = Callable[[Any], object]


def base() -> dict[str, Any]:
    """The document that the changes are made to; it has something of everything."""
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
    content = get(own)["responses"]["200"]["content"]["application/json"]
    if content["schema"] == ref(name):
        content["schema"] = schemas.pop(name)
    else:
        schemas["ActivityResponse"]["properties"]["data"]["items"] = schemas.pop(name)


KEY = {"type": "apiKey", "in": "header", "name": "X-Account"}


PLANTED: dict[str, Change] = {
    "response field removed": lambda d: drop(d, "usage"),
    "optional response field removed": lambda d: drop(d, "note"),
    "response field renamed": cost_for_usage,
    "optional response field added": lambda d: add(d, "seat", {"type": "string"}),
    "required response field added": lambda d: add(d, "seat", {"type": "string"}, required=True),
    "response field made optional": lambda d: row(d)["required"].remove("usage"),
    "response field made required": lambda d: row(d)["required"].append("note"),
    "response type widened": lambda d: become(d, "requests", {"type": "number"}),
    "response type narrowed": lambda d: become(d, "usage", {"type": "integer"}),
    "response type changed": lambda d: become(d, "model", {"type": "integer"}),
    "response field may be null": lambda d: become(d, "model", {"type": ["string", "null"]}),
    "response field is null no more": lambda d: become(d, "region", {"type": "string"}),
    "response enum value added": lambda d: row(d)["properties"]["plan"]["enum"].append("team"),
    "response enum value removed": lambda d: row(d)["properties"]["plan"]["enum"].remove("free"),
    "response string became an enum": lambda d: become(
        d, "model", {"type": "string", "enum": ["one", "two"]}
    ),
    "response enum became a string": lambda d: become(d, "plan", {"type": "string"}),
    "response string became a date": lambda d: become(
        d, "model", {"type": "string", "format": "date"}
    ),
    "response limit tightened": lambda d: become(d, "model", {"type": "string", "maxLength": 10}),
    "parameter removed": lambda d: get(d)["parameters"].remove(named(d, "user_id")),
    "optional parameter added": lambda d: get(d)["parameters"].append(
        parameter("until", {"type": "string"})
    ),
    "required parameter added": lambda d: get(d)["parameters"].append(
        parameter("until", {"type": "string"}, required=True)
    ),
    "parameter renamed": lambda d: named(d, "user_id").update(name="user"),
    "parameter made required": lambda d: named(d, "user_id").update(required=True),
    "parameter made optional": lambda d: named(d, "account").update(required=False),
    "parameter type changed": lambda d: named(d, "user_id").update(schema={"type": "integer"}),
    "parameter type widened": lambda d: named(d, "limit").update(
        schema={"type": "number", "maximum": 100, "default": 30}
    ),
    "parameter enum value added": lambda d: named(d, "plans")["schema"]["enum"].append("team"),
    "parameter enum value removed": lambda d: named(d, "plans")["schema"]["enum"].remove("free"),
    "parameter limit tightened": lambda d: named(d, "limit")["schema"].update(maximum=50),
    "parameter limit loosened": lambda d: named(d, "limit")["schema"].update(maximum=500),
    "parameter default changed": lambda d: named(d, "limit")["schema"].update(default=10),
    "parameter moved to a header": lambda d: named(d, "user_id").update({"in": "header"}),
    "error status added": lambda d: get(d)["responses"].update(
        {"429": {"description": "Slow down", "content": body(ref("ErrorResponse"))}}
    ),
    "error status removed": lambda d: get(d)["responses"].pop("401"),
    "error field removed": lambda d: d["components"]["schemas"]["ErrorResponse"]["properties"].pop(
        "user_id"
    ),
    "success status added": lambda d: get(d)["responses"].update(
        {"202": {"description": "Later", "content": body(ref("ActivityResponse"))}}
    ),
    "success status changed": lambda d: get(d)["responses"].update(
        {"201": get(d)["responses"].pop("200")}
    ),
    "success became text": lambda d: get(d)["responses"]["200"].update(
        content={"text/csv": {"schema": {"type": "string"}}}
    ),
    "server moved": lambda d: d["servers"][0].update(url="https://api.openrouter.ai/v2"),
    "second server added": lambda d: d["servers"].append(
        {"url": "https://eu.openrouter.ai/api/v1"}
    ),
    "operation moved": lambda d: move(d, "/analytics/activity"),
    "operation deprecated": lambda d: get(d).update(deprecated=True),
    "security added": lambda d: demand(d, {"apiKey": [], "account": []}, account=KEY),
    "security alternative added": lambda d: demand(d, {"apiKey": []}, {"account": []}, account=KEY),
    "security removed": without_security,
    "security scheme renamed": renamed_scheme,
    "operationId changed": lambda d: get(d).update(operationId="listActivity"),
    "tag changed": lambda d: get(d).update(tags=["Usage"]),
    "schema renamed": lambda d: rename_schema(d, "ActivityItem", "UsageRow"),
    "schema written in place": lambda d: inline(d, "ActivityItem"),
    "wording and examples changed": reworded,
    "nothing": copy.copy,
}
