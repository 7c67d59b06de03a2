"""The sandbox behaves as the live API does, and each of its faults does what its summary says."""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime as dt
import json
import math
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

import sandbox
from sandbox.__main__ import introduction, main
from sandbox.account import Account
from sandbox.app import WORKSPACE
from sandbox.faults import describe

TODAY = dt.date(2026, 8, 24)
YESTERDAY = dt.date(2026, 8, 23)
OLDEST = dt.date(2026, 7, 25)
ONE_DAY = dt.timedelta(days=1)
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/guide/sandbox.md").read_text("utf-8")
MANAGER = {"Authorization": f"Bearer {sandbox.MANAGEMENT_KEY}"}
NO_KEY = {"error": {"code": 401, "message": "Missing Authentication header"}}
TIMEOUT = 5.0
TLS = ssl.create_default_context()  # Not used over http, and slower to make than a call.


@pytest.fixture(scope="module")
def server() -> Iterator[sandbox.Sandbox]:
    with sandbox.serve(today=TODAY) as running:
        yield running


def open_client(**options: Any) -> httpx.Client:
    """A client that ignores the proxies of the environment."""
    defaults: dict[str, Any] = {
        "timeout": TIMEOUT,
        "max_redirects": 5,
        "verify": TLS,
        "trust_env": False,
    }
    return httpx.Client(**{**defaults, **options})


def get(
    base_url: str,
    path: str = "/activity",
    *,
    headers: dict[str, str] = MANAGER,
    timeout: float = TIMEOUT,
    **params: str,
) -> httpx.Response:
    """Send one request on a connection of its own."""
    with open_client(timeout=timeout) as client:
        return client.get(base_url + path, headers=headers, params=params)


def get_until_it_breaks(url: str, parts: list[bytes]) -> None:
    """Collect the raw parts of a body in `parts`; an exception may follow."""
    with (
        open_client() as client,
        client.stream("GET", url + "/activity", headers=MANAGER) as response,
    ):
        assert response.status_code == 200
        parts.extend(response.iter_raw())


