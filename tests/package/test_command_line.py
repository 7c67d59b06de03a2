"""The command of the built wheel, in a new environment."""

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import sandbox
from tests.package.environments import PROJECT, install
from tests.package.snippets import ROOT, set_date

PAGES = [
    ROOT / "README.md",
    ROOT / "docs/guide/command-line.md",
    ROOT / "docs/guide/troubleshooting.md",
]
TODAY = dt.date(2026, 8, 24)
PATIENCE = 60.0
"""The longest time of a command on a busy machine, in seconds."""

HALF = "slow-body:1"
"""A fault that leaves time to end a command during its transfer."""


def run(*command: str | Path, env: dict[str, str], **options: Any) -> tuple[int, str, str]:
    """The exit code, the standard output and the standard error of a command."""
    ran = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=PATIENCE, check=False, **options
    )
    return ran.returncode, ran.stdout, ran.stderr


class Example(NamedTuple):
    """A command of a page, and its output there. `…` matches anything."""

    page: Path
    command: str
    printed: str


def examples(page: Path) -> list[Example]:
    """The commands of a page, in its order."""
    blocks = re.findall(
        r"^```console\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return [
        Example(page, *re.fullmatch(r"(.*?)\n(.*)", block, re.DOTALL).groups())  # type: ignore[union-attr]
        for text in blocks
        for block in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    ]


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the extra and pyarrow."""
    folder = tmp_path_factory.mktemp("with") / "venv"
    requirements = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["cli"], "pyarrow"]
    if reason := install(folder, sys.executable, wheel, requirements):
        pytest.skip(reason)
    set_date(folder / "bin", TODAY)
    return folder / "bin"


@pytest.fixture(scope="module")
def server() -> Iterator[sandbox.Sandbox]:
    with sandbox.serve(today=TODAY) as server:
        yield server


@pytest.fixture
def variables(programs: Path, server: sandbox.Sandbox) -> dict[str, str]:
    """The environment of a user."""
    return {
        "PATH": os.pathsep.join([str(programs), os.environ["PATH"]]),
        "OPENROUTER_ANALYTICS_BASE_URL": server.base_url,
        "OPENROUTER_MANAGEMENT_KEY": sandbox.MANAGEMENT_KEY,
        "PYTHONWARNINGS": "error",
    }


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_the_commands_of_a_page_print_what_it_says(
    page: Path, variables: dict[str, str], server: sandbox.Sandbox, tmp_path: Path
) -> None:
    for example in examples(page):
        if example.command.startswith("pip install "):
            continue  # `programs` has done this
        script = f"({example.command}) 2>&1"
        _, printed, _ = run("bash", "-c", script, env=variables, cwd=tmp_path)
        printed = printed.replace(server.base_url, "https://openrouter.ai/api/v1")
        printed = re.sub(" +$", "", printed, flags=re.MULTILINE)

        pattern = re.escape(example.printed).replace("…", ".*")
        assert re.fullmatch(pattern, printed), (example.command, printed)
        assert sandbox.MANAGEMENT_KEY not in printed


def test_the_pages_have_commands() -> None:
    found = [example.command for page in PAGES for example in examples(page)]

    assert 10 < len(found)
    assert all("openrouter-analytics" in command or "activity." in command for command in found)


def test_the_exit_codes_of_the_page_are_those_of_the_command(
    variables: dict[str, str], programs: Path
) -> None:
    _, shown, _ = run(programs / "openrouter-analytics", "--help", env=variables)

    listed = re.findall(r"^  (\d+) +\S", shown, re.MULTILINE)
    documented = re.findall(r"^\| (\d+) \|", PAGES[1].read_text("utf-8"), re.MULTILINE)
    assert 11 == len(listed)
    assert listed == documented


def test_the_module_is_the_same_program(variables: dict[str, str], programs: Path) -> None:
    arguments = ("get-user-activity", "--format", "csv")
    module = (programs / "python", "-I", "-m", "openrouter_analytics")

    code, printed, _ = run(programs / "openrouter-analytics", *arguments, env=variables)

    assert code == 0
    assert printed.startswith("date,")
    assert (code, printed, "") == run(*module, *arguments, env=variables)


def test_without_the_extra_it_says_what_to_install(wheel: Path, tmp_path: Path) -> None:
    if reason := install(tmp_path / "venv", sys.executable, wheel, PROJECT["dependencies"]):
        pytest.skip(reason)

    ran = run(tmp_path / "venv/bin/openrouter-analytics", "--help", env={})

    line = "cyclopts is missing: pip install 'openrouter-analytics[cli]'"
    assert (3, "", f"openrouter-analytics: {line}\n") == ran


def test_the_client_alone_imports_nothing_of_the_command(programs: Path) -> None:
    code = "import sys, openrouter_analytics as o; o.Client; print(*sys.modules, sep='\\n')"
    _, printed, _ = run(programs / "python", "-I", "-c", code, env={})

    modules = printed.split()
    assert "openrouter_analytics.client" in modules
    for name in ("cyclopts", "rich", "pyarrow", "openrouter_analytics._cli"):
        assert name not in modules


def heed_signals() -> None:
    """Restore what `nohup` and background jobs change: they ignore SIGHUP and SIGINT."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("before", [None, "before"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_killed_half_way_the_file_is_absent_or_as_it_was(
    programs: Path,
    variables: dict[str, str],
    server: sandbox.Sandbox,
    tmp_path: Path,
    number: signal.Signals,
    before: str | None,
) -> None:
    file = tmp_path / "activity.csv"
    if before is not None:
        file.write_text(before)
    variables["OPENROUTER_ANALYTICS_BASE_URL"] = server.fault_url(HALF)
    server.requests.clear()
    with subprocess.Popen(
        [programs / "openrouter-analytics", "get-user-activity", "--output", file],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=heed_signals,
    ) as running:
        deadline = time.monotonic() + PATIENCE
        while not server.requests and time.monotonic() < deadline:
            time.sleep(0.02)

        running.send_signal(number)
        printed, _ = running.communicate(timeout=PATIENCE)

    assert (-number, "") == (running.returncode, printed)
    assert before == (file.read_text("utf-8") if file.exists() else None)
    left = [path for path in tmp_path.iterdir() if path != file]
    # SIGKILL leaves only the hidden file.
    assert (number == signal.SIGKILL) is bool(left)
    assert all(re.fullmatch(r"\.openrouter-analytics-\w+\.part", path.name) for path in left)


def test_a_reader_that_has_enough_is_no_error(variables: dict[str, str]) -> None:
    command = "openrouter-analytics get-user-activity --format csv | head -1"

    _, printed, error = run("bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}", env=variables)

    assert "" == error
    assert [f"{128 + signal.SIGPIPE}"] == printed.splitlines()[1:]


def test_a_full_disk_behind_standard_output_is_said(
    programs: Path, variables: dict[str, str]
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no full device here")
    command = f"{programs}/openrouter-analytics get-user-activity > /dev/full"

    line = "openrouter-analytics: standard output: No space left on device\n"
    assert (11, "", line) == run("bash", "-c", command, env=variables)
