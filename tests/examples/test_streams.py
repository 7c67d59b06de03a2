"""A reader that goes away is no error, a full disk is one in a single line, Ctrl+C is quiet."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox
from tests.examples.programs import EXAMPLES, SCRIPTS, dependencies, name, run
from tests.package.snippets import ROOT, of_a_user

FULL = Path("/dev/full")
RUNS = [
    "archive.py update",
    "archive.py costs --file $ARCHIVE",
    "chart.py spend.png",
    "demo.py",
    "frames.py",
]


def shell(command: str, cwd: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run a command in a shell; return its exit code and what it printed to stderr."""
    finished = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"$PYTHON {EXAMPLES}/{command}"],
        cwd=cwd, env=environment, stderr=subprocess.PIPE, text=True, timeout=100, check=False,
    )  # fmt: skip
    return finished.returncode, finished.stderr


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment that names an archive."""
    folder = tmp_path_factory.mktemp("home")
    with sandbox.serve() as server:
        variables = of_a_user(server.base_url, folder) | {
            "PYTHONPATH": str(ROOT / "generated"),
            "PYTHON": sys.executable,
            "ARCHIVE": str(folder / "activity.duckdb"),
            "KEYS": str(folder / "keys"),
        }
        (folder / "keys").mkdir()
        (folder / "keys" / "acme").write_text(sandbox.MANAGEMENT_KEY)
        made = shell("archive.py update --file $ARCHIVE > /dev/null", folder, variables)
        assert (0, "") == made
        yield variables


@pytest.fixture(params=["1", ""], ids=["unbuffered", "buffered"])
def variables(request: pytest.FixtureRequest, environment: dict[str, str]) -> dict[str, str]:
    return environment | {"PYTHONUNBUFFERED": request.param}


@pytest.mark.parametrize("command", RUNS)
def test_a_reader_that_has_read_enough_is_no_error(
    command: str, tmp_path: Path, variables: dict[str, str]
) -> None:
    assert (0, "") == shell(f"{command} | true", tmp_path, variables)


@pytest.mark.parametrize("command", RUNS)
def test_a_closed_output_is_no_error(
    command: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    assert (0, "") == shell(f"{command} >&-", tmp_path, environment)


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    ("command", "code"), [*((command, 1) for command in RUNS), ("budget.py 250", 3)]
)
def test_a_full_disk_is_an_error_in_one_line(
    command: str, code: int, tmp_path: Path, variables: dict[str, str]
) -> None:
    returned, error = shell(f"{command} > {FULL}", tmp_path, variables)

    assert (code, 1) == (returned, error.count("\n"))
    assert "No space left on device" in error


@pytest.mark.parametrize(
    "command", [*(run for run in RUNS if "costs" not in run), "accounts.py $KEYS archive"]
)
def test_an_interrupt_is_quiet(command: str, tmp_path: Path, environment: dict[str, str]) -> None:
    script, *arguments = command.replace("$KEYS", environment["KEYS"]).split()
    with sandbox.serve(fault="slow-first-byte:60") as server:
        urls = dict.fromkeys(["BASE_URL", "OPENROUTER_ANALYTICS_BASE_URL"], server.base_url)
        process = subprocess.Popen(
            [sys.executable, EXAMPLES / script, *arguments],
            cwd=tmp_path, env=environment | urls, stderr=subprocess.PIPE, text=True,
            # Else the process ignores what this one ignores.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            start_new_session=True,
        )  # fmt: skip
        while not server.requests:
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: its workers get it, too
        _, error = process.communicate(timeout=60)

    assert (130, "") == (process.returncode, error)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("package", "code", "said"),
    [
        pytest.param("raise KeyboardInterrupt", 130, "", id="an interrupt"),
        pytest.param(
            "import nothing", 1, "{}: No module named 'nothing': pip install {}\n", id="missing"
        ),
    ],
)
@pytest.mark.parametrize(
    "script", [path for path in SCRIPTS if path.name != "budget.py"], ids=lambda path: path.stem
)
def test_an_import_that_fails_prints_no_traceback(
    script: Path, package: str, code: int, said: str, tmp_path: Path
) -> None:
    needed = sorted(map(name, dependencies(script)))
    for module in needed:
        (tmp_path / f"{module.replace('-', '_')}.py").write_text(package)

    finished = run(script.name, cwd=tmp_path, base_url="", PYTHONPATH=str(tmp_path))

    assert (code, "", said.format(script.stem, " ".join(needed))) == finished


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("budget", ["0.01", "250"])
def test_a_budget_that_cannot_be_reported_is_not_over_the_budget(
    budget: str, tmp_path: Path, variables: dict[str, str]
) -> None:
    assert (3, "") == shell(f"budget.py {budget} > {FULL} 2> {FULL}", tmp_path, variables)


def test_a_backend_that_matplotlib_does_not_have_changes_nothing(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    variables = environment | {"MPLBACKEND": "nonsense"}

    assert (0, "") == shell("chart.py spend.png > /dev/null", tmp_path, variables)


def test_an_argument_that_an_example_does_not_have_is_refused(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    code, error = shell("frames.py spend.png", tmp_path, environment)

    assert code == 2
    assert "unrecognized arguments: spend.png" in error
