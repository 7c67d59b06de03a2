"""The one reader of YAML and JSON: what it reads, and what it refuses."""

import itertools
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from generator.errors import GeneratorError
from generator.spec.read import read_document, read_published, yaml_block
from tests.generator.paths import FIRST_UPSTREAM, PAGE

DATA = read_published(PAGE, "page").data


@pytest.mark.parametrize(
    ("page", "block"),
    [
        ("```yaml\na: 1\n```\n", "a: 1\n"),
        ("# Title\n\n```yaml\na: 1\n\nb: 2\n```\n\n```yaml\nc: 3\n```", "a: 1\n\nb: 2\n"),
        ("```json\n{}\n```\n```yml\na: 1\n```", "a: 1\n"),
        ("```yaml\r\na: 1\r\n```\r\n", "a: 1\r\n"),
        ("````yaml\na: |\n  ```\n  x\n````\n", "a: |\n  ```\n  x\n"),
        ("```yaml\na: '```'\nb: x ```\n```\n", "a: '```'\nb: x ```\n"),
        ("``` yaml\na: 1\n```\n```yaml  \nb: 2\n```", "a: 1\n"),
        ("````yaml /openapi/openapi.yaml get /a\na: 1\n````\n", "a: 1\n"),
        ("```YML title=x\r\na: 1\r\n```\r\n", "a: 1\r\n"),
        ("~~~~ yaml x\na: 1\n~~~\n~~~~~\n", "a: 1\n~~~\n"),
        ("```yamlish\na: 1\n```\n```x yaml\n```\n```yaml\nb: 2\n```", "b: 2\n"),
        ("````markdown\n```yaml\na: 1\n```\n````\n```yaml\nb: 2\n```", "b: 2\n"),
        ("```yaml\n```\n", ""),
    ],
)
def test_first_yaml_block_of_a_page(page: str, block: str) -> None:
    assert block == yaml_block(page)


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("", "no block"),
        ("a: 1", "no block"),
        ("```json\n{}\n```", "no block"),
        ("inline ```yaml\na: 1\n```", "no block"),
        ("```yaml\na: 1\n", "no end"),
        ("````yaml\na: 1\n```\n", "no end"),
        ("```json\n```yaml\na: 1\n", "no block"),
    ],
)
def test_page_without_a_whole_yaml_block_is_refused(page: str, message: str) -> None:
    with pytest.raises(GeneratorError, match=message):
        yaml_block(page)


BOMB = "a: &a [x, x]\n" + "".join(
    f"{name}: &{name} [*{before}, *{before}]\n" for before, name in itertools.pairwise("abcdefgh")
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a mapping"),
        ("- openapi", "not a mapping"),
        ("openapi", "not a mapping"),
        ("a: [", "line 2: "),
        ("a: 1\n b: 2", "line 2: "),
        ("a: 1\n\tb: 2", "line 2: "),
        ("a: \x00", "control characters are not allowed"),
        ("openapi: 3.1.0\n---\nopenapi: 3.1.0\n", "line 2: a second document is not supported"),
        ("a: 1\nb: 2\na: 3", "line 3: the key 'a' occurs twice"),
        ("b:\n  - a: 1\n    'a': 3", "line 3: the key 'a' occurs twice"),
        ("a: !!python/object/apply:os.system [ls]", "line 1: the tag tag:yaml.org,2002:python"),
        ("a: !!timestamp 2025-11-08", "the tag tag:yaml.org,2002:timestamp"),
        ("a: !!binary aGk=", "the tag tag:yaml.org,2002:binary"),
        ("a: !!set {b}", "the tag tag:yaml.org,2002:set"),
        ("a: !thing {b: 1}", "the tag !thing"),
        ("a: !include other.yaml", "the tag !include"),
        ("a: &b 1", "line 1: an anchor or alias"),
        ("a: &b {c: *b}", "an anchor or alias"),
        ("a: *b", "an anchor or alias"),
        (BOMB, "an anchor or alias"),
        ("<<: {a: 1}", "the merge key"),
        ("200: a", "the key 200, which is no string"),
        ("null: a", "the key null, which is no string"),
        ("? [a]\n: b", "is no string"),
        ("a: .nan", ".nan, which is no number of JSON"),
        ("a: -.INF", "-.INF, which is no number of JSON"),
        ("[" * 600, "nesting this deep"),
        ("a: 1", "openapi is None"),
        ("swagger: '2.0'", "Swagger 2.0, expected OpenAPI 3.0 or 3.1; convert it first"),
        ("openapi: 2.0.0", "openapi is '2.0.0'"),
        ("openapi: 4.0.0", "openapi is '4.0.0'"),
        ("openapi: 3.1", "openapi is 3.1, expected OpenAPI 3.0 or 3.1"),
        ("openapi: 3.10.0", "openapi is '3.10.0'"),
        ("openapi: [3, 1, 0]", "openapi is [3, 1, 0]"),
    ],
)
def test_text_that_is_no_openapi_document_is_refused(text: str, message: str) -> None:
    with pytest.raises(GeneratorError, match=f"^the document.*{re.escape(message)}") as caught:
        read_document(text)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (PAGE, "page"),
        (
            PAGE.replace(b"```yaml", b"````yaml /a.yaml get /b").replace(b"\n```\n", b"\n````\n"),
            "page",
        ),
        (FIRST_UPSTREAM.encode(), "YAML"),
        (b"\xef\xbb\xbf" + FIRST_UPSTREAM.encode(), "YAML"),
        (FIRST_UPSTREAM.replace("\n", "\r\n").encode(), "YAML"),
        (json.dumps(DATA).encode(), "JSON"),
        (b"\n  " + json.dumps(DATA, indent=3).encode(), "JSON"),
    ],
)
def test_every_form_says_the_same(content: bytes, form: str) -> None:
    published = read_published(content, "document")

    assert form == published.form
    assert DATA == published.data


def test_a_page_says_how_old_it_is() -> None:
    assert "2025-11-08" == read_published(PAGE, "page").edition


def read_one_of_the_chain(text: str) -> dict[str, Any]:
    return read_document(text)


def read_a_published_one(text: str) -> dict[str, Any]:
    return read_published(text.encode(), "it").data


@pytest.mark.parametrize("read", [read_one_of_the_chain, read_a_published_one])
def test_yaml_means_what_it_means_as_json(read: Callable[[str], dict[str, Any]]) -> None:
    text = """\
openapi: 3.1.0
paths: {}
on: [no, off, y, ~, null, true, 012, 0x1F, 0o17, 1.50, -2e3, .5, {}, []]
date: 2025-11-08
time: 2025-11-08T00:00:00Z
quoted: ["1", 'true', "null"]
folded: >-
  a
  b
"""
    expected: dict[str, Any] = {
        "openapi": "3.1.0",
        "paths": {},
        "on": ["no", "off", "y", None, None, True, 12, 31, 15, 1.5, -2000.0, 0.5, {}, []],
        "date": "2025-11-08",
        "time": "2025-11-08T00:00:00Z",
        "quoted": ["1", "true", "null"],
        "folded": "a b",
    }

    data = read(text)

    # The types of Python itself, and 12 is no 12.0.
    assert repr(expected) == repr(data)


def test_a_published_document_may_have_aliases_and_keys_that_are_no_strings() -> None:
    data = read_a_published_one("openapi: 3.1.0\npaths: {}\n200: x\na: &b [1]\nc: *b\n")

    assert data == {"openapi": "3.1.0", "paths": {}, "200": "x", "a": [1], "c": [1]}
    assert data["a"] is not data["c"]
