"""Packages of small documents, as the tests import and call them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from generator.errors import GeneratorError
from tests.generator.client import small


@pytest.fixture(scope="module")
def package(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The imported package of the document that the test's module calls `DOCUMENT`."""
    name = request.module.__name__.rpartition(".test_")[2] + "_package"
    with small.package(request.module.DOCUMENT, tmp_path_factory.mktemp(name), name) as imported:
        yield imported


@pytest.fixture(params=["sync", "async"])
def calling(request: pytest.FixtureRequest, package: Any) -> small.Calling:
    """Makes calls of the package, in threads and for asyncio."""
    return functools.partial(small.Calls, package, is_async=request.param == "async")


@pytest.fixture
def imported(tmp_path: Path) -> Iterator[Callable[[dict[str, Any]], Any]]:
    """Makes and imports the packages of a test's own documents."""
    numbers = count(1)
    with ExitStack() as stack:
        yield lambda document: stack.enter_context(
            small.package(document, tmp_path, f"small_client_{next(numbers)}")
        )


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[[dict[str, Any] | str], list[str]]:
    """Returns the lines of the error that refuses a document."""

    def lines(document: dict[str, Any] | str) -> list[str]:
        with pytest.raises(GeneratorError) as caught:
            small.make(document, tmp_path, "refused_client")
        return [line.removeprefix("  - ") for line in str(caught.value).splitlines()]

    return lines
