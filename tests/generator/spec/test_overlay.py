"""What overlay actions do to a document, and what is refused."""

import difflib
import re
from typing import Any

import pytest

from generator.errors import GeneratorError
from generator.spec import overlay as overlays
from generator.spec.round_trip import dump, load
from tests.generator.edited import edited

HEAD = """\
overlay: 1.0.0
info:
  title: A test
  version: 1.0.0
"""


def parsed(actions: str) -> Any:
    """An overlay of actions."""
    return load(f"{HEAD}actions:\n{actions}", "overlay")


def changed(text: str, actions: str) -> str:
    """The document's text after the actions."""
    return dump(overlays.apply(load(text, "document"), parsed(actions)))


# What actions do

PETS = """\
# Kept by hand.
info:
  title: "Pets" # the name
  version: '1'
empty: {}
tags:
  - name: cat
  # the loud one
  - name: dog
  - name: fox
text: >-
  folded where
  it was
"""


@pytest.mark.parametrize(
    ("action", "diff"),
    [
        (
            "{target: $.info, update: {title: Animals, contact: {name: Zoe}}",
            [
                '-  title: "Pets" # the name',
                '+  title: "Animals" # the name',
                "+  contact:",
                "+    name: Zoe",
            ],
        ),
        (
            "{target: $.empty, update: {a: {b: []}}",
            ["-empty: {}", "+empty:", "+  a:", "+    b: []"],
        ),
        ("{target: $.tags, update: {name: owl}", ["+  - name: owl"]),
        ("{target: $, update: {tags: [{name: owl}]}", ["+  - name: owl"]),
        ("{target: '$.tags[?@.name == \"fox\"]', remove: true", ["-  - name: fox"]),
        (
            "{target: '$.tags[0, 1]', remove: true",
            ["-  - name: cat", "-  # the loud one", "-  - name: dog"],
        ),
        ("{target: '$.tags[2, 2]', remove: true", ["-  - name: fox"]),
        (
            "{target: $.info, remove: true",
            ["-info:", '-  title: "Pets" # the name', "-  version: '1'"],
        ),
        (
            "{target: '$.tags[*]', update: {kind: {wild: false}}",
            ["+    kind:", "+      wild: false"] * 3,
        ),
        ("{target: $.info, update: {}, remove: false", []),
    ],
    ids=[
        "merge",
        "fill an empty object",
        "append",
        "concatenate an array within an object",
        "remove by filter",
        "remove several",
        "remove what is selected twice once",
        "remove an object",
        "merge into several, without anchors",
        "nothing",
    ],
)
def test_an_action_changes_nothing_else(action: str, diff: list[str]) -> None:
    after = changed(PETS, f"  - {action}, x-expect: {{not: {{const: 0}}}}, description: Because.}}")

    lines = difflib.ndiff(PETS.splitlines(), after.splitlines())
    assert diff == [line[0] + line[2:] for line in lines if line[0] in "+-"]


def test_actions_build_on_each_other_and_a_removed_key_leaves_no_comment() -> None:
    actions = """\
  - description: The object goes.
    target: $.a
    x-expect: {type: object}
    remove: true
  - description: Another comes.
    target: $
    x-expect: {not: {required: [a]}}
    update: {a: 1}
"""

    assert changed("a: # of old\n  x: 1\nb: 2\n", actions) == "b: 2\na: 1\n"


def test_comments_and_blank_lines_of_the_overlay_stay_there_and_its_quotes_and_folds_come() -> None:
    actions = """\
  - description: Because.
    target: $.info
    x-expect: {type: object}
    # a reason
    update:
      date: "2025-11-08" # quoted
      day: 2025-11-08
      # a list
      list:
        - 'one' # first

        - two
      text: >- # folded
        one
        two

# the next action

  - description: Because.
    target: $.empty
    x-expect: {const: {}}
    update: {a: 1}
"""
    added = """\
  date: "2025-11-08"
  day: 2025-11-08
  list:
    - 'one'
    - two
  text: >-
    one
    two
empty:
  a: 1
"""

    assert PETS.replace("empty: {}\n", added) == changed(PETS, actions)


def test_the_document_and_the_overlay_stay_as_they_were() -> None:
    document, overlay = load(PETS, "document"), edited(GOOD, {})

    overlays.apply(document, overlay)

    assert PETS == dump(document)
    assert GOOD == overlay


# What does not fit


def test_every_action_that_does_not_fit_is_listed_and_nothing_else() -> None:
    actions = """\
  - description: "Cats bark. Source: a cat."
    target: $.tags[?@.name == 'cow']
    x-expect: {type: object}
    remove: true
  - description: Dogs fit.
    target: $.tags
    x-expect: {minItems: 1}
    update: {name: wolf}
  - description: Foxes have a colour.
    target: $.tags[2]
    x-expect: {required: [name, colour], properties: {name: {const: vixen}}}
    remove: true
  - description: Pets are few.
    target: $.more
    x-expect: {maxItems: 0}
    update: {name: owl}
"""
    pets = f"{PETS}more: [{'a' * 300}]\n"
    document = load(pets, "document")

    with pytest.raises(GeneratorError) as caught:
        overlays.apply(document, parsed(actions))

    assert dump(document) == pets
    assert str(caught.value) == MISFITS


