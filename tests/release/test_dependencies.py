"""What stops a release by what comes along with the package."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.release.conftest import Checkout
from tests.release.context import Context
from tests.release.dependencies import CANARY
from tests.release.versions import own_version

pytestmark = pytest.mark.usefixtures("tools")
MIT: dict[str, Any] = {"license": {"id": "MIT"}}


def list_components(checkout: Checkout, *licences: dict[str, Any]) -> None:
    """Write down one component, as the step before does."""
    path = Context(checkout.root).sbom
    path.parent.mkdir()
    component = {"name": "httpx", "version": "0.28.1", "licenses": licences}
    path.write_text(json.dumps({"components": [component]}))


def test_the_components_are_listed_for_everyone(checkout: Checkout) -> None:
    checkout.build()

    code, said = checkout.check("sbom", "licences")

    if "offline" in said or "network" in said:
        pytest.skip("the dependencies were not installed here before, and are not downloaded")
    assert code == 0, said
    text = Context(checkout.root).sbom.read_text("utf-8")
    listed = json.loads(text)
    names = {component["name"] for component in listed["components"]}
    about = listed["metadata"]["component"]
    assert ("CycloneDX", "1.6") == (listed["bomFormat"], listed["specVersion"])
    assert ("openrouter-analytics", own_version(checkout.root)) == (about["name"], about["version"])
    assert {"attrs", "httpx", "httpcore", "python-dateutil"} <= names
    [tree] = [node for node in listed["dependencies"] if node["ref"] == about["bom-ref"]]
    assert {"attrs", "httpx"} <= {name.partition("==")[0] for name in tree["dependsOn"]}
    # Neither when nor where it was made.
    assert "timestamp" not in listed["metadata"]
    assert "serialNumber" not in listed
    assert "file:" not in text
    assert str(checkout.root) not in text
    report = (checkout.root / "reports/licences.md").read_text("utf-8")
    assert len(names) == report.count("==")


@pytest.mark.parametrize(
    ("licences", "code", "said"),
    [
        ([MIT], 0, "MIT"),
        ([{"expression": "MIT OR Apache-2.0"}], 0, "MIT OR Apache-2.0"),
        ([MIT, {"license": {"name": "License :: Other/Proprietary License"}}], 0, "MIT"),
        ([{"license": {"name": "License :: OSI Approved :: BSD License"}}], 0, "BSD License"),
        ([{"license": {"name": "A licence of our own"}}], 1, "A licence of our own"),
        ([{"license": {"id": "GPL-3.0-only"}}], 1, "httpx==0.28.1: licence GPL-3.0-only"),
        ([MIT, {"license": {"id": "AGPL-3.0-only"}}], 1, "licence MIT AND AGPL-3.0-only"),
        ([{"expression": "MIT AND LGPL-2.1-only"}], 1, "licence MIT AND LGPL-2.1-only"),
        ([], 1, "httpx==0.28.1: licence not given"),
    ],
)
def test_a_licence_that_does_not_suit_every_user_stops(
    checkout: Checkout, licences: list[dict[str, Any]], code: int, said: str
) -> None:
    list_components(checkout, *licences)

    finished, words = checkout.check("licences")

    assert code == finished
    assert said in words


class Service(ThreadingHTTPServer):
    """A stand-in for the service of advisories: it knows what it is told to know."""

    known: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/query"


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Service)
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name, version = asked["package"]["name"], asked["version"]
        about = {"package": asked["package"], "versions": [version]}
        advisory = {"id": f"TEST-{name}", "summary": "It is broken.", "affected": [about]}
        known = f"{name}=={version}" in self.server.known
        body = json.dumps({"vulns": [advisory]} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_dependency_with_a_known_vulnerability_stops(
    checkout: Checkout, service: Service
) -> None:
    list_components(checkout, MIT)
    service.known = frozenset({CANARY, "httpx==0.28.1"})

    code, said = checkout.check("advisories", "--advisories", service.url)

    assert code == 1
    assert "httpx==0.28.1 has TEST-httpx, mended in no version yet" in said


def test_dependencies_without_go_on(checkout: Checkout, service: Service) -> None:
    list_components(checkout, MIT)
    service.known = frozenset({CANARY})

    code, said = checkout.check("advisories", "--strict", "--advisories", service.url)

    assert (0, "ok    advisories  none is known of 1 components\n") == (code, said)


def test_a_service_that_knows_nothing_is_not_believed(checkout: Checkout, service: Service) -> None:
    list_components(checkout, MIT)

    code, said = checkout.check("advisories", "--advisories", service.url)

    assert code == 0
    assert f"--    advisories  not checked: the service knows nothing, not even of {CANARY}" in said


def test_in_ci_a_service_out_of_reach_stops(
    checkout: Checkout, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_components(checkout, MIT)
    service.server_close()

    by_hand = checkout.check("advisories", "--advisories", service.url)
    monkeypatch.setenv("CI", "true")
    in_ci = checkout.check("advisories", "--advisories", service.url)

    assert (0, 1) == (by_hand[0], in_ci[0])
    assert by_hand[1].startswith("--    advisories  not checked: the service cannot be reached")
    assert in_ci[1].startswith("STOP  advisories  not checked: the service cannot be reached")
