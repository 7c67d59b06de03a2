"""What commands read from files: bodies in JSON, in parts, and as they are."""

from __future__ import annotations

import datetime as dt
import importlib
import io
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from tests.generator.client.small import document, package

THING = b'{"code": 1, "on": "2026-08-23"}'


class Status(StrEnum):
    """An enum of texts."""

    ON_LOAN = "on loan"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The modules of a package with a body of the type Thing, in JSON or in parts."""
    schema = {
        "type": "object",
        "required": ["code"],
        "properties": {
            "code": {"type": "integer"},
            "on": {"type": "string", "format": "date"},
            "photo": {"type": "string", "format": "binary"},
        },
    }
    content = {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    operation = {"requestBody": {"content": content}, "responses": {"204": {"description": ""}}}
    made = document({"send": operation}, method="post", components={"schemas": {"Thing": schema}})
    with package(made, tmp_path_factory.mktemp("bodies"), "small_bodies") as found:
        bodies: Any = importlib.import_module("small_bodies._cli.bodies")
        yield SimpleNamespace(
            read=bodies.read_value,
            decoder=bodies.decoder,
            Thing=found.models.Thing,
            Unset=bodies.Unset,
            Error=bodies.CommandError,
        )


def test_a_body_is_read_from_a_file_or_standard_input(
    small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "body.json").write_bytes(THING)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(THING)))

    found = [small.read(file, small.Thing, "--body") for file in (tmp_path / "body.json", "-")]

    assert [small.Thing(code=1, on=dt.date(2026, 8, 23))] * 2 == found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        (b"{", "not valid JSON: "),
        (b"[]", "$: expected object, received array"),
        (b'{"code": "1"}', "$.code: expected integer, received string"),
    ],
)
def test_a_body_that_does_not_fit_is_refused(
    small: Any, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "body.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(small.Error) as caught:
        small.read(str(file), small.Thing, "--body")

    assert str(caught.value).startswith(f"--body: {file}: {said}")


@pytest.mark.parametrize("content", [b'"text"', b"\xff", b"{}"])
def test_a_body_that_may_be_bytes_is_the_file_unless_its_json_fits(
    small: Any, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "thing").write_bytes(THING)
    (tmp_path / "other").write_bytes(content)

    thing = small.read(tmp_path / "thing", small.Thing | bytes, "--body")

    assert 1 == thing.code
    for annotation in (small.Thing | bytes, str | bytes):
        assert content == small.read(tmp_path / "other", annotation, "--body")


def test_a_part_may_be_a_file(small: Any, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_bytes(b'{"code": 1, "photo": "@cat.png"}')

    thing = small.read(tmp_path / "body.json", small.Thing, "--body", has_files=True)

    assert Path("cat.png") == thing.photo.payload


@pytest.mark.parametrize(
    ("annotation", "value", "decoded"),
    [
        (Any, {"a": [1]}, {"a": [1]}),
        (str | None, None, None),
        (Literal[1, 2], 2, 2),
        (Status | str, "on loan", Status.ON_LOAN),
        (list[dt.date], ["2026-08-23"], [dt.date(2026, 8, 23)]),
        (Sequence[int], [1], [1]),
        (dict[str, int], {"a": 1}, {"a": 1}),
    ],
)
def test_an_annotation_reads_json(small: Any, annotation: Any, value: Any, decoded: Any) -> None:
    assert decoded == small.decoder(annotation | small.Unset)(value)
