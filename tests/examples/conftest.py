"""What the tests of the examples share."""

from pathlib import Path

import pytest

from tests.package.environments import built_wheel


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_wheel(tmp_path_factory.mktemp("wheel"))
