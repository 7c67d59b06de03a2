"""TLS: the certificates that servers are checked against, and when they are read."""

from __future__ import annotations

import gc
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest

from sandbox import Sandbox
from tests.client.conftest import (
    KEY,
    TLS,
    Call,
    call_async,
    call_sync,
    caught,
    loopback,
    open_client,
    refusal,
)
from tests.client.http_library import httpx
from tests.client.package import Client, errors

SECURE = "https://127.0.0.1:1"
"""A URL where no server is."""


@pytest.fixture
def redirected(sandbox: Sandbox) -> Iterator[str]:
    """The URL of a server that redirects to another by https, which has no certificate."""
    secure = sandbox.base_url.replace("http:", "https:")
    with loopback(lambda _: (307, {"Location": secure}, b"")) as server:
        yield server.url


class TestVerifySSL:
    """``verify_ssl``: a bool, a context, or the path of certificates."""

    @pytest.mark.parametrize(
        ("verify_ssl", "mode", "has_certificates"),
        [
            (True, ssl.CERT_REQUIRED, True),
            (False, ssl.CERT_NONE, False),
            (certifi.where(), ssl.CERT_REQUIRED, True),
            (Path(certifi.where()), ssl.CERT_REQUIRED, True),
            (".", ssl.CERT_REQUIRED, False),
            (Path(), ssl.CERT_REQUIRED, False),
        ],
        ids=["true", "false", "file", "path of a file", "folder", "path of a folder"],
    )
    def test_settings(
        self,
        transports: list[dict[str, Any]],
        call: Call,
        verify_ssl: Any,
        mode: ssl.VerifyMode,
        has_certificates: bool,
    ) -> None:
        with open_client(SECURE, verify_ssl=verify_ssl, max_retries=0) as client:
            caught(call, client)

        context = transports[0]["verify"]
        assert context.verify_mode == mode
        assert bool(context.cert_store_stats()["x509_ca"]) == has_certificates

    def test_context_is_used_as_it_is(self, transports: list[dict[str, Any]], call: Call) -> None:
        with open_client(SECURE, verify_ssl=TLS, max_retries=0) as client:
            caught(call, client)

        assert transports[0]["verify"] is TLS

    @pytest.mark.parametrize(
        "verify_ssl", ["missing.pem", "empty.pem", "", 1, None, b"missing.pem"], ids=repr
    )
    def test_refused(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, verify_ssl: Any
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("empty.pem").touch()

        assert refusal(verify_ssl=verify_ssl).startswith("verify_ssl: ")


class TestCertificates:
    """Reading certificates is slow: once for sync and async calls, and never for plain http."""

    @pytest.fixture
    def made(self, monkeypatch: pytest.MonkeyPatch) -> list[ssl.SSLContext]:
        """The TLS settings that the HTTP library has made."""
        made: list[ssl.SSLContext] = []
        make = httpx.create_ssl_context

        def record(**arguments: Any) -> ssl.SSLContext:
            made.append(make(**arguments))
            return made[-1]

        monkeypatch.setattr(httpx, "create_ssl_context", record)
        return made

    def test_read_once_for_both_kinds_and_all_copies(self, made: list[ssl.SSLContext]) -> None:
        with open_client(SECURE, verify_ssl=True, max_retries=0) as client:
            before = len(made)
            for call in (call_sync, call_async, call_async):
                caught(call, client.with_timeout(5))

        assert (before, len(made)) == (0, 1)

    def test_not_read_for_plain_http(
        self, made: list[ssl.SSLContext], sandbox: Sandbox, call: Call
    ) -> None:
        with open_client(sandbox.base_url, verify_ssl=True) as client:
            call(client)

        assert made == []

    def test_read_once_for_redirects_from_plain_http(
        self, made: list[ssl.SSLContext], redirected: str, call: Call
    ) -> None:
        arguments = {"verify_ssl": True, "follow_redirects": True, "max_retries": 0}
        with open_client(redirected, **arguments) as client:
            failures = [caught(call, client) for _ in range(2)]

        assert ["SSL" in str(failure) for failure in failures] == [True, True]
        assert [context.verify_mode for context in made] == [ssl.CERT_REQUIRED]


class TestEnvironment:
    """The files for TLS that the environment names."""

    @pytest.mark.parametrize("verify_ssl", [True, certifi.where(), Path()])
    def test_error_names_the_key_log_variable(
        self, monkeypatch: pytest.MonkeyPatch, verify_ssl: bool | str | Path
    ) -> None:
        monkeypatch.setenv("SSLKEYLOGFILE", "/nonexistent/keys.log")

        told = refusal(base_url="https://api.test", verify_ssl=verify_ssl)

        assert told.startswith("the environment variable SSLKEYLOGFILE: ")
        assert "/nonexistent/keys.log" in told

    def test_key_log_is_written(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))

        Client(KEY, base_url="https://api.test")

        assert (tmp_path / "keys.log").exists()

    def test_certificates_are_read_when_the_client_is_made(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent/certificates.pem")

        told = refusal(base_url="https://api.test")

        assert told.startswith("the environment variable SSL_CERT_FILE: ")

    def test_certificates_are_read_after_a_redirect_from_plain_http(
        self, monkeypatch: pytest.MonkeyPatch, redirected: str, call: Call
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent/certificates.pem")

        with (
            open_client(redirected, verify_ssl=True, follow_redirects=True) as client,
            pytest.raises(errors.ConfigurationError, match="variable SSL_CERT_FILE: "),
        ):
            call(client)
        gc.collect()  # warns of a connection that is still open

    def test_certificates_are_ignored_if_asked(
        self, monkeypatch: pytest.MonkeyPatch, redirected: str, call: Call
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent/certificates.pem")
        arguments = {"verify_ssl": True, "follow_redirects": True, "max_retries": 0}

        for url in (SECURE, redirected):
            with open_client(url, httpx_args={"trust_env": False}, **arguments) as client:
                assert type(caught(call, client)) is errors.APIConnectionError
