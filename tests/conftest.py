"""WITHOUT_MSGSPEC=1 runs the tests as if the extra ``fast`` was not installed."""

import gc
import os
import sys
from typing import Any

if os.environ.get("WITHOUT_MSGSPEC"):
    modules: dict[str, Any] = sys.modules
    modules["msgspec"] = None


def pytest_collection_finish() -> None:
    """Spare the collector what stays anyway: the tests, and the libraries that they import."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let it have them in the end: some libraries look whether all of theirs is gone."""
    gc.unfreeze()
