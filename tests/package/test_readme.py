"""README.md holds what it says: its examples run as given, and what it names exists."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import sandbox
from tests.package.snippets import (
    ROOT,
    Example,
    broken_links,
    examples,
    of_a_user,
    place,
    python_fences,
)

README = ROOT / "README.md"
PythonFor = Callable[[Example], Path]


@pytest.mark.parametrize("example", examples(README), ids=place)
def test_an_example_runs_as_given(
    example: Example, python_for: PythonFor, base_url: str, tmp_path: Path
) -> None:
    printed = example.run(python_for(example), tmp_path, of_a_user(base_url, tmp_path))

    assert printed.strip()


def test_the_first_example_prints_the_rows_of_yesterday(
    python_for: PythonFor, base_url: str, tmp_path: Path
) -> None:
    first = examples(README)[0]

    printed = first.run(python_for(first), tmp_path, of_a_user(base_url, tmp_path))

    row = r"\d{4}-\d\d-\d\d \S+/\S+ \d\S* \d+"  # day, model, USD, cached tokens
    assert all(re.fullmatch(row, line) for line in printed.splitlines())


def test_an_inference_key_is_told_apart(
    python_for: PythonFor, base_url: str, tmp_path: Path
) -> None:
    [example] = [found for found in examples(README) if "PermissionDeniedError" in found.code]
    variables = of_a_user(base_url, tmp_path, sandbox.INFERENCE_KEY)

    printed = example.run(python_for(example), tmp_path, variables)

    assert printed == "This key is not a management key.\n"


def test_every_python_block_is_an_example() -> None:
    assert len(python_fences(README)) == len(examples(README))


def test_the_first_screen_shows_all_it_takes_to_start() -> None:
    first_screen = "\n".join(README.read_text(encoding="utf-8").splitlines()[:40])

    for sight in (
        "not OpenRouter's own package",
        "\npip install openrouter-analytics\n",
        examples(README)[0].code,
        "\npython examples/chart.py spend.png\n",
        "\nmake demo ",
        "\nmake test ",
    ):
        assert sight in first_screen


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_the_make_targets_it_names_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    commands = re.findall(r"(?:^|`)make ((?:[a-z-]+ ?)+)", text, re.MULTILINE)

    assert commands
    assert {target for command in commands for target in command.split()} <= set(targets)


@pytest.mark.parametrize(
    "document", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"]
)
def test_the_files_it_links_to_exist(document: str) -> None:
    assert broken_links(ROOT / document) == []
