"""Pages print what they say: the first screen, the answers and the guides of the command."""

import csv
import inspect
import json
import re
import subprocess
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from openrouter_analytics import Client

import sandbox
from sandbox.account import Account
from tests.package.conftest import TODAY
from tests.package.snippets import ROOT, RUNNER

METHOD = Client(sandbox.MANAGEMENT_KEY).analytics.get_user_activity
CLOCK = f"""
import datetime

class Fixed(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz).replace(year={TODAY.year}, month={TODAY.month}, day={TODAY.day})

datetime.datetime = Fixed
"""
"""Python imports this module at its start. It sets the day on which the pages were written.

pyarrow cannot be imported then, so only the steps that ask for the day get it.
"""


class Step(NamedTuple):
    """A command or a snippet, and what the page says it prints. `…` matches anything."""

    language: str
    code: str
    printed: str


class Section(NamedTuple):
    """A section of a page.

    Attributes:
        files: The shell commands that make the files of the steps.
    """

    title: str
    files: str
    steps: list[Step]


def sections(page: Path) -> list[Section]:
    """The sections of a page that print something."""
    found: list[Section] = []
    for text in re.split(r"^##? ", page.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        blocks = re.findall(
            r"^```(console|python)\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?",
            text,
            re.MULTILINE | re.DOTALL,
        )
        steps: list[Step] = []
        for language, code, printed in blocks:
            if language == "console":
                commands = re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]
                steps += [Step(language, *command.split("\n", 1)) for command in commands]
            elif printed:
                steps.append(Step(language, code, printed))
        if steps:
            made = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
            found.append(Section(text.partition("\n")[0], "".join(made), steps))
    return found


ANSWERS = sections(ROOT / "docs/guide/answers.md")
README, *_ = sections(ROOT / "README.md")
OTHERS = [
    section._replace(files="")  # these commands install what `programs` has installed
    for page in ("README.md", "docs/guide/command-line.md", "docs/guide/troubleshooting.md")
    for section in sections(ROOT / page)
]


def with_parameters_of_the_document(code: str) -> str:
    """The code, with an argument for a parameter that a newer document names."""
    if "api_key_hash" in inspect.signature(METHOD).parameters:
        code = code.replace("--query api_key_hash=", "--api-key-hash ")
        code = code.replace('extra_query={"api_key_hash": key_hash}', "api_key_hash=key_hash")
    return code


