"""Fixtures: the wheel in an environment without other packages, and the sandbox."""

import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sandbox
from tests.package.environments import PROJECT, built_wheel, install
from tests.package.snippets import Example, commands


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def python_for(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Example], Path]:
    """The Python of an environment with the wheel and the requirements of an example.

    The requirements are its imports, and the extras that its page installs.
    """
    made: dict[frozenset[str], Path] = {}
    sources = importlib.metadata.packages_distributions()
    own = PROJECT["name"].replace("-", "_")

    def of(example: Example) -> Path:
        imported = example.imports() - {own, "httpx"}
        needed = frozenset(sources[name][0] for name in imported) | {
            requirement
            for extra, requirements in PROJECT["optional-dependencies"].items()
            if any(f"{PROJECT['name']}[{extra}]" in line for line in commands(example.page))
            for requirement in requirements
        }
        if needed not in made:
            folder = tmp_path_factory.mktemp("user") / "venv"
            folder.mkdir()
            if why := install(folder, sys.executable, wheel, [*PROJECT["dependencies"], *needed]):
                pytest.skip(why)
            made[needed] = folder / "bin" / "python"
        return made[needed]

    return of


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """The base URL of the sandbox."""
    with sandbox.serve() as server:
        yield server.base_url