MISFITS = f"""\
3 of 4 overlay actions do not fit the document:
  - Cats bark.
    target: $.tags[?@.name == 'cow']
    matches nothing
  - Foxes have a colour.
    target: $.tags[2]
    at $['tags'][2]: expected {{"required": ["name", "colour"]}}, found {{"name": "fox"}}
    at $['tags'][2]['name']: expected {{"const": "vixen"}}, found "fox"
  - Pets are few.
    target: $.more
    at $['more']: expected {{"maxItems": 0}}, found ["{"a" * 198}…"""


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("{target: $, remove: true", "the whole document cannot be removed"),
        ("{target: $.text, remove: true", 'the value "folded where it was" cannot be removed'),
        ("{target: $.text, update: {a: 1}", "cannot be updated with an object"),
        ("{target: $.info, update: a", 'an object cannot be updated with the value "a"'),
        ("{target: $.tags, update: [a]", "append entries one by one"),
        ("{target: $, update: {info: a}", 'an object cannot be merged with the value "a"'),
        ("{target: $, update: {text: {a: 1}}", 'it was" cannot be merged with an object'),
        ("{target: $, update: {info: {title: [a]}}", "at $['info']['title']: the value \"Pets\""),
        ("{target: $, update: {tags: {a: 1}}", "an array cannot be merged with an object"),
    ],
)
def test_action_that_overlay_versions_do_not_define_alike_fails(action: str, message: str) -> None:
    with pytest.raises(GeneratorError, match=re.escape(message)):
        changed(PETS, f"  - {action}, x-expect: {{not: {{const: 0}}}}, description: Because.}}")


GOOD: dict[str, Any] = {
    "overlay": "1.0.0",
    "info": {"title": "A test", "version": "1.0.0"},
    "actions": [
        {
            "target": "$.info",
            "description": "Because.",
            "x-expect": {"required": ["title"]},
            "update": {"title": "Animals"},
        }
    ],
}
FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"overlay": ...}, '#: "overlay" is a required property'),
    ({"overlay": "2.0.0"}, r'#/overlay: "2.0.0" does not match "^1\.[0-9]+\.[0-9]+$"'),
    ({"overlay": 1.0}, '#/overlay: 1.0 is not of type "string"'),
    ({"info": ...}, '#: "info" is a required property'),
    ({"info version": ...}, '#/info: "version" is a required property'),
    ({"actions": ...}, '#: "actions" is a required property'),
    ({"actions": {}}, '#/actions: {} is not of type "array"'),
    ({"actions 0": "a"}, '#/actions/0: "a" is not of type "object"'),
    ({"steps": []}, "#: Additional properties are not allowed ('steps' was"),
    ({"actions 0 copy": ""}, "#/actions/0: Additional properties are not allowed ('copy'"),
    ({"actions 0 target": ...}, '#/actions/0: "target" is a required property'),
    ({"actions 0 target": "info."}, '#/actions/0/target: "info." is not a "RFC 9535 path"'),
    ({"actions 0 target": "$.a[?@.b"}, '#/actions/0/target: "$.a[?@.b" is not a "RFC 9535'),
    ({"actions 0 x-obsolete": ""}, '#/actions/0/x-obsolete: "" is not a "RFC 9535 path"'),
    ({"actions 0 description": ...}, '#/actions/0: "description" is a required property'),
    ({"actions 0 description": " "}, '#/actions/0/description: " " is not a "reason and source"'),
    ({"actions 0 update": ...}, '#/actions/0: "update" is a required property'),
    (
        {"actions 0 update": ..., "actions 0 remove": False},
        '#/actions/0: "update" is a required property',
    ),
    ({"actions 0 remove": True}, "#/actions/0/update: False schema does not allow"),
    ({"actions 0 remove": "yes"}, '#/actions/0/remove: "yes" is not of type "boolean"'),
    ({"actions 0 x-expect": ...}, '#/actions/0: "x-expect" is a required property'),
    ({"actions 0 x-expect": {}}, "#/actions/0/x-expect: {} has less than 1 property"),
    ({"actions 0 x-expect": True}, '#/actions/0/x-expect: true is not of type "object"'),
    ({"actions 0 x-expect type": "cat"}, '#/actions/0/x-expect/type: "cat" is not one of'),
]


@pytest.mark.parametrize(("changes", "message"), FAULTS)
def test_a_malformed_overlay_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        overlays.apply(load(PETS, "document"), edited(GOOD, changes))

    [heading, fault] = str(caught.value).splitlines()
    assert "the overlay is not valid:" == heading
    assert fault.startswith(f"  - {message}")


def test_extensions_of_the_overlay_are_allowed() -> None:
    overlay = edited(GOOD, {"x-owner": "Zoe", "actions 0 x-reviewed": True})

    result = overlays.apply(load(PETS, "document"), overlay)

    assert result["info"]["title"] == "Animals"
