"""Overlay actions that a new document makes obsolete are found; others fit, or say why not."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from generator.errors import GeneratorError
from generator.spec.round_trip import load
from generator.update.obsolete import review


def overlay(actions: str) -> Any:
    head = "overlay: 1.0.0\ninfo: {title: T, version: 1.0.0}\nactions:\n"
    return load(head + textwrap.indent(textwrap.dedent(actions), "  "), "the overlay")


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

    reviewed = review(load(DOCUMENT, "document"), actions)

    assert ([0], []) == (reviewed.obsolete, reviewed.unmatched)
    assert load(DOCUMENT, "document") == reviewed.document


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

    reviewed = review(load(DOCUMENT, "document"), actions)

    assert [] == reviewed.obsolete
    [unmatched] = reviewed.unmatched
    assert unmatched.startswith("Because.\n")
    assert reason in unmatched


def test_the_actions_around_one_that_does_not_fit_are_applied() -> None:
    actions = overlay("""\
        - {description: One., target: $.info, x-expect: {type: object}, update: {a: 1}}
        - {description: Two., target: $.info, x-expect: {const: 0}, update: {b: 1}}
        - {description: Three., target: $.info, x-expect: {required: [a]}, update: {c: 1}}
    """)

    reviewed = review(load(DOCUMENT, "document"), actions)

    assert {"title": "A", "a": 1, "c": 1} == reviewed.document["info"]
    assert 1 == len(reviewed.unmatched)


@pytest.mark.parametrize("path", ["servers", "$.a[", "3", "[a]", ""])
def test_x_obsolete_is_a_path(path: str) -> None:
    actions = overlay(
        f"- {{description: A., target: $, x-expect: {{type: object}}, update: {{}}, "
        f"x-obsolete: '{path}'}}"
    )

    with pytest.raises(GeneratorError, match=r"x-obsolete: .* is not a .RFC 9535 path."):
        review(load(DOCUMENT, "document"), actions)
