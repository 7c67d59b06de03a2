"""Bodies of every media type are sent as the document says."""

from __future__ import annotations

import inspect
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from tests.generator.client import small
from tests.generator.client.small import COUNT, TEXT, array, ref
from tests.generator.client.small import model as properties

BINARY = {"type": "string", "format": "binary"}
ANYTHING = {"type": "object", "additionalProperties": True}
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"


ADDRESS = properties(city=TEXT)
SCHEMA = properties(
    name=TEXT, born={"type": "string", "format": "date"}, tags=array(TEXT),
    address=ADDRESS, ok={"type": "boolean"}, n={"type": ["number", "null"]},
)  # fmt: skip
UPLOAD = properties(
    file=BINARY, more=array(BINARY), meta=ADDRESS, note=TEXT,
    icon=BINARY,
)  # fmt: skip
STYLED = {
    "list": {"style": "pipeDelimited", "explode": False},
    "deep": {"style": "deepObject", "explode": True},
    "json": {"contentType": "application/json"},
    "url": {"allowReserved": True},
}
PARTED = {
    "icon": {"contentType": "image/png, image/jpeg"},
    "note": {"contentType": "text/markdown", "headers": {"X-Kind": {"schema": {"const": "a b"}}}},
}

#: The content of the body of each operation.
CONTENTS: dict[str, dict[str, Any]] = {
    "json": {"application/json": {"schema": ANYTHING}},
    "patch": {"application/merge-patch+json; charset=utf-8": {"schema": ANYTHING}},
    "text_json": {"text/json": {"schema": array(TEXT)}},
    "no_schema": {"application/json": {}},
    "form": {FORM: {"schema": SCHEMA}},
    "array_form": {FORM: {"schema": array(SCHEMA)}},
    "text_form_or_null": {FORM: {"schema": {"type": ["string", "null"]}}},
    "styled": {FORM: {"schema": ANYTHING, "encoding": STYLED}},
    "parts": {PARTS: {"schema": UPLOAD, "encoding": PARTED}},
    "styled_parts": {PARTS: {"schema": ANYTHING, "encoding": STYLED}},
    "jsons": {"application/*+json": {"schema": ANYTHING}},
    "open_parts": {PARTS: {"schema": ANYTHING}},
    "bytes": {"application/octet-stream": {"schema": BINARY}},
    "pdf": {"application/pdf": {}},
    "image": {"image/*": {"schema": BINARY}},
    "any": {"*/*": {}},
    "plain": {"text/plain": {"schema": TEXT}},
    "latin": {"text/plain; charset=latin-1": {"schema": TEXT}},
    "xml": {"application/xml": {"schema": ref("Pet")}},
    "csv": {"text/csv": {}},
    "several": {
        PARTS: {"schema": ref("Pet")},
        "application/vnd.pet+json": {"schema": ref("Pet")},
        "application/json": {"schema": properties(id=COUNT)},
        "application/merge-patch+json": {"schema": properties(no=COUNT)},
        FORM: {"schema": properties(id=COUNT)},
        "text/plain": {},
    },
}


def operation(name: str, method: str = "put", **members: Any) -> dict[str, Any]:
    body = {"required": name != "any", "content": CONTENTS[name]}
    return {method: {"operationId": f"put_{name}", "requestBody": body} | members}


DOCUMENT = small.openapi(
    {
        **{f"/{name}": operation(name) for name in CONTENTS},
        "/post": operation("bytes", "post", operationId="post_bytes"),
    },
    components={
        "schemas": {
            "Pet": properties(
                name=TEXT,
                photo=BINARY,
                vet=ref("Vet"),
                more=array(ref("Image")),
            ),
            "Image": BINARY,
            "Vet": properties(stamp=BINARY),
            "Same": properties(data=BINARY),
        }
    },
)


@pytest.fixture
def calls(package: Any) -> small.Calls:
    return small.Calls(package, max_retries=1)


def model(package: Any, name: str, value: dict[str, Any]) -> Any:
    return getattr(small.module(package, "models"), name).from_dict(value)


def file(package: Any, *arguments: Any, **named: Any) -> Any:
    return small.module(package, "files").File(*arguments, **named)


