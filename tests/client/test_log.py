"""The package's own logger: attempts at DEBUG, retries at INFO, and nothing secret."""

from __future__ import annotations

import logging

import pytest

from tests.client.conftest import GOOD, Call, Script
from tests.client.http_library import httpx
from tests.client.package import NAME

REQUEST = "GET https://openrouter.ai/api/v1/activity"
BUSY = httpx.Response(429, headers={"Retry-After": "7"})


def test_silent_by_default() -> None:
    handlers = logging.getLogger(NAME).handlers

    assert [type(handler) for handler in handlers] == [logging.NullHandler]


def test_attempts_and_retries(caplog: pytest.LogCaptureFixture, clock: object, call: Call) -> None:
    caplog.set_level(logging.DEBUG, NAME)
    script = Script(BUSY, httpx.ReadTimeout("too slow"), GOOD)

    call(script.client(), date="2026-08-23")

    assert caplog.record_tuples == [
        (NAME, logging.DEBUG, f"{REQUEST}: status 429"),
        (NAME, logging.INFO, f"{REQUEST}: status 429, retry in 7.00 s"),
        (NAME, logging.DEBUG, f"{REQUEST}: timed out (ReadTimeout)"),
        (NAME, logging.INFO, f"{REQUEST}: timed out (ReadTimeout), retry in 0.50 s"),
        (NAME, logging.DEBUG, f"{REQUEST}: status 200"),
    ]


def test_level_of_info_has_the_retries_alone(
    caplog: pytest.LogCaptureFixture, clock: object, call: Call
) -> None:
    caplog.set_level(logging.INFO, NAME)

    call(Script(BUSY, GOOD).client())

    assert caplog.record_tuples == [(NAME, logging.INFO, f"{REQUEST}: status 429, retry in 7.00 s")]
