"""Documents come in many forms, and what is none is refused in a line, with nothing fetched."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator.__main__ import main
from generator.errors import GeneratorError
from generator.update.fetch import LIMIT, fetch
from tests.generator.paths import ROOT
from tests.generator.update.evolution import BLOCK

SMALL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "1"},
    "paths": {"/activity": {"get": {"operationId": "a", "responses": {}}}},
}
HEAD = 'openapi: 3.1.0\npaths: {"/activity": {get: {}}}\n'


def operation(**fields: Any) -> bytes:
    return json.dumps(SMALL | {"paths": {"/activity": {"get": fields}}}).encode()


def with_schemas(**schemas: Any) -> bytes:
    answer = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}}
    own = {"get": {"responses": {"200": answer}}}
    return json.dumps(
        SMALL | {"paths": {"/activity": own}, "components": {"schemas": schemas}}
    ).encode()


def reference(target: str) -> bytes:
    return operation(parameters=[{"$ref": target}])


LAUGHS = HEAD + "a: &a [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)  # fmt: skip

#: What is no document, or none that can be taken in, and what is said of it.
HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b" \n", ": empty"),
    "not UTF-8": (b"openapi: \xff\xfe", ": not UTF-8"),
    "UTF-16": (BLOCK.encode("utf-16"), ": not UTF-8"),
    "truncated YAML": (BLOCK[: BLOCK.index("'400'") + 2].encode(), "found unexpected end of"),
    "truncated YAML, still well formed": (
        BLOCK[: BLOCK.index("get:") + 2].encode(),
        "the document has lost operations of ours: GET /activity",
    ),
    "truncated YAML, with our operation": (
        BLOCK[: BLOCK.index("components:")].encode(),
        "schemas/Analytics_getUserActivity_Response_200' leads to nothing",
    ),
    "truncated flow YAML": (HEAD.encode() + b"x: {a: [1, 2", "line 4: "),
    "truncated JSON": (json.dumps(SMALL)[:-9].encode(), ": not JSON: "),
    "truncated page": (b"# Page\n\n```yaml\nopenapi: 3.1.0\n", "block has no end"),
    "page without a document": (b"# Page\n\nWords, all of them.\n", "not a mapping"),
    "billion laughs": (LAUGHS.encode(), "more than 1,000,000 values is not supported"),
    "an alias of itself": (HEAD.encode() + b"x: &x {y: *x}\n", "an alias inside its own value"),
    "an alias of nothing": (HEAD.encode() + b"x: *y\n", "found undefined alias"),
    "nesting": (HEAD.encode() + b"x: " + b"[" * 100_000, "line 3: nesting this deep is not"),
    "nesting in JSON": (b'{"openapi":' + b"[" * 100_000, "nested too deeply"),
    "nesting that JSON can hold": (
        json.dumps(SMALL)[:-1].encode() + b', "x": ' + b"[" * 300 + b"]" * 300 + b"}",
        "nested too deeply",
    ),
    "a key twice": (HEAD.encode() + b"info: {a: 1, b: 2, a: 3}\n", "line 3: the key 'a' occurs"),
    "a key twice in JSON": (b'{"openapi": "3.1.0", "openapi": "3.1.0"}', "'openapi' occurs twice"),
    "a tag that makes objects": (
        HEAD.encode() + b"x: !!python/object/apply:os.system ['touch /tmp/owned']\n",
        "line 3: the tag tag:yaml.org,2002:python/object/apply:os.system is not supported",
    ),
    "a tag that reads files": (HEAD.encode() + b"x: !include /etc/passwd\n", "the tag !include"),
    "a merge key": (HEAD.encode() + b"x: {<<: {a: 1}}\n", "the merge key << is not supported"),
    "a key that is a list": (HEAD.encode() + b"? [a]\n: b\n", "a key that is no string"),
    "two documents": (HEAD.encode() + b"---\na: 1\n", "a second document is not supported"),
    "a number that is none": (HEAD.encode() + b"x: .nan\n", ".nan, which is no number"),
    "a number that is none, in JSON": (b'{"openapi": NaN}', "NaN is no number of JSON"),
    "an endless number": (HEAD.encode() + b"x: " + b"9" * 5000, "an integer of 5000 digits"),
    "an endless number in JSON": (b'{"x": ' + b"9" * 5000 + b"}", ": not JSON: "),
    "a control character": (HEAD.encode() + b"x: a\x00b\n", "control characters are not allowed"),
    "a list": (b"- openapi\n", "not a mapping"),
    "a JSON list": (b"[1]", "not a mapping"),
    "Swagger 2.0": (b'swagger: "2.0"\npaths: {}\n', ": Swagger 2.0, expected OpenAPI 3.0 or 3.1"),
    "OpenAPI 4": (b"openapi: 4.0.0\npaths: {}\n", "openapi is '4.0.0', expected"),
    "a version that is a number": (b"openapi: 3.1\npaths: {}\n", "openapi is 3.1, expected"),
    "no paths": (b"openapi: 3.1.0\n", "paths is missing"),
    "an HTML page": (b"\n<!DOCTYPE html>\n<html><title>502</title></html>", ": an HTML or XML"),
    "an XML page": (b'<?xml version="1.0"?><Error/>', ": an HTML or XML"),
    "a reference to a file": (reference("file:///etc/passwd"), "leads out of the document"),
    "a reference to a file beside it": (reference("other.yaml#/a"), "leads out of the document"),
    "a reference to http": (
        reference("http://169.254.169.254/latest#/a"),
        "'http://169.254.169.254/latest#/a' leads out of the document; nothing was fetched",
    ),
    "a reference in a circle": (
        with_schemas(
            A={"$ref": "#/components/schemas/B"}, B={"$ref": "#/components/schemas/A"}
        ),
        "leads round in a circle",
    ),
    "a reference to nothing": (with_schemas(B={}), "'#/components/schemas/A' leads to nothing"),
    "a reference by a discriminator": (
        with_schemas(A={"discriminator": {"propertyName": "x", "mapping": {"x": "x.yaml#/A"}}}),
        "'x.yaml#/A' leads out of the document",
    ),
    "a reference into another operation": (
        reference("#/paths/~1activity/get/responses"), "leads to nothing"
    ),
    "without our operation": (
        json.dumps(SMALL | {"paths": {"/activities": {"get": {"operationId": "x"}}}}).encode(),
        "the document has lost operations of ours: GET /activity (analytics.get_user_activity) is "
        "not in it; the nearest are GET /activities",
    ),
}  # fmt: skip


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """No connection can be made; what tried is listed."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> None:
        tried.append(arguments)
        raise AssertionError("tried to connect")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