#: What is given as the body of an operation, and its bytes and media type.
SENT: list[tuple[str, Any, bytes, str]] = [
    ("json", {"a": "é"}, '{"a":"é"}'.encode(), "application/json"),
    ("patch", {"a": 1}, b'{"a":1}', "application/merge-patch+json; charset=utf-8"),
    ("text_json", ["a"], b'["a"]', "text/json"),
    ("no_schema", [None], b"[null]", "application/json"),
    ("styled", {"list": ["a|b", "c d"]}, b"list=a%7Cb%7Cc+d", FORM),
    ("styled", {"deep": {"a": [{"b": 1}]}}, b"deep%5Ba%5D%5B0%5D%5Bb%5D=1", FORM),
    ("styled", {"json": ["a"]}, b"json=%5B%22a%22%5D", FORM),
    ("styled", {"url": "a/b?c=d&e"}, b"url=a/b?c=d%26e", FORM),
    ("styled", {"a b": "c&d", "none": None, "e": [1, [2]]}, b"a+b=c%26d&e=1&e=%5B2%5D", FORM),
    ("bytes", b"\x00\xff", b"\x00\xff", "application/octet-stream"),
    ("bytes", io.BytesIO(b"abc"), b"abc", "application/octet-stream"),
    ("pdf", b"%PDF", b"%PDF", "application/pdf"),
    ("plain", "é", "é".encode(), "text/plain"),
    ("latin", "é", b"\xe9", "text/plain; charset=latin-1"),
    ("latin", b"\xff", b"\xff", "text/plain; charset=latin-1"),
    ("xml", "<a/>", b"<a/>", "application/xml"),
    ("csv", "a,b", b"a,b", "text/csv"),
    ("array_form", "a=1&a=2", b"a=1&a=2", FORM),
    ("text_form_or_null", "a=1", b"a=1", FORM),
]


@pytest.mark.parametrize(("name", "value", "content", "media_type"), SENT)
def test_a_body_has_its_media_type(
    calls: small.Calls, name: str, value: Any, content: bytes, media_type: str
) -> None:
    calls(f"put_{name}", body=value)

    assert content == calls.last.content
    assert media_type == calls.last.headers["Content-Type"]


def test_a_model_is_a_form(package: Any, calls: small.Calls) -> None:
    body = model(package, "PutFormBody", {
        "name": "a b", "born": "2024-01-31", "tags": ["x", "y"], "address": {"city": "é"},
        "ok": True, "n": None,
    })  # fmt: skip

    calls("put_form", body=body)

    assert (
        b"name=a+b&born=2024-01-31&tags=x&tags=y&address=%7B%22city%22%3A%22%C3%A9%22%7D&ok=true"
        == calls.last.content
    )


def parts(request: httpx.Request) -> list[bytes]:
    """The parts of a multipart request, each with its head."""
    boundary = request.headers["Content-Type"].partition("boundary=")[2].encode()
    assert request.headers["Content-Length"] == str(len(request.content))
    first, *found, last = request.content.split(b"--" + boundary)
    assert (b"", b"--\r\n") == (first, last)
    return [part.removeprefix(b"\r\n").removesuffix(b"\r\n") for part in found]


def test_a_model_with_files_is_sent_in_parts(
    package: Any, calls: small.Calls, tmp_path: Path
) -> None:
    path = tmp_path / "é.txt"
    path.write_bytes(b"of a path")
    body = model(package, "PutPartsBody", {
        "file": file(package, path, mime_type="text/x", headers={"X-A": "b"}),
        "more": [file(package, io.BytesIO(b"open"), file_name='a"b.bin'), b"bytes"],
        "meta": {"city": "é"}, "note": "n", "icon": b"png",
    })  # fmt: skip

    calls("put_parts", body=body)

    disposition = "Content-Disposition: form-data; name="
    assert [
        f'{disposition}"file"; filename="é.txt"\r\nX-A: b\r\nContent-Type: text/x\r\n\r\nof a path',
        f'{disposition}"more"; filename="a%22b.bin"\r\nContent-Type: application/octet-stream'
        "\r\n\r\nopen",
        f'{disposition}"more"; filename="more"\r\nContent-Type: application/octet-stream'
        "\r\n\r\nbytes",
        f'{disposition}"meta"\r\nContent-Type: application/json\r\n\r\n{{"city":"é"}}',
        f'{disposition}"note"\r\nX-Kind: a b\r\nContent-Type: text/markdown\r\n\r\nn',
        f'{disposition}"icon"; filename="icon"\r\nContent-Type: image/png\r\n\r\npng',
    ] == [part.decode() for part in parts(calls.last)]


def test_a_dict_is_sent_in_parts(package: Any, calls: small.Calls) -> None:
    body = {"a": 1, "b": None, "c": [True, {"d": "é"}], "e": file(package, b"f")}

    calls("put_open_parts", body=body)

    assert [b"1", b"true", '{"d":"é"}'.encode(), b"f"] == [
        part.partition(b"\r\n\r\n")[2] for part in parts(calls.last)
    ]


