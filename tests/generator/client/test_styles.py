"""Parameters are sent as OpenAPI says, whatever their style and type."""

from __future__ import annotations

from typing import Any

import pytest

from tests.generator.client import small
from tests.generator.client.small import TEXT, array

ARRAY = array(TEXT)
OBJECT = {"type": "object", "additionalProperties": True}
RGB = {"R": 100, "G": 200, "B": 150}
COLORS = ["blue", "black", "brown"]
AWKWARD = ["a,b", "c d"]

#: The location, style, explode and schema of a parameter named "color"; a value; what is sent.
SENT: list[tuple[str, str, bool, dict[str, Any], Any, str]] = [
    # The examples of OpenAPI 3.1.1.
    ("path", "matrix", False, TEXT, "", ";color"),
    ("path", "matrix", False, TEXT, "blue", ";color=blue"),
    ("path", "matrix", False, ARRAY, COLORS, ";color=blue,black,brown"),
    ("path", "matrix", False, OBJECT, RGB, ";color=R,100,G,200,B,150"),
    ("path", "matrix", True, ARRAY, COLORS, ";color=blue;color=black;color=brown"),
    ("path", "matrix", True, OBJECT, RGB, ";R=100;G=200;B=150"),
    ("path", "label", False, TEXT, "blue", ".blue"),
    ("path", "label", False, ARRAY, COLORS, ".blue,black,brown"),
    ("path", "label", False, OBJECT, RGB, ".R,100,G,200,B,150"),
    ("path", "label", True, ARRAY, COLORS, ".blue.black.brown"),
    ("path", "label", True, OBJECT, RGB, ".R=100.G=200.B=150"),
    ("path", "simple", False, TEXT, "blue", "blue"),
    ("path", "simple", False, ARRAY, COLORS, "blue,black,brown"),
    ("path", "simple", False, OBJECT, RGB, "R,100,G,200,B,150"),
    ("path", "simple", True, ARRAY, COLORS, "blue,black,brown"),
    ("path", "simple", True, OBJECT, RGB, "R=100,G=200,B=150"),
    ("query", "form", False, TEXT, "", "color="),
    ("query", "form", False, ARRAY, COLORS, "color=blue,black,brown"),
    ("query", "form", False, OBJECT, RGB, "color=R,100,G,200,B,150"),
    ("query", "form", True, ARRAY, COLORS, "color=blue&color=black&color=brown"),
    ("query", "form", True, OBJECT, RGB, "R=100&G=200&B=150"),
    ("query", "spaceDelimited", False, ARRAY, COLORS, "color=blue%20black%20brown"),
    ("query", "spaceDelimited", False, OBJECT, RGB, "color=R%20100%20G%20200%20B%20150"),
    ("query", "pipeDelimited", False, ARRAY, COLORS, "color=blue%7Cblack%7Cbrown"),
    ("query", "pipeDelimited", False, OBJECT, RGB, "color=R%7C100%7CG%7C200%7CB%7C150"),
    ("query", "deepObject", True, OBJECT, RGB,
     "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
    ("header", "simple", False, ARRAY, COLORS, "blue,black,brown"),
    ("header", "simple", False, OBJECT, RGB, "R,100,G,200,B,150"),
    ("header", "simple", True, ARRAY, COLORS, "blue,black,brown"),
    ("header", "simple", True, OBJECT, RGB, "R=100,G=200,B=150"),
    ("cookie", "form", False, ARRAY, COLORS, "color=blue,black,brown"),
    ("cookie", "form", False, OBJECT, RGB, "color=R,100,G,200,B,150"),
    # What OpenAPI leaves open.
    ("query", "spaceDelimited", True, ARRAY, COLORS, "color=blue&color=black&color=brown"),
    ("query", "pipeDelimited", True, OBJECT, RGB, "R=100&G=200&B=150"),
    ("query", "deepObject", False, OBJECT, RGB,
     "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150"),
    ("query", "deepObject", True, OBJECT, {"a": {"b": [1, {"c": True}]}},
     "color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B1%5D%5Bc%5D=true"),
    ("query", "deepObject", True, ARRAY, COLORS[:2], "color%5B0%5D=blue&color%5B1%5D=black"),
    ("query", "form", True, OBJECT, {"a": [1, 2], "b": None, "c": {"d": 1}},
     "a=1&a=2&c=%7B%22d%22%3A1%7D"),
    ("query", "form", False, array(ARRAY), [["a"]], "color=%5B%22a%22%5D"),
    ("cookie", "form", True, ARRAY, COLORS, "color=blue; color=black; color=brown"),
    ("cookie", "form", True, OBJECT, RGB, "R=100; G=200; B=150"),
    # Percent-encoding leaves no delimiter in a value.
    ("path", "simple", False, ARRAY, AWKWARD, "a%2Cb,c%20d"),
    ("path", "label", True, ARRAY, ["a/b", "é"], ".a%2Fb.%C3%A9"),
    ("query", "form", False, ARRAY, AWKWARD, "color=a%2Cb,c%20d"),
    ("query", "form", True, OBJECT, {"a&b": "c=d"}, "a%26b=c%3Dd"),
    ("query", "pipeDelimited", False, ARRAY, ["a|b", "c"], "color=a%7Cb%7Cc"),
    ("cookie", "form", False, ARRAY, ["a;b", "c"], "color=a%3Bb,c"),
    # Other types.
    ("query", "form", False, {"type": ["array", "null"], "items": TEXT}, None, ""),
    ("query", "form", False, ARRAY, [], ""),
    ("query", "form", False, {"anyOf": [TEXT, ARRAY]}, "a,b", "color=a%2Cb"),
    ("query", "form", False, {"anyOf": [TEXT, ARRAY]}, ["a", "b"], "color=a,b"),
    ("query", "form", True, {"oneOf": [ARRAY, TEXT]}, "a b", "color=a+b"),
    ("query", "form", True, {"oneOf": [ARRAY, TEXT]}, ["a", "b"], "color=a&color=b"),
    ("query", "deepObject", True, {"anyOf": [OBJECT, {"type": "integer"}]}, 5, "color=5"),
    ("query", "form", False, array({"type": "boolean"}), [True], "color=true"),
    ("header", "simple", False, ARRAY, [], ""),
]  # fmt: skip


def operation(number: int) -> tuple[str, Any]:
    """The path of a row, and its operation."""
    where, style, explode, schema, _, _ = SENT[number]
    parameter = {"name": "color", "in": where, "style": style, "explode": explode}
    parameter |= {"schema": schema, "required": where == "path"}
    get = {"operationId": f"get_{number}", "parameters": [parameter]}
    return f"/{number}/{'{color}' * (where == 'path')}", {"get": get}


DOCUMENT = small.openapi(dict(map(operation, range(len(SENT)))))


def name(number: int) -> str:
    return "-".join(map(str, SENT[number][:3]))


@pytest.mark.parametrize("number", range(len(SENT)), ids=name)
def test_a_parameter_has_its_style(package: Any, number: int) -> None:
    where, _, _, _, value, expected = SENT[number]
    calls = small.Calls(package)

    calls(f"get_{number}", color=value)

    found = {
        "path": calls.target.rpartition("/")[2],
        "query": calls.target.partition("?")[2],
        "header": calls.last.headers.get("color", ""),
        "cookie": calls.last.headers.get("Cookie", ""),
    }
    assert expected == found[where]
