"""Docstrings made of any description pass the project's own lint."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from generator.client.generate import build
from generator.client.views.docstrings import docstring, literal_lines, paragraphs
from generator.spec.read import read_document
from generator.spec.values import is_array, is_object
from tests.generator.client import small
from tests.generator.paths import DOCUMENTS, ROOT

LIBRARY = read_document((DOCUMENTS / "library.yaml").read_text("utf-8"))

DESCRIPTIONS = {
    "one line": "One line.",
    "nothing": "",
    "no full stop": "no full stop here",
    "paragraphs": "The first sentence of many. The second\ngoes on.\n\nAnother: with a colon:",
    "a list": f"Groups by:\n\n- one\n- two that is long {'word ' * 40}\n\n1. three\n2. four",
    "a table": f"| a | b |\n|---|---|\n| 1 | {'x ' * 80}|",
    "HTML": "<p>Hello <b>world</b></p><script>alert(1)</script>",
    "links": "See [the docs](/docs/a), ![a picture](b.png) and [the web](https://example.org).",
    "5,000 characters": "Lorem ipsum dolor sit amet, " * 180,
    "right to left": "\u200fהטקסט הזה מימין לשמאל\u202e reversed",
    "Japanese": "日本語の説明。次の文。",
    "backslashes and quotes": 'A pattern \\d+ and C:\\new "quoted""" end\\',
    "sections": "Summary.\n\nArgs:\n    x: y\n\nReturns:\n    z\n\n```python\nx = 1\n```",
    "headings": "Summary.\n\nNotes:\n\n- one\n\nExample:\n\ntext",
    "a colon": "Values:",
    "a long URL": f"See https://example.org/{'a' * 200} now.",
    "a long word": "w" * 300,
    "a heading": "# Heading\n\nText",
    "a signature": "get_book(id) -> x",
    "braces": "100% {x} {{y}} {% raw %} `code`: explains",
}


def described(node: Any, text: str) -> Any:
    """A copy of a node with this text for every description."""
    if is_array(node):
        return [described(item, text) for item in node]
    if not is_object(node):
        return node
    copied = {key: described(value, text) for key, value in node.items()}
    if isinstance(node.get("description"), str):
        copied["description"] = text
    if isinstance(node.get("summary"), str):
        copied["summary"] = text.partition("\n")[0]
    return copied


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_what_is_generated_passes_lint(tmp_path: Path, name: str) -> None:
    document = described(copy.deepcopy(LIBRARY), DESCRIPTIONS[name])
    (tmp_path / "library.json").write_text(json.dumps(document), "utf-8")

    build(tmp_path / "library.json", DOCUMENTS / "library-config.yaml", tmp_path / "generated")

    options = ["check", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    checked = subprocess.run(
        [find_ruff_bin(), *options, str(tmp_path / "generated")], capture_output=True, text=True
    )
    assert 0 == checked.returncode, checked.stdout[:2000]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one", "One."),
        ("One. Two.", "One.\n\nTwo."),
        ("Filter by e.g. the day. Then more.", "Filter by e.g. the day.\n\nThen more."),
        ("openrouter-analytics: a client.", "openrouter-analytics: a client."),
        ("", "Default."),
        ("- a\n- b", "Default.\n\n- a\n- b."),
        ("a\nb", "A.\n\nb."),
        (f"{'long ' * 30}.", f"Default.\n\n{('long ' * 17).strip()}\n{('long ' * 13).strip()} ."),
    ],
)
def test_the_first_sentence_is_the_summary_if_it_fits(text: str, expected: str) -> None:
    assert expected == docstring(text, default="Default.")


def test_links_that_lead_nowhere_outside_of_their_site_are_text() -> None:
    text = "[a](/a), [b](b#c), ![c](d.png), [d](https://example.org) and [e](mailto:x@example.org)"

    assert "a, b, c, [d](https://example.org) and [e](mailto:x@example.org)." == paragraphs(text)


@pytest.mark.parametrize("text", ["", "a", "a b " * 60, "w" * 300, f"a {'w' * 150} b"])
def test_the_pieces_of_a_literal_give_the_text(text: str) -> None:
    pieces = literal_lines(text)

    assert " ".join(text.split()) == "".join(pieces)
    assert [] == [piece for piece in pieces if len(piece) > 73]


def test_a_field_has_the_description_of_a_component_that_may_be_null(
    imported: Callable[[dict[str, Any]], Any],
) -> None:
    owner = small.model(name=small.TEXT) | {"type": ["object", "null"], "description": "Its owner."}
    thing = small.returning(small.model(owner=small.ref("Owner")))
    document = small.document({"get_thing": thing}, components={"schemas": {"Owner": owner}})

    package = imported(document)

    assert "    owner: Its owner.\n" in package.models.GetThingResponse200.__doc__
