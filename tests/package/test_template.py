"""The commands of docs/maintain/another-api.md make a client of another document, in a copy."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.package.test_repository import NAMES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/maintain/another-api.md"

USE = """
import sys
import library_client

with library_client.Client("a-key", base_url="http://127.0.0.1:9", max_retries=0) as client:
    try:
        client.catalogue.list_books()
    except library_client.errors.APIConnectionError as error:
        sys.stdout.write(str(error.request))
"""


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def run(root: Path, *command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    finished = subprocess.run(
        command,
        cwd=root,
        env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert 0 == finished.returncode, finished.stdout
    return finished.stdout


def test_the_tests_come_last_and_are_left_to_those_who_follow_the_page() -> None:
    assert "make test build\n" in blocks()[-1]


@pytest.mark.skipif(not NAMES, reason="this is no clone, or git is not there")
@pytest.mark.skipif(sys.platform != "linux", reason="the page asks for GNU sed")
def test_its_commands_make_a_client_and_a_wheel(tmp_path: Path) -> None:
    root = tmp_path / "copy"
    for name in NAMES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)
    (root / ".venv").symlink_to(ROOT / ".venv")

    for block in blocks():
        # All of `make test` takes minutes; of it, this checks the chain.
        run(
            root,
            "bash",
            "-euo",
            "pipefail",
            "-c",
            block.replace("make test", "make check-generated"),
        )

    [wheel] = (root / "dist").glob("*.whl")
    assert "library_client-0.1.0-py3-none-any.whl" == wheel.name
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    used = run(tmp_path / "installed", sys.executable, "-c", USE)
    assert "GET http://127.0.0.1:9/books" == used
    left = [
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and ".venv" not in path.parts and "openrouter" in path.name.lower()
    ]
    assert [] == left
    # None of the tests that stay asks for what is gone.
    run(root, sys.executable, "-m", "pytest", "--collect-only", "-q", "tests")
