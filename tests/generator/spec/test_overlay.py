"""The overlay module, and every action of the project's own overlay."""

import copy
import functools
import operator
import re
from typing import Any

import jsonpath
import pytest

from generator.errors import GeneratorError
from generator.spec import overlay as overlays
from generator.spec.round_trip import dump, load
from tests.generator.paths import FIRST_OVERLAY, FIRST_UPSTREAM, ROOT

UPSTREAM = load((ROOT / "spec/upstream.yaml").read_text("utf-8"), "upstream")
OVERLAY = load((ROOT / "spec/overlay.yaml").read_text("utf-8"), "overlay")
CONTRACT = load((ROOT / "openapi.yaml").read_text("utf-8"), "contract")


def first_sentence(action: Any) -> str:
    return str(action["description"]).split(". ")[0]


each_action = pytest.mark.parametrize("action", OVERLAY["actions"], ids=first_sentence)


def changed(text: str, actions: str) -> str:
    """The document's text after the actions."""
    overlay = load(f"{HEAD}actions:\n{actions}", "overlay")
    return dump(overlays.apply(load(text, "document"), overlay))


HEAD = """\
overlay: 1.0.0
info:
  title: A test
  version: 1.0.0
"""


# The project's own overlay


def test_every_action_says_why_and_names_a_source() -> None:
    without = [
        action["target"] for action in OVERLAY["actions"] if "Source" not in action["description"]
    ]

    assert without == []


@pytest.mark.parametrize(
    "action",
    [action for action in OVERLAY["actions"] if action["target"] != "$"],
    ids=first_sentence,
)
def test_action_whose_target_has_gone_fails_with_its_description(action: Any) -> None:
    position = OVERLAY["actions"].index(action)
    before, rest = (
        {**OVERLAY, "actions": actions}
        for actions in (OVERLAY["actions"][:position], OVERLAY["actions"][position:])
    )
    document = overlays.apply(copy.deepcopy(UPSTREAM), before) if position else UPSTREAM
    document = copy.deepcopy(document)
    environment = jsonpath.JSONPathEnvironment(strict=True)
    found = list(environment.finditer(action["target"], document))
    for match in found:
        assert match.parent is not None
        parent: Any = match.parent.obj
        del parent[match.parts[-1]]

    with pytest.raises(GeneratorError) as caught:
        overlays.apply(document, rest)

    assert found
    assert f"{first_sentence(action)}.\n    target: {action['target']}\n    matches nothing" in str(
        caught.value
    )


@each_action
def test_action_whose_reason_has_gone_fails_with_its_description(action: Any) -> None:
    with pytest.raises(GeneratorError) as caught:
        overlays.apply(CONTRACT, OVERLAY)  # everything is mended already

    assert f"- {first_sentence(action)}.\n    target: {action['target']}\n" in str(caught.value)


