"""Type checkers accept the packages that the tests generate, and agree with code that uses them.

All packages are checked in one run: a checker reads the dependencies once.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.client.generate import generate
from tests.client.package import NAME, SITE, renamed
from tests.generator.client import (
    hostile,
    small,
    test_bodies,
    test_decoding,
    test_normalise,
    test_records,
    test_responses,
    test_security,
    test_streams,
)
from tests.generator.paths import DOCUMENTS, MYPY_CACHE, ROOT

USERS = {
    "client_user.py": renamed((ROOT / "tests/client/user.py").read_text("utf-8")),
    "library_user.py": (ROOT / "tests/generator/client/library_user.py").read_text("utf-8"),
}
SMALL: dict[str, dict[str, Any]] = {
    "bodies": test_bodies.DOCUMENT,
    "decoding": test_decoding.DOCUMENT,
    "normalised": test_normalise.DOCUMENT,
    "records": test_records.DOCUMENT,
    "responses": test_responses.DOCUMENT,
    "security": test_security.DOCUMENT,
    "shapes": hostile.DOCUMENT,
    "streams": test_streams.DOCUMENT,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the packages and of their users."""
    folder, site = tmp_path_factory.mktemp("types"), tmp_path_factory.mktemp("site")
    for name, document in SMALL.items():
        shutil.move(small.make(document, folder, name), site)
    generate(DOCUMENTS / "library.yaml", DOCUMENTS / "library-config.yaml", folder / "library")
    shutil.move(folder / "library/library_client", site)
    shutil.copytree(SITE / NAME, site / NAME)
    for name, code in USERS.items():
        (site / name).write_text(code, "utf-8")
    (site / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', "utf-8")
    assert {*SMALL, "library_client", NAME} == {
        path.name for path in site.iterdir() if path.is_dir()
    }
    return site


@pytest.mark.parametrize(
    "checker",
    [
        ["mypy", "--strict", f"--cache-dir={MYPY_CACHE}", "."],
        ["basedpyright", "--pythonpath", sys.executable],
    ],
    ids=lambda checker: checker[0],
)
def test_a_type_checker_accepts_every_package_and_its_user(site: Path, checker: list[str]) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", *checker], cwd=site, capture_output=True, text=True, check=False
    )

    assert 0 == finished.returncode, finished.stdout + finished.stderr
