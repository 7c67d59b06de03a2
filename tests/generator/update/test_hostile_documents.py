"""A hostile or broken document is refused in a line; nothing is fetched or changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.__main__ import main
from tests.generator.update.checkout import Checkout
from tests.generator.update.evolution import BLOCK

SMALL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "paths": {"/activity": {"get": {"operationId": "a", "responses": {}}}},
}
HEAD = 'openapi: 3.1.0\npaths: {"/activity": {get: {}}}\n'


def operation(**fields: Any) -> bytes:
    return json.dumps(SMALL | {"paths": {"/activity": {"get": fields}}}).encode()


def with_schemas(**schemas: Any) -> bytes:
    response = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
    own = {"get": {"responses": {"200": response}}}
    return json.dumps(
        SMALL | {"paths": {"/activity": own}, "components": {"schemas": schemas}}
    ).encode()


def reference(target: str) -> bytes:
    return operation(parameters=[{"$ref": target}])


LAUGHS = HEAD + "a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)  # fmt: skip

#: Documents that cannot be used, and words of the error.
HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b" \n", ": empty"),
    "not UTF-8": (b"openapi: \xff\xfe", ": not UTF-8"),
    "truncated YAML": (BLOCK[: BLOCK.index("'400'") + 2].encode(), "found unexpected end of"),
    "truncated YAML, with our operation": (
        BLOCK[: BLOCK.index("components:")].encode(),
        "schemas/Analytics_getUserActivity_Response_200' leads to nothing",
    ),
    "truncated JSON": (json.dumps(SMALL)[:-9].encode(), ": not JSON: "),
    "truncated page": (b"# Page\n\n```yaml\nopenapi: 3.1.0\n", "block has no end"),
    "billion laughs": (LAUGHS.encode(), "more than 1,000,000 values is not supported"),
    "an alias of itself": (HEAD.encode() + b"x: &x {y: *x}\n", "an alias inside its own value"),
    "nesting": (HEAD.encode() + b"x: " + b"[" * 100_000, "line 3: nesting this deep is not"),
    "nesting in JSON": (b'{"openapi":' + b"[" * 100_000, "nested too deeply"),
    "a key twice in JSON": (b'{"openapi": "3.1.0", "openapi": "3.1.0"}', "'openapi' occurs twice"),
    "a tag that makes objects": (
        HEAD.encode() + b"x: !!python/object/apply:os.system ['touch /tmp/owned']\n",
        "line 3: the tag tag:yaml.org,2002:python/object/apply:os.system is not supported",
    ),
    "an endless number": (HEAD.encode() + b"x: " + b"9" * 5000, "an integer of 5000 digits"),
    "no paths": (b"openapi: 3.1.0\n", "paths is missing"),
    "an HTML page": (b"\n<!DOCTYPE html>\n<html><title>502</title></html>", ": an HTML or XML"),
    "a reference to a file": (reference("file:///etc/passwd"), "leads out of the document"),
    "a reference to http": (
        reference("http://169.254.169.254/latest#/a"),
        "'http://169.254.169.254/latest#/a' leads out of the document; nothing was fetched",
    ),
    "a reference in a circle": (
        with_schemas(
            A={"$ref": "#/components/schemas/B"}, B={"$ref": "#/components/schemas/A"}
        ),
        "leads round in a circle",
    ),
    "a reference to nothing": (with_schemas(B={}), "'#/components/schemas/A' leads to nothing"),
    "a reference by a discriminator": (
        with_schemas(A={"discriminator": {"propertyName": "x", "mapping": {"x": "x.yaml#/A"}}}),
        "'x.yaml#/A' leads out of the document",
    ),
    "a reference into another operation": (
        reference("#/paths/~1activity/get/responses"), "leads to nothing"
    ),
    "without our operation": (
        json.dumps(SMALL | {"paths": {"/activities": {"get": {"operationId": "x"}}}}).encode(),
        "the document has lost operations of ours: GET /activity (analytics.get_user_activity) is "
        "not in it; the nearest are GET /activities",
    ),
}  # fmt: skip


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