def test_parts_may_have_styles(calls: small.Calls) -> None:
    body = {"deep": {"a": [{"b": "c d"}]}, "list": ["e", "f"], "url": "g/h"}

    calls("put_styled_parts", body=body)

    disposition = "Content-Disposition: form-data; name="
    assert [
        f'{disposition}"deep[a][0][b]"\r\n\r\nc d',
        f'{disposition}"list"\r\n\r\ne|f',
        f'{disposition}"url"\r\n\r\ng/h',
    ] == [part.decode() for part in parts(calls.last)]


@pytest.mark.parametrize("as_array", [False, True])
def test_a_file_is_a_file_whatever_its_style(
    package: Any, calls: small.Calls, *, as_array: bool
) -> None:
    """Swashbuckle, for one, gives a style to every part."""
    content = file(package, b"f")

    calls("put_styled_parts", body={"list": [content] if as_array else content})

    assert [
        b'Content-Disposition: form-data; name="list"; filename="list"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\nf"
    ] == parts(calls.last)


#: What is given as the body that has several media types, its media type, and what is sent.
CHOSEN: list[tuple[str | None, Any, bytes]] = [
    (None, ("PutSeveralJsonBody", {"id": 1}), b'{"id":1}'),
    ("application/json", ("PutSeveralJsonBody", {"id": 1}), b'{"id":1}'),
    ("application/vnd.pet+json", ("Pet", {"name": "a"}), b'{"name":"a"}'),
    (FORM, ("PutSeveralJsonBody", {"id": 1}), b"id=1"),
    ("text/plain", "a", b"a"),
]


@pytest.mark.parametrize(("media_type", "value", "content"), CHOSEN)
def test_one_of_several_media_types_is_chosen(
    package: Any, calls: small.Calls, media_type: str | None, value: Any, content: bytes
) -> None:
    body = value if isinstance(value, str) else model(package, value[0], value[1])
    chosen = {} if media_type is None else {"content_type": media_type}

    calls("put_several", body=body, **chosen)

    assert content == calls.last.content
    assert (media_type or "application/json") == calls.last.headers["Content-Type"]


def test_the_media_types_are_the_type_of_the_argument(calls: small.Calls) -> None:
    parameter = inspect.signature(calls.client.default.put_several).parameters["content_type"]

    names = re.findall(r"'(.*?)'", str(parameter.annotation).replace('"', "'"))

    assert "application/json" == parameter.default == names[0]
    assert {*CONTENTS["several"]} == {*names}


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("image", "image/png", "image/png"),
        ("any", "text/x", "text/x"),
        ("jsons", "application/a+json", "application/a+json"),
        ("any", None, "application/octet-stream"),
    ],
)
def test_a_range_of_media_types_takes_any_of_them(
    calls: small.Calls, name: str, media_type: str | None, expected: str
) -> None:
    chosen = {} if media_type is None else {"content_type": media_type}

    body: Any = {} if name == "jsons" else b"\x89PNG"
    calls(f"put_{name}", body=body, **chosen)

    assert expected == calls.last.headers["Content-Type"]


def test_no_body_is_sent_without_one(calls: small.Calls) -> None:
    calls("put_any")

    assert b"" == calls.last.content
    assert "Content-Type" not in calls.last.headers


INSIDE_ITSELF: list[Any] = []
INSIDE_ITSELF.append(INSIDE_ITSELF)

#: The operation, its arguments, and what the error says.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("bytes", {"body": "text"}, "body: expected bytes or a binary file, received str"),
    ("bytes", {"body": io.StringIO("text")}, "body: expected a binary file"),
    ("plain", {"body": 1}, "body: expected a str or bytes, received int"),
    ("form", {"body": [1]}, "body: expected an object, received list"),
    ("parts", {"body": 1}, "body: expected an object, received int"),
    ("json", {"body": {"a": {1}}}, "body: a set has no JSON value"),
    ("json", {"body": INSIDE_ITSELF}, "body: maximum recursion depth"),
    ("form", {"body": {"a": INSIDE_ITSELF}}, "body: maximum recursion depth"),
    ("image", {"body": b"", "content_type": "text/plain"}, "content_type: expected image/"),
    ("several", {"body": "", "content_type": "a/b"}, "content_type: expected application/json or"),
    ("any", {"body": b"", "content_type": "a/b\r\nX: y"}, "Content-Type: a header must be"),
]


