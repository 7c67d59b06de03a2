"""What stops a release by its version or by the changelog."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.release.conftest import Checkout
from tests.release.context import PACKAGE, ROOT
from tests.release.versions import own_version

CLIENT = PACKAGE / "_base_client.py"


@pytest.fixture
def released(checkout: Checkout) -> Checkout:
    """A copy with a release, and a commit after it."""
    checkout.set_version("1.2.3")
    checkout.commit(tag="v1.2.3")
    checkout.commit()
    return checkout


def test_the_first_release_follows_nothing(checkout: Checkout) -> None:
    checkout.commit(tag="v-is-no-version")

    code, said = checkout.check("version")

    assert code == 0
    assert f"{own_version(ROOT)}; nothing was released before" in said


def test_a_version_that_was_not_counted_up_stops(released: Checkout) -> None:
    code, said = released.check("version")

    assert code == 1
    assert "1.2.3 is released already, 1.2.4 is due: set package_version_override" in said


def test_the_commit_that_was_tagged_goes_on(checkout: Checkout) -> None:
    checkout.set_version("1.2.3")
    checkout.commit(tag="v1.2.3")

    assert checkout.check("version", "--tag", "v1.2.3")[0] == 0


@pytest.mark.parametrize("version", ["1.2.2", "0.9.9", "1.1.10"])
def test_a_version_before_the_last_one_stops(released: Checkout, version: str) -> None:
    released.set_version(version)

    code, said = released.check("version")

    assert code == 1
    assert f"{version} comes before 1.2.3, 1.2.4 is due: set package_version_override" in said


def test_versions_are_compared_as_numbers(released: Checkout) -> None:
    released.set_version("1.2.10")
    released.commit(tag="v1.2.10")
    released.commit()
    released.set_version("1.2.9")

    code, said = released.check("version")

    assert code == 1
    assert "1.2.9 comes before 1.2.10, 1.2.11 is due" in said


def test_a_step_without_a_change_of_the_api_may_be_small(released: Checkout) -> None:
    released.set_version("1.2.4")

    assert released.check("version") == (0, "ok    version     1.2.4, after 1.2.3\n")


def remove(checkout: Checkout) -> None:
    checkout.edit(CLIENT, "def with_timeout(", "def _with_timeout(")


def add(checkout: Checkout) -> None:
    added = "def with_pause(self) -> None: ...\n\n    def with_timeout("
    checkout.edit(CLIENT, "def with_timeout(", added)


@pytest.mark.parametrize(
    ("change", "version", "needed"),
    [
        (remove, "1.3.0", "2.0.0"),
        (remove, "2.0.0", ""),
        (add, "1.2.4", "1.3.0"),
        (add, "1.3.0", ""),
    ],
)
def test_the_step_is_as_large_as_the_change_of_the_api(
    released: Checkout, change: object, version: str, needed: str
) -> None:
    assert callable(change)
    change(released)
    released.set_version(version)

    code, said = released.check("version")

    assert code == bool(needed)
    small = f"{version} is too small a step from 1.2.3, {needed} is due: "
    assert (small in said) == bool(needed)


def test_a_tag_of_another_version_stops(checkout: Checkout) -> None:
    checkout.set_version("1.2.3")
    checkout.commit(tag="v1.2.4")

    code, said = checkout.check("version", "--tag", "v1.2.4")

    assert code == 1
    assert "the tag v1.2.4 is not that of the version, v1.2.3" in said


def test_a_version_of_another_form_stops(checkout: Checkout) -> None:
    checkout.edit(PACKAGE / "_package.py", f'"{own_version(ROOT)}"', '"1.2.3rc1"')

    code, said = checkout.check("version")

    assert code == 1
    assert "the version 1.2.3rc1 is not of the form 1.2.3" in said


def test_a_shallow_clone_stops(released: Checkout, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    released.git("clone", "--quiet", "--depth", "1", f"file://{released.root}", str(shallow))
    released.root = shallow

    code, said = released.check("version")

    assert code == 1
    assert "git fetch --unshallow --tags" in said


def test_a_folder_that_is_no_clone_stops(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(checkout.root.parent))

    code, said = checkout.check("version")

    assert code == 1
    assert "git cannot tell what was released: " in said


OWN = own_version(ROOT)
ENTRY = "### Added\n\n- A thing.\n"
DATED = f"## [{OWN}] - 2026-01-31\n\n"
OLD = "\n## [0.0.1] - 2025-12-01\n\n- The first.\n"


def told(checkout: Checkout, text: str, *arguments: str) -> tuple[int, str]:
    (checkout.root / "CHANGELOG.md").write_text(f"# Changelog\n\n## [Unreleased]\n\n{text}")
    return checkout.check("changelog", *arguments)


@pytest.mark.parametrize("text", ["", OLD])
@pytest.mark.parametrize("tag", ["", f"v{OWN}"])
def test_a_missing_entry_stops(checkout: Checkout, text: str, tag: str) -> None:
    code, said = told(checkout, text, "--tag", tag)

    assert code == 1
    assert f"CHANGELOG.md does not tell of {OWN}: " in said


def test_entries_may_wait_until_there_is_a_tag(checkout: Checkout) -> None:
    assert told(checkout, ENTRY + OLD)[0] == 0

    code, said = told(checkout, ENTRY + OLD, "--tag", f"v{OWN}")

    assert code == 1
    assert f"put `## [{OWN}] - <year-month-day>` under `## [Unreleased]`" in said


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (DATED + OLD, f"nothing stands under {OWN}"),
        (ENTRY + DATED + ENTRY, "move what stands under Unreleased"),
        (f"## [{OWN}]\n\n{ENTRY}", "ends with no day"),
        (f"## [{OWN}] - 2026-02-30\n\n{ENTRY}", "ends with no day"),
        (f"## [{OWN}] - soon\n\n{ENTRY}", "ends with no day"),
        (OLD + DATED + ENTRY, f"does not tell of {OWN}"),
    ],
)
def test_a_section_that_is_not_finished_stops(checkout: Checkout, text: str, what: str) -> None:
    code, said = told(checkout, text, "--tag", f"v{OWN}")

    assert code == 1
    assert what in said


@pytest.mark.parametrize("tag", ["", f"v{OWN}"])
def test_a_finished_section_goes_on(checkout: Checkout, tag: str) -> None:
    assert told(checkout, DATED + ENTRY + OLD, "--tag", tag)[0] == 0
