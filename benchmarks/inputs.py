"""The inputs of the measurements: bodies of the API, and a document of 100 operations."""

from __future__ import annotations

import datetime as dt
import random
import re
from pathlib import Path
from typing import Any

from sandbox.account import Account

TODAY = dt.date(2026, 8, 24)
OPERATIONS = 100
PARTS = 4
"""Schemas for each operation, in addition to that of its response."""


def write_bodies(folder: Path, sizes: tuple[int, ...]) -> None:
    """Write bodies with these numbers of rows.

    SIZE.json follows openapi.yaml. SIZE-unknown.json is as the live API sends it: every row has
    ``cached_tokens``, which openapi.yaml does not name.
    """
    for size in sizes:
        body = b"".join(Account(rows=size, today=TODAY).body())
        (folder / f"{size}-unknown.json").write_bytes(body)
        (folder / f"{size}.json").write_bytes(re.sub(rb',"cached_tokens":\d+', b"", body))


def _property(rng: random.Random) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        {"type": "string"},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "enum": ["draft", "open", "closed"]},
        {"type": "integer"},
        {"type": "number"},
        {"type": "boolean"},
        {"type": ["string", "null"]},
        {"type": "array", "items": {"type": "string"}},
    ]
    return {**rng.choice(kinds), "description": "A value of the example."}


def _schema(rng: random.Random, references: list[str]) -> dict[str, Any]:
    names = [f"{rng.choice(['first', 'last', 'own', 'next'])}_{n}" for n in range(7)]
    properties = {name: _property(rng) for name in names}
    for name in references:
        reference = {"$ref": f"#/components/schemas/{name}"}
        member = name[0].lower() + name[1:]
        many = rng.random() < 0.5
        properties[member] = {"type": "array", "items": reference} if many else reference
    return {
        "type": "object",
        "description": "An object of the example.",
        "properties": properties,
        "required": sorted(rng.sample(sorted(properties), 4)),
    }


def _body(description: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _parameter(name: str, place: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def large_document() -> dict[str, Any]:
    """An OpenAPI document of 100 operations and 500 schemas, always the same."""
    rng = random.Random(0)  # noqa: S311 - not a secret
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for number in range(OPERATIONS):
        parts = [f"Part{number}{letter}" for letter in "ABCD"[:PARTS]]
        thing = f"Thing{number}"
        for index, part in enumerate(parts):
            schemas[part] = _schema(rng, parts[index + 1 : index + 2])
        schemas[thing] = _schema(rng, parts)
        operation: dict[str, Any] = {
            "operationId": f"getThing{number}",
            "summary": f"Get thing {number}",
            "tags": [f"group{number // 10}"],
            "parameters": [
                _parameter("thing_id", "path", {"type": "string"}),
                _parameter("since", "query", {"type": "string", "format": "date"}),
                _parameter("limit", "query", {"type": "integer"}),
            ],
            "responses": {
                "200": _body("The thing", thing),
                "404": _body("There is no such thing", parts[-1]),
            },
            "security": [{"apiKey": []}],
        }
        method = "get"
        if number % 4 == 3:
            method, request = "post", _body("", thing)
            operation["requestBody"] = {"content": request["content"], "required": True}
        paths[f"/things{number}/{{thing_id}}"] = {method: operation}
    return {
        "openapi": "3.1.0",
        "info": {"title": "A large example", "version": "1"},
        "servers": [{"url": "https://api.example.com/v1"}],
        "tags": [{"name": f"group{number}"} for number in range(OPERATIONS // 10)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}},
        },
    }
