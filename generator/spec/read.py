"""Read documents strictly, in YAML or JSON, into plain Python values.

YAML is read by the rules under which it means the same as JSON: keys are strings, no key occurs
twice, dates are strings, and only the types of JSON exist. The events come from PyYAML's parser,
which is libyaml where it is built in: ten times as fast as reading for a round trip.

The files of the chain are read with `strict`: anchors, aliases, tags and unquoted keys that are no
strings are refused there. A published document may have them. Some tools write an alias for what
occurs twice; it becomes a copy, as long as the copies do not outgrow every honest document.
"""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import yaml  # type: ignore[import-untyped]
from attrs import define, frozen

from generator.errors import GeneratorError
from generator.spec.values import is_array, is_object

_DEPTH = 200
#: The most values that a document may have with its aliases copied. The largest ones
#: that are known have about 150,000.
_VALUES = 1_000_000

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_IN_JSON = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_TAGS = {"!", *(f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str"))}
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


def read_published(content: bytes, name: str) -> Published:
    """Read a document from its bytes: YAML, JSON, or a markdown page with a YAML block.

    Args:
        content: The bytes.
        name: What to call the document in an error message.

    Raises:
        GeneratorError: It is none of these, or no OpenAPI 3.0 or 3.1 document.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GeneratorError(f"{name}: not UTF-8: {error.reason} at byte {error.start}") from error
    start = text.lstrip()
    if not start:
        raise GeneratorError(f"{name}: empty")
    if re.match(r"<(!doctype|html|\?xml|head|body)", start, re.IGNORECASE):
        raise GeneratorError(f"{name}: an HTML or XML page, not a document")
    edition, form = "", "YAML"
    if start.startswith("{"):
        form = "JSON"
    elif re.search(r"^`{3,}ya?ml", text, re.MULTILINE):
        form = "page"
        updated = re.search(r"^last_updated:\s*[\"']?([0-9-]+)", text, re.MULTILINE)
        edition = updated[1] if updated else ""
        try:
            text = yaml_block(text)
        except GeneratorError as error:
            raise GeneratorError(f"{name}: {error}") from error
    data = _mapping(text, name, strict=False)
    _check_document(data, name)
    return Published(data, form, "" if form == "JSON" else text, edition)


def read_document(text: str, name: str = "the document") -> dict[str, Any]:
    """Read an OpenAPI document of the chain.

    Args:
        text: YAML or JSON.
        name: What to call the document in an error message.

    Raises:
        GeneratorError: It is not YAML that means the same as JSON, or no OpenAPI 3 document.
    """
    data = read_mapping(text, name)
    _check_document(data, name)
    return data


def read_mapping(text: str, name: str) -> dict[str, Any]:
    """Read any other file of the chain, such as a configuration.

    Raises:
        GeneratorError: It is not YAML that means the same as JSON, or no mapping.
    """
    return _mapping(text, name, strict=True)


def yaml_block(page: str) -> str:
    """The first YAML code block of a markdown page, unchanged.

    Raises:
        GeneratorError: The page has no such block, or the block has no end.
    """
    opening = re.search(r"^(`{3,})ya?ml[ \t]*\r?\n", page, re.MULTILINE)
    if opening is None:
        raise GeneratorError("the page has no block that opens with ```yaml")
    closing = re.compile(rf"^{opening[1]}`*[ \t]*\r?$", re.MULTILINE).search(page, opening.end())
    if closing is None:
        raise GeneratorError("the page's ```yaml block has no end")
    return page[opening.end() : closing.start()]


def scalar(text: str) -> Any:
    """The value of an unquoted YAML scalar: `2025-11-08` and `no` are strings, as in YAML 1.2.

    Raises:
        ValueError: It is a number that JSON does not have, or that is too long.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        try:
            return int(text, 10 if text.lstrip("+-").isdecimal() else 0)
        except ValueError:  # Python refuses to convert thousands of digits
            raise ValueError(f"an integer of {len(text)} digits") from None
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NOT_IN_JSON.fullmatch(text):
        raise ValueError(f"{text}, which is no number of JSON,")
    return text


def _mapping(text: str, name: str, *, strict: bool) -> dict[str, Any]:
    try:
        if text.lstrip().startswith("{"):
            data = _read_json(text)
        else:
            data = _read_yaml(text, strict=strict)
    except GeneratorError as error:
        raise GeneratorError(f"{name}: {error}") from error
    if not is_object(data):
        raise GeneratorError(f"{name}: not a mapping of names to values")
    if "\\u" in text:
        # Only an escape can make half of a surrogate pair.
        try:
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise GeneratorError(f"{name}: a text is not Unicode: {error}") from error
    return data


def _check_document(data: dict[str, Any], name: str) -> None:
    if "swagger" in data:
        raise GeneratorError(
            f"{name}: Swagger {data['swagger']}, expected OpenAPI 3.0 or 3.1; convert it first"
        )
    version = data.get("openapi")
    if not (isinstance(version, str) and re.fullmatch(r"3\.[01]\.[0-9]+", version)):
        raise GeneratorError(f"{name}: openapi is {version!r}, expected OpenAPI 3.0 or 3.1")
    if not is_object(data.get("paths")):
        raise GeneratorError(f"{name}: paths is missing or not a mapping")


def _read_json(text: str) -> Any:
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise GeneratorError("nested too deeply") from error
    except ValueError as error:
        raise GeneratorError(f"not JSON: {error}") from error
    waiting = [(data, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > _DEPTH:
            raise GeneratorError("nested too deeply")
        children = node.values() if is_object(node) else node if is_array(node) else ()
        waiting += [(child, depth + 1) for child in children]
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
    builder = _Builder(strict)
    try:
        read: Any = yaml  # its stubs leave out the types of the events
        for event in read.parse(text, Loader=_LOADER):
            builder.add(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}: " if mark else ""
        reason = ", ".join(filter(None, [error.context, error.problem]))
        raise GeneratorError(f"{place}{reason}") from error
    except yaml.YAMLError as error:
        raise GeneratorError(" ".join(str(error).split())) from error
    return builder.root[0] if builder.root else None


@define
class _Open:
    """A list or mapping that is being filled.

    Attributes:
        node: The list or mapping.
        key: Of a mapping, the key whose value comes next.
        anchor: The name that aliases use for it.
        start: How many values the document had before it.
    """

    node: Any
    key: str | None = None
    anchor: str | None = None
    start: int = 0

    @property
    def wants_key(self) -> bool:
        return is_object(self.node) and self.key is None


class _Builder:
    """Builds the value of a document from the events of PyYAML's parser."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.root: list[Any] = []
        self.stack = [_Open(self.root)]
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.values = 0

    def add(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._check_node(event)
                self._add_scalar(event)
            case yaml.SequenceStartEvent():
                self._check_node(event)
                self._open(event, [])
            case yaml.MappingStartEvent():
                self._check_node(event)
                self._open(event, {})
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                top = self.stack.pop()
                if top.anchor is not None:
                    self.anchors[top.anchor] = top.node, self.values - top.start
            case yaml.AliasEvent():
                self._add_alias(event)
            case yaml.DocumentStartEvent() if self.root:
                raise _refused(event, "a second document")
            case _:
                pass

    def _check_node(self, event: Any) -> None:
        if event.tag is not None and (self.strict or event.tag not in _TAGS):
            raise _refused(event, f"the tag {event.tag}")
        if self.strict and event.anchor is not None:
            raise _refused(event, f"the anchor &{event.anchor}", "write the value where it is used")

    def _add_scalar(self, event: Any) -> None:
        top = self.stack[-1]
        try:
            # Quoted, in a block, or tagged as a string, it is a string.
            plain = not event.style and event.tag is None
            value = scalar(event.value) if plain else event.value
        except ValueError as error:
            raise _refused(event, str(error)) from error
        if not top.wants_key:
            self._put(event, value, 1)
            if event.anchor is not None:
                self.anchors[event.anchor] = value, 1
            return
        if event.value == "<<" and not event.style:
            raise _refused(event, "the merge key <<")
        if self.strict and not isinstance(value, str):
            raise _refused(event, f"the key {event.value}, which is no string,", "quote it")
        if event.value in top.node:
            line = event.start_mark.line + 1
            raise GeneratorError(
                f"line {line}: the key {event.value!r} occurs twice in one mapping"
            )
        top.key = event.value

    def _open(self, event: Any, node: Any) -> None:
        if self.stack[-1].wants_key:
            raise _refused(event, "a key that is no string")
        start = self.values
        self._put(event, node, 1)
        self.anchors.pop(event.anchor, None)  # an anchor may be defined anew, but not inside itself
        self.stack.append(_Open(node, anchor=event.anchor, start=start))
        if len(self.stack) > _DEPTH:
            raise _refused(event, "nesting this deep")

    def _add_alias(self, event: Any) -> None:
        if event.anchor not in self.anchors or self.stack[-1].wants_key:
            raise _refused(
                event, f"the alias *{event.anchor}, which is a key or has no whole value,"
            )
        value, size = self.anchors[event.anchor]
        self._put(event, value, size, copied=True)

    def _put(self, event: Any, value: Any, size: int, *, copied: bool = False) -> None:
        self.values += size
        if self.values > _VALUES:
            raise _refused(event, f"a document of more than {_VALUES:,} values")
        value = copy.deepcopy(value) if copied else value
        top = self.stack[-1]
        if is_array(top.node):
            top.node.append(value)
        else:
            top.node[top.key] = value
            top.key = None


def _refused(event: Any, what: str, advice: str = "") -> GeneratorError:
    line = event.start_mark.line + 1
    return GeneratorError(f"line {line}: {what} is not supported{advice and '; '}{advice}")
