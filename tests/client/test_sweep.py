"""The search for the key reports each hiding place, so `test_key_safety.py` can fail."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.client.http_library import httpx
from tests.client.package import errors
from tests.client.sweep import CANARY, Sweep


class Leaking:
    """Hides the canary in an attribute."""

    def __init__(self, **attributes: object) -> None:
        vars(self).update(attributes)


def leaking_error() -> Exception:
    """An error with the canary in the local variables of a frame outside the tests."""
    scope: dict[str, Any] = {}
    source = "def leak(secret):\n    raise RuntimeError('safe')\n"
    exec(compile(source, "elsewhere.py", "exec"), scope)
    with pytest.raises(RuntimeError) as raised:
        scope["leak"](CANARY)
    return raised.value


def error_with_context() -> Exception:
    error = RuntimeError("safe")
    error.__context__ = ValueError(CANARY)
    return error


@pytest.mark.parametrize(
    "value",
    [
        CANARY,
        f"Bearer {CANARY}".encode(),
        [("headers", {"Authorization": CANARY})],
        {CANARY: 1},
        Leaking(header=CANARY),
        Leaking(inner=Leaking(content=CANARY.encode())),
        errors.APIError(CANARY),
        errors.APIError("safe", request=errors.Request("GET", f"/?{CANARY}", {})),
        errors.Request("GET", "/", {"Authorization": CANARY}),
        httpx.Headers({"X-Echo": CANARY}),
        leaking_error(),
        error_with_context(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_value_is_reported(value: object) -> None:
    sweep = Sweep()

    sweep.add("leak", value)

    assert "leak" in " ".join(sweep.finds())


@pytest.mark.parametrize(
    ("message", "arguments", "error"),
    [
        (CANARY, (), None),
        ("%s", (CANARY,), None),
        ("safe", ({"key": CANARY},), None),
        ("safe", (), leaking_error()),
    ],
    ids=["message", "text", "argument", "error"],
)
def test_log_is_reported(
    message: str, arguments: tuple[object, ...], error: Exception | None
) -> None:
    sweep = Sweep()
    information = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("httpx", logging.DEBUG, "", 1, message, arguments, information)

    sweep.records.handle(record)

    assert any(place.startswith("log of httpx") for place in sweep.finds())
