"""Our operations are found in a new document, moved or renamed, and never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from generator.client.names import OperationName, document_names
from generator.errors import GeneratorError
from generator.update.select import find
from tests.generator.update.activity import FIRST, OURS, moved


@pytest.mark.parametrize(
    "own",
    [
        moved("/analytics/activity"),
        moved("/activity", "post"),
        moved("/usage", operationId="get-user-activity", tags=["Other"]),
    ],
)
def test_an_operation_that_moved_is_found_by_its_name(own: Any) -> None:
    [found] = find(own, OURS, FIRST)

    assert found.moved
    assert found.path in own["paths"]


def test_a_path_parameter_may_have_another_name() -> None:
    wanted = [OperationName("/a/{id}", "get", "default", "x")]
    own = {"paths": {"/a/{number}": {"get": {"operationId": "y"}}}}

    [found] = find(own, wanted, {"paths": {}})

    assert "/a/{number}" == found.path


def test_an_operation_is_not_guessed() -> None:
    own = moved("/a")
    own["paths"]["/b"] = own["paths"]["/a"]

    with pytest.raises(GeneratorError, match="could be any of GET /a, GET /b"):
        find(own, OURS, FIRST)


def test_an_operation_without_operation_id_is_not_taken_for_another_one() -> None:
    old: dict[str, Any] = {"paths": {"/a": {"get": {}}}}
    new: dict[str, Any] = {"paths": {"/b": {"get": {}}}}

    with pytest.raises(GeneratorError, match=r"GET /a \(default.get_a\) is not in it"):
        find(new, document_names(old), old)
