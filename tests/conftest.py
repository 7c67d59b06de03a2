"""WITHOUT_MSGSPEC=1 runs the tests as if the extra ``fast`` was not installed."""

import gc
import os
import sys
from typing import Any

if os.environ.get("WITHOUT_MSGSPEC"):
    modules: dict[str, Any] = sys.modules
    modules["msgspec"] = None


def pytest_collection_finish() -> None:
    """Exclude tests and imported libraries from garbage collection: they stay anyway."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """End the exclusion: at exit, some libraries check that their objects are gone."""
    gc.unfreeze()
