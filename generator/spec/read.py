"""Read documents strictly, in YAML or JSON, into plain Python values.

YAML is read by the rules under which it means the same as JSON: keys are strings, no key occurs
twice, dates are strings, and only the types of JSON exist. PyYAML parses it, with libyaml if that
is built in: ten times as fast as reading for a round trip.

The files of the chain are read with `strict`, which refuses anchors, aliases and unquoted keys that
are no strings. A published document may have them. Some tools write an alias for what occurs twice;
it becomes a copy, as long as the copies do not outgrow every honest document.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import yaml  # type: ignore[import-untyped]
from attrs import frozen

from generator.errors import GeneratorError
from generator.spec.values import as_array, as_object, is_object

_DEPTH = 200
#: The most values that a document may have with its aliases copied. The largest ones
#: that are known have about 150,000.
_VALUES = 1_000_000

INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_IN_JSON = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
#: The opening of a code block in markdown; the first word of its info string is the language.
_FENCE = re.compile(r"^(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n`]*\n", re.MULTILINE)
_YAML = re.compile(r"ya?ml", re.IGNORECASE)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@frozen
class Published:
    """A document as it was published.

    Attributes:
        data: The document, in plain types.
        form: What it was published as: "page", "YAML" or "JSON".
        text: The YAML of the page or file, unchanged; empty for JSON.
        edition: The date that a page gives for itself, or nothing.
    """

    data: dict[str, Any]
    form: str
    text: str
    edition: str

    def text_of(self, data: dict[str, Any]) -> str:
        """The published text, if the chain can read it and it says no more than `data`."""
        try:
            return self.text if read_mapping(self.text, "") == data else ""
        except GeneratorError:
            return ""  # such as JSON, and YAML with aliases


def read_published(content: bytes, name: str) -> Published:
    """Read a document from its bytes: YAML, JSON, or a markdown page with a YAML block.

    Args:
        content: The bytes.
        name: What to call the document in an error message.

    Raises:
        GeneratorError: It is none of these, or no OpenAPI 3.0 or 3.1 document.
    """
    with _about(name):
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise GeneratorError(f"not UTF-8: {error.reason} at byte {error.start}") from error
        start = text.lstrip()
        if not start:
            raise GeneratorError("empty")
        if re.match(r"<(!doctype|html|\?xml|head|body)", start, re.IGNORECASE):
            raise GeneratorError("an HTML or XML page, not a document")
        edition, form = "", "JSON" if start.startswith("{") else "YAML"
        if form == "YAML" and any(_YAML.fullmatch(fence[2]) for fence in _FENCE.finditer(text)):
            form = "page"
            updated = re.search(r"^last_updated:\s*[\"']?([0-9-]+)", text, re.MULTILINE)
            edition = updated[1] if updated else ""
            text = yaml_block(text)
        data = _document(_mapping(text, strict=False))
    return Published(data, form, "" if form == "JSON" else text, edition)


def read_document(text: str, name: str = "the document") -> dict[str, Any]:
    """Read an OpenAPI document of the chain.

    Args:
        text: YAML or JSON.
        name: What to call the document in an error message.

    Raises:
        GeneratorError: It is not YAML that means the same as JSON, or no OpenAPI 3 document.
    """
    with _about(name):
        return _document(_mapping(text, strict=True))


def read_mapping(text: str, name: str) -> dict[str, Any]:
    """Read any other file of the chain, such as a configuration.

    Raises:
        GeneratorError: It is not YAML that means the same as JSON, or no mapping.
    """
    with _about(name):
        return _mapping(text, strict=True)


@contextmanager
def _about(name: str) -> Generator[None]:
    """Begin the message of an error with what it is about."""
    try:
        yield
    except GeneratorError as error:
        raise GeneratorError(f"{name}: {error}") from error


def yaml_block(page: str) -> str:
    """The first YAML code block of a markdown page, unchanged.

    Raises:
        GeneratorError: The page has no such block, or the block has no end.
    """
    position = 0
    while opening := _FENCE.search(page, position):
        fence = rf"^{opening[1]}{opening[1][0]}*[ \t]*\r?$"
        closing = re.compile(fence, re.MULTILINE).search(page, opening.end())
        if _YAML.fullmatch(opening[2]):
            if closing is None:
                raise GeneratorError("the page's ```yaml block has no end")
            return page[opening.end() : closing.start()]
        position = closing.end() if closing else len(page)
    raise GeneratorError("the page has no block that opens with ```yaml")


def scalar(text: str) -> Any:
    """The value of an unquoted YAML scalar: `2025-11-08` and `no` are strings, as in YAML 1.2.

    Raises:
        ValueError: It is a number that JSON does not have, or that is too long.
    """
    if text in _WORDS:
        return _WORDS[text]
    if INTEGER.fullmatch(text):
        try:
            return int(text, 10 if text.lstrip("+-").isdecimal() else 0)
        except ValueError:  # Python refuses to convert thousands of digits
            raise ValueError(f"an integer of {len(text)} digits") from None
    if FLOAT.fullmatch(text):
        return float(text)
    if _NOT_IN_JSON.fullmatch(text):
        raise ValueError(f"{text}, which is no number of JSON,")
    return text


def _mapping(text: str, *, strict: bool) -> dict[str, Any]:
    is_json = text.lstrip().startswith("{")
    data = _read_json(text) if is_json else _read_yaml(text, strict=strict)
    if not is_object(data):
        raise GeneratorError("not a mapping of names to values")
    if "\\u" in text:  # only an escape can make half of a surrogate pair
        try:
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise GeneratorError(f"a text is not Unicode: {error}") from error
    return data


def _document(data: dict[str, Any]) -> dict[str, Any]:
    if "swagger" in data:
        raise GeneratorError(
            f"Swagger {data['swagger']}, expected OpenAPI 3.0 or 3.1; convert it first"
        )
    version = data.get("openapi")
    if not (isinstance(version, str) and re.fullmatch(r"3\.[01]\.[0-9]+", version)):
        raise GeneratorError(f"openapi is {version!r}, expected OpenAPI 3.0 or 3.1")
    if not is_object(data.get("paths")):
        raise GeneratorError("paths is missing or not a mapping")
    return data


def _read_json(text: str) -> Any:
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise GeneratorError("nested too deeply") from error
    except ValueError as error:
        raise GeneratorError(f"not JSON: {error}") from error
    layer = [data]
    for _ in range(_DEPTH + 1):
        layer = [child for node in layer for child in as_array(node) or as_object(node).values()]
    if layer:
        raise GeneratorError("nested too deeply")
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} occurs twice in one object")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _read_yaml(text: str, *, strict: bool) -> Any:
    reader: Any = yaml  # its stubs leave out the events and nodes
    try:
        # Events come one by one, so that deep nesting is seen before anything recurses into it.
        depth = documents = 0
        for event in reader.parse(text, Loader=_LOADER):
            depth += isinstance(event, reader.CollectionStartEvent)
            depth -= isinstance(event, reader.CollectionEndEvent)
            documents += isinstance(event, reader.DocumentStartEvent)
            if depth > _DEPTH:
                raise _refused(event, "nesting this deep")
            if documents > 1:
                raise _refused(event, "a second document")
            if getattr(event, "tag", None) is not None:
                raise _refused(event, f"the tag {event.tag}")
            if strict and getattr(event, "anchor", None) is not None:
                raise _refused(event, "an anchor or alias", "write the value where it is used")
        return _value(reader.compose(text, Loader=_LOADER), strict=strict)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}: " if mark else ""
        reason = ", ".join(filter(None, [error.context, error.problem]))
        raise GeneratorError(f"{place}{reason}") from error
    except yaml.YAMLError as error:
        raise GeneratorError(" ".join(str(error).split())) from error


def _value(root: Any, *, strict: bool) -> Any:
    """The value of a node of PyYAML. A node with an alias is made a value again for each alias."""
    open_nodes: set[int] = set()
    count = itertools.count(1)

    def value(node: Any) -> Any:
        if next(count) > _VALUES:
            raise _refused(node, f"a document of more than {_VALUES:,} values")
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in open_nodes:
            raise _refused(node, "an alias inside its own value")
        open_nodes.add(id(node))
        made: Any = {}
        if isinstance(node, yaml.SequenceNode):
            made = [value(item) for item in node.value]
        else:
            for key, item in node.value:
                _check_key(key, made, strict=strict)
                made[key.value] = value(item)
        open_nodes.discard(id(node))
        return made

    return None if root is None else value(root)


def _check_key(key: Any, made: dict[str, Any], *, strict: bool) -> None:
    if not isinstance(key, yaml.ScalarNode):
        raise _refused(key, "a key that is no string")
    if key.value == "<<" and not key.style:
        raise _refused(key, "the merge key <<")
    if strict and not isinstance(_scalar(key), str):
        raise _refused(key, f"the key {key.value}, which is no string,", "quote it")
    if key.value in made:
        line = key.start_mark.line + 1
        raise GeneratorError(f"line {line}: the key {key.value!r} occurs twice in one mapping")


def _scalar(node: Any) -> Any:
    try:
        return node.value if node.style else scalar(node.value)
    except ValueError as error:
        raise _refused(node, str(error)) from error


def _refused(where: Any, what: str, advice: str = "") -> GeneratorError:
    line = where.start_mark.line + 1
    return GeneratorError(f"line {line}: {what} is not supported{advice and '; '}{advice}")
