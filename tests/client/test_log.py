"""The package's own logger: attempts at DEBUG, retries at INFO, and nothing secret."""

from __future__ import annotations

import logging

import pytest

from tests.client.conftest import GOOD, KEY, Call, Script
from tests.client.http_library import httpx
from tests.client.package import NAME, errors

URL = "https://openrouter.ai/api/v1/activity"
BUSY = httpx.Response(429, headers={"Retry-After": "7"})


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Captures logging at DEBUG."""
    caplog.set_level(logging.DEBUG, NAME)
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """Level and text of the records of the package's logger."""
    return [(each.levelname, each.message) for each in log.records if each.name == NAME]


def test_silent_by_default() -> None:
    handlers = logging.getLogger(NAME).handlers

    assert [type(handler) for handler in handlers] == [logging.NullHandler]


def test_attempts_and_retries(log: pytest.LogCaptureFixture, clock: object, call: Call) -> None:
    script = Script(BUSY, httpx.ReadTimeout("too slow"), GOOD)

    call(script.client(), date="2026-08-23")

    assert lines(log) == [
        ("DEBUG", f"GET {URL}: status 429"),
        ("INFO", f"GET {URL}: status 429, retry in 7.00 s"),
        ("DEBUG", f"GET {URL}: timed out (ReadTimeout)"),
        ("INFO", f"GET {URL}: timed out (ReadTimeout), retry in 0.50 s"),
        ("DEBUG", f"GET {URL}: status 200"),
    ]


def test_level_of_info_has_the_retries_alone(
    log: pytest.LogCaptureFixture, clock: object, call: Call
) -> None:
    log.set_level(logging.INFO, NAME)

    call(Script(BUSY, GOOD).client())

    assert lines(log) == [("INFO", f"GET {URL}: status 429, retry in 7.00 s")]


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (f"https://name:word@other.test/{KEY}/a?b={KEY}#c", "https://other.test/[key]/a"),
        ("/moved?b=c", "https://openrouter.ai/moved"),
    ],
    ids=["elsewhere", "relative"],
)
def test_redirect_says_where_it_leads_without_what_may_be_secret(
    log: pytest.LogCaptureFixture, call: Call, location: str, target: str
) -> None:
    redirect = httpx.Response(307, headers={"Location": location})

    with pytest.raises(errors.APIStatusError) as caught:
        call(Script(redirect).client())
    call(Script(redirect, GOOD).client(follow_redirects=True))

    assert str(caught.value).endswith(
        f" — It redirects to {target}, which only a client with follow_redirects=True follows."
    )
    assert lines(log)[-1] == ("DEBUG", f"GET {target}: status 200")
    assert KEY not in str([vars(record) for record in log.records if record.name == NAME])
