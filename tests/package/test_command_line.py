"""The command of the built wheel, in a new environment."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.package.environments import PROJECT, install
from tests.package.snippets import ROOT

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


def test_the_exit_codes_of_the_page_are_those_of_the_command(
    variables: dict[str, str], programs: Path
) -> None:
    _, shown, _ = run(programs / "openrouter-analytics", "--help", env=variables)

    listed = re.findall(r"^  (\d+) +\S", shown, re.MULTILINE)
    documented = re.findall(
        r"^\| (\d+) \|", (ROOT / "docs/guide/command-line.md").read_text("utf-8"), re.MULTILINE
    )
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
    account: sandbox.Sandbox,
    tmp_path: Path,
    number: signal.Signals,
    before: str | None,
) -> None:
    file = tmp_path / "activity.csv"
    if before is not None:
        file.write_text(before)
    variables["OPENROUTER_ANALYTICS_BASE_URL"] = account.fault_url(HALF)
    account.requests.clear()
    with subprocess.Popen(
        [programs / "openrouter-analytics", "get-user-activity", "--output", file],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=heed_signals,
    ) as running:
        deadline = time.monotonic() + PATIENCE
        while not account.requests and time.monotonic() < deadline:
            time.sleep(0.02)

        running.send_signal(number)
        printed, _ = running.communicate(timeout=PATIENCE)

    assert (-number, "") == (running.returncode, printed)
    assert before == (file.read_text("utf-8") if file.exists() else None)
    left = [path for path in tmp_path.iterdir() if path != file]
    # SIGKILL leaves only the hidden file.
    assert (number == signal.SIGKILL) is bool(left)
    assert all(re.fullmatch(r"\.openrouter-analytics-\w+\.part", path.name) for path in left)