GET = "paths /activity get"
ITEM = "components schemas ActivityItem"
BODY = "components schemas Analytics_getUserActivity_Response_200"


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("info title", "OpenRouter API", "The API has a name and a version"),
        ("info version", "1.0.0", "The API has a name and a version"),
        ("servers", [{"url": "https://example.org"}], "The base URL is named"),
        (f"{GET} tags 0 0", "subpackage_usage", "The tag that is a list goes"),
        (f"{GET} tags -", "analytics", "The tag comes back as the string"),
        (f"{GET} parameters 1 description", "A key", "The header parameter `Authorization` goes"),
        (f"{GET} parameters 1 required", False, "The header parameter `Authorization` goes"),
        ("components securitySchemes", {}, "The bearer token is a security scheme"),
        (f"{GET} security", [], "The operation requires the security scheme"),
        (f"{GET} parameters 0 description", "A week.", "The query parameter `date` is a calendar"),
        (f"{GET} parameters 0 schema format", "date", "The query parameter `date` is a calendar"),
        ("components schemas ErrorResponse", {"type": "object"}, "Errors have a schema"),
        (f"{GET} responses default", {"description": "Else"}, "Every other status has the same"),
        (f"{ITEM} description", "A row.", "The fields of a row have descriptions"),
        (
            f"{ITEM} properties usage description",
            "A cost.",
            "The fields of a row have descriptions",
        ),
        (f"{ITEM} properties usage", ..., "The fields of a row have descriptions"),
        (f"{BODY} description", "The answer.", "The answer has descriptions"),
        (f"{ITEM} properties date format", "date-time", "The row's `date` is a calendar day"),
        (f"{GET} responses 200 content application/json example", {}, "The answer has an example"),
    ],
)
def test_upstream_that_changed_what_an_action_mends_fails(
    place: str, value: Any, sentence: str
) -> None:
    document = load(FIRST_UPSTREAM, "upstream")
    *path, last = (int(key) if key in ("0", "1") else key for key in place.split())
    holder = functools.reduce(operator.getitem, path, document)
    if value is ...:
        del holder[last]
    elif last == "-":
        holder.append(value)
    else:
        holder[last] = value

    with pytest.raises(GeneratorError, match=re.escape(sentence)) as caught:
        overlays.apply(document, load(FIRST_OVERLAY, "overlay"))

    assert "expected" in str(caught.value)
    assert "found" in str(caught.value)


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
    ("action", "removed", "added"),
    [
        pytest.param(
            "{target: $.info, update: {title: Animals, contact: {name: Zoe}}, "
            "x-expect: {required: [title]}",
            ['  title: "Pets" # the name'],
            ['  title: "Animals" # the name', "  contact:", "    name: Zoe"],
            id="merge",
        ),
        pytest.param(
            "{target: $.empty, update: {a: {b: []}}, x-expect: {const: {}}",
            ["empty: {}"],
            ["empty:", "  a:", "    b: []"],
            id="fill an empty object",
        ),
        pytest.param(
            "{target: $.tags, update: {name: owl}, x-expect: {minItems: 3}",
            [],
            ["  - name: owl"],
            id="append",
        ),
        pytest.param(
            "{target: $, update: {tags: [{name: owl}]}, x-expect: {required: [tags]}",
            [],
            ["  - name: owl"],
            id="concatenate an array within an object",
        ),
        pytest.param(
            "{target: '$.tags[?@.name == \"fox\"]', remove: true, x-expect: {required: [name]}",
            ["  - name: fox"],
            [],
            id="remove by filter",
        ),
        pytest.param(
            "{target: '$.tags[0, 1]', remove: true, x-expect: {required: [name]}",
            ["  - name: cat", "  # the loud one", "  - name: dog"],
            [],
            id="remove several",
        ),
        pytest.param(
            "{target: '$.tags[2, 2]', remove: true, x-expect: {required: [name]}",
            ["  - name: fox"],
            [],
            id="remove what is selected twice once",
        ),
        pytest.param(
            "{target: $.info, remove: true, x-expect: {required: [title]}",
            ["info:", '  title: "Pets" # the name', "  version: '1'"],
            [],
            id="remove an object",
        ),
        pytest.param(
            "{target: '$.tags[*]', update: {kind: {wild: false}}, x-expect: {required: [name]}",
            [],
            ["    kind:", "      wild: false"] * 3,
            id="merge into several, without anchors",
        ),
        pytest.param(
            "{target: $.info, update: {}, remove: false, x-expect: {required: [title]}",
            [],
            [],
            id="nothing",
        ),
    ],
)
def test_action_changes_nothing_else(action: str, removed: list[str], added: list[str]) -> None:
    before = PETS.splitlines()

    after = changed(PETS, f"  - {action}, description: Because.}}").splitlines()

    assert sorted([*before, *added]) == sorted([*after, *removed])
    assert [line for line in before if line in after] == [line for line in after if line in before]


def test_actions_build_on_each_other() -> None:
    actions = """\
  - description: The list goes.
    target: $.tags
    x-expect: {type: array}
    remove: true
  - description: The list comes back.
    target: $
    x-expect: {not: {required: [tags]}}
    update: {tags: [owl]}
"""

    assert changed(PETS, actions).endswith("tags:\n  - owl\n")