def contents(folder: Path) -> dict[str, bytes]:
    names = ("spec", "openapi.yaml", "generator-config.yaml", "CHANGELOG.md", ".update")
    return {
        str(path): path.read_bytes()
        for name in names
        for path in [folder / name, *(folder / name).rglob("*")]
        if path.is_file()
    }


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the first step; nothing here comes as far as the package."""
    root = tmp_path_factory.mktemp("hostile")
    tests = ROOT / "tests/generator"
    (root / "spec").mkdir()
    (root / "spec/upstream.yaml").write_text(BLOCK, "utf-8")
    (root / "openapi.yaml").write_text(BLOCK.replace("- - sub", "- sub"), "utf-8")
    for source, target in (
        ("documents/get-user-activity-overlay.yaml", "spec/overlay.yaml"),
        ("update/generator-config.yaml", "generator-config.yaml"),
    ):
        (root / target).write_bytes((tests / source).read_bytes())
    return root


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_in_a_line_and_changes_nothing(
    checkout: Path,
    offline: list[Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    content, said = HOSTILE[name]
    (tmp_path / "document").write_bytes(content)
    before = contents(checkout)

    code = main(["update", str(tmp_path / "document"), "--root", str(checkout)])

    [line] = capsys.readouterr().err.splitlines()
    assert (1, True) == (code, line.startswith("error: "))
    assert said in line
    assert len(line) < 500
    assert before == contents(checkout)
    assert [] == offline
    assert not Path("/tmp/owned").exists()


def test_a_hundred_megabytes_are_not_read(checkout: Path, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as stream:
        stream.truncate(100 * 2**20)

    with pytest.raises(GeneratorError, match="large: larger than 20 MiB"):
        fetch(str(large))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("/dev/zero", "/dev/zero: not a file"),
        ("/", "/: not a file"),
        ("missing.yaml", "missing.yaml: No such file or directory"),
        ("http://openrouter.ai/openapi.yaml", "is fetched by https"),
        ("file:///etc/passwd", "is fetched by https"),
        ("ftp://example.org/a", "is fetched by https"),
        ("https:///a", "is fetched by https"),
        ("https://user:secret@example.org/a", "a name or password in it"),
        ("https://example.org:port/", "is no URL"),
    ],
)
def test_what_cannot_be_fetched_is_refused(offline: list[Any], source: str, said: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        fetch(source)

    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert [] == offline


Answer = Callable[[httpx.Request], httpx.Response]


def redirect(location: str, status: int = 302) -> Answer:
    return lambda _: httpx.Response(status, headers={"location": location})


ELSEWHERE = {
    "a private address": redirect("https://10.0.0.1/openapi.yaml"),
    "a metadata server": redirect("http://169.254.169.254/latest/meta-data", 307),
    "this machine": redirect("https://localhost/openapi.yaml", 308),
    "plain http": redirect("http://openrouter.ai/openapi.yaml", 301),
    "another host": redirect("https://openrouter.ai.example.org/openapi.yaml"),
    "another port": redirect("https://openrouter.ai:8443/openapi.yaml"),
    "a file": redirect("file:///etc/passwd"),
    "another host in short": redirect("//example.org/openapi.yaml"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_redirect_elsewhere_is_not_followed(name: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return ELSEWHERE[name](request)

    with pytest.raises(GeneratorError, match="another origin, which is not followed") as caught:
        fetch("https://openrouter.ai/openapi.yaml", transport=httpx.MockTransport(answer))

    assert ["https://openrouter.ai/openapi.yaml"] == asked
    assert "\n" not in str(caught.value)


def _endless(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=(b"x" * 2**20 for _ in range(10**6)))


def _unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route to host", request=request)


def _encoded(_: httpx.Request) -> httpx.Response:
    unread = httpx.ByteStream(b"x")
    return httpx.Response(200, headers={"content-encoding": "br"}, stream=unread)


def status(number: int) -> Answer:
    return lambda _: httpx.Response(number, text="<html>")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (status(404), "status 404, expected 200"),
        (status(503), "status 503, expected 200"),
        (redirect("/again"), "more than 3 redirects"),
        (_endless, "larger than 20 MiB"),
        (_unreachable, "no route to host"),
        (_encoded, "compressed, which was not requested"),
    ],
)  # fmt: skip
def test_an_answer_that_is_no_document_is_refused(answer: Answer, said: str) -> None:
    with pytest.raises(GeneratorError) as caught:
        fetch("https://example.org/a?key=secret", transport=httpx.MockTransport(answer))

    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_redirect_within_the_origin_is_followed() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "identity" == request.headers["accept-encoding"]
        if request.url.path == "/openapi.yaml":
            return httpx.Response(301, headers={"location": "/v2/openapi.yaml"})
        return httpx.Response(200, content=b"openapi: 3.1.0\n")

    content = fetch("https://example.org/openapi.yaml", transport=httpx.MockTransport(answer))

    assert b"openapi: 3.1.0\n" == content
    assert len(content) < LIMIT