def rows_of(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    body: dict[str, list[dict[str, Any]]] = response.json()
    return body["data"]


def until(condition: Callable[[], bool]) -> None:
    """Wait for another thread."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


# The healthy API


def test_without_a_date_all_thirty_days_come_newest_first(server: sandbox.Sandbox) -> None:
    response = get(server.base_url)

    days = [row["date"] for row in rows_of(response)]
    assert list(dict.fromkeys(days)) == [
        f"{TODAY - ago * ONE_DAY} 00:00:00" for ago in range(1, 31)
    ]
    assert days == sorted(days, reverse=True)
    assert response.headers["content-type"] == "application/json"


def test_rows_have_the_fields_and_types_of_live_rows(server: sandbox.Sandbox) -> None:
    rows = rows_of(get(server.base_url))

    texts = ("date", "model", "model_permaslug", "endpoint_id", "provider_name")
    counts = ("requests", "prompt_tokens", "completion_tokens", "reasoning_tokens")
    amounts = ("usage", "byok_usage_inference")
    for row in rows:
        assert set(row) == {*texts, *counts, *amounts, "cached_tokens"}
        assert all(type(row[name]) is str for name in texts)
        assert all(type(row[name]) is int for name in (*counts, "cached_tokens"))
        assert all(type(row[name]) in {int, float} for name in amounts)
        assert row["cached_tokens"] <= row["prompt_tokens"]
        assert row["reasoning_tokens"] <= row["completion_tokens"]
    for name in amounts:
        assert any(row[name] % 1 for row in rows)


def test_the_account_has_many_models_and_providers(server: sandbox.Sandbox) -> None:
    rows = rows_of(get(server.base_url))

    providers: dict[str, set[str]] = {}
    for row in rows:
        providers.setdefault(row["model"], set()).add(row["provider_name"])
    assert len(providers) == 20
    assert len({row["provider_name"] for row in rows}) > 5
    assert max(map(len, providers.values())) > 1
    assert len({(row["date"], row["endpoint_id"]) for row in rows}) == len(rows)


@pytest.mark.parametrize("day", [YESTERDAY, OLDEST])
def test_a_date_gives_the_rows_of_that_day(server: sandbox.Sandbox, day: dt.date) -> None:
    every = rows_of(get(server.base_url))

    rows = rows_of(get(server.base_url, date=str(day)))

    assert rows == [row for row in every if row["date"] == f"{day} 00:00:00"]


OUTSIDE = "Date must be within the last 30 (completed) UTC days"
MALFORMED = "Invalid date format, expected YYYY-MM-DD"
MISSING = "Missing Authentication header"
REFUSALS = [
    *(
        (400, OUTSIDE, {"params": {"date": day}})
        for day in ("2026-08-24", "2026-07-24", "2027-01-01")
    ),
    *(
        (400, MALFORMED, {"params": {"date": text}})
        for text in ("", "yesterday", "2026-02-30", "20260823", "2026-W34-7", "2026-08-23 00:00:00")
    ),
    (400, MALFORMED, {"params": {"date": "٢٠٢٦-08-23"}}),
    (400, "Invalid group_by, expected workspace", {"params": {"group_by": "model"}}),
    (404, "Resource not found", {"params": {"api_key_hash": "c" * 64}}),
    *((401, MISSING, {"headers": {"Authorization": text}}) for text in ("", "Basic abc", "Bearer")),
    (401, "Invalid credentials", {"headers": {"Authorization": "Bearer sk-or-v1-unknown"}}),
    (
        403,
        "Only management keys can perform this operation",
        {"headers": {"Authorization": f"Bearer {sandbox.INFERENCE_KEY}"}},
    ),
    *(
        (404, "Not Found", {"path": path})
        for path in ("", "/", "/activity/", "/models", "/activity/2026-08-23")
    ),
    *(
        (405, "Method Not Allowed", {"method": method})
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
    ),
]


@pytest.mark.parametrize(("status", "message", "request_"), REFUSALS)
def test_other_requests_are_refused(
    server: sandbox.Sandbox, status: int, message: str, request_: dict[str, Any]
) -> None:
    sent: dict[str, Any] = {"method": "GET", "path": "/activity", "headers": MANAGER, **request_}
    with open_client() as client:
        response = client.request(url=server.base_url + sent.pop("path"), **sent)

    assert response.status_code == status
    assert response.json() == {"error": {"code": status, "message": message}}
    assert response.headers.get("allow") == ("GET, HEAD" if status == 405 else None)


def test_rows_that_are_grouped_have_their_workspace(server: sandbox.Sandbox) -> None:
    plain = rows_of(get(server.base_url))

    grouped = rows_of(get(server.base_url, group_by="workspace", unheard_of="a"))

    assert [{"workspace_id": WORKSPACE, **row} for row in plain] == grouped


def test_each_row_is_of_one_of_the_keys(server: sandbox.Sandbox) -> None:
    plain = rows_of(get(server.base_url))

    first, second = (rows_of(get(server.base_url, api_key_hash=key)) for key in sandbox.KEY_HASHES)

    assert first
    assert second
    assert [row for row in plain if row not in second] == first
    assert [row for row in plain if row not in first] == second


# The account


def test_the_rows_depend_on_seed_and_day_alone() -> None:
    first = Account(seed=7, today=TODAY)

    assert first.body() == Account(seed=7, today=TODAY).body()
    assert first.body() != Account(seed=8, today=TODAY).body()
    assert first.body(YESTERDAY) == Account(seed=7, today=TODAY + ONE_DAY).body(YESTERDAY)
    # The same in every process and Python version.
    row = json.loads(Account(rows=30, today=TODAY).body(YESTERDAY)[0])["data"][0]
    assert (row["usage"], row["requests"], row["prompt_tokens"]) == (0.013001, 8, 7368)


@pytest.mark.parametrize("count", [0, 1, 29, 30, 31, 1000])
def test_the_number_of_rows_is_exact(count: int) -> None:
    (body,) = Account(rows=count, today=TODAY).body()

    rows = json.loads(body)["data"]
    assert len(rows) == count
    assert len({row["date"] for row in rows}) == min(count, 30)
    assert len({(row["date"], row["endpoint_id"]) for row in rows}) == count


@pytest.mark.parametrize("count", [-1, 1_000_001])
def test_other_numbers_of_rows_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="rows must be from 0 to 1,000,000"):
        Account(rows=count, today=TODAY)


def test_a_large_account_is_streamed_whole() -> None:
    with sandbox.serve(rows=20_000, today=TODAY) as server:
        response = get(server.base_url)
        day = get(server.base_url, date=str(YESTERDAY))

    assert len(rows_of(response)) == 20_000
    assert int(response.headers["content-length"]) == len(response.content)
    assert len(rows_of(day)) == 667


def test_today_is_the_utc_day_of_the_clock() -> None:
    before = dt.datetime.now(dt.UTC).date()
    with sandbox.serve(rows=30) as server:
        newest = rows_of(get(server.base_url))[0]["date"]
    after = dt.datetime.now(dt.UTC).date()

    assert newest in {f"{before - ONE_DAY} 00:00:00", f"{after - ONE_DAY} 00:00:00"}


def test_the_window_moves_at_midnight(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [TODAY]
    monkeypatch.setattr("sandbox.app._utc_today", lambda: clock[0])
    with sandbox.serve(rows=30) as server:
        first = get(server.base_url, date=str(TODAY))
        clock[0] += ONE_DAY
        second = get(server.base_url, date=str(TODAY))

    assert (first.status_code, second.status_code) == (400, 200)


# The server


def test_two_servers_have_different_loopback_ports() -> None:
    with sandbox.serve() as one, sandbox.serve() as other:
        assert one.base_url != other.base_url
        assert one.base_url.startswith("http://127.0.0.1:")
        assert one.base_url.endswith("/api/v1")


def test_requests_are_recorded(server: sandbox.Sandbox) -> None:
    server.requests.clear()
    get(server.base_url, headers={"X-Test": "yes"}, date="2026-08-23")

    (request,) = server.requests
    assert request[:3] == ("GET", "/api/v1/activity", "date=2026-08-23")
    assert request.headers["x-test"] == "yes"


def test_connections_are_counted() -> None:
    with sandbox.serve(rows=0) as server:
        with open_client() as client:
            for _ in range(3):
                client.get(server.base_url)
            kept = (server.connections, server.open_connections, len(server.requests))
        get(server.base_url)
        assert (kept, server.connections) == ((1, 1, 3), 2)

    with (
        sandbox.serve(rows=0) as server,
        open_client() as client,
        concurrent.futures.ThreadPoolExecutor(4) as pool,
    ):
        url = server.fault_url("slow-first-byte:0.3") + "/activity"
        responses = list(pool.map(client.get, [url] * 4))
        assert server.peak_connections == 4
    assert [response.status_code for response in responses] == [401] * 4


def test_the_server_stops_while_a_request_hangs() -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with sandbox.serve() as server:
            call = pool.submit(get, server.fault_url("slow-first-byte:60"), timeout=30)
            until(lambda: len(server.requests) == 1)
            start = time.monotonic()
        took = time.monotonic() - start

        with pytest.raises(httpx.TransportError):
            call.result(TIMEOUT)
    assert took < 2


def test_the_port_is_free_afterwards() -> None:
    with sandbox.serve() as server:
        port = int(server.base_url.split(":")[2].partition("/")[0])

    with pytest.raises(httpx.ConnectError):
        get(server.base_url)
    with sandbox.serve(port=port) as again:
        assert again.base_url == server.base_url
        with pytest.raises(OSError, match="in use"), sandbox.serve(port=port):
            pass


# The command line


@contextlib.contextmanager
def started(*options: str) -> Generator[IO[str]]:
    """The output of a sandbox that runs in a process of its own."""
    command = [sys.executable, "-m", "sandbox", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout
        finally:
            process.terminate()
            process.wait(TIMEOUT)


def test_the_first_line_is_the_base_url() -> None:
    with started("--rows", "3", "--fault", "extra-field") as output:
        response = get(output.readline().strip())

    assert ["surprise" in row for row in rows_of(response)] == [True, False, False]


def test_the_commands_of_its_output_work_as_they_are() -> None:
    asks = f"{sys.executable} -m openrouter_analytics get-user-activity"
    environment = {"PYTHONPATH": str(ROOT / "generated"), "http_proxy": "http://127.0.0.1:9"}

    with started("--rows", "3") as output:
        *_, command, _, _, export = [output.readline().strip() for _ in range(7)]
        printed = [
            subprocess.run(
                ["sh", "-euc", script], env=environment, capture_output=True, text=True, check=True
            ).stdout
            for script in (command, f"{export}\n{asks}")
        ]

    assert command.endswith(asks)
    assert [4, 4] == [len(text.splitlines()) for text in printed]  # with the header


def test_the_page_shows_its_output() -> None:
    shown = re.sub(r"127.0.0.1:\d+", "127.0.0.1:1", PAGE.partition("```text\n")[2])

    said = introduction("http://127.0.0.1:1/api/v1").replace(sys.executable, ".venv/bin/python")
    assert shown.startswith(f"{said}\n```\n")


@pytest.mark.parametrize("fault", re.findall(r"--fault ([\w:-]+)", PAGE))
def test_the_page_names_faults_that_there_are(fault: str) -> None:
    sandbox.create_app(fault=fault)


def test_the_list_has_a_line_for_each_fault() -> None:
    lines = describe().splitlines()

    names = [line.split()[0].partition(":")[0].partition("[")[0] for line in lines]
    assert names == list(sandbox.FAULTS)
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rows", "1000001"], "rows must be from 0 to 1,000,000"),
        (["--fault", "nonsense"], "no such fault: 'nonsense'"),
        (["--port", "99999"], "port must be from 0 to 65535"),
    ],
)
def test_a_wrong_option_is_one_message_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    assert message in capsys.readouterr().err


# The faults


def test_every_fault_is_tested_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")

    assert [name for name in sandbox.FAULTS if f'"{name}' not in source] == []


HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("fault", "status", "content_type", "start"),
    [
        *(
            (f"status:{code}", code, "application/json", f'{{"error":{{"code":{code},'.encode())
            for code in (200, 201, 299, 300, 301, 404, 418, 499, 503, 526, 599)
        ),
        ("status:304", 304, "application/json", b""),  # HTTP allows no body here
        ("status:503:json", 503, "application/json", b'{"error":{"code":503,'),
        ("status:503:other", 503, "application/json", b'{"detail":'),
        ("status:503:html", 503, HTML, b"<!DOCTYPE html>"),
        ("status:503:empty", 503, None, b""),
        ("status:503:bytes", 503, "application/json; charset=no-such-charset", b"\xff\xfe"),
        ("status:503:same", 503, "application/json", b'{"data":[{'),
        ("status:204:html", 204, HTML, b""),  # HTTP allows no body here
        ("cloudflare", 520, HTML, b"<!DOCTYPE html>"),
        ("cloudflare:524", 524, HTML, b"<!DOCTYPE html>"),
        ("error-200", 200, "application/json", b'{"error":{"code":502,'),
        ("error-200:429", 200, "application/json", b'{"error":{"code":429,'),
    ],
)
def test_other_responses(
    server: sandbox.Sandbox, fault: str, status: int, content_type: str | None, start: bytes
) -> None:
    response = get(server.fault_url(fault))

    assert (response.status_code, response.headers.get("content-type")) == (status, content_type)
    assert response.content.startswith(start)
    assert bool(response.content) == bool(start)
    assert ("cloudflare" in response.headers.get_list("server")) == fault.startswith("cloudflare")


@pytest.mark.parametrize("retry_after", ["", "7", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_rate_limit(server: sandbox.Sandbox, retry_after: str) -> None:
    response = get(server.fault_url(f"rate-limit:{retry_after}"))

    assert (response.status_code, response.json()["error"]["code"]) == (429, 429)
    assert response.headers["retry-after"] == (retry_after or "1")
    assert response.headers["x-ratelimit-remaining"] == "0"
    assert {"x-ratelimit-limit", "x-ratelimit-reset"} < set(response.headers)


def test_redirect(server: sandbox.Sandbox) -> None:
    response = get(server.fault_url("redirect:localhost:9"))

    assert response.status_code == 307
    assert response.headers["location"] == "http://localhost:9/api/v1/activity"
    with open_client(follow_redirects=True) as client, pytest.raises(httpx.TooManyRedirects):
        client.get(server.fault_url("redirect") + "/activity")  # to itself


def test_flaky(server: sandbox.Sandbox) -> None:
    one = [get(server.fault_url("flaky:2:one")).status_code for _ in range(4)]
    other = [get(server.fault_url("flaky:1:other:rate-limit:0")).status_code for _ in range(2)]
    reset = server.fault_url("flaky:1:third:reset")

    assert one == [503, 503, 200, 200]
    assert other == [429, 200]
    with pytest.raises(httpx.TransportError):
        get(reset)
    assert get(reset).status_code == 200


@pytest.mark.parametrize(("name", "pause"), [("slow-first-byte", 0.2), ("slow-body", 0.02)])
def test_slow_responses_are_whole(server: sandbox.Sandbox, name: str, pause: float) -> None:
    start = time.monotonic()
    response = get(server.fault_url(f"{name}:{pause}"))

    assert time.monotonic() - start >= 0.2
    assert response.content == get(server.base_url).content
    with pytest.raises(httpx.ReadTimeout):
        get(server.fault_url(f"{name}:5"), timeout=0.1)


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("truncated", httpx.RemoteProtocolError, "incomplete|without sending complete"),
        ("truncated-chunked", httpx.RemoteProtocolError, "incomplete|without sending complete"),
        ("reset-body", httpx.ReadError, "reset"),
    ],
)
def test_a_body_that_ends_early(
    server: sandbox.Sandbox, fault: str, error: type[Exception], message: str
) -> None:
    parts: list[bytes] = []
    with pytest.raises(error, match=message):
        get_until_it_breaks(server.fault_url(fault), parts)

    whole = get(server.base_url).content
    assert whole.startswith(b"".join(parts))
    assert 0 < len(b"".join(parts)) <= len(whole) // 2


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        ("close", httpx.RemoteProtocolError, "disconnected"),
        ("not-http", httpx.RemoteProtocolError, "disconnected|illegal"),
        ("reset", httpx.ReadError, "reset"),
        ("endless-headers", httpx.RemoteProtocolError, "too long"),
        ("endless-headers:0.001", httpx.RemoteProtocolError, "too long"),
        ("gzip-garbage", httpx.DecodingError, "decompress"),
    ],
)
def test_no_readable_response(
    server: sandbox.Sandbox, fault: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        get(server.fault_url(fault))

    until(lambda: server.open_connections == 0)


@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"data":null}', '{"data":{"a":1}}', ""])
def test_json(server: sandbox.Sandbox, text: str) -> None:
    response = get(server.fault_url(f"json:{text}"))

    assert (response.status_code, response.text) == (200, text)


def test_not_json_and_not_utf8(server: sandbox.Sandbox) -> None:
    broken, latin = get(server.fault_url("not-json")), get(server.fault_url("not-utf8"))

    assert broken.headers["content-type"] == "application/json"
    with pytest.raises(json.JSONDecodeError):
        broken.json()
    with pytest.raises(UnicodeDecodeError):
        latin.content.decode()
    first = json.loads(latin.content.decode("latin-1"))["data"][0]
    assert first["provider_name"].startswith("Café ")


@pytest.mark.parametrize(
    ("fault", "content_type"),
    [
        ("content-type", HTML),
        ("wrong-charset", "application/json; charset=utf-16"),
        ("wrong-charset:klingon", "application/json; charset=klingon"),
    ],
)
def test_the_right_body_under_another_type(
    server: sandbox.Sandbox, fault: str, content_type: str
) -> None:
    response = get(server.fault_url(fault))

    assert response.headers["content-type"] == content_type
    assert response.content == get(server.base_url).content


@pytest.mark.parametrize(
    ("fault", "row", "field", "value"),
    [
        ("wrong-type", 0, "usage", "42"),
        ("wrong-type:51", 51, "usage", "42"),
        ("wrong-type:3:model", 3, "model", 42),
        ("null", 0, "usage", None),
        ("null:2:date", 2, "date", None),
        ("infinity:1", 1, "usage", math.inf),
        ("huge-number:1:requests", 1, "requests", math.inf),
        ("value:4:requests:true", 4, "requests", True),
        ('value:4:date:"2026-08-23T00:00:00Z"', 4, "date", "2026-08-23T00:00:00Z"),
        ("duplicate-keys:5:model", 5, "model", "twice"),
        ("duplicate-keys", 0, "usage", 2),
        ("extra-field:9", 9, "surprise", ["new"]),
        ("missing", 0, "usage", ...),
        ("missing:7", 7, "usage", ...),
        ("missing:8:model", 8, "model", ...),
    ],
)
def test_one_value_of_one_row(
    server: sandbox.Sandbox, fault: str, row: int, field: str, value: object
) -> None:
    expected = rows_of(get(server.base_url))
    if value is ...:
        del expected[row][field]
    else:
        expected[row][field] = value

    actual = rows_of(get(server.fault_url(fault)))

    assert actual == expected
    assert type(actual[row].get(field, ...)) is type(value)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("nan:6:prompt_tokens", b'"prompt_tokens":NaN,'),
        ("infinity", b'"usage":Infinity,'),
        ("huge-number", b'"usage":1e999,'),
        ("value:0:usage:-01.", b'"usage":-01.,'),
        ("duplicate-keys:5", b',"usage":2}'),
    ],
)
def test_a_value_is_sent_as_it_is_written(server: sandbox.Sandbox, fault: str, text: bytes) -> None:
    assert get(server.fault_url(fault)).content.count(text) == 1


def test_a_response_without_that_row_stays_healthy(server: sandbox.Sandbox) -> None:
    assert rows_of(get(server.fault_url("null:100000"))) == rows_of(get(server.base_url))


@pytest.mark.parametrize("fault", ["not-json", "null", "json:[]", "content-type"])
def test_faults_of_successes_do_not_change_errors(server: sandbox.Sandbox, fault: str) -> None:
    assert get(server.fault_url(fault), headers={}).json() == NO_KEY


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ("error-missing", 401, {"message": NO_KEY["error"]["message"]}),
        ("error-missing:message", 401, {"code": 401}),
        ('error-value:code:"401"', 401, {**NO_KEY["error"], "code": "401"}),
        ("error-value:message:null", 401, {"code": 401, "message": None}),
        ("error-status:418", 418, NO_KEY["error"]),
    ],
)
def test_faults_of_errors_do_not_change_successes(
    server: sandbox.Sandbox, fault: str, status: int, error: dict[str, object]
) -> None:
    response = get(server.fault_url(fault), headers={})
    healthy = get(server.fault_url(fault))

    assert (response.status_code, response.json()) == (status, {"error": error})
    assert healthy.content == get(server.base_url).content


def test_no_key_check_still_checks_dates(server: sandbox.Sandbox) -> None:
    url = server.fault_url("no-key-check")

    assert rows_of(get(url, headers={})) == rows_of(get(server.base_url))
    assert get(url, headers={}, date="x").status_code == 400


@pytest.mark.parametrize("text", ["2026-08-24", "1999-12-31", "yesterday"])
def test_no_date_check_still_checks_keys(server: sandbox.Sandbox, text: str) -> None:
    url = server.fault_url("no-date-check")

    assert rows_of(get(url, date=text)) == []
    assert get(url, headers={}).status_code == 401


MISSPELT = [
    "nonsense", "reset:now", "status", "status:199", "status:600", "status:503:pdf", "cloudflare:x",
    "redirect:9", "flaky:2", "flaky:1:token:nonsense", "slow-body:soon", "slow-body:-1",
    "slow-first-byte:inf", "wrong-type:x", "null:0:colour", "value:0:usage", "error-missing:colour",
    "error-value:code:{", "json:a/b",
]  # fmt: skip


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_address_that_cannot_be_printed_is_an_error() -> None:
    with Path("/dev/full").open("w") as full:
        finished = subprocess.run(
            [sys.executable, "-m", "sandbox"],
            cwd=Path(__file__).parents[2],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=60,
        )  # fmt: skip

    error = "python -m sandbox: stdout: No space left on device\n"
    assert (1, error) == (finished.returncode, finished.stderr)


@pytest.mark.parametrize("fault", MISSPELT)
def test_a_misspelt_fault_is_refused(server: sandbox.Sandbox, fault: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        server.fault_url(fault)

    response = get(server.base_url.replace("/api/v1", f"/fault/{fault}/api/v1"))
    assert response.status_code == 404


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_in_process(anyio_backend: str) -> None:
    app = sandbox.create_app(rows=60, today=TODAY, fault="null:1")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        response = await client.get("/api/v1/activity", headers=MANAGER)
        with pytest.raises(RuntimeError, match="needs a socket"):
            await client.get("/fault/reset/api/v1/activity")

    assert [row["usage"] is None for row in rows_of(response)[:3]] == [False, True, False]


def test_a_fault_for_all_requests_without_one_of_their_own() -> None:
    with sandbox.serve(fault="status:500:html") as server:
        common = get(server.base_url)
        other = get(server.fault_url("status:418"))

    assert (common.status_code, other.status_code) == (500, 418)
    with pytest.raises(ValueError, match="no such fault"):
        sandbox.create_app(fault="nonsense")