def run(step: Step, folder: Path, variables: dict[str, str]) -> str:
    """What a step prints."""
    code = with_parameters_of_the_document(step.code)
    if re.search(r"\bnow\(|\btoday\b|\byesterday\b", code):
        (folder / ".clock").mkdir(exist_ok=True)
        (folder / ".clock/sitecustomize.py").write_text(CLOCK, "utf-8")
        variables = variables | {"PYTHONPATH": str(folder / ".clock")}
    ran = subprocess.run(
        ["python", "-c", RUNNER, "page.md"] if step.language == "python" else ["bash", "-c", code],
        cwd=folder,
        env=variables,
        input=code,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    printed = ran.stdout.replace(
        variables["OPENROUTER_ANALYTICS_BASE_URL"], "https://openrouter.ai/api/v1"
    )
    return re.sub(" +$", "", printed, flags=re.MULTILINE)


@pytest.mark.parametrize("section", [*OTHERS, *ANSWERS], ids=lambda section: section.title)
def test_a_section_prints_what_it_says(
    section: Section, variables: dict[str, str], tmp_path: Path
) -> None:
    files = section.files.replace("sk-or-v1-…", sandbox.INFERENCE_KEY)
    subprocess.run(["bash", "-ec", files], cwd=tmp_path, env=variables, check=True)

    for step in section.steps:
        printed = run(step, tmp_path, variables)

        pattern = re.escape(step.printed).replace("…", ".*")
        assert re.fullmatch(pattern, printed), (step.code, printed)
        assert sandbox.MANAGEMENT_KEY not in printed
    for file in tmp_path.glob("activity.*") if section in ANSWERS else ():
        assert sum_of(file) == pytest.approx(float(sum(usage(ROWS))))


def sum_of(file: Path) -> float:
    """The cost in a file, as another program reads it."""
    if file.suffix == ".csv":
        with file.open(encoding="utf-8", newline="") as lines:
            return sum(float(row["usage"]) for row in csv.DictReader(lines))
    parquet = pytest.importorskip("pyarrow.parquet")
    return float(sum(parquet.read_table(file)["usage"].to_pylist()))


def test_each_of_ten_answers_and_the_first_screen_is_a_command_and_a_snippet() -> None:
    assert 10 == len(ANSWERS)
    for section in (README, *ANSWERS):
        assert ["console", "python"] == [step.language for step in section.steps]


def test_the_other_pages_have_commands() -> None:
    assert 10 < sum(len(section.steps) for section in OTHERS)


# A computation of its own, in exact fractions, over the rows of the sandbox

Row = dict[str, Any]
ROWS: list[Row] = json.loads(
    b"".join(Account(today=TODAY).body()), parse_float=Fraction, parse_int=Fraction
)["data"]
MONTH = [row for row in ROWS if row["date"] >= "2026-08-01"]
YESTERDAY = [row for row in ROWS if row["date"].startswith("2026-08-23")]
OF_A = [row for row in ROWS if int(row["endpoint_id"][0], 16) % 2 == 0]
OF_B = [row for row in ROWS if row not in OF_A]


def usage(rows: list[Row], column: str = "usage") -> list[Fraction]:
    return [row[column] for row in rows]


def by(name: str, rows: list[Row], column: str = "usage") -> dict[str, Fraction]:
    """The sums of a column for each value of another, the largest first."""
    sums = {value: Fraction() for value in sorted({row[name] for row in rows})}
    for row in rows:
        sums[row[name]] += row[column]
    return dict(sorted(sums.items(), key=lambda item: -item[1]))


def first(count: int, sums: dict[str, Fraction]) -> dict[str, Fraction]:
    return dict(list(sums.items())[:count])


MONTH_BY_MODEL = first(3, by("model", MONTH))
YESTERDAY_BY_PROVIDER = first(3, by("provider_name", YESTERDAY))
TOTAL = sum(usage(ROWS), Fraction())
BYOK = sum(usage(ROWS, "byok_usage_inference"), Fraction())
FIGURES: dict[str, tuple[dict[str, Fraction], dict[str, Fraction]]] = {
    "How much did I spend this month, per model?": (
        MONTH_BY_MODEL | {"total": sum(usage(MONTH), Fraction())},
        MONTH_BY_MODEL,
    ),
    "What did each provider cost yesterday?": (
        YESTERDAY_BY_PROVIDER | {"total": sum(usage(YESTERDAY), Fraction())},
        YESTERDAY_BY_PROVIDER,
    ),
    "Which key spends how much?": (
        first(2, by("model", OF_A)) | {"total": sum(usage(OF_A), Fraction())},
        {"web": sum(usage(OF_A), Fraction()), "batch": sum(usage(OF_B), Fraction())},
    ),
    "What was paid in credits, and what with my own keys?": (
        first(3, by("model", ROWS, "byok_usage_inference")) | {"total": BYOK},
        {"credits": TOTAL, "BYOK": BYOK},
    ),
    "How do I ask for many accounts?": (
        {"keys/acme": TOTAL, "keys/globex": TOTAL},
        {"acme": TOTAL, "globex": TOTAL},
    ),
    "How do I get it into a data frame?": ({}, first(3, by("provider_name", ROWS))),
    "How do I get it into a database?": ({}, {f"({len(ROWS)}, ": TOTAL}),
}
"""For each answer with figures: what its command and its snippet must say of which name."""
SAID = [
    (step, name, figure)
    for section in ANSWERS
    for step, figures in zip(section.steps, FIGURES.get(section.title, ({}, {})), strict=True)
    for name, figure in figures.items()
]


@pytest.mark.parametrize(("step", "name", "figure"), SAID)
def test_a_figure_of_the_page_is_right(step: Step, name: str, figure: Fraction) -> None:
    [line] = [line for line in step.printed.splitlines() if name in line]
    numbers = [Decimal(text) for text in re.findall(r"\d+\.\d+", line)]

    # A number is rounded to the decimals with which it is printed.
    assert any(
        Fraction(number) == round(figure, -int(number.as_tuple().exponent)) for number in numbers
    )
