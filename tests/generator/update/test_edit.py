"""The overlay and the configuration are edited, and all other lines stay."""

from __future__ import annotations

import pytest

from generator.client.names import OperationName
from generator.spec.read import read_mapping
from generator.spec.round_trip import load
from generator.update.edit import config_with, overlay_for, overlay_without
from generator.update.select import find
from tests.generator.update.activity import FIRST, moved

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


@pytest.mark.parametrize("obsolete", [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]])
def test_actions_are_removed_and_all_other_lines_stay(obsolete: list[int]) -> None:
    remaining = overlay_without(ACTIONS, obsolete)

    left = [
        action
        for index, action in enumerate(load(ACTIONS, "o")["actions"])
        if index not in obsolete
    ]
    assert left == load(remaining, "the overlay")["actions"]
    assert set(remaining.splitlines()) <= {*ACTIONS.splitlines(), "actions: []"}
    assert "# How it works." in remaining
    assert "\n\n\n" not in remaining


def test_targets_follow_an_operation_that_moved() -> None:
    own = moved("/b", "post")
    found = find(own, [OperationName("/a", "get", "analytics", "get_user_activity")], FIRST)

    text = overlay_for(ACTIONS, "POST /b of a file", found)

    third = load(text, "the overlay")["actions"][2]
    assert "$.paths['/b'].post['c']" == third["target"]
    assert "$.paths['/b'].post" == third["x-obsolete"]
    assert "  x-upstream: POST /b of a file\n" in text


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


def test_only_the_given_settings_change() -> None:
    changed = config_with(
        CONFIGURATION,
        {
            "package_version_override": "0.2.0",
            "operations": {"/activity": {"get": "analytics.get_user_activity"}},
            "class_overrides": {"Old": {"class_name": "New", "module_name": "new"}},
        },
    )

    assert (
        CONFIGURATION.replace("0.1.0", "0.2.0")
        + ("operations:\n  /activity:\n    get: analytics.get_user_activity\n")
        == changed
    )


SCHEMES = "security_schemes:\n  ours: theirs\n"


@pytest.mark.parametrize(
    "text",
    [
        f"{SCHEMES}{CONFIGURATION}",
        f"{CONFIGURATION}'security_schemes':\n  ours: theirs\n",
        f"{CONFIGURATION}security_schemes:\n# ours\n  ours: theirs\n",
    ],
    ids=["first", "in quotes", "with a comment inside"],
)
def test_a_setting_goes_wherever_it_is(text: str) -> None:
    changed = config_with(text, {"security_schemes": {}})

    assert read_mapping(CONFIGURATION, "it") == read_mapping(changed, "it")


@pytest.mark.parametrize(
    "actions",
    [
        "  # Why.\n  - target: $.a\n    remove: true\n",
        "  [\n    {target: $.a, remove: true}\n  ]\n",
    ],
    ids=["block", "flow"],
)
def test_what_follows_the_last_action_stays(actions: str) -> None:
    changed = overlay_without(f"actions:  # All.\n{actions}info: {{title: A}}\n", [0])

    assert {"actions": [], "info": {"title": "A"}} == read_mapping(changed, "it")
