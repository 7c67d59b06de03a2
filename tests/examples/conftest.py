"""What the tests of the examples share."""

from pathlib import Path

import pytest

from tests.package.snippets import ROOT
from tests.package.test_distribution import build


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout, alone in its folder."""
    folder = tmp_path_factory.mktemp("wheel")
    build(ROOT, folder, "--target", "wheel")
    [wheel] = folder.iterdir()
    return wheel
