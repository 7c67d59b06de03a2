"""The HTTP library of the client and its tests: httpx, or the value of HTTP_LIBRARY."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    import httpx as httpx
else:
    httpx = importlib.import_module(os.environ.get("HTTP_LIBRARY", "httpx"))

NAME = cast('Literal["httpx", "httpx2"]', httpx.__name__)
