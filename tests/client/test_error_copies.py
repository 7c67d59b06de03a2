"""Errors can be pickled and copied, as queues, process pools and loggers do."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest

from tests.client.conftest import BY_CODE, Script, call_sync, caught, status_error
from tests.client.http_library import httpx
from tests.client.package import errors

DETAILS = {"code": "slow_down", "message": "Words", "metadata": {"limits": [1, 2]}}
ANSWERS: list[httpx.Response | Exception] = [
    httpx.ReadError("reset"),
    httpx.ReadTimeout("slow"),
    httpx.Response(200, json={"data": [{}]}),
    *(
        httpx.Response(status, json={"error": DETAILS}, headers={"Retry-After": "7"})
        for status in (418, 500, *BY_CODE)
    ),
]
EXAMPLES = {
    type(error).__name__: error
    for error in (
        errors.APIError("Words"),
        errors.ConfigurationError("Words"),
        *(caught(call_sync, Script(answer).client(max_retries=0)) for answer in ANSWERS),
    )
}


def through_pickle(error: Exception) -> Exception:
    restored: Exception = pickle.loads(pickle.dumps(error))
    return restored


WAYS = pytest.mark.parametrize("way", [through_pickle, copy.copy, copy.deepcopy])
Way = Callable[[Exception], Exception]


def test_there_is_an_example_of_each_class() -> None:
    assert EXAMPLES.keys() == {name for name in errors.__all__ if name.endswith("Error")}


@WAYS
@pytest.mark.parametrize("name", EXAMPLES)
def test_copy_keeps_everything(name: str, way: Way) -> None:
    error = EXAMPLES[name]

    restored = way(error)

    assert type(restored) is type(error)
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