def test_removed_key_leaves_no_comment_to_its_successor() -> None:
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
    document, overlay = copy.deepcopy(UPSTREAM), copy.deepcopy(OVERLAY)

    overlays.apply(document, overlay)

    assert dump(UPSTREAM) == dump(document)
    assert dump(OVERLAY) == dump(overlay)


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
"""
    document = load(PETS, "document")
    overlay = load(f"{HEAD}actions:\n{actions}", "overlay")

    with pytest.raises(GeneratorError) as caught:
        overlays.apply(document, overlay)

    assert dump(document) == PETS
    assert str(caught.value) == MISFITS


MISFITS = """\
2 of 3 overlay actions do not fit the document:
  - Cats bark.
    target: $.tags[?@.name == 'cow']
    matches nothing
  - Foxes have a colour.
    target: $.tags[2]
    at $['tags'][2]: expected {"required": ["name", "colour"]}, found {"name": "fox"}
    at $['tags'][2]['name']: expected {"const": "vixen"}, found "fox\""""


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
    expectation = "x-expect: {not: {const: 0}}"

    with pytest.raises(GeneratorError, match=re.escape(message)):
        changed(PETS, f"  - {action}, {expectation}, description: Because.}}")


GOOD = {
    "target": "$.info",
    "description": "Because.",
    "update": {"title": "Animals"},
    "x-expect": {"required": ["title"]},
}


def spoiled(action: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An overlay with one action, in which fields are changed, or left out by `...`."""
    actions = [present(GOOD | action)]
    info = {"title": "A test", "version": "1.0.0"}
    return present({"overlay": "1.0.0", "info": info, "actions": actions} | fields)


def present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not ...}


def test_the_action_that_the_next_tests_spoil_is_good() -> None:
    result = overlays.apply(load(PETS, "document"), spoiled({}))

    assert result["info"]["title"] == "Animals"


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        (spoiled({}, overlay=...), '#: "overlay" is a required property'),
        (spoiled({}, overlay="2.0.0"), r'#/overlay: "2.0.0" does not match "^1\.[0-9]+\.[0-9]+$"'),
        (spoiled({}, overlay=1.0), '#/overlay: 1.0 is not of type "string"'),
        (spoiled({}, info=...), '#: "info" is a required property'),
        (spoiled({}, info={"title": "A test"}), '#/info: "version" is a required property'),
        (spoiled({}, actions=...), '#: "actions" is a required property'),
        (spoiled({}, actions={}), '#/actions: {} is not of type "array"'),
        (spoiled({}, actions=["a"]), '#/actions/0: "a" is not of type "object"'),
        (spoiled({}, steps=[]), "#: Additional properties are not allowed ('steps' was"),
        (spoiled({"copy": "$.info"}), "#/actions/0: Additional properties are not allowed ('copy'"),
        (spoiled({"target": ...}), '#/actions/0: "target" is a required property'),
        (spoiled({"target": "info."}), '#/actions/0/target: "info." is not a "RFC 9535 path"'),
        (spoiled({"target": "$.a[?@.b"}), '#/actions/0/target: "$.a[?@.b" is not a "RFC 9535'),
        (spoiled({"x-obsolete": ""}), '#/actions/0/x-obsolete: "" is not a "RFC 9535 path"'),
        (spoiled({"description": ...}), '#/actions/0: "description" is a required property'),
        (
            spoiled({"description": " "}),
            '#/actions/0/description: " " is not a "reason and source"',
        ),
        (spoiled({"update": ...}), '#/actions/0: "update" is a required property'),
        (spoiled({"update": ..., "remove": False}), '#/actions/0: "update" is a required property'),
        (spoiled({"remove": True}), "#/actions/0/update: False schema does not allow"),
        (spoiled({"remove": "yes"}), '#/actions/0/remove: "yes" is not of type "boolean"'),
        (spoiled({"x-expect": ...}), '#/actions/0: "x-expect" is a required property'),
        (spoiled({"x-expect": {}}), "#/actions/0/x-expect: {} has less than 1 property"),
        (spoiled({"x-expect": True}), '#/actions/0/x-expect: true is not of type "object"'),
        (spoiled({"x-expect": {"type": "cat"}}), '#/actions/0/x-expect/type: "cat" is not one of'),
    ],
)
def test_malformed_overlay_is_refused(overlay: dict[str, Any], message: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        overlays.apply(load(PETS, "document"), overlay)

    [heading, fault] = str(caught.value).splitlines()
    assert "the overlay is not valid:" == heading
    assert fault.startswith(f"  - {message}")


def test_extensions_of_the_overlay_are_allowed() -> None:
    result = overlays.apply(
        load(PETS, "document"), spoiled({"x-reviewed": True}, **{"x-owner": "Zoe"})
    )

    assert result["info"]["title"] == "Animals"
