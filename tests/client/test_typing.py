"""Type checkers and a user's code agree on the types of the client."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client.package import NAME, SITE, renamed

USER = Path(__file__).parent / "user.py"


@pytest.mark.parametrize(
    "checker",
    [
        ["mypy", "--strict", NAME, "user.py"],
        ["basedpyright", "--pythonpath", sys.executable],
    ],
    ids=lambda checker: checker[0],
)
def test_a_type_checker_agrees_with_the_user(tmp_path: Path, checker: list[str]) -> None:
    (tmp_path / "user.py").write_text(renamed(USER.read_text("utf-8")), "utf-8")
    shutil.copytree(SITE / NAME, tmp_path / NAME)
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}')

    finished = subprocess.run(
        [sys.executable, "-m", *checker], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert 0 == finished.returncode, finished.stdout + finished.stderr
