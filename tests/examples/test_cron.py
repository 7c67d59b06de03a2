"""The cron lines of the pages work in cron's environment unchanged, and mail problems only."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sandbox
from tests.examples.programs import DOCS, EXAMPLES, SCRIPTS
from tests.package.snippets import of_a_user

SET_UP = re.compile(r"^### From cron$.*?^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"^ *\d+ \d+ \* \* \* (.+)$", re.MULTILINE)
LINES = [
    pytest.param(command, id=f"{source.name} {number}")
    for source in (*sorted(DOCS.glob("*.md")), *SCRIPTS)
    for number, command in enumerate(LINE.findall(source.read_text("utf-8")))
]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with sandbox.serve() as server:
        yield server.base_url


@pytest.fixture
def home(base_url: str, binaries: Callable[[Path], Path], tmp_path: Path) -> Path:
    """A home that was set up as the page says."""
    [commands] = SET_UP.findall((DOCS / "examples.md").read_text("utf-8"))
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    subprocess.run(
        ["sh", "-euc", commands], cwd=tmp_path, env=of_a_user(base_url, tmp_path), check=True
    )
    (tmp_path / "spend/.venv").symlink_to(binaries(EXAMPLES / "archive.py").parent)
    with (tmp_path / "spend/key").open("a") as key:
        key.write(f"export NO_PROXY='*' OPENROUTER_ANALYTICS_BASE_URL={base_url}\n")
    return tmp_path


def cron(command: str, home: Path) -> tuple[int, str]:
    """Run a command as cron does; return its exit code and the mail."""
    finished = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=home,
        env={"HOME": str(home), "LOGNAME": "a", "SHELL": "/bin/sh", "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    return finished.returncode, finished.stdout


def test_the_key_file_can_be_read_by_its_owner_only(home: Path) -> None:
    assert 0o600 == (home / "spend/key").stat().st_mode & 0o777


@pytest.mark.parametrize("command", LINES)
def test_if_all_is_well_there_is_no_mail(command: str, home: Path) -> None:
    assert (0, "") == cron(command, home)
    assert ("archive.py" in command) == (home / "spend/activity.duckdb").exists()


@pytest.mark.parametrize("command", LINES)
def test_a_missing_key_is_mailed(command: str, home: Path) -> None:
    (home / "spend/key").unlink()

    code, mail = cron(command, home)

    assert code not in (0, 1)
    assert "spend/key" in mail


@pytest.mark.parametrize(
    ("webhook", "code", "last"),
    [
        ("", 1, "budget: OVER: "),
        ("http://127.0.0.1:1/secret", 4, "budget: the webhook failed: ConnectError"),
    ],
)
def test_a_budget_that_is_exceeded_is_mailed(
    home: Path, webhook: str, code: int, last: str
) -> None:
    page = (DOCS / "examples.md").read_text("utf-8")
    [command] = [line for line in LINE.findall(page) if "budget.py" in line]
    with (home / "spend/key").open("a") as key:
        key.write(f"export BUDGET_WEBHOOK={webhook}\n")

    returned, mail = cron(command.replace("250", "0.01"), home)

    assert code == returned
    assert mail.startswith("budget: OVER: ")
    assert mail.splitlines()[-1].startswith(last)
