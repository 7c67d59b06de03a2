"""Single changes of a document. The verdict on each is in `planted-verdicts.txt`."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

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


def row(own: Any) -> Any:
    return own["components"]["schemas"]["ActivityItem"]


def drop(own: Any, name: str) -> None:
    del row(own)["properties"][name]
    row(own)["required"] = [other for other in row(own)["required"] if other != name]


def add(own: Any, name: str, schema: Any, *, required: bool = False) -> None:
    row(own)["properties"][name] = schema
    row(own)["required"] += [name] * required


def becomes(name: str, **schema: Any) -> Change:
    """A field of the row gets another schema."""
    return lambda own: row(own)["properties"].update({name: schema})


def enum(name: str) -> Callable[[Any], list[str]]:
    return lambda own: row(own)["properties"][name]["enum"]


def named(own: Any, name: str) -> Any:
    return next(item for item in get(own)["parameters"] if item["name"] == name)


def argument(name: str, /, **fields: Any) -> Change:
    """A parameter is described otherwise."""
    return lambda own: named(own, name).update(fields)


def limited(**limits: Any) -> Change:
    return lambda own: named(own, "limit")["schema"].update(limits)


def new_argument(*, required: bool) -> Change:
    new = parameter("until", {"type": "string"}, required=required)
    return lambda own: get(own)["parameters"].append(new)


def response(status: str, **fields: Any) -> Change:
    return lambda own: get(own)["responses"].update({status: {"description": "It"} | fields})


def operation(**fields: Any) -> Change:
    return lambda own: get(own).update(fields)


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


def demand(own: Any, *alternatives: dict[str, Any], **schemes: Any) -> None:
    own["components"]["securitySchemes"] |= schemes
    own["security"] = list(alternatives)


def move(own: Any, path: str) -> None:
    own["paths"][path] = own["paths"].pop("/activity")


def rename_schema(own: Any, old: str, new: str) -> None:
    text = json.dumps(own).replace(f'/{old}"', f'/{new}"').replace(f'"{old}":', f'"{new}":')
    own |= json.loads(text)


def inline_row(own: Any) -> None:
    schemas = own["components"]["schemas"]
    schemas["ActivityResponse"]["properties"]["data"]["items"] = schemas.pop("ActivityItem")


KEY = {"type": "apiKey", "in": "header", "name": "X-Account"}
TEXT = {"type": "string"}
CSV = {"text/csv": {"schema": TEXT}}


PLANTED: dict[str, Change] = {
    "response field removed": lambda d: drop(d, "usage"),
    "optional response field removed": lambda d: drop(d, "note"),
    "response field renamed": cost_for_usage,
    "optional response field added": lambda d: add(d, "seat", TEXT),
    "required response field added": lambda d: add(d, "seat", TEXT, required=True),
    "response field made optional": lambda d: row(d)["required"].remove("usage"),
    "response field made required": lambda d: row(d)["required"].append("note"),
    "response type widened": becomes("requests", type="number"),
    "response type narrowed": becomes("usage", type="integer"),
    "response type changed": becomes("model", type="integer"),
    "response field may be null": becomes("model", type=["string", "null"]),
    "response field is null no more": becomes("region", type="string"),
    "response enum value added": lambda d: enum("plan")(d).append("team"),
    "response enum value removed": lambda d: enum("plan")(d).remove("free"),
    "response string became an enum": becomes("model", type="string", enum=["one", "two"]),
    "response enum became a string": becomes("plan", type="string"),
    "response string became a date": becomes("model", type="string", format="date"),
    "response limit tightened": becomes("model", type="string", maxLength=10),
    "parameter removed": lambda d: get(d)["parameters"].remove(named(d, "user_id")),
    "optional parameter added": new_argument(required=False),
    "required parameter added": new_argument(required=True),
    "parameter renamed": argument("user_id", name="user"),
    "parameter made required": argument("user_id", required=True),
    "parameter made optional": argument("account", required=False),
    "parameter type changed": argument("user_id", schema={"type": "integer"}),
    "parameter type widened": limited(type="number"),
    "parameter enum value added": lambda d: named(d, "plans")["schema"]["enum"].append("team"),
    "parameter enum value removed": lambda d: named(d, "plans")["schema"]["enum"].remove("free"),
    "parameter limit tightened": limited(maximum=50),
    "parameter limit loosened": limited(maximum=500),
    "parameter default changed": limited(default=10),
    "parameter moved to a header": argument("user_id", **{"in": "header"}),
    "error status added": response("429", content=body(ref("ErrorResponse"))),
    "error status removed": lambda d: get(d)["responses"].pop("401"),
    "error field removed": lambda d: d["components"]["schemas"]["ErrorResponse"]["properties"].pop(
        "user_id"
    ),
    "success status added": response("202", content=body(ref("ActivityResponse"))),
    "success status changed": lambda d: get(d).update(
        responses={{"200": "201"}.get(key, key): it for key, it in get(d)["responses"].items()}
    ),
    "success became text": response("200", content=CSV),
    "server moved": lambda d: d["servers"][0].update(url="https://api.openrouter.ai/v2"),
    "second server added": lambda d: d["servers"].append({"url": "https://eu.openrouter.ai"}),
    "operation moved": lambda d: move(d, "/analytics/activity"),
    "operation deprecated": operation(deprecated=True),
    "security added": lambda d: demand(d, {"apiKey": [], "account": []}, account=KEY),
    "security alternative added": lambda d: demand(d, {"apiKey": []}, {"account": []}, account=KEY),
    "security removed": without_security,
    "security scheme renamed": renamed_scheme,
    "operationId changed": operation(operationId="listActivity"),
    "tag changed": operation(tags=["Usage"]),
    "schema renamed": lambda d: rename_schema(d, "ActivityItem", "UsageRow"),
    "schema written in place": inline_row,
    "wording and examples changed": reworded,
    "nothing": copy.copy,
}
