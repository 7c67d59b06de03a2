"""What the tests of the examples share."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.examples.programs import needs
from tests.package.environments import built_wheel, install


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def binaries(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Where the programs of an example's own environment are."""
    made: dict[Path, Path] = {}

    def of(script: Path) -> Path:
        if script not in made:
            folder = tmp_path_factory.mktemp(script.stem)
            if why := install(folder, sys.executable, wheel, needs(script)):
                pytest.skip(why)
            made[script] = folder / "bin"
        return made[script]

    return of
