"""WITHOUT_MSGSPEC=1 runs the tests as if the extra ``fast`` was not installed."""

import os
import sys
from typing import Any

if os.environ.get("WITHOUT_MSGSPEC"):
    modules: dict[str, Any] = sys.modules
    modules["msgspec"] = None
