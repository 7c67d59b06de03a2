"""The changelog gets the changes of a verdict."""

from __future__ import annotations

import pytest

from generator.errors import GeneratorError
from generator.update.changelog import with_changes
from generator.update.report import Change, Effect, Verdict


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

    once = with_changes(changelog, verdict(*changes))
    twice = with_changes(once, verdict(*changes))

    assert once == (
        "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- Something.\n- `models.A` added.\n\n"
        "### Fixed\n\n- It.\n\n"
        "### Changed\n\n- **Type checking only:** `models.C` int became str.\n\n"
        "### Removed\n\n- **Breaking:** `models.B` removed (so it is).\n\n"
        "## [1.0.0]\n\n- The first.\n"
    )
    assert once == twice


def test_a_changelog_without_the_heading_is_refused() -> None:
    with pytest.raises(GeneratorError, match="no heading `## \\[Unreleased\\]`"):
        with_changes("# Changelog\n", verdict())
