"""What the tests of the examples share."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.examples.programs import TODAY, Call, Finished, needs
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


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """The sandbox on the day on which the output of the pages was made."""
    with sandbox.serve(today=TODAY) as server:
        yield server.base_url


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run an example in this process with these arguments."""

    def call(program: Any, *arguments: str | Path) -> Finished:
        monkeypatch.setattr(sys, "argv", [Path(program.__file__).name, *map(str, arguments)])
        try:
            code = program.main()
        except SystemExit as leaving:  # by argparse
            code = int(str(leaving.code))
        out, error = capsys.readouterr()
        return Finished(code, out, error)

    return call
