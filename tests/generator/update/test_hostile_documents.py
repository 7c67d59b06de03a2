"""A hostile or broken document is refused in a line; nothing is fetched or changed."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from generator.__main__ import main
from tests.generator.edited import edited
from tests.generator.paths import FIRST_UPSTREAM
from tests.generator.update.activity import as_json, ref, response
from tests.generator.update.checkout import Checkout

HEAD = 'openapi: 3.1.0\npaths: {"/activity": {get: {}}}\n'
SMALL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "paths": {"/activity": {"get": {"operationId": "a", "responses": {}}}},
}
A = ref("A")


def yaml(text: str) -> bytes:
    return f"{HEAD}x: {text}".encode()


def parameter(target: str) -> bytes:
    return as_json(edited(SMALL, {"paths /activity get parameters": [{"$ref": target}]}))


def schemas(**schemas: Any) -> bytes:
    responses = {"paths /activity get responses 200": response(A)}
    return as_json(edited(SMALL, responses | {"components": {"schemas": schemas}}))


LAUGHS = "a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in itertools.pairwise("abcdefghi")
)

#: Documents that cannot be used, and words of the error.
HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b" \n", ": empty"),
    "not UTF-8": (b"openapi: \xff\xfe", ": not UTF-8"),
    "truncated YAML": (FIRST_UPSTREAM.partition("00':")[0].encode(), "found unexpected end of"),
    "truncated YAML, with our operation": (
        FIRST_UPSTREAM.partition("components:")[0].encode(),
        "schemas/Analytics_getUserActivity_Response_200' leads to nothing",
    ),
    "truncated JSON": (as_json(SMALL)[:-9], ": not JSON: "),
    "truncated page": (b"# Page\n\n```yaml\nopenapi: 3.1.0\n", "block has no end"),
    "billion laughs": ((HEAD + LAUGHS).encode(), "more than 1,000,000 values is not supported"),
    "an alias of itself": (yaml("&x {y: *x}\n"), "an alias inside its own value"),
    "nesting": (yaml("[" * 100_000), "line 3: nesting this deep is not"),
    "nesting in JSON": (b'{"openapi":' + b"[" * 100_000, "nested too deeply"),
    "nesting that Python reads": (b'{"openapi":' + b"[" * 300 + b"]" * 300 + b"}", "too deeply"),
    "a number that JSON lacks": (b'{"openapi": NaN}', "NaN is no number of JSON"),
    "half a character": (b'{"openapi": "3.1.0", "x": "\\ud800"}', "a text is not Unicode"),
    "a key twice in JSON": (b'{"openapi": "3.1.0", "openapi": "3.1.0"}', "'openapi' occurs twice"),
    "a YAML tag that creates Python objects": (
        yaml("!!python/object/apply:os.system ['touch /tmp/owned']\n"),
        "line 3: the tag tag:yaml.org,2002:python/object/apply:os.system is not supported",
    ),
    "an endless number": (yaml("9" * 5000), "an integer of 5000 digits"),
    "no paths": (b"openapi: 3.1.0\n", "paths is missing"),
    "an HTML page": (b"\n<!DOCTYPE html>\n<html><title>502</title></html>", ": an HTML or XML"),
    "a reference to a file": (parameter("file:///etc/passwd"), "leads out of the document"),
    "a reference to http": (
        parameter("http://169.254.169.254/latest#/a"),
        "'http://169.254.169.254/latest#/a' leads out of the document; nothing was fetched",
    ),
    "a reference in a circle": (schemas(A=ref("B"), B=A), "leads round in a circle"),
    "a reference to nothing": (schemas(B={}), "'#/components/schemas/A' leads to nothing"),
    "a reference by a discriminator": (
        schemas(A={"discriminator": {"propertyName": "x", "mapping": {"x": "x.yaml#/A"}}}),
        "'x.yaml#/A' leads out of the document",
    ),
    "a reference into another operation": (
        parameter("#/paths/~1activity/get/operationId"),
        "leads to no component, which is not supported",
    ),
    "an operation that is not an object": (
        as_json(edited(SMALL, {"paths /activity get": [1]})),
        "#/paths/~1activity/get: [1] is no operation",
    ),
    "without our operation": (
        as_json(SMALL | {"paths": {"/activities": {"get": {"operationId": "x"}}}}),
        "the document has lost operations of ours: GET /activity (analytics.get_user_activity) is "
        "not in it; the nearest are GET /activities",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_in_a_line_and_changes_nothing(
    first: Checkout,
    offline: list[Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    content, words = HOSTILE[name]
    (tmp_path / "document").write_bytes(content)
    before = first.contents()

    code = main(["update", str(tmp_path / "document"), "--root", str(first.root)])

    [line] = capsys.readouterr().err.splitlines()
    assert (1, True) == (code, line.startswith("error: "))
    assert words in line
    assert len(line) < 500
    assert before == first.contents()
    assert [] == offline
    assert not Path("/tmp/owned").exists()
