"""A document of every shape gives a client that works.

Its operations are called by the smoke test of updates, which takes all that it needs from the
document.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.spec.values import as_object, is_array, is_object
from generator.update import smoke_calls
from tests.generator.client import small
from tests.generator.client.hostile import DOCUMENT, PACKAGE, folder_of

SCHEMAS = DOCUMENT["components"]["schemas"]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = folder_of(DOCUMENT, tmp_path_factory.mktemp("shapes"))
    with small.importable(folder / "generated", PACKAGE) as package:
        for name in ("_encode", "_http", "client", "models"):
            small.module(package, name)
        yield package


def test_every_operation_works(package: Any) -> None:
    assert [] == list(smoke_calls.failures(package, DOCUMENT))


def bodies(name: str) -> st.SearchStrategy[Any]:
    """Bodies that a component schema allows in a response."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    operation = {
        "requestBody": {"required": True, "content": content},
        "responses": {"204": {"description": "Taken."}},
    }
    components = {"schemas": without(SCHEMAS, "readOnly", "writeOnly")}
    document = small.openapi({"/": {"post": operation}}, components=components)
    loaded: Any = cast("Any", schemathesis.openapi.from_dict(document))
    cases: st.SearchStrategy[Any] = loaded["/"]["POST"].as_strategy()
    return cases.map(lambda case: case.body)


def without(node: Any, *keys: str) -> Any:
    """A copy without some keys."""
    if is_array(node):
        return [without(value, *keys) for value in node]
    if is_object(node):
        return {key: without(value, *keys) for key, value in node.items() if key not in keys}
    return node


@pytest.mark.parametrize("name", ["Pair", "Beast", "Cat", "Dog", "Tree", "Everything"])
def test_every_body_is_read_and_written_again(package: Any, name: str) -> None:
    model = getattr(package.models, name)
    properties = SCHEMAS[name].get("properties", {})
    needed = [
        key
        for key in SCHEMAS[name].get("required", [])
        if not as_object(properties.get(key)).get("writeOnly")
    ]

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(bodies(name))
    def check(body: dict[str, Any]) -> None:
        value = model.from_dict(body)
        written = value.to_dict()

        assert body.keys() == written.keys()
        assert value == model.from_dict(written)
        for required in needed:
            with pytest.raises(package.errors.ResponseValidationError):
                model.from_dict({key: it for key, it in body.items() if key != required})

    check()
