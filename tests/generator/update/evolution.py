"""How OpenRouter's document for GET /activity evolved, step by step, each in a form of its own.

Written from what is known of the 21 forms that the operation had in a year: what changed, in which
order, and in which words. All values are made up.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from generator.client.names import OperationName
from generator.spec.read import read_published
from generator.spec.values import is_array, is_object
from tests.generator.paths import DOCUMENTS

PAGE = (DOCUMENTS / "get-user-activity.md").read_bytes()
BLOCK = PAGE.decode().partition("```yaml\n")[2].partition("```")[0]

OURS = [OperationName("/activity", "get", "analytics", "get_user_activity")]

STRING: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number", "format": "double"}
INTEGER: dict[str, Any] = {"type": "integer"}
COUNTS = ("requests", "prompt_tokens", "completion_tokens", "reasoning_tokens")
STATUSES = {
    "400": "BadRequest",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
    "500": "InternalServer",
}
#: One enum of 60 codes, as the first `ErrorResponse` had it.
CODES = [*range(400, 432), 440, 451, 499, *range(500, 512), *range(520, 531), 598, 599]


class Form(NamedTuple):
    """What a version of the document says; the names of its fields are the changes known of it."""

    errors: str = "explicit"
    error_schema: str = "one"
    success: str = "inline"
    counts: str = "number"
    statuses: tuple[str, ...] = ("400", "401", "403", "500")
    parameters: tuple[str, ...] = ()
    metadata: str = ""
    row: tuple[str, ...] = ()
    described: bool = False
    operation_id: str | None = "getUserActivity"
    tag: str = "Analytics"
    nullable: str = "type"


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def body(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def or_null(schema: dict[str, Any], form: Form) -> dict[str, Any]:
    if form.nullable == "type":
        return {**schema, "type": [schema["type"], "null"]}
    return {**schema, "nullable": True}


def row(form: Form) -> dict[str, Any]:
    properties: dict[str, Any] = {
        name: dict(STRING)
        for name in ("date", "model", "model_permaslug", "endpoint_id", "provider_name")
    }
    properties |= {name: dict(NUMBER) for name in ("usage", "byok_usage_inference")}
    properties |= {name: dict(INTEGER if form.counts == "integer" else NUMBER) for name in COUNTS}
    required = list(properties)
    properties |= {name: dict(INTEGER if name == "cached_tokens" else STRING) for name in form.row}
    if form.described:
        for name, schema in properties.items():
            schema["description"] = f"The {name.replace('_', ' ')} of the row"
            schema["example"] = 12 if schema["type"] in ("number", "integer") else "text"
    return {"type": "object", "properties": properties, "required": required}


def error(form: Form, code: dict[str, Any], detail: dict[str, Any] | None = None) -> dict[str, Any]:
    free = {"type": "object", "additionalProperties": {"nullable": True}}
    metadata = or_null(free, form)
    inner = detail or {
        "type": "object",
        "properties": {"code": code, "message": dict(STRING), "metadata": metadata},
        "required": ["code", "message"],
    }
    properties = {"error": inner, "user_id": or_null(dict(STRING), form)}
    if form.metadata == "nullable":
        properties["openrouter_metadata"] = {**free, "nullable": True}
    if form.metadata == "typed":
        properties["openrouter_metadata"] = {
            "type": ["object", "null"],
            "additionalProperties": {},
        }
    return {"type": "object", "properties": properties, "required": ["error"]}


def error_schemas(form: Form) -> dict[str, Any]:
    if form.error_schema == "one":
        return {"ErrorResponse": error(form, {"type": "integer", "enum": CODES})}
    schemas: dict[str, Any] = {}
    for status in form.statuses:
        name = f"{STATUSES[status]}Response"
        whole = error(form, INTEGER)
        schemas[f"{name}ErrorData"] = whole["properties"]["error"]
        whole["properties"]["error"] = ref(f"{name}ErrorData")
        schemas[name] = whole
    return schemas


def responses(form: Form) -> dict[str, Any]:
    inline = {
        "type": "object",
        "properties": {"data": {"type": "array", "items": ref("ActivityItem")}},
        "required": ["data"],
    }
    success = inline if form.success == "inline" else ref("ActivityResponse")
    found: dict[str, Any] = {"200": {"description": "The activity", "content": body(success)}}
    patterns = {"explicit": form.statuses, "ranges": ("4XX", "5XX"), "default": ("default",)}
    for status in patterns[form.errors]:
        each = form.error_schema == "each" and status in STATUSES
        name = f"{STATUSES[status]}Response" if each else "ErrorResponse"
        found[status] = {"description": f"Error {status}", "content": body(ref(name))}
    return found


PARAMETERS: dict[str, dict[str, Any]] = {
    "date": STRING,
    "api_key_hash": STRING,
    "user_id": STRING,
    "group_by": {"type": "string", "enum": ["workspace"]},
    "workspace_id": STRING,
}


def document(form: Form) -> dict[str, Any]:
    """The full document, without what is not ours."""
    operation: dict[str, Any] = {
        "summary": "Get user activity grouped by endpoint",
        "description": "Returns user activity of the last 30 completed UTC days",
        "tags": [form.tag],
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": f"Filter by {name}: a UTC date" if name == "date" else f"The {name}",
                "schema": dict(PARAMETERS[name]),
            }
            for name in ("date", *form.parameters)
        ],
        "responses": responses(form),
    }
    if form.operation_id:
        operation["operationId"] = form.operation_id
    schemas = {"ActivityItem": row(form)} | error_schemas(form)
    if form.success == "named":
        schemas["ActivityResponse"] = {
            "type": "object",
            "properties": {"data": {"type": "array", "items": ref("ActivityItem")}},
            "required": ["data"],
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "OpenRouter API", "version": "1.0.0"},
        "servers": [{"url": "https://openrouter.ai/api/v1", "description": "Production server"}],
        "security": [{"apiKey": []}],
        "tags": [{"name": form.tag, "description": "Analytics and usage endpoints"}],
        "paths": {"/activity": {"get": operation}},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}},
        },
    }


def moved(path: str, method: str = "get", **fields: Any) -> dict[str, Any]:
    """The first document with its operation elsewhere."""
    own = document(FIRST)
    own["paths"] = {path: {method: own["paths"]["/activity"]["get"] | fields}}
    return own


def among_others(own: dict[str, Any]) -> dict[str, Any]:
    """The document with 70 other paths and hundreds of schemas, which are none of ours."""
    whole = copy.deepcopy(own)
    paths, schemas = whole["paths"], whole["components"]["schemas"]
    for number in range(70):
        names = [f"Other{number}Part{part}" for part in range(10)]
        for index, name in enumerate(names):
            schemas[name] = {
                "type": "object",
                "description": f"Part {index} of what the operation {number} takes. " * 8,
                "properties": {
                    **{f"value_{field}": {"type": "string", "example": "x"} for field in range(8)},
                    "next": ref(names[(index + 1) % len(names)]),
                    "row": ref("ActivityItem"),
                },
            }
        paths[f"/other/{number}"] = {
            "post": {
                "operationId": f"postOther{number}",
                "tags": ["Other"],
                "requestBody": {"content": body(ref(names[0]))},
                "responses": {"200": {"description": "Done", "content": body(ref(names[5]))}},
            }
        }
    # What is not reached may be as wrong as it likes, and lead wherever it likes.
    schemas["Broken"] = {"$ref": "https://example.org/broken.yaml"}
    whole["tags"].append({"name": "Other"})
    return whole


def shuffled(node: Any, seed: int = 7) -> Any:
    """The same content, its keys in another order."""
    order = random.Random(seed)

    def walk(value: Any) -> Any:
        if is_object(value):
            keys = list(value)
            order.shuffle(keys)
            return {key: walk(value[key]) for key in keys}
        return [walk(item) for item in value] if is_array(value) else value

    return walk(node)


def as_30(own: dict[str, Any]) -> dict[str, Any]:
    """The document in the words of OpenAPI 3.0."""

    def walk(value: Any) -> Any:
        if is_array(value):
            return [walk(item) for item in value]
        if not is_object(value):
            return value
        changed = {key: walk(item) for key, item in value.items()}
        if is_array(value.get("type")):
            (changed["type"],) = [kind for kind in value["type"] if kind != "null"]
            changed["nullable"] = True
        return changed

    return {**walk(own), "openapi": "3.0.3"}


def as_json(own: Any) -> bytes:
    return json.dumps(own).encode()


def as_yaml(own: Any, *, aliases: bool = False) -> bytes:
    """YAML as libyaml writes it, perhaps with an alias for what occurs twice."""
    dumper: Any = yaml.CSafeDumper
    shown = own if aliases else json.loads(as_json(own))
    return bytes(yaml.dump(shown, Dumper=dumper, sort_keys=False, encoding="utf-8"))


def as_flow(own: Any) -> bytes:
    """YAML with flow style, Windows line ends and a byte order mark."""
    lines = [f"{key}: {json.dumps(value)}\r\n" for key, value in own.items()]
    return "".join(["\ufeff", *lines]).encode()


def as_page(own: Any) -> bytes:
    head = b"---\ntitle: Activity\nlast_updated: '2026-03-01'\n---\n\n# Activity\n\n````yaml\n"
    return head + as_yaml(own) + b"````\n\nThe end.\n"


def reworded_block() -> bytes:
    """Step 1 by another author: sorted, quoted, in other words, with examples."""
    own = read_published(PAGE, "page").data
    operation = own["paths"]["/activity"]["get"]
    operation["summary"] = "Activity of a user"
    operation["description"] = "What the user has done, as of the last 30 completed days."
    operation["parameters"][0]["description"] = "A UTC date, and no more than one."
    operation["parameters"][0]["example"] = "2025-08-24"
    operation["responses"]["200"]["description"] = "The rows"
    del operation["operationId"]
    return as_yaml(shuffled(own))


FIRST = Form()
RANGES = FIRST._replace(errors="ranges")
DEFAULT = FIRST._replace(errors="default")
NAMED = FIRST._replace(success="named", operation_id="get_user_activity")
INTEGERS = NAMED._replace(counts="integer")
SPLIT = INTEGERS._replace(error_schema="each", nullable="beside", operation_id="getUserActivity")
FILTERS = SPLIT._replace(
    parameters=("api_key_hash", "user_id"), statuses=("400", "401", "403", "404", "500")
)
METADATA = FILTERS._replace(metadata="nullable")
TYPED = METADATA._replace(metadata="typed", nullable="type", described=True)
GROUPS = TYPED._replace(
    parameters=("api_key_hash", "user_id", "group_by", "workspace_id"), row=("workspace_id",)
)
CACHED = GROUPS._replace(row=("workspace_id", "cached_tokens"), described=False, tag="Usage")
RENAMED = CACHED._replace(operation_id="listActivity")


class Step(NamedTuple):
    """A version of the document, as it is published, and the verdict on it after the one before.

    Attributes:
        what: What changed, in words.
        content: The document.
        level: The part of the version that is counted up.
        version: The version after it, if each step is released.
    """

    what: str
    content: Callable[[], bytes]
    level: str
    version: str


STEPS = [
    Step("the page", lambda: PAGE, "none", "1.0.0"),
    Step("reworded, without operationId; a YAML file", reworded_block, "none", "1.0.0"),
    Step(
        "the full document in JSON: servers, security, errors with 60 codes, the success inline",
        lambda: as_json(among_others(document(FIRST))),
        "minor",
        "1.1.0",
    ),
    Step("errors in ranges", lambda: as_yaml(document(RANGES)), "patch", "1.1.1"),
    Step("a default error; 3.0", lambda: as_yaml(as_30(document(DEFAULT))), "patch", "1.1.2"),
    Step("the success named; flow style, CRLF", lambda: as_flow(document(NAMED)), "patch", "1.1.3"),
    Step(
        "counts are integers; in another order",
        lambda: as_yaml(shuffled(document(INTEGERS))),
        "minor",
        "1.2.0",
    ),
    Step(
        "an error schema for each status, nullable beside 3.1; the full document in JSON",
        lambda: as_json(among_others(document(SPLIT))),
        "major",
        "2.0.0",
    ),
    Step("two filters and a 404; a page", lambda: as_page(document(FILTERS)), "minor", "2.1.0"),
    Step(
        "openrouter_metadata, nullable; the full document in JSON, OpenAPI 3.0",
        lambda: as_json(as_30(among_others(document(METADATA)))),
        "minor",
        "2.2.0",
    ),
    Step(
        "openrouter_metadata typed, rows described, with examples; in another order",
        lambda: as_yaml(shuffled(document(TYPED))),
        "none",
        "2.2.0",
    ),
    Step(
        "group_by and workspace_id, also in the row; the full document in YAML with aliases",
        lambda: as_yaml(among_others(document(GROUPS)), aliases=True),
        "minor",
        "2.3.0",
    ),
    Step("cached_tokens, another tag; a page", lambda: as_page(document(CACHED)), "minor", "2.4.0"),
    Step(
        "another operationId; JSON of the one operation",
        lambda: as_json(shuffled(document(RENAMED))),
        "patch",
        "2.4.0",
    ),
]
"""The steps; the first is the checkout that the others follow upon."""
