"""Fixtures: the wheel in new environments, and sandboxes."""

import datetime as dt
import importlib.metadata
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import sandbox
from tests.package.environments import PROJECT, built_wheel, install
from tests.package.snippets import Example, commands, of_a_user, set_date

TODAY = dt.date(2026, 8, 24)
"""The day on which the pages were written."""


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


@pytest.fixture(scope="session")
def account() -> Iterator[sandbox.Sandbox]:
    """The sandbox on the day on which the pages were written."""
    with sandbox.serve(today=TODAY) as server:
        yield server


@pytest.fixture(scope="session")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the command, pandas and pyarrow, on that day."""
    folder = tmp_path_factory.mktemp("programs") / "venv"
    requirements = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["cli"]]
    if why := install(folder, sys.executable, wheel, [*requirements, "pandas", "pyarrow"]):
        pytest.skip(why)
    set_date(folder / "bin", TODAY)
    return folder / "bin"


@pytest.fixture
def variables(programs: Path, account: sandbox.Sandbox, tmp_path: Path) -> dict[str, str]:
    """The environment of a user of these programs on that day."""
    return of_a_user(account.base_url, tmp_path) | {
        "PATH": os.pathsep.join([str(programs), os.defpath]),
        "PYTHONWARNINGS": "error",
    }
