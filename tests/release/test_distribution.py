"""What stops a release by the wheel or the sdist that was built for it."""

from __future__ import annotations

import re

import pytest

from tests.release.conftest import Checkout

TESTS = "tests/package/test_distribution.py"
WHEEL = "[tool.hatch.build.targets.wheel]\n"


def stops(said: str) -> list[str]:
    """The tests that failed."""
    return re.findall(r"^STOP  contents    (test_\w+)", said, re.MULTILINE)


def test_a_wheel_with_a_stray_file_stops(checkout: Checkout) -> None:
    stray = f'{WHEEL}force-include = {{ "CHANGELOG.md" = "CHANGELOG.md" }}\n'
    checkout.edit("pyproject.toml", WHEEL, stray)
    checkout.build()
    checkout.edit("pyproject.toml", stray, WHEEL)  # it is dist/ that goes out, and is looked at

    code, said = checkout.check("contents")

    assert code == 1
    assert "test_the_wheel_holds_the_generated_package_and_nothing_else" in stops(said)
    assert f'`make unit ARGS="{TESTS}"` tells more' in said


def test_a_wheel_that_is_not_reproducible_stops(checkout: Checkout) -> None:
    checkout.edit("pyproject.toml", WHEEL, f"[tool.hatch.build]\nreproducible = false\n\n{WHEEL}")
    checkout.build()

    code, said = checkout.check("contents")

    assert code == 1
    assert "test_another_build_gives_the_same_bytes" in stops(said)


@pytest.mark.parametrize("step", ["metadata", "contents", "pythons", "sbom"])
def test_without_a_wheel_nothing_is_said_of_it(checkout: Checkout, step: str) -> None:
    code, said = checkout.check(step)

    assert code == 1
    assert "dist/ holds 0 files *.whl, not one: run `make build`" in said


PASSED = "def test_far_from_its_source(): pass\n"
SKIPPED = "import pytest\ndef test_far_from_its_source_too(): pytest.skip('no Python 3.99 here')\n"
FAILED = "def test_far_from_its_source_at_all(): assert 'it works' == ''\n"


@pytest.mark.parametrize(
    ("tests", "options", "code", "mark", "word"),
    [
        (PASSED + SKIPPED, (), 0, "ok", "1 tests passed; no Python 3.99 here"),
        (PASSED + SKIPPED, ("--strict",), 1, "STOP", "not checked: no Python 3.99 here"),
        (PASSED + FAILED, (), 1, "STOP", "test_far_from_its_source_at_all - "),
        ("import no_such_module\n", (), 1, "STOP", TESTS),
    ],
)  # fmt: skip
def test_a_python_that_is_not_there_is_named_and_where_all_must_be_it_stops(
    checkout: Checkout, tests: str, options: tuple[str, ...], code: int, mark: str, word: str
) -> None:
    (checkout.root / TESTS).write_text(tests)
    for name in ("a.whl", "a.tar.gz"):
        (checkout.root / "dist").mkdir(exist_ok=True)
        (checkout.root / "dist" / name).touch()

    finished, said = checkout.check("pythons", *options)

    assert code == finished
    assert re.search(rf"^{mark} +pythons .*{re.escape(word)}", said, re.MULTILINE), said


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('readme = "README.md"', "", "lack Description-Content-Type"),
        ('keywords = ["', 'keywords = []\nunknown = ["', "lack Keywords"),
        (
            'readme = "README.md"',
            'readme = { file = "README.md", content-type = "text/x-rst" }',
            "twine check --strict",
        ),
    ],
)
def test_metadata_that_are_not_complete_stop(
    checkout: Checkout, old: str, new: str, word: str
) -> None:
    checkout.edit("pyproject.toml", old, new)
    checkout.build()

    code, said = checkout.check("metadata")

    assert code == 1
    assert word in said


@pytest.mark.usefixtures("tools")
def test_what_is_not_known_is_not_made_up(checkout: Checkout) -> None:
    checkout.build()

    code, said = checkout.check("metadata")

    assert code == 0
    assert "not known: project addresses, author, maintainer" in said
