"""The sandbox behaves as the live API is known to, and misbehaves as each of its faults says."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import gzip
import json
import math
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import sandbox
from sandbox.account import Account
from sandbox.faults import describe

TODAY = dt.date(2026, 8, 24)
YESTERDAY = dt.date(2026, 8, 23)
OLDEST = dt.date(2026, 7, 25)
ROOT = Path(__file__).parents[2]
MANAGER = {"Authorization": f"Bearer {sandbox.MANAGEMENT_KEY}"}
TIMEOUT = 5.0
TLS = ssl.create_default_context()  # Unused by plain http, and slower to make than a call.


@pytest.fixture(scope="module")
def server() -> Iterator[sandbox.Sandbox]:
    """One sandbox for the tests of this file, with a fixed day."""
    with sandbox.serve(today=TODAY) as running:
        yield running


def open_client(*, timeout: float = TIMEOUT, follow_redirects: bool = False) -> httpx.Client:
    """Make a client that no proxy of the environment leads astray."""
    return httpx.Client(
        timeout=timeout,
        follow_redirects=follow_redirects,
        max_redirects=5,
        verify=TLS,
        trust_env=False,
    )


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
    """Collect the raw parts of an answer's body in `parts`, for what comes before an exception."""
    with (
        open_client() as client,
        client.stream("GET", url + "/activity", headers=MANAGER) as answer,
    ):
        assert answer.status_code == 200
        parts.extend(answer.iter_raw())


def rows_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """Return the rows of a good answer."""
    assert answer.status_code == 200, answer.text
    body: dict[str, list[dict[str, Any]]] = answer.json()
    return body["data"]


class TestHealthy:
    """What the API is known to do."""

    def test_all_thirty_days_newest_first(self, server: sandbox.Sandbox) -> None:
        """Without `date`, all 30 completed days."""
        answer = get(server.base_url)

        days = [row["date"] for row in rows_of(answer)]
        expected = [TODAY - dt.timedelta(days=ago) for ago in range(1, 31)]
        assert list(dict.fromkeys(days)) == [f"{day} 00:00:00" for day in expected]
        assert days == sorted(days, reverse=True)
        assert answer.headers["content-type"] == "application/json"

    def test_rows_have_the_fields_and_types_of_live_rows(self, server: sandbox.Sandbox) -> None:
        """`cached_tokens` is in every row, counts are integers, and USD are not all whole."""
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

    def test_account_is_natural(self, server: sandbox.Sandbox) -> None:
        """About 20 models over several providers, one row per day and endpoint."""
        rows = rows_of(get(server.base_url))

        providers: dict[str, set[str]] = {}
        for row in rows:
            providers.setdefault(row["model"], set()).add(row["provider_name"])
        assert len(providers) == 20
        assert len({row["provider_name"] for row in rows}) > 5
        assert max(map(len, providers.values())) > 1
        assert len({(row["date"], row["endpoint_id"]) for row in rows}) == len(rows)

    @pytest.mark.parametrize("day", [YESTERDAY, OLDEST])
    def test_date_gives_the_rows_of_that_day(self, server: sandbox.Sandbox, day: dt.date) -> None:
        """With `date`, the rows of that day and no other."""
        every = rows_of(get(server.base_url))

        answer = get(server.base_url, date=str(day))

        assert rows_of(answer) == [row for row in every if row["date"] == f"{day} 00:00:00"]

    @pytest.mark.parametrize("day", [TODAY, OLDEST - dt.timedelta(days=1), dt.date(2027, 1, 1)])
    def test_date_outside_the_window(self, server: sandbox.Sandbox, day: dt.date) -> None:
        """Today, which is not completed, and a day before the last 30 are refused."""
        answer = get(server.base_url, date=str(day))

        message = "Date must be within the last 30 (completed) UTC days"
        assert answer.status_code == 400
        assert answer.json() == {"error": {"message": message, "code": 400}}

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "yesterday",
            "2026-02-30",
            "20260823",
            "2026-W34-7",
            "2026-08-23 00:00:00",
            "٢٠٢٦-08-23",
        ],
    )
    def test_date_that_is_no_date(self, server: sandbox.Sandbox, text: str) -> None:
        """What is not written YYYY-MM-DD is refused."""
        answer = get(server.base_url, date=text)

        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == 400

    @pytest.mark.parametrize(
        "headers", [{}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}]
    )
    def test_missing_key(self, server: sandbox.Sandbox, headers: dict[str, str]) -> None:
        """Without a bearer token: 401."""
        answer = get(server.base_url, headers=headers)

        assert answer.status_code == 401
        assert answer.json() == {"error": {"code": 401, "message": "Missing Authentication header"}}

    def test_unknown_key(self, server: sandbox.Sandbox) -> None:
        """With another key: 401."""
        answer = get(server.base_url, headers={"Authorization": "Bearer sk-or-v1-unknown"})

        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == 401

    def test_inference_key(self, server: sandbox.Sandbox) -> None:
        """With a key for inference: 403."""
        answer = get(server.base_url, headers={"Authorization": f"Bearer {sandbox.INFERENCE_KEY}"})

        message = "Only management keys can perform this operation"
        assert answer.status_code == 403
        assert answer.json() == {"error": {"code": 403, "message": message}}

    @pytest.mark.parametrize("path", ["", "/", "/activity/", "/models", "/activity/2026-08-23"])
    def test_other_paths(self, server: sandbox.Sandbox, path: str) -> None:
        """Other paths are not found, and are not redirected either."""
        answer = get(server.base_url, path)

        assert answer.status_code == 404
        assert answer.json() == {"error": {"code": 404, "message": "Not Found"}}

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
    def test_other_methods(self, server: sandbox.Sandbox, method: str) -> None:
        """Other methods are not allowed."""
        with open_client() as client:
            answer = client.request(method, server.base_url + "/activity", headers=MANAGER)

        assert answer.status_code == 405
        assert answer.json()["error"]["code"] == 405
        assert answer.headers["allow"] == "GET, HEAD"


