"""README.md holds what it says: its examples run as given, and what it names exists."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import sandbox

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"


class Example(NamedTuple):
    """A fenced block of Python in README.md, and the line its code starts on."""

    line: int
    code: str

    def run(self) -> None:
        """Run it as a script of its own; a traceback shows the line of README.md."""
        padded = "\n" * (self.line - 1) + self.code
        exec(compile(padded, README, "exec"), {"__name__": "__main__"})


def examples() -> list[Example]:
    text = README.read_text(encoding="utf-8")
    return [
        Example(line=text.count("\n", 0, block.start("code")) + 1, code=block["code"])
        for block in re.finditer(r"^```python\n(?P<code>.*?)^```$", text, re.DOTALL | re.MULTILINE)
    ]


def place(example: Example) -> str:
    return f"line {example.line}"


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with sandbox.serve() as server:
        yield server.base_url


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, base_url: str) -> None:
    monkeypatch.setenv("OPENROUTER_ANALYTICS_BASE_URL", base_url)
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", sandbox.MANAGEMENT_KEY)
    monkeypatch.delenv("OPENROUTER_API_KEY", raising=False)
    monkeypatch.setenv("no_proxy", "*")  # a proxy of the environment does not reach this machine


@pytest.mark.parametrize("example", examples(), ids=place)
def test_an_example_runs_as_given(example: Example, capsys: pytest.CaptureFixture[str]) -> None:
    example.run()

    assert capsys.readouterr().out.strip()


def test_the_first_example_prints_the_rows_of_yesterday(capsys: pytest.CaptureFixture[str]) -> None:
    first = examples()[0]

    first.run()

    row = r"\d{4}-\d\d-\d\d \S+/\S+ \d\S* \d+"  # day, model, USD, cached tokens
    assert all(re.fullmatch(row, printed) for printed in capsys.readouterr().out.splitlines())


def test_an_inference_key_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENROUTER_MANAGEMENT_KEY", sandbox.INFERENCE_KEY)
    [example] = [found for found in examples() if "PermissionDeniedError" in found.code]

    example.run()

    assert capsys.readouterr().out == "This key is not a management key.\n"


def test_every_python_block_is_an_example() -> None:
    fences = re.findall(r"^\s*[`~]{3,}\s*py", README.read_text(encoding="utf-8"), re.MULTILINE)

    assert len(fences) == len(examples())


def test_the_first_screen_shows_all_it_takes_to_start() -> None:
    first_screen = "\n".join(README.read_text(encoding="utf-8").splitlines()[:33])

    for sight in (
        "not OpenRouter's own package",
        "\npip install openrouter-analytics\n",
        examples()[0].code,
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
    text = (ROOT / document).read_text(encoding="utf-8")

    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]

    assert [link for link in links if not (ROOT / link).is_file()] == []
