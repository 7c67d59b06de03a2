"""The parts of an update: cutting, laying out, sifting an overlay, versions, changelog, types."""

from __future__ import annotations

import copy
import json
import textwrap
from typing import Any

import pytest

from generator.client.names import Pin, own_pins
from generator.errors import GeneratorError
from generator.spec.examples import sample
from generator.spec.read import read_document
from generator.spec.round_trip import load as load_round_trip
from generator.spec.validate import problems
from generator.spec.write import serialize
from generator.update.align import aligned
from generator.update.compare_package import Types
from generator.update.edit import changelog_with, config_of, overlay_of, overlay_without
from generator.update.obsolete import review
from generator.update.report import Change, Effect, Verdict, bumped, markdown
from generator.update.select import cut, find
from tests.generator.update.evolution import FIRST, GROUPS, among_others, as_30, document, shuffled

OURS = [Pin("/activity", "get", "analytics", "get_user_activity")]


def sliced(whole: dict[str, Any]) -> dict[str, Any]:
    own = document(FIRST)
    return cut(whole, find(whole, OURS, own), own)


# Cutting


def test_what_is_ours_is_cut_out_with_all_that_it_reaches_and_nothing_else() -> None:
    own = document(GROUPS)

    whole = sliced(among_others(own))

    assert sliced(own) == whole
    assert ["/activity"] == list(whole["paths"])
    assert own["components"]["schemas"].keys() == whole["components"]["schemas"].keys()


def test_what_is_cut_out_is_the_same_from_openapi_3_0() -> None:
    own = document(GROUPS)

    assert sliced(as_30(own)) == sliced(own)


def test_the_document_is_not_changed() -> None:
    own = as_30(document(GROUPS))
    before = copy.deepcopy(own)

    sliced(own)

    assert before == own