@pytest.mark.parametrize(("name", "arguments", "words"), REFUSED)
def test_what_cannot_be_sent_is_a_configuration_error(
    package: Any, calls: small.Calls, name: str, arguments: dict[str, Any], words: str
) -> None:
    with pytest.raises(package.errors.ConfigurationError, match=re.escape(words)):
        calls(f"put_{name}", **arguments)

    assert [] == calls.requests


class Pipe(io.BytesIO):
    """A file that cannot be read twice."""

    def seekable(self) -> bool:
        return False


class Failing(httpx.BaseTransport):
    """A server whose first response has another status, and that keeps the bodies it gets."""

    def __init__(self, first: int) -> None:
        self.bodies: list[bytes] = []
        self._statuses = [first]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # Unlike a mock transport, a real one does not keep the body for the next request.
        self.bodies.append(b"".join(cast("httpx.SyncByteStream", request.stream)))
        headers = {"Location": "/v1/elsewhere", "Retry-After": "0"}
        return httpx.Response(self._statuses.pop() if self._statuses else 204, headers=headers)


def failing_client(package: Any, status: int) -> tuple[Any, list[bytes]]:
    """A client of a failing server, and the bodies that this gets."""
    transport = Failing(status)
    client = package.Client(follow_redirects=True)
    return client.set_httpx_client(httpx.Client(transport=transport)), transport.bodies


@pytest.mark.parametrize("status", [503, 307])
@pytest.mark.parametrize("make", [bytes, io.BytesIO])
def test_a_body_that_can_be_read_again_is_sent_again(
    package: Any, status: int, make: Callable[[bytes], Any]
) -> None:
    client, sent = failing_client(package, status)

    client.default.put_bytes(body=make(b"abc"))

    assert [b"abc", b"abc"] == sent


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [(503, "InternalServerError", "503"), (307, "ConfigurationError", "cannot be read again")],
)
def test_a_body_that_cannot_be_read_again_is_sent_once(
    package: Any, status: int, error: str, words: str
) -> None:
    client, sent = failing_client(package, status)

    with pytest.raises(getattr(package.errors, error), match=words):
        client.default.put_bytes(body=Pipe(b"abc"))

    assert [b"abc"] == sent


@pytest.mark.parametrize(
    ("file", "length"),
    [
        (io.BytesIO(b"abc"), {"Content-Length": "3"}),
        (Pipe(b"abc"), {"Transfer-Encoding": "chunked"}),
    ],
    ids=["file", "pipe"],
)
def test_a_file_is_sent_by_asyncio(package: Any, file: Any, length: dict[str, str]) -> None:
    calls = small.Calls(package, is_async=True)

    calls("post_bytes", body=file)

    headers = calls.last.headers
    assert b"abc" == calls.last.content
    assert length == {
        name: headers[name] for name in ("Content-Length", "Transfer-Encoding") if name in headers
    }


def test_binary_strings_of_json_are_strings(package: Any) -> None:
    same = model(package, "Same", {"data": "text"})

    assert "text" == same.data


def test_a_component_has_files_in_multipart_bodies_alone(package: Any, calls: small.Calls) -> None:
    pet = {"name": "a", "photo": "text", "more": ["text"]}
    models = small.module(package, "models")
    in_parts = models.PetMultipart(more=[file(package, b"\x00")], vet=models.Vet(stamp="text"))

    calls("put_several", body=models.Pet.from_dict(pet), content_type="application/vnd.pet+json")
    calls("put_several", body=in_parts, content_type=PARTS)

    as_json, as_parts = calls.requests
    assert pet == json.loads(as_json.content)
    assert b"octet-stream\r\n\r\n\x00\r\n" in as_parts.content
    assert b'{"stamp":"text"}' in as_parts.content


def test_a_command_sends_the_files_that_its_body_names(
    package: Any, calls: small.Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "photo.png").write_bytes(b"png")
    body = '{"file": "@photo.png", "more": ["@photo.png", "text"], "meta": {"city": "a"}}'
    (tmp_path / "body.json").write_text(body)
    monkeypatch.chdir(tmp_path)
    session = small.module(package, "_session")
    sender = session.Sender(httpx, calls.client.get_httpx_client())

    def chosen(_: object) -> Any:
        return sender

    monkeypatch.setattr(session.Session, "sender", chosen)

    code = small.module(package, "_cli.commands").main(["put-parts", "--body", "body.json"])

    assert 0 == code
    assert [b"png", b"png", b"text", b'{"city":"a"}'] == [
        part.partition(b"\r\n\r\n")[2] for part in parts(calls.last)
    ]