class TestAccount:
    """The rows behind it."""

    def test_same_seed_same_bytes(self) -> None:
        """The account is a function of seed and day."""
        first = Account(seed=7, today=TODAY).body()
        second = Account(seed=7, today=TODAY).body()
        other = Account(seed=8, today=TODAY).body()

        assert first == second
        assert first != other

    def test_bytes_do_not_depend_on_the_interpreter(self) -> None:
        """Another process, hash seed and Python version give the same rows."""
        (body,) = Account(rows=30, today=TODAY).body(YESTERDAY)

        row = json.loads(body)["data"][0]
        assert (row["usage"], row["requests"], row["prompt_tokens"]) == (0.013001, 8, 7368)

    def test_days_keep_their_rows(self) -> None:
        """A day reads the same tomorrow."""
        today = Account(today=TODAY).body(YESTERDAY)
        tomorrow = Account(today=TODAY + dt.timedelta(days=1)).body(YESTERDAY)

        assert today == tomorrow

    @pytest.mark.parametrize("count", [0, 1, 29, 30, 31, 1000])
    def test_number_of_rows(self, count: int) -> None:
        """The size is exact, and spread over the days."""
        (body,) = Account(rows=count, today=TODAY).body()

        rows = json.loads(body)["data"]
        assert len(rows) == count
        assert len({row["date"] for row in rows}) == min(count, 30)
        assert len({(row["date"], row["endpoint_id"]) for row in rows}) == count

    @pytest.mark.parametrize("count", [-1, 1_000_001])
    def test_number_of_rows_out_of_range(self, count: int) -> None:
        """Other sizes are refused."""
        with pytest.raises(ValueError, match="rows must be from 0 to 1,000,000"):
            Account(rows=count, today=TODAY)

    def test_large_account_is_streamed(self) -> None:
        """A body of several megabytes arrives whole."""
        with sandbox.serve(rows=20_000, today=TODAY) as server:
            answer = get(server.base_url)
            day = get(server.base_url, date=str(YESTERDAY))

        assert len(rows_of(answer)) == 20_000
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert len(rows_of(day)) == 667

    def test_real_today(self) -> None:
        """Without a fixed day, today is the UTC day of the clock, and is followed past midnight."""
        before = dt.datetime.now(dt.UTC).date()
        with sandbox.serve(rows=30) as server:
            newest = rows_of(get(server.base_url))[0]["date"]
        after = dt.datetime.now(dt.UTC).date()

        one = dt.timedelta(days=1)
        assert newest in {f"{before - one} 00:00:00", f"{after - one} 00:00:00"}

    def test_midnight(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A sandbox that runs past midnight moves its window."""
        clock = iter([TODAY, TODAY, TODAY + dt.timedelta(days=1)])
        last = [TODAY]

        def today() -> dt.date:
            last[0] = next(clock, last[0])
            return last[0]

        monkeypatch.setattr("sandbox.app._utc_today", today)
        with sandbox.serve(rows=30) as server:
            first = get(server.base_url, date=str(TODAY))
            second = get(server.base_url, date=str(TODAY))

        assert (first.status_code, second.status_code) == (400, 200)


class TestServer:
    """The server in a thread."""

    def test_listens_on_loopback_on_a_free_port(self) -> None:
        """Two at once do not meet."""
        with sandbox.serve() as one, sandbox.serve() as other:
            assert one.base_url != other.base_url
            assert one.base_url.startswith("http://127.0.0.1:")
            assert one.base_url.endswith("/api/v1")

    def test_records_requests(self, server: sandbox.Sandbox) -> None:
        """What was asked can be looked up."""
        server.requests.clear()
        get(server.base_url, headers={"X-Test": "yes"}, date="2026-08-23")

        (request,) = server.requests
        assert (request.method, request.path, request.query) == (
            "GET",
            "/api/v1/activity",
            "date=2026-08-23",
        )
        assert request.headers["x-test"] == "yes"

    def test_counts_connections(self) -> None:
        """One client keeps one connection; each call without a client opens its own."""
        with sandbox.serve(rows=0) as server:
            with open_client() as client:
                for _ in range(3):
                    client.get(server.base_url)
                kept = (server.connections, server.open_connections, len(server.requests))
            get(server.base_url)
            total = server.connections

        assert kept == (1, 1, 3)
        assert total == 2

    def test_peak_of_connections(self) -> None:
        """The most connections at once are counted."""
        with (
            sandbox.serve(rows=0) as server,
            open_client() as client,
            concurrent.futures.ThreadPoolExecutor(4) as pool,
        ):
            url = server.fault_url("slow-first-byte:0.3") + "/activity"
            answers = list(pool.map(client.get, [url] * 4))
            peak = server.peak_connections

        assert [answer.status_code for answer in answers] == [401] * 4
        assert peak == 4

    def test_stops_while_a_request_hangs(self) -> None:
        """Leaving the block does not wait for a slow answer, whose client sees its end."""
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            with sandbox.serve() as server:
                call = pool.submit(get, server.fault_url("slow-first-byte:60"), timeout=30)
                until(lambda: len(server.requests) == 1)
                start = time.monotonic()
            took = time.monotonic() - start

            with pytest.raises(httpx.TransportError):
                call.result(TIMEOUT)
        assert took < 2

    def test_port_is_free_afterwards(self) -> None:
        """A stopped sandbox answers no more, and its port can be taken again."""
        with sandbox.serve() as server:
            port = int(server.base_url.split(":")[2].partition("/")[0])

        with pytest.raises(httpx.ConnectError):
            get(server.base_url)
        with sandbox.serve(port=port) as again:
            assert again.base_url == server.base_url

    def test_port_that_is_taken(self) -> None:
        """It says so, instead of answering elsewhere."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(OSError, match="in use"), sandbox.serve(port=port):
                pass


def until(condition: Any) -> None:
    """Wait, within limits, for what another thread does."""
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class TestCommandLine:
    """`python -m sandbox`."""

    def test_first_line_is_the_base_url(self) -> None:
        """It answers at once under the address of its first line, with the fault it was given."""
        command = [sys.executable, "-m", "sandbox", "--rows", "3", "--fault", "extra-field"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            base_url = process.stdout.readline().strip()
            answer = get(base_url)
            process.terminate()
            process.wait(TIMEOUT)

        assert ["surprise" in row for row in rows_of(answer)] == [True, False, False]

    def test_list_of_faults(self) -> None:
        """Each fault has its line."""
        text = describe()

        lines = text.splitlines()
        assert [line.split()[0].partition(":")[0].partition("[")[0] for line in lines] == list(
            sandbox.FAULTS
        )
        assert max(map(len, lines)) <= 100

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--rows", "1000001"], "rows must be from 0 to 1,000,000"),
            (["--fault", "nonsense"], "no such fault: 'nonsense'"),
            (["--port", "99999"], "port must be from 0 to 65535"),
        ],
    )
    def test_wrong_options(
        self, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A wrong option is one message and exit code 2."""
        from sandbox.__main__ import main

        with pytest.raises(SystemExit) as error:
            main(arguments)

        assert error.value.code == 2
        assert message in capsys.readouterr().err


class TestFaults:
    """Every row of the table."""

    def test_every_fault_is_tested_here(self) -> None:
        """A new fault needs a test that names it."""
        source = Path(__file__).read_text(encoding="utf-8")

        assert [name for name in sandbox.FAULTS if f'"{name}' not in source] == []

    @pytest.mark.parametrize("code", [200, 201, 299, 300, 301, 304, 404, 418, 499, 503, 526, 599])
    def test_status(self, server: sandbox.Sandbox, code: int) -> None:
        """Any status, with the API's own error body."""
        answer = get(server.fault_url(f"status:{code}"))

        assert answer.status_code == code
        if code != 304:
            assert answer.json()["error"]["code"] == code
            assert answer.headers["content-type"] == "application/json"

    @pytest.mark.parametrize(
        ("kind", "content_type", "start"),
        [
            ("json", "application/json", b'{"error":{"code":503,'),
            ("other", "application/json", b'{"detail":'),
            ("html", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
            ("empty", None, b""),
            ("bytes", "application/json; charset=no-such-charset", b"\xff\xfe"),
            ("same", "application/json", b'{"data":[{'),
        ],
    )
    def test_status_with_body(
        self, server: sandbox.Sandbox, kind: str, content_type: str | None, start: bytes
    ) -> None:
        """Any kind of body."""
        answer = get(server.fault_url(f"status:503:{kind}"))

        assert answer.status_code == 503
        assert answer.headers.get("content-type") == content_type
        assert answer.content.startswith(start)
        assert bool(answer.content) == bool(start)

    def test_status_204(self, server: sandbox.Sandbox) -> None:
        """A status that has no body gets none."""
        answer = get(server.fault_url("status:204:html"))

        assert (answer.status_code, answer.content) == (204, b"")

    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            ("rate-limit", "1"),
            ("rate-limit:7", "7"),
            ("rate-limit:Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT"),
        ],
    )
    def test_rate_limit(self, server: sandbox.Sandbox, fault: str, expected: str) -> None:
        """429 says when to come back, in seconds or as a date."""
        answer = get(server.fault_url(fault))

        assert answer.status_code == 429
        assert answer.json()["error"]["code"] == 429
        assert answer.headers["retry-after"] == expected
        assert answer.headers["x-ratelimit-remaining"] == "0"
        assert {"x-ratelimit-limit", "x-ratelimit-reset"} < set(answer.headers)

    @pytest.mark.parametrize(("fault", "code"), [("cloudflare", 520), ("cloudflare:524", 524)])
    def test_cloudflare(self, server: sandbox.Sandbox, fault: str, code: int) -> None:
        """Cloudflare answers with a page."""
        answer = get(server.fault_url(fault))

        assert answer.status_code == code
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "cloudflare" in answer.headers.get_list("server")

    def test_redirect_elsewhere(self, server: sandbox.Sandbox) -> None:
        """A redirect leads to the same call on another host or port."""
        answer = get(server.fault_url("redirect:localhost:9"))

        assert answer.status_code == 307
        assert answer.headers["location"] == "http://localhost:9/api/v1/activity"

    def test_redirect_to_itself(self, server: sandbox.Sandbox) -> None:
        """Without a target it never ends."""
        url = server.fault_url("redirect") + "/activity"
        with (
            open_client(follow_redirects=True) as client,
            pytest.raises(httpx.TooManyRedirects),
        ):
            client.get(url)

    @pytest.mark.parametrize(("fault", "code"), [("error-200", 502), ("error-200:429", 429)])
    def test_error_200(self, server: sandbox.Sandbox, fault: str, code: int) -> None:
        """An error envelope under 200."""
        answer = get(server.fault_url(fault))

        assert answer.status_code == 200
        assert answer.json()["error"]["code"] == code

    def test_flaky(self, server: sandbox.Sandbox) -> None:
        """N failures, then success, for each token on its own."""
        one = [get(server.fault_url("flaky:2:one")).status_code for _ in range(4)]
        other = [get(server.fault_url("flaky:1:other:rate-limit:0")).status_code for _ in range(2)]

        assert one == [503, 503, 200, 200]
        assert other == [429, 200]

    def test_flaky_reset(self, server: sandbox.Sandbox) -> None:
        """A failure can be any other fault."""
        url = server.fault_url("flaky:1:third:reset")

        with pytest.raises(httpx.TransportError):
            get(url)
        assert get(url).status_code == 200

    def test_slow_first_byte(self, server: sandbox.Sandbox) -> None:
        """Nothing comes for a while, and then the healthy answer."""
        start = time.monotonic()
        answer = get(server.fault_url("slow-first-byte:0.2"))

        assert time.monotonic() - start >= 0.2
        assert answer.content == get(server.base_url).content
        with pytest.raises(httpx.ReadTimeout):
            get(server.fault_url("slow-first-byte:5"), timeout=0.1)

    def test_slow_body(self, server: sandbox.Sandbox) -> None:
        """The body comes bit by bit, and whole."""
        start = time.monotonic()
        answer = get(server.fault_url("slow-body:0.02"))

        assert time.monotonic() - start >= 0.2
        assert answer.content == get(server.base_url).content
        with pytest.raises(httpx.ReadTimeout):
            get(server.fault_url("slow-body:5"), timeout=0.1)

    @pytest.mark.parametrize("fault", ["truncated", "truncated-chunked"])
    def test_truncated(self, server: sandbox.Sandbox, fault: str) -> None:
        """The body ends early."""
        parts: list[bytes] = []
        with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|without sending complete"):
            get_until_it_breaks(server.fault_url(fault), parts)

        whole = get(server.base_url).content
        assert b"".join(parts) == whole[: len(whole) // 2]

    @pytest.mark.parametrize("fault", ["close", "not-http"])
    def test_no_http(self, server: sandbox.Sandbox, fault: str) -> None:
        """No answer at all."""
        with pytest.raises(httpx.RemoteProtocolError):
            get(server.fault_url(fault))

    def test_not_http_sends_other_bytes(self, server: sandbox.Sandbox) -> None:
        """The bytes are those of another protocol."""
        host, port = httpx.URL(server.base_url).host, httpx.URL(server.base_url).port
        with socket.create_connection((host, port or 0), timeout=TIMEOUT) as connection:
            connection.sendall(b"GET /fault/not-http/api/v1/activity HTTP/1.1\r\nhost: x\r\n\r\n")
            received = connection.recv(100)

        assert received.startswith(b"SSH-2.0-")

    def test_reset(self, server: sandbox.Sandbox) -> None:
        """The connection is reset, not closed."""
        with pytest.raises(httpx.ReadError, match="reset"):
            get(server.fault_url("reset"))

    def test_reset_body(self, server: sandbox.Sandbox) -> None:
        """The connection is reset after the headers and a part of the body."""
        parts: list[bytes] = []
        with pytest.raises(httpx.ReadError, match="reset"):
            get_until_it_breaks(server.fault_url("reset-body"), parts)

        assert 0 < len(b"".join(parts)) < len(get(server.base_url).content)

    @pytest.mark.parametrize("fault", ["endless-headers", "endless-headers:0.001"])
    def test_endless_headers(self, server: sandbox.Sandbox, fault: str) -> None:
        """A client has to stop reading by itself, and the server then stops, too."""
        with pytest.raises(httpx.RemoteProtocolError, match="too long"):
            get(server.fault_url(fault))

        until(lambda: server.open_connections == 0)

    def test_gzip_garbage(self, server: sandbox.Sandbox) -> None:
        """The body says that it is gzip, and is not."""
        with pytest.raises(httpx.DecodingError):
            get(server.fault_url("gzip-garbage"))

        parts: list[bytes] = []
        get_until_it_breaks(server.fault_url("gzip-garbage"), parts)
        with pytest.raises(Exception, match="decompress"):
            gzip.decompress(b"".join(parts))

    def test_not_json(self, server: sandbox.Sandbox) -> None:
        """The body is no JSON, under the type of JSON."""
        answer = get(server.fault_url("not-json"))

        assert answer.headers["content-type"] == "application/json"
        with pytest.raises(json.JSONDecodeError):
            answer.json()

    @pytest.mark.parametrize("text", ["{}", "[]", "null", '{"data":null}', '{"data":{"a":1}}', ""])
    def test_json(self, server: sandbox.Sandbox, text: str) -> None:
        """Any text as the body."""
        answer = get(server.fault_url(f"json:{text}"))

        assert (answer.status_code, answer.text) == (200, text)

    def test_content_type(self, server: sandbox.Sandbox) -> None:
        """The right body under the type of a page."""
        answer = get(server.fault_url("content-type"))

        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.content == get(server.base_url).content

    @pytest.mark.parametrize(
        ("fault", "charset"), [("wrong-charset", "utf-16"), ("wrong-charset:klingon", "klingon")]
    )
    def test_wrong_charset(self, server: sandbox.Sandbox, fault: str, charset: str) -> None:
        """The right body under a wrong charset."""
        answer = get(server.fault_url(fault))

        assert answer.headers["content-type"] == f"application/json; charset={charset}"
        assert answer.content == get(server.base_url).content

    def test_not_utf8(self, server: sandbox.Sandbox) -> None:
        """A body that is JSON in Latin-1 alone."""
        answer = get(server.fault_url("not-utf8"))

        with pytest.raises(UnicodeDecodeError):
            answer.content.decode()
        first = json.loads(answer.content.decode("latin-1"))["data"][0]
        assert first["provider_name"].startswith("Café ")

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
        ],
    )
    def test_one_value_of_one_row(
        self, server: sandbox.Sandbox, fault: str, row: int, field: str, value: object
    ) -> None:
        """One value is wrong, and every other one is right."""
        expected = rows_of(get(server.base_url))
        expected[row][field] = value

        answer = get(server.fault_url(fault))

        actual = rows_of(answer)
        assert actual == expected
        assert type(actual[row][field]) is type(value)

    def test_nan(self, server: sandbox.Sandbox) -> None:
        """NaN is no JSON, and equals nothing."""
        answer = get(server.fault_url("nan:6:prompt_tokens"))

        assert answer.content.count(b'"prompt_tokens":NaN') == 1
        assert math.isnan(rows_of(answer)[6]["prompt_tokens"])

    @pytest.mark.parametrize(
        ("fault", "text"),
        [
            ("infinity", b'"usage":Infinity,'),
            ("huge-number", b'"usage":1e999,'),
            ("value:0:usage:-01.", b'"usage":-01.,'),
        ],
    )
    def test_value_as_written(self, server: sandbox.Sandbox, fault: str, text: bytes) -> None:
        """The text goes into the body as it is."""
        answer = get(server.fault_url(fault))

        assert answer.content.count(text) == 1

    def test_duplicate_keys(self, server: sandbox.Sandbox) -> None:
        """One row says one thing twice."""
        pairs: list[list[str]] = []

        def note(items: list[tuple[str, object]]) -> None:
            pairs.append([name for name, _ in items])

        json.loads(get(server.fault_url("duplicate-keys:5")).content, object_pairs_hook=note)

        assert [names.count("usage") for names in pairs[4:7]] == [1, 2, 1]

    @pytest.mark.parametrize(
        ("fault", "row", "field"),
        [("missing", 0, "usage"), ("missing:7", 7, "usage"), ("missing:8:model", 8, "model")],
    )
    def test_missing(self, server: sandbox.Sandbox, fault: str, row: int, field: str) -> None:
        """One field of one row is left out."""
        expected = rows_of(get(server.base_url))
        del expected[row][field]

        assert rows_of(get(server.fault_url(fault))) == expected

    def test_extra_field(self, server: sandbox.Sandbox) -> None:
        """One row has one field more."""
        expected = rows_of(get(server.base_url))
        expected[9]["surprise"] = ["new"]

        assert rows_of(get(server.fault_url("extra-field:9"))) == expected

    def test_row_that_the_answer_does_not_have(self, server: sandbox.Sandbox) -> None:
        """Such an answer stays healthy."""
        assert rows_of(get(server.fault_url("null:100000"))) == rows_of(get(server.base_url))

    @pytest.mark.parametrize("fault", ["not-json", "null", "json:[]", "content-type"])
    def test_faults_of_success_leave_errors_alone(
        self, server: sandbox.Sandbox, fault: str
    ) -> None:
        """Without a key the answer is the healthy 401."""
        answer = get(server.fault_url(fault), headers={})

        assert answer.json() == {"error": {"code": 401, "message": "Missing Authentication header"}}

    @pytest.mark.parametrize(
        ("fault", "status", "error"),
        [
            ("error-missing", 401, {"message": "Missing Authentication header"}),
            ("error-missing:message", 401, {"code": 401}),
            (
                'error-value:code:"401"',
                401,
                {"code": "401", "message": "Missing Authentication header"},
            ),
            ("error-value:message:null", 401, {"code": 401, "message": None}),
            ("error-status:418", 418, {"code": 401, "message": "Missing Authentication header"}),
        ],
    )
    def test_faults_of_errors(
        self, server: sandbox.Sandbox, fault: str, status: int, error: dict[str, object]
    ) -> None:
        """Errors are wrong, and success is as it should be."""
        answer = get(server.fault_url(fault), headers={})
        healthy = get(server.fault_url(fault))

        assert (answer.status_code, answer.json()) == (status, {"error": error})
        assert healthy.content == get(server.base_url).content

    def test_no_key_check(self, server: sandbox.Sandbox) -> None:
        """Anybody reads the account, and dates are still checked."""
        answer = get(server.fault_url("no-key-check"), headers={})

        assert rows_of(answer) == rows_of(get(server.base_url))
        assert get(server.fault_url("no-key-check"), headers={}, date="x").status_code == 400

    @pytest.mark.parametrize("text", ["2026-08-24", "1999-12-31", "yesterday"])
    def test_no_date_check(self, server: sandbox.Sandbox, text: str) -> None:
        """Any date is accepted, and keys are still checked."""
        answer = get(server.fault_url("no-date-check"), date=text)

        assert rows_of(answer) == []
        assert get(server.fault_url("no-date-check"), headers={}).status_code == 401

    @pytest.mark.parametrize(
        "fault",
        [
            "nonsense",
            "reset:now",
            "status",
            "status:199",
            "status:600",
            "status:503:pdf",
            "cloudflare:x",
            "redirect:9",
            "flaky:2",
            "flaky:1:token:nonsense",
            "slow-body:soon",
            "slow-body:-1",
            "slow-first-byte:inf",
            "wrong-type:x",
            "null:0:colour",
            "value:0:usage",
            "error-missing:colour",
            "error-value:code:{",
            "json:a/b",
        ],
    )
    def test_wrong_faults_are_refused(self, server: sandbox.Sandbox, fault: str) -> None:
        """A misspelt fault is an error at once, and never a healthy answer."""
        with pytest.raises(ValueError, match="fault"):
            server.fault_url(fault)

        answer = get(server.base_url.replace("/api/v1", f"/fault/{fault}/api/v1"))
        assert answer.status_code == 404

    @pytest.mark.anyio
    @pytest.mark.parametrize("anyio_backend", ["asyncio"])
    async def test_in_process(self, anyio_backend: str) -> None:
        """The application answers without a server, and says which faults it cannot have there."""
        app = sandbox.create_app(rows=60, today=TODAY, fault="null:1")
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            answer = await client.get("/api/v1/activity", headers=MANAGER)
            with pytest.raises(RuntimeError, match="needs a socket"):
                await client.get("/fault/reset/api/v1/activity")

        assert [row["usage"] is None for row in rows_of(answer)[:3]] == [False, True, False]

    def test_fault_of_the_process(self) -> None:
        """One fault for all requests, but for those that ask for another one."""
        with sandbox.serve(fault="status:500:html") as server:
            common = get(server.base_url)
            other = get(server.fault_url("status:418"))

        assert (common.status_code, other.status_code) == (500, 418)

    def test_wrong_fault_of_the_process(self) -> None:
        """A misspelt one is refused before anything listens."""
        with pytest.raises(ValueError, match="no such fault"):
            sandbox.create_app(fault="nonsense")
