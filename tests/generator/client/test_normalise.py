"""What schemas say in many ways is checked by the client: schemas.yaml is the table of them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator.spec.read import read_mapping
from generator.spec.values import is_array
from tests.generator.client import small
from tests.generator.paths import DOCUMENTS

TABLE = read_mapping((DOCUMENTS / "schemas.yaml").read_text("utf-8"), "schemas.yaml")
JSON = {"content-type": "application/json"}
CASES: dict[str, dict[str, Any]] = TABLE["cases"]


def returning(schema: Any) -> dict[str, Any]:
    """An operation whose response has a schema."""
    content = {"application/json": {"schema": schema}}
    return {"responses": {"200": {"description": "It.", "content": content}}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("normalised")


@pytest.fixture(scope="module")
def package(folder: Path) -> Iterator[Any]:
    operations = {name: returning(case["schema"]) for name, case in CASES.items()}
    document = small.document(operations, components={"schemas": TABLE["components"]})
    with small.package(document, folder, "normalised") as package:
        yield package


def read(package: Any, name: str, body: Any) -> Any:
    """What the client makes of a body."""
    caller = small.Caller(package, "sync")
    response = httpx.Response(200, content=json.dumps(body), headers=JSON)
    return caller.method(caller.client(lambda _: response), name)


def plain(value: Any) -> Any:
    """A value of the client as JSON."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return [plain(item) for item in value] if is_array(value) else value


@pytest.mark.parametrize("name", CASES)
def test_what_is_allowed_is_read_and_written(package: Any, name: str) -> None:
    bodies = CASES[name]["allowed"]

    found = [plain(read(package, name, body)) for body in bodies]

    assert bodies == found


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name, case in CASES.items() for path in case["refused"]]
)
def test_what_is_not_allowed_is_refused_with_its_path(package: Any, name: str, path: str) -> None:
    with pytest.raises(package.errors.ResponseValidationError) as caught:
        read(package, name, CASES[name]["refused"][path])

    assert path == caught.value.path


@pytest.mark.usefixtures("package")
def test_the_types_hold(folder: Path) -> None:
    assert "" == small.type_errors(folder / "site")
