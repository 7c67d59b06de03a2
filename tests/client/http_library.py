"""The library that the client and its tests use: httpx, or the one that HTTP_LIBRARY names."""

from __future__ import annotations

import importlib
import os
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    import httpx as httpx
else:
    httpx = importlib.import_module(os.environ.get("HTTP_LIBRARY", "httpx"))

NAME = cast('Literal["httpx", "httpx2"]', httpx.__name__)