def schema(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A document, in which our answer is of a schema."""
    content = {"application/json": {"schema": value}}
    answer = {"description": "It", "content": content}
    operation = {"operationId": "getUserActivity", "responses": {"200": answer}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "A", "version": "1"},
        "paths": {"/activity": {"get": operation}},
    } | more


def answer_of(own: dict[str, Any]) -> Any:
    responses = own["paths"]["/activity"]["get"]["responses"]
    return responses["200"]["content"]["application/json"]["schema"]


REF = {"$ref": "#/components/schemas/A"}
COMPONENTS: dict[str, Any] = {"components": {"schemas": {"A": {"type": "object"}}}}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"type": "string", "enum": ["a"], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        ({"enum": ["a"], "nullable": True}, {"enum": ["a", None]}),
        ({"nullable": True}, {}),
        ({"$ref": REF["$ref"], "description": "Said in vain"}, REF),
        ({**REF, "nullable": True}, {"anyOf": [REF, {"type": "null"}]}),
        (
            {"allOf": [REF], "nullable": True, "description": "Said"},
            {"anyOf": [{"allOf": [REF]}, {"type": "null"}], "description": "Said"},
        ),
        ({"oneOf": [REF], "nullable": True}, {"oneOf": [REF, {"type": "null"}]}),
        (
            {"type": "number", "minimum": 0, "exclusiveMinimum": True},
            {"type": "number", "exclusiveMinimum": 0},
        ),
        (
            {"type": "number", "maximum": 9, "exclusiveMaximum": False},
            {"type": "number", "maximum": 9},
        ),
        (
            {"type": "array", "items": {"properties": {"nullable": {"nullable": True}}}},
            {"type": "array", "items": {"properties": {"nullable": {}}}},
        ),
    ],
)
def test_the_words_of_3_0_become_those_of_3_1(old: dict[str, Any], new: dict[str, Any]) -> None:
    own = sliced(schema(old, **COMPONENTS))

    assert ("3.1.0", new) == (own["openapi"], answer_of(own))


def test_schemas_that_hold_themselves_are_cut_out() -> None:
    tree = {"type": "object", "properties": {"trees": {"type": "array", "items": REF}}}

    own = sliced(schema(REF, components={"schemas": {"A": tree, "B": tree}}))

    assert ["A"] == list(own["components"]["schemas"])


def test_a_discriminator_reaches_what_it_maps_to() -> None:
    value = {"discriminator": {"propertyName": "kind", "mapping": {"a": "A", "b": REF["$ref"]}}}

    own = sliced(schema(value, **COMPONENTS))

    assert ["A"] == list(own["components"]["schemas"])


def test_a_reference_in_an_example_is_none() -> None:
    own = sliced(schema({"type": "object", "example": {"$ref": "other.yaml"}}))

    assert "components" not in own


def test_a_path_that_is_a_reference_is_followed() -> None:
    own = schema(REF, **COMPONENTS)
    item = own["paths"]["/activity"]
    own["paths"]["/activity"] = {"$ref": "#/components/pathItems/Activity"}
    own["components"] = {**own["components"], "pathItems": {"Activity": item}}

    with pytest.raises(GeneratorError, match="is not in it"):
        sliced({**own, "paths": {}})

    assert item["get"]["responses"] == sliced(own)["paths"]["/activity"]["get"]["responses"]


def test_security_and_tags_come_along_where_they_are_used() -> None:
    own = document(FIRST)
    own["tags"].append({"name": "Other"})
    own["components"]["securitySchemes"]["other"] = {"type": "http", "scheme": "basic"}

    inherited = sliced(own)
    own["paths"]["/activity"]["get"]["security"] = [{"other": []}]
    overridden = sliced(own)

    assert ([{"apiKey": []}], ["apiKey"]) == (
        inherited["security"],
        list(inherited["components"]["securitySchemes"]),
    )
    assert ("security" in overridden, ["other"]) == (
        False,
        list(overridden["components"]["securitySchemes"]),
    )
    assert ["Analytics"] == [tag["name"] for tag in inherited["tags"]]


# Finding


def moved(path: str, method: str = "get", **fields: Any) -> dict[str, Any]:
    own = document(FIRST)
    operation = own["paths"].pop("/activity")["get"] | fields
    own["paths"][path] = {method: operation}
    return own


@pytest.mark.parametrize(
    "own",
    [
        moved("/analytics/activity"),
        moved("/activity", "post"),
        moved("/usage", operationId="get-user-activity", tags=["Other"]),
    ],
)
def test_an_operation_that_moved_is_found_by_its_name(own: dict[str, Any]) -> None:
    [found] = find(own, OURS, document(FIRST))

    assert found.moved
    assert found.path in own["paths"]


@pytest.mark.parametrize("operation_id", ["listActivity", "get_user_activity", None])
def test_an_operation_that_is_called_otherwise_is_found_by_its_place(
    operation_id: str | None,
) -> None:
    own = document(FIRST._replace(operation_id=operation_id))

    [found] = find(own, OURS, document(FIRST))

    assert not found.moved


def test_the_name_of_a_path_parameter_makes_no_other_path() -> None:
    pin = [Pin("/a/{id}", "get", "default", "x")]
    own = {"paths": {"/a/{number}": {"get": {"operationId": "y"}}}}

    [found] = find(own, pin, {"paths": {}})

    assert "/a/{number}" == found.path


def test_two_operations_that_could_be_ours_are_not_guessed_between() -> None:
    own = moved("/a")
    own["paths"]["/b"] = own["paths"]["/a"]

    with pytest.raises(GeneratorError, match="could be any of GET /a, GET /b"):
        find(own, OURS, document(FIRST))


def test_an_operation_without_a_name_keeps_the_former_one() -> None:
    own = document(FIRST._replace(operation_id=None))

    [pin] = own_pins(sliced(own))

    assert ("analytics", "get_user_activity") == (pin.tag, pin.name)


# Laying out


@pytest.mark.parametrize("seed", range(5))
def test_what_is_only_sorted_otherwise_comes_out_as_it_was(seed: int) -> None:
    own = json.loads(json.dumps(document(GROUPS)))
    text = serialize(own)

    assert text == serialize(aligned(shuffled(own, seed), own))
    assert own == read_document(text)
    assert [] == problems(read_document(text))


def test_what_is_new_stands_in_the_customary_order_after_what_was() -> None:
    old = {"type": "object", "description": "x"}
    new: dict[str, Any] = {
        "properties": {},
        "format": "y",
        "description": "x",
        "type": "object",
        "$ref": "z",
    }

    assert ["type", "description", "$ref", "format", "properties"] == list(aligned(new, old))


@pytest.mark.parametrize(
    "text",
    [
        "no", "1", "1.0", "2025-11-08", "~", "null", "", " a", "a ", "a: b", "# a", "a\nb", "a\n",
        "\na", "a \nb", "é\t", "\u2028", "'", '"', "- a", "*a", "&a", "!a", "@a", "`a", "%a", "0x1",
        "1_000", "12:30", "=", "yes", "a" * 500,
    ],
)  # fmt: skip
def test_every_string_stays_a_string(text: str) -> None:
    own: dict[str, Any] = {"openapi": "3.1.0", "paths": {}, "x-a": {text: text, "list": [text]}}

    assert own == read_document(serialize(own))


# The overlay


def overlay(actions: str) -> Any:
    head = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\nactions:\n"
    return load_round_trip(head + textwrap.indent(textwrap.dedent(actions), "  "), "the overlay")


DOCUMENT = """\
info: {title: A}
servers: [{url: /}]
tags: [a]
empty: {}
"""


@pytest.mark.parametrize(
    "action",
    [
        # upstream has what was missing
        "{target: $, x-expect: {not: {required: [servers]}}, update: {servers: [{url: /b}]}",
        # … or the very same
        "{target: $.info, x-expect: {const: {}}, update: {title: A}",
        # what is to be removed is not there, nor the place where it would be
        "{target: '$.tags[?@ == \"b\"]', x-expect: {const: b}, remove: true",
        "{target: '$.empty.parameters[0]', x-expect: {type: object}, remove: true",
        # the action says so itself
        "{target: $.x.y, x-expect: {type: object}, x-obsolete: '$.tags[?@ == \"a\"]', update: {}",
    ],
)
def test_an_action_is_obsolete(action: str) -> None:
    actions = overlay(f"- {action}, description: Because.}}")

    reviewed = review(load_round_trip(DOCUMENT, "document"), actions)

    assert ([0], []) == (reviewed.obsolete, reviewed.unmatched)
    assert load_round_trip(DOCUMENT, "document") == reviewed.document


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        ("{target: $.x, x-expect: {type: object}, update: {a: 1}", "matches nothing"),
        ("{target: $.x.y.z, x-expect: {type: object}, remove: true", "matches nothing"),
        ("{target: $.info, x-expect: {const: {}}, update: {title: B}", 'found {"title": "A"}'),
        # upstream has some of what was missing, and not all
        (
            "{target: $, x-expect: {not: {required: [info]}}, update: {info: {title: B, x: 1}}",
            'expected {"not": {"required": ["info"]}}',
        ),
        # … or something else is not as expected
        (
            "{target: $, x-expect: {required: [y], not: {required: [tags]}}, update: {tags: [b]}",
            'expected {"required": ["y"]}',
        ),
        ("{target: '$.tags[0]', x-expect: {const: b}, remove: true", 'expected {"const": "b"}'),
        (
            "{target: $.x, x-expect: {type: object}, x-obsolete: $.missing, update: {a: 1}",
            "matches nothing",
        ),
    ],
)
def test_an_action_that_neither_fits_nor_is_obsolete_says_why(action: str, reason: str) -> None:
    actions = overlay(f"- {action}, description: Because. So.}}")

    reviewed = review(load_round_trip(DOCUMENT, "document"), actions)

    assert [] == reviewed.obsolete
    [misfit] = reviewed.unmatched
    assert misfit.startswith("Because.\n")
    assert reason in misfit


def test_the_actions_around_one_that_does_not_fit_are_applied() -> None:
    actions = overlay("""\
        - {description: One., target: $.info, x-expect: {type: object}, update: {a: 1}}
        - {description: Two., target: $.info, x-expect: {const: 0}, update: {b: 1}}
        - {description: Three., target: $.info, x-expect: {required: [a]}, update: {c: 1}}
    """)

    reviewed = review(load_round_trip(DOCUMENT, "document"), actions)

    assert {"title": "A", "a": 1, "c": 1} == reviewed.document["info"]
    assert 1 == len(reviewed.unmatched)


@pytest.mark.parametrize("path", ["servers", "$.a[", "3", "[a]", ""])
def test_x_obsolete_is_a_path(path: str) -> None:
    actions = overlay(
        f"- {{description: A., target: $, x-expect: {{type: object}}, update: {{}}, "
        f"x-obsolete: '{path}'}}"
    )

    with pytest.raises(GeneratorError, match=r"x-obsolete: .* is not an RFC 9535 path"):
        review(load_round_trip(DOCUMENT, "document"), actions)


ACTIONS = """\
overlay: 1.0.0
info:
  title: T
  version: 1.0.0
extends: upstream.yaml

# How it works.

actions:
  # of the first
  - description: One.
    target: $.a
    x-expect: {type: object}
    update: {x: 1}

  # of the second
  - description: Two.
    target: $.b
    x-expect: {type: object}
    update: {x: 1}
  - description: >-
      Three.

      And more.
    target: $.paths['/a'].get.c
    x-expect: {type: object}
    x-obsolete: $['paths']["/a"]['get']
    update: {x: 1}

# the end
"""


@pytest.mark.parametrize("needless", [[0], [1], [2], [0, 1], [0, 2], [1, 2]])
def test_actions_are_taken_out_and_all_other_lines_stay(needless: list[int]) -> None:
    remaining = overlay_without(ACTIONS, needless)

    left = [
        action
        for index, action in enumerate(load_round_trip(ACTIONS, "o")["actions"])
        if index not in needless
    ]
    assert left == load_round_trip(remaining, "the overlay")["actions"]
    assert set(remaining.splitlines()) <= set(ACTIONS.splitlines())
    assert "# How it works." in remaining
    assert "\n\n\n" not in remaining


def test_the_last_action_is_not_taken_out() -> None:
    with pytest.raises(GeneratorError, match="no overlay action is needed any more"):
        overlay_without(ACTIONS, [0, 1, 2])


def test_targets_follow_an_operation_that_moved() -> None:
    own = moved("/b", "post")
    found = find(own, [Pin("/a", "get", "analytics", "get_user_activity")], document(FIRST))

    text = overlay_of(ACTIONS, "POST /b of a file", found)

    third = load_round_trip(text, "the overlay")["actions"][2]
    assert "$.paths['/b'].post['c']" == third["target"]
    assert "$.paths['/b'].post" == third["x-obsolete"]
    assert "  x-upstream: POST /b of a file\n" in text


# Configuration, changelog, version

CONFIGURATION = """\
# Ours.
project_name_override: a-b # the name
package_version_override: 0.1.0

# Why this is called so.
class_overrides:
  Old:
    class_name: New
    module_name: new
"""


def test_only_what_is_told_changes_in_a_configuration() -> None:
    changed = config_of(
        CONFIGURATION, version="0.2.0", pins=OURS, overrides={"Old": ("New", "new")}
    )

    assert (
        CONFIGURATION.replace("0.1.0", "0.2.0")
        + ("operations:\n  /activity:\n    get: analytics.get_user_activity\n")
        == changed
    )


def test_class_overrides_come_and_go_with_their_comment() -> None:
    without = config_of(CONFIGURATION, overrides={})
    again = config_of(without, overrides={"A": ("B", "b")})

    assert without == CONFIGURATION.partition("\n# Why")[0]
    assert again.endswith("class_overrides:\n  A:\n    class_name: B\n    module_name: b\n")


@pytest.mark.parametrize(
    ("version", "level", "after"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("1.2.3", "none", "1.2.3"),
        ("0.2.3", "major", "0.3.0"),
        ("0.2.3", "minor", "0.3.0"),
        ("0.2.3", "patch", "0.2.4"),
    ],
)
def test_a_version_is_counted_up(version: str, level: str, after: str) -> None:
    assert after == bumped(version, level)


def test_a_version_of_another_form_is_refused() -> None:
    with pytest.raises(GeneratorError, match=r"'1\.0rc1' is not of the form"):
        bumped("1.0rc1", "major")


def verdict(*changes: Change) -> Verdict:
    return Verdict("a file", [], list(changes), version="1.0.0", next_version="2.0.0")


def test_a_changelog_gets_the_changes_where_they_belong() -> None:
    changelog = (
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something.\n\n### Fixed\n\n- It.\n\n"
        "## [1.0.0]\n\n- The first.\n"
    )
    changes = (
        Change("models.A", "added", Effect.ADDITION),
        Change("models.B", "removed", Effect.BREAKING, "so it is"),
        Change("models.C", "int became str", Effect.TYPING),
        Change("models.D", "its limit", Effect.NONE),
    )

    once = changelog_with(changelog, verdict(*changes))
    twice = changelog_with(once, verdict(*changes))

    assert once == (
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something.\n- `models.A` added.\n\n"
        "### Fixed\n\n- It.\n\n"
        "### Changed\n\n- **Type checking only:** `models.C` int became str.\n\n"
        "### Removed\n\n- **Breaking:** `models.B` removed (so it is).\n\n"
        "## [1.0.0]\n\n- The first.\n"
    )
    assert once == twice


def test_a_changelog_without_a_place_is_refused() -> None:
    with pytest.raises(GeneratorError, match="no heading `## \\[Unreleased\\]`"):
        changelog_with("# Changelog\n", verdict())


def test_text_of_the_document_is_text_in_the_report() -> None:
    place = "a`b\n# c"
    change = Change(place, "<b> @all [x](https://a.b) ![y](www.c.d)\n\n## e", Effect.BREAKING)

    report = markdown(verdict(change))

    assert (
        "- Python: `a'b # c` \\<b\\> \\@all \\[x\\](https\\://a.b) \\!\\[y\\](www\\.c.d) \\#\\# e"
    ) in report.splitlines()


# Types

TYPES = Types({"Kind": {"str"}, "int": {"float"}, "list": {"Sequence"}})


@pytest.mark.parametrize(
    ("given", "wanted", "fits", "strictly"),
    [
        ("int", "float", True, True),
        ("float", "int", False, False),
        ("str", "str | None", True, True),
        ("str | None", "str", False, False),
        ("Kind | str", "str", True, True),
        ("str", "Kind", False, False),
        ("list[int]", "list[float]", True, False),
        ("list[int]", "Sequence[float]", True, True),
        ("list[float]", "list[int]", False, False),
        ("list[int | str]", "list[str | int]", True, True),
        ("dict[str, int] | None", "dict[str, int] | Unset | None", True, True),
        ("dict[str, Any]", "dict[str, int]", True, True),
        ("Any", "int", True, True),
        ("A", "B", False, False),
        ("list[A]", "tuple[A]", False, False),
        ("dict[str, A]", "dict[str, A, B]", False, False),
    ],
)
def test_which_type_can_stand_for_which(
    given: str, wanted: str, *, fits: bool, strictly: bool
) -> None:
    assert fits is TYPES.assignable(given, wanted)
    assert strictly is TYPES.assignable(given, wanted, strict=True)


# Samples


@pytest.mark.parametrize(
    "value",
    [
        {"type": "string", "pattern": "^[A-F]{3}-[0-9]+$"},
        {"type": "string", "pattern": "^x", "minLength": 30},
        {"type": "string", "minLength": 5, "maxLength": 5},
        {"type": "string", "format": "uuid"},
        {"type": "integer", "minimum": 7, "multipleOf": 5},
        {"type": "integer", "maximum": -3},
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        {"type": "array", "minItems": 3, "items": {"type": "boolean"}},
        {"type": ["null", "string"], "enum": [None, "a"]},
        {"const": {"a": [1]}},
        {"anyOf": [{"type": "object", "required": ["a"]}, {"type": "null"}]},
        {"allOf": [{"properties": {"a": {"type": "null"}}}, {"required": ["a"]}]},
        {},
    ],
)
@pytest.mark.parametrize("full", [True, False])
def test_a_sample_is_what_its_schema_allows(value: dict[str, Any], *, full: bool) -> None:
    import jsonschema_rs

    made = sample({}, value, full=full)

    assert jsonschema_rs.is_valid(value, made, validate_formats=True), made
