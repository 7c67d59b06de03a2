"""Single changes of a document. The verdict on each is in `planted-verdicts.txt`."""

from __future__ import annotations

from typing import Any

from tests.generator.edited import edited
from tests.generator.update.activity import (
    FIELDS,
    GET,
    INTEGERS,
    PARAMETERS,
    REQUIRED,
    RESPONSES,
    ROW,
    SCHEMAS,
    TEXT,
    parameter,
    ref,
    response,
    with_schema_renamed,
)

USER, LIMIT, PLANS = (f"{PARAMETERS} {name}" for name in ("user_id", "limit", "plans"))
SCHEMES = "components securitySchemes"
KIND: dict[str, Any] = {"type": "string", "enum": ["free", "paid"]}
KEY = {"type": "apiKey", "in": "header", "name": "X-Account"}
ERROR, SUCCESS = (response(ref(f"{name}Response")) for name in ("Error", "Activity"))

#: The document that the changes are made to; it has something of everything.
BASE = edited(
    INTEGERS,
    {
        f"{RESPONSES} 403": ...,
        f"{RESPONSES} 500": ...,
        f"{FIELDS} plan": KIND,
        f"{FIELDS} region": {"type": ["string", "null"]},
        f"{FIELDS} note": TEXT,
        f"{REQUIRED} plan": "plan",
        f"{REQUIRED} region": "region",
        USER: parameter("user_id"),
        f"{PARAMETERS} account": parameter("account", required=True),
        LIMIT: parameter("limit", {"type": "integer", "maximum": 100, "default": 30}),
        PLANS: parameter("plans", KIND),
    },
)
OPERATION = BASE["paths"]["/activity"]["get"]
NO_USAGE = {f"{FIELDS} usage": ..., f"{REQUIRED} usage": ...}
SEAT = {f"{FIELDS} seat": TEXT}

CHANGES: dict[str, dict[str, Any]] = {
    "response field removed": NO_USAGE,
    "optional response field removed": {f"{FIELDS} note": ...},
    "response field renamed": NO_USAGE | {f"{FIELDS} cost": {"type": "number"}},
    "optional response field added": SEAT,
    "required response field added": SEAT | {f"{REQUIRED} seat": "seat"},
    "response field made optional": {f"{REQUIRED} usage": ...},
    "response field made required": {f"{REQUIRED} note": "note"},
    "response type widened": {f"{FIELDS} requests type": "number"},
    "response type narrowed": {f"{FIELDS} usage": {"type": "integer"}},
    "response type changed": {f"{FIELDS} model": {"type": "integer"}},
    "response field may be null": {f"{FIELDS} model type": ["string", "null"]},
    "response field no longer null": {f"{FIELDS} region type": "string"},
    "response enum value added": {f"{FIELDS} plan enum team": "team"},
    "response enum value removed": {f"{FIELDS} plan enum free": ...},
    "response string became an enum": {f"{FIELDS} model": {**TEXT, "enum": ["one", "two"]}},
    "response enum became a string": {f"{FIELDS} plan enum": ...},
    "response string became a date": {f"{FIELDS} model": {**TEXT, "format": "date"}},
    "response limit tightened": {f"{FIELDS} model": {**TEXT, "maxLength": 10}},
    "parameter removed": {USER: ...},
    "optional parameter added": {f"{PARAMETERS} until": parameter("until")},
    "required parameter added": {f"{PARAMETERS} until": parameter("until", required=True)},
    "parameter renamed": {f"{USER} name": "user"},
    "parameter made required": {f"{USER} required": True},
    "parameter made optional": {f"{PARAMETERS} account required": False},
    "parameter type changed": {f"{USER} schema type": "integer"},
    "parameter type widened": {f"{LIMIT} schema type": "number"},
    "parameter enum value added": {f"{PLANS} schema enum team": "team"},
    "parameter enum value removed": {f"{PLANS} schema enum free": ...},
    "parameter limit tightened": {f"{LIMIT} schema maximum": 50},
    "parameter limit loosened": {f"{LIMIT} schema maximum": 500},
    "parameter default changed": {f"{LIMIT} schema default": 10},
    "parameter moved to a header": {f"{USER} in": "header"},
    "error status added": {f"{RESPONSES} 429": ERROR},
    "error status removed": {f"{RESPONSES} 401": ...},
    "error field removed": {f"{SCHEMAS} ErrorResponse properties user_id": ...},
    "success status added": {f"{RESPONSES} 202": SUCCESS},
    "success status changed": {f"{RESPONSES} 200": ..., f"{RESPONSES} 201": SUCCESS},
    "success became text": {f"{RESPONSES} 200 content": {"text/csv": {"schema": TEXT}}},
    "server moved": {"servers 0 url": "https://api.openrouter.ai/v2"},
    "second server added": {"servers 1": {"url": "https://eu.openrouter.ai"}},
    "operation moved": {"paths": {"/analytics/activity": {"get": OPERATION}}},
    "operation deprecated": {f"{GET} deprecated": True},
    "security added": {f"{SCHEMES} account": KEY, "security 0 account": []},
    "security alternative added": {f"{SCHEMES} account": KEY, "security 1": {"account": []}},
    "security removed": {SCHEMES: ..., "security": ...},
    "security scheme renamed": {
        SCHEMES: {"token": BASE["components"]["securitySchemes"]["apiKey"]},
        "security": [{"token": []}],
    },
    "operationId changed": {f"{GET} operationId": "listActivity"},
    "tag changed": {f"{GET} tags": ["Usage"]},
    "schema renamed": with_schema_renamed(BASE, "ActivityItem", "UsageRow"),
    "schema written in place": {
        f"{SCHEMAS} ActivityResponse properties data items": (
            BASE["components"]["schemas"]["ActivityItem"]
        ),
        ROW: ...,
    },
    "wording and examples changed": {
        f"{GET} summary": "Other words",
        f"{GET} description": "Others",
        f"{ROW} title": "Row",
        f"{ROW} description": "A row",
        f"{ROW} example": {"usage": 1},
        "info title": "Another title",
        "info version": "2.0.0",
    },
    "nothing": {},
}
