"""README.md and docs/ are correct: examples run, and links, commands and names exist."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openrouter_analytics import Client, __version__
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import sandbox
from tests.client.conftest import loopback
from tests.package.environments import PROJECT, install
from tests.package.snippets import (
    ROOT,
    Example,
    commands,
    examples,
    of_a_user,
    place,
    python_fences,
)
from tests.package.test_repository import NAMES

DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]
# tests/examples/test_asset.py runs the Dagster example.
# test_pages.py runs the answers.
EXAMPLES = [
    example
    for page in PAGES
    if page.name != "answers.md"
    for example in examples(page)
    if "dagster" not in example.imports()
]
PythonFor = Callable[[Example], Path]


@pytest.mark.parametrize("example", EXAMPLES, ids=place)
def test_an_example_runs_as_given(
    example: Example, python_for: PythonFor, base_url: str, tmp_path: Path
) -> None:
    printed = example.run(python_for(example), tmp_path, of_a_user(base_url, tmp_path))

    assert printed.strip()


def test_the_recipe_for_sqlite_keeps_rows_that_differ_in_any_field(tmp_path: Path) -> None:
    [recipe] = [found for found in examples(DOCS / "guide/quickstart.md") if "sqlite" in found.code]
    with (
        sandbox.serve(rows=1) as account,
        Client(sandbox.MANAGEMENT_KEY, base_url=account.base_url) as client,
    ):
        [row] = [item.to_dict() for item in client.analytics.get_user_activity().data]
    body = json.dumps({"data": [row, row | {"team": "a"}, row]}).encode()
    headers = {"Content-Type": "application/json"}

    with loopback(lambda _: (200, headers, body)) as server:
        variables = of_a_user(server.url, tmp_path) | {"PYTHONPATH": str(ROOT / "generated")}
        printed = [recipe.run(Path(sys.executable), tmp_path, variables) for _ in range(2)]

    assert [f"(2, {round(2 * row['usage'], 2)})\n"] * 2 == printed


def test_the_example_of_errors_recognises_an_inference_key(
    python_for: PythonFor, base_url: str, tmp_path: Path
) -> None:
    page = DOCS / "guide/errors.md"
    [example] = [found for found in examples(page) if "PermissionDeniedError" in found.code]
    variables = of_a_user(base_url, tmp_path, sandbox.INFERENCE_KEY)

    printed = example.run(python_for(example), tmp_path, variables)

    assert printed == "The key is not a management key.\n"


def test_the_page_of_the_sandbox_has_its_inference_key() -> None:
    assert f"`{sandbox.INFERENCE_KEY}`" in (DOCS / "guide/sandbox.md").read_text("utf-8")


def test_the_first_screen_of_the_readme_has_all_it_takes_to_start() -> None:
    first_screen = "\n".join(README.read_text(encoding="utf-8").splitlines()[:60])

    for part in (
        "not OpenRouter's own package",
        "\nmake build ",
        "python3 -m venv ",
        "\nexport OPENROUTER_MANAGEMENT_KEY=",
        "(https://openrouter.ai/settings/management-keys)",
        "\n$ openrouter-analytics get-user-activity --by model --sort -usage ",
        examples(README)[0].code,
        "(docs/guide/spend.png)",
        "`make sandbox`",
        "\nmake demo ",
        "\nmake test ",
    ):
        assert part in first_screen


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_block_is_an_example(page: Path) -> None:
    assert len(python_fences(page)) == len(examples(page))


def test_the_index_leads_to_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.glob("*/*.md")]

    assert pages
    assert [page for page in pages if f"({page})" not in index] == []


# The test that runs each kind of command, or the reason why none does.
RUN_BY = {
    "pip install ": "this file",
    "export OPENROUTER_": "this file",
    "make ": "test_makefile.py",
    "python examples/": "tests/examples/test_documented.py",
    "git tag --annotate v": "a maintainer: it releases",
    "git push origin v": "a maintainer: it releases",
}
TESTED_AS_A_WHOLE = {
    "answers.md": "test_pages.py",
    "contract-testing.md": "this file",
    "examples.md": "tests/examples/test_documented.py",
    "archive.md": "tests/examples/test_documented.py",
    "command-line.md": "test_pages.py",
    "another-api.md": "tests/generator/test_new.py",
}
COMMANDS = [
    (page.name, command)
    for page in PAGES
    if page.name not in TESTED_AS_A_WHOLE
    for command in commands(page)
]


@pytest.mark.parametrize(("page", "command"), COMMANDS)
def test_a_command_is_one_that_is_run(page: str, command: str) -> None:
    assert any(command.startswith(start) for start in RUN_BY)


def repository(folder: Path) -> Path:
    """A repository whose last commit is another contract than that of this version."""
    for name in NAMES:  # the files of a clone of the next commit
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    script = f"""
        git init --quiet && git config user.name a && git config user.email a@b.c
        git add --force . && git commit --quiet --message=a && git tag v{__version__}
        git rm --quiet openapi.yaml && git commit --quiet --message=b
    """
    subprocess.run(["sh", "-ec", script], cwd=folder, check=True)
    return folder


@pytest.mark.skipif(not NAMES, reason="this is no clone, or git is not there")
def test_three_lines_of_a_pipeline_ask_an_api(wheel: Path, base_url: str, tmp_path: Path) -> None:
    installs, clones, asks = commands(DOCS / "maintain/contract-testing.md")
    variables = of_a_user(base_url, tmp_path)
    needed = installs.removeprefix("python -m pip install openrouter-analytics ").split()
    if why := install(
        tmp_path / "venv", sys.executable, wheel, [*PROJECT["dependencies"], *needed]
    ):
        pytest.skip(why)
    variables["PATH"] = f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    variables["REPOSITORY"] = repository(tmp_path / "repository").as_uri()

    subprocess.run(["sh", "-euc", clones], cwd=tmp_path, env=variables, check=True)
    finished = subprocess.run(
        asks.replace("https://openrouter.ai/api/v1", base_url).split(),
        cwd=tmp_path / "contract",
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (finished.returncode, finished.stderr)
    assert finished.stdout.startswith(f"ok: the API at {base_url}")


def test_the_variables_that_are_set_are_read() -> None:
    client = (ROOT / "generated/openrouter_analytics/client.py").read_text("utf-8")
    exported = {command.split()[1] for _, command in COMMANDS if command.startswith("export ")}

    assert exported
    assert [item for item in exported if f'"{item.partition("=")[0]}"' not in client] == []


def test_what_is_installed_is_in_the_lock() -> None:
    lock = {
        canonicalize_name(found.metadata["Name"]) for found in importlib.metadata.distributions()
    }
    named = {
        canonicalize_name(Requirement(item.strip("'\"")).name)
        for _, command in COMMANDS
        if command.startswith("pip install ")
        for item in command.removeprefix("pip install ").split()
        if "dist/" not in item and item != '"$(echo'
    }

    assert named - lock <= {"openrouter-analytics"}
