"""`python -m generator new` lays out a project that passes its own checks and builds a wheel."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from generator.__main__ import main
from generator.errors import GeneratorError
from generator.new import new_project
from tests.generator.paths import DOCUMENTS, ROOT

LIBRARY = str(DOCUMENTS / "library.yaml")
USE = """
import library_client

with library_client.Client("a-key", base_url="http://127.0.0.1:9", max_retries=0) as client:
    try:
        client.catalogue.list_books()
    except library_client.errors.APIConnectionError as error:
        print(error.request)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "library-client"
    folder.mkdir()

    code = main(["new", str(folder), "--document", LIBRARY, "--name", "library-client"])

    assert 0 == code
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def run(folder: Path, *command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    finished = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=110
    )
    assert 0 == finished.returncode, finished.stdout + finished.stderr
    return finished.stdout


def test_the_project_passes_its_own_checks_and_builds_a_wheel(project: Path) -> None:
    # The environment is that of this checkout, and not installed again.
    tested = run(project, "make", "-o", ".venv/.locked", "test", "build")

    [wheel] = (project / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(project / "dist/installed")
    used = run(project / "dist/installed", sys.executable, "-c", USE)
    assert re.search(r"^=* ?2 passed", tested, re.MULTILINE)
    assert "library_client-0.1.0-py3-none-any.whl" == wheel.name
    assert "GET http://127.0.0.1:9/books\n" == used


def test_the_project_is_not_this_one(project: Path) -> None:
    own = [path for path in project.rglob("*") if path.is_file() and ".venv" not in path.parts]
    named = [
        path.relative_to(project).as_posix()
        for path in own
        if "openrouter" in path.read_bytes().lower().decode("utf-8", "replace")
    ]

    assert [] == named


def test_the_workflow_pins_the_actions_that_this_repository_pins(project: Path) -> None:
    pinned = re.findall(r"uses: (\S+@\S+)", (project / ".github/workflows/ci.yml").read_text())

    ours = (ROOT / ".github/workflows/ci.yml").read_text("utf-8")
    assert pinned
    assert [] == [action for action in pinned if action not in ours]


def test_corrections_come_with_the_document(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay.yaml"
    overlay.write_text(
        "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n"
        "  - description: Another title.\n    target: $.info\n    x-expect: {type: object}\n"
        "    update: {title: Corrected}\n",
        "utf-8",
    )

    new_project(tmp_path / "new", LIBRARY, "library-client", overlay)

    assert "  title: Corrected\n" in (tmp_path / "new/openapi.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        (LIBRARY, "class", "'class' makes no name of a package"),
        (LIBRARY, "a b", "'a b' makes no name of a package"),
        ("missing.yaml", "library-client", "missing.yaml: No such file or directory"),
        (str(DOCUMENTS / "library-config.yaml"), "library-client", "openapi is None"),
    ],
)
def test_a_project_that_cannot_be_made_leaves_nothing_behind(
    tmp_path: Path, source: str, name: str, said: str
) -> None:
    with pytest.raises(GeneratorError) as caught:
        new_project(tmp_path / "new", source, name)

    assert said in str(caught.value)
    assert [] == list(tmp_path.iterdir())


def test_a_folder_in_use_is_not_touched(tmp_path: Path) -> None:
    shutil.copy(LIBRARY, tmp_path)

    with pytest.raises(GeneratorError, match="not empty; give a new folder"):
        new_project(tmp_path, LIBRARY, "library-client")

    assert ["library.yaml"] == [path.name for path in tmp_path.iterdir()]
