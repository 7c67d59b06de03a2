"""A method gives items one by one where the response is one array of them in an object."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.generator.client import small
from tests.generator.client.small import COUNT, TEXT, array, model, returning

ITEM = model("id", id=TEXT)
ITEMS = array(ITEM)


def wrapped(**properties: Any) -> dict[str, Any]:
    return returning(model(**properties))


OPERATIONS: dict[str, dict[str, Any]] = {
    "one": wrapped(**{"the items": ITEMS, "count": COUNT}),
    "null": wrapped(items={"type": ["array", "null"], "items": ITEM}),
    "union": wrapped(items=array({"anyOf": [ITEM, model("size", size=COUNT)]})),
    "old": wrapped(items=ITEMS) | {"deprecated": True},
    "plain": returning(ITEMS),
    "two": wrapped(items=ITEMS, others=ITEMS),
    "more": wrapped(items=ITEMS, page=model(next=COUNT)),
    "texts": wrapped(items=array(TEXT)),
    "taken": wrapped(items=ITEMS),
    "taken_iter": returning(COUNT),
}
DOCUMENT = small.document(OPERATIONS)
#: By operation: the body of its response, and the items in it.
FOUND: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "one": ({"count": 2, "the items": [{"id": "a"}, {"id": "b"}]}, [{"id": "a"}, {"id": "b"}]),
    "null": ({"items": None}, []),
    "union": ({"items": [{"size": 1}, {"id": "b"}]}, [{"size": 1}, {"id": "b"}]),
    "old": ({"items": [{"id": "a"}]}, [{"id": "a"}]),
}


def respond(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=FOUND[request.url.path.rpartition("/")[2]][0])


def test_only_one_array_of_objects_beside_plain_values_has_the_method(package: Any) -> None:
    operations = small.Calls(package).client.default

    found = [name for name in OPERATIONS if hasattr(operations, f"{name}_iter")]

    assert found == [*FOUND, "taken"]
    assert not hasattr(operations, "taken_iter_iter")


@pytest.mark.parametrize("name", FOUND)
def test_the_items_are_those_of_the_body(package: Any, name: str) -> None:
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        items = small.Calls(package, respond)(f"{name}_iter")

    assert [item.to_dict() for item in items] == FOUND[name][1]


def test_a_deprecated_operation_warns(package: Any) -> None:
    with pytest.warns(DeprecationWarning, match="default.old is deprecated"):
        small.Calls(package, respond)("old_iter")


def test_without_such_a_response_the_package_has_no_module_for_it(tmp_path: Path) -> None:
    package = small.make(small.document({"two": OPERATIONS["two"]}), tmp_path, "small_no_array")

    absent = ["items.py", "_array.py", "_cli/kept_rows.py"]
    assert not any((package / name).exists() for name in absent)
