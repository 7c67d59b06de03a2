"""OpenRouter's document for GET /activity: versions that it had, and ways to publish one of them.

The versions are written from what is known of a year: what changed, in which order, and in which
words. All values are made up.
"""

from __future__ import annotations

import json
import random
from typing import Any

import yaml  # type: ignore[import-untyped]

from generator.client.names import OperationName
from generator.spec.read import read_published
from generator.spec.values import is_array, is_object
from tests.generator.edited import edited
from tests.generator.paths import PAGE

OURS = [OperationName("/activity", "get", "analytics", "get_user_activity")]

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number", "format": "double"}
INTEGER: dict[str, Any] = {"type": "integer"}
ERRORS = {
    "400": "BadRequestResponse",
    "401": "UnauthorizedResponse",
    "403": "ForbiddenResponse",
    "500": "InternalServerResponse",
}
COUNTS = ("requests", "prompt_tokens", "completion_tokens", "reasoning_tokens")
#: One enum of 60 codes, as the first `ErrorResponse` had it.
CODES = [*range(400, 432), 440, 451, 499, *range(500, 512), *range(520, 531), 598, 599]

GET = "paths /activity get"
PARAMETERS, RESPONSES = f"{GET} parameters", f"{GET} responses"
SCHEMAS = "components schemas"
ROW = f"{SCHEMAS} ActivityItem"
FIELDS, REQUIRED = f"{ROW} properties", f"{ROW} required"


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def body(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def response(schema: Any) -> dict[str, Any]:
    return {"description": "What comes back", "content": body(schema)}


def of_members(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object."""
    properties = required | (optional or {})
    return {"type": "object", "properties": properties, "required": list(required)}


def parameter(name: str, schema: dict[str, Any] = TEXT, *, required: bool = False) -> Any:
    described = {"description": f"Filter by {name}, e.g. a UTC date", "required": required}
    return {"name": name, "in": "query", "schema": schema} | described


def error_detail(code: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    return of_members({"code": code, "message": TEXT}, {"metadata": metadata})


#: The page by another author: in other words, and without the operationId.
REWORDED = edited(
    read_published(PAGE, "page").data,
    {
        f"{GET} operationId": ...,
        f"{GET} summary": "Activity",
        f"{GET} description": "Of the last 30 days.",
        f"{GET} parameters date example": "2025-08-24",
        f"{RESPONSES} 200 description": "The rows",
    },
)
FREE: dict[str, Any] = {"type": ["object", "null"], "additionalProperties": {}}
ACTIVITY = of_members({"data": {"type": "array", "items": ref("ActivityItem")}})
#: The first full document.
FIRST: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "OpenRouter API", "version": "1.0.0"},
    "servers": [{"url": "https://openrouter.ai/api/v1", "description": "Production server"}],
    "security": [{"apiKey": []}],
    "tags": [{"name": "Analytics", "description": "Analytics and usage endpoints"}],
    "paths": {
        "/activity": {
            "get": {
                "operationId": "getUserActivity",
                "summary": "Get user activity grouped by endpoint",
                "description": "Returns user activity of the last 30 completed UTC days",
                "tags": ["Analytics"],
                "parameters": [parameter("date")],
                "responses": {
                    "200": response(ACTIVITY),
                    **{status: response(ref("ErrorResponse")) for status in ERRORS},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "ActivityItem": of_members(
                {
                    **dict.fromkeys(("date", "model", "model_permaslug"), TEXT),
                    **dict.fromkeys(("endpoint_id", "provider_name"), TEXT),
                    **dict.fromkeys(("usage", "byok_usage_inference", *COUNTS), NUMBER),
                }
            ),
            "ErrorResponse": of_members(
                {"error": error_detail({"type": "integer", "enum": CODES}, FREE)},
                {"user_id": {"type": ["string", "null"]}},
            ),
        },
        "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}},
    },
}

_ERROR = response(ref("ErrorResponse"))
_EACH = dict.fromkeys((f"{RESPONSES} {status}" for status in ERRORS), ...)
RANGES = edited(FIRST, _EACH | {f"{RESPONSES} 4XX": _ERROR, f"{RESPONSES} 5XX": _ERROR})
DEFAULT = edited(FIRST, _EACH | {f"{RESPONSES} default": _ERROR})
NAMED = edited(
    FIRST,
    {
        f"{RESPONSES} 200": response(ref("ActivityResponse")),
        f"{SCHEMAS} ActivityResponse": ACTIVITY,
        f"{GET} operationId": "get_user_activity",
    },
)
INTEGERS = edited(NAMED, {f"{FIELDS} {name}": INTEGER for name in COUNTS})


_DETAIL = error_detail(INTEGER, {"type": "object", "nullable": True, "additionalProperties": {}})
_USER = {"user_id": {**TEXT, "nullable": True}}
#: An error schema for each status, in OpenAPI 3.0.
SPLIT = edited(
    INTEGERS,
    {"openapi": "3.0.3", f"{SCHEMAS} ErrorResponse": ..., f"{GET} operationId": "getUserActivity"}
    | {f"{SCHEMAS} {name}Data": _DETAIL for name in ERRORS.values()}
    | {
        f"{SCHEMAS} {name}": of_members({"error": ref(f"{name}Data")}, _USER)
        for name in ERRORS.values()
    }
    | {f"{RESPONSES} {status}": response(ref(name)) for status, name in ERRORS.items()},
)
GROUPS = edited(
    SPLIT,
    {
        "openapi": "3.1.0",  # which does not know `nullable`
        f"{GET} operationId": "listActivity",
        f"{GET} tags Analytics": "Usage",
        "tags Analytics name": "Usage",
        f"{RESPONSES} 404": response(ref("BadRequestResponse")),
        f"{PARAMETERS} user_id": parameter("user_id"),
        f"{PARAMETERS} group_by": parameter("group_by", {**TEXT, "enum": ["workspace"]}),
        f"{FIELDS} workspace_id": TEXT,
        f"{FIELDS} cached_tokens": INTEGER,
        f"{FIELDS} model example": "example-author/example-model",
    },
)


def moved(path: str, method: str = "get", **fields: Any) -> Any:
    """The first version with its operation elsewhere."""
    return FIRST | {"paths": {path: {method: FIRST["paths"]["/activity"]["get"] | fields}}}


def with_schema_renamed(own: Any, old: str, new: str) -> Any:
    text = json.dumps(own).replace(f'/{old}"', f'/{new}"').replace(f'"{old}":', f'"{new}":')
    return json.loads(text)


def among_others(own: Any) -> Any:
    """The document with paths and schemas of other operations."""
    others = {
        "operationId": "postOther",
        "tags": ["Other"],
        "requestBody": {"content": body(ref("Part"))},
        "responses": {"200": response(ref("Whole"))},
    }
    parts = of_members({"whole": ref("Whole"), "row": ref("ActivityItem")})
    return edited(
        own,
        {
            **{f"paths /other/{number}": {"post": others} for number in range(3)},
            f"{SCHEMAS} Part": parts,
            f"{SCHEMAS} Whole": {"type": "array", "items": ref("Part")},
            # Parts that our operations do not reach may be wrong, and refer to anything.
            f"{SCHEMAS} Broken": {"$ref": "https://example.org/broken.yaml"},
            "tags Other": {"name": "Other"},
        },
    )


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


def as_json(own: Any) -> bytes:
    return json.dumps(own).encode()


def as_yaml(own: Any) -> bytes:
    """YAML as libyaml writes it, with an alias for what occurs twice: in `FIRST`, not if edited."""
    dumper: Any = yaml.CSafeDumper
    return bytes(yaml.dump(own, Dumper=dumper, sort_keys=False, encoding="utf-8"))


def as_flow(own: Any) -> bytes:
    """YAML with flow style, Windows line ends and a byte order mark."""
    lines = [f"{key}: {json.dumps(value)}\r\n" for key, value in own.items()]
    return "".join(["\ufeff", *lines]).encode()


def as_page(own: Any) -> bytes:
    head = b"---\ntitle: Activity\nlast_updated: '2026-03-01'\n---\n\n# Activity\n\n````yaml\n"
    return head + as_yaml(own) + b"````\n\nThe end.\n"
