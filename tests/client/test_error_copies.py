"""Errors can be pickled and copied, as queues, process pools and loggers do."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from tests.client.conftest import BY_CODE, Script, call_sync, caught, status_error
from tests.client.http_library import httpx
from tests.client.package import errors

DETAILS = {"code": "slow_down", "message": "Words", "metadata": {"limits": [1, 2]}}
STATUSES = {418: errors.APIStatusError, 500: errors.InternalServerError, **BY_CODE}
ANSWERS: dict[str, httpx.Response | Exception] = {
    "APIConnectionError": httpx.ReadError("reset"),
    "APITimeoutError": httpx.ReadTimeout("slow"),
    "ResponseValidationError": httpx.Response(200, json={"data": [{}]}),
    **{
        cls.__name__: httpx.Response(status, json={"error": DETAILS}, headers={"Retry-After": "7"})
        for status, cls in STATUSES.items()
    },
}
"""What makes a call raise an error, by the name of its class."""


def example(name: str) -> Any:
    """An error of the class."""
    if name in ANSWERS:
        return caught(call_sync, Script(ANSWERS[name]).client(max_retries=0))
    return getattr(errors, name)("Words")


def through_pickle(error: Exception) -> Exception:
    restored: Exception = pickle.loads(pickle.dumps(error))
    return restored


WAYS = pytest.mark.parametrize("way", [through_pickle, copy.copy, copy.deepcopy])
Way = Callable[[Exception], Exception]


@WAYS
@pytest.mark.parametrize("name", [name for name in errors.__all__ if name.endswith("Error")])
def test_copy_keeps_everything(name: str, way: Way) -> None:
    error = example(name)

    restored = way(error)

    assert type(restored) is type(error) is getattr(errors, name)
    assert vars(restored) == vars(error)
    assert restored.args == error.args
    assert str(restored) == str(error)


def test_note_is_kept() -> None:
    error = errors.APIError("Words")
    error.add_note("in the nightly export")

    restored = through_pickle(error)

    assert restored.__notes__ == ["in the nightly export"]


@WAYS
def test_metadata_is_nested_no_deeper_than_a_copy_can_be(way: Way) -> None:
    shallow, deep = (
        status_error(httpx.Response(400, content=b'{"metadata":%s}' % (b"[" * n + b"]" * n)))
        for n in (100, 101)
    )

    assert vars(way(shallow)) == vars(shallow)
    assert shallow.metadata is not None
    assert deep.metadata is None
