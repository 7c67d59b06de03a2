"""A method gives items one by one where the response is one array of them in an object."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.generator.client import small

ITEM = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
OTHER = {"type": "object", "properties": {"size": {"type": "integer"}}, "required": ["size"]}
ITEMS = {"type": "array", "items": ITEM}
COUNT = {"type": "integer"}


def wrapped(**properties: Any) -> dict[str, Any]:
    return small.returning({"type": "object", "properties": properties})


OPERATIONS: dict[str, dict[str, Any]] = {
    "one": wrapped(**{"the items": ITEMS, "count": COUNT}),
    "null": wrapped(items={"type": ["array", "null"], "items": ITEM}),
    "union": wrapped(items={"type": "array", "items": {"anyOf": [ITEM, OTHER]}}),
    "old": wrapped(items=ITEMS) | {"deprecated": True},
    "plain": small.returning(ITEMS),
    "two": wrapped(items=ITEMS, others=ITEMS),
    "more": wrapped(items=ITEMS, page={"type": "object", "properties": {"next": COUNT}}),
    "texts": wrapped(items={"type": "array", "items": {"type": "string"}}),
    "taken": wrapped(items=ITEMS),
    "taken_iter": small.returning(COUNT),
}
BODIES = {
    "one": b'{"count": 2, "the items": [{"id": "a"}, {"id": "b"}]}',
    "null": b'{"items": null}',
    "union": b'{"items": [{"size": 1}, {"id": "b"}]}',
    "old": b'{"items": [{"id": "a"}]}',
}
FOUND = {
    "one": [{"id": "a"}, {"id": "b"}],
    "null": [],
    "union": [{"size": 1}, {"id": "b"}],
    "old": [{"id": "a"}],
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=BODIES[request.url.path.removeprefix("/")])

    folder = tmp_path_factory.mktemp("arrays")
    with small.package(small.document(OPERATIONS), folder, "small_arrays") as package:
        yield package.Client(httpx_args={"transport": httpx.MockTransport(answer)})


def test_only_one_array_of_objects_beside_plain_values_has_the_method(client: Any) -> None:
    found = [name for name in OPERATIONS if hasattr(client.small, f"{name}_iter")]

    assert found == [*FOUND, "taken"]
    assert not hasattr(client.small, "taken_iter_iter")


@pytest.mark.parametrize("name", FOUND)
def test_the_items_are_those_of_the_body(client: Any, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        items = getattr(client.small, f"{name}_iter")()

    assert [item.to_dict() for item in items] == FOUND[name]


def test_a_deprecated_operation_warns(client: Any) -> None:
    with pytest.warns(DeprecationWarning, match="small.old is deprecated"):
        client.small.old_iter()


def test_without_such_a_response_the_package_has_no_module_for_it(tmp_path: Path) -> None:
    package = small.make(small.document({"two": OPERATIONS["two"]}), tmp_path, "small_no_array")

    absent = ["items.py", "_array.py", "_cli/kept.py"]
    assert not any((package / name).exists() for name in absent)
