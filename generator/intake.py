"""Read a document in whatever form it comes, and refuse what is none, in one line.

YAML is read event by event from libyaml, ten times as fast as for a round trip, and nothing but the
types of JSON is made of it. An alias, which some tools write for what stands twice, becomes a copy,
as long as the copies do not outgrow every honest document.
"""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import yaml  # type: ignore[import-untyped]
from attrs import define, frozen

from generator.document import yaml_block
from generator.errors import GeneratorError
from generator.overlay import is_array, is_object

_DEPTH = 200
_VALUES = 1_000_000
"""The values of a document whose aliases are written out; the full one has about 150,000."""

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# ASCII without control characters and tabs, and what is no line break in either version of YAML.
_DOUBTFUL_CHARACTER = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
# A number of JSON, and whatever any version of YAML may take for a number.
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_DOUBTFUL_NUMBER = re.compile(
    r"(?=.)[-+]?(0[box][0-9a-f_]+|[0-9_]*\.?[0-9_]*(e[-+]?[0-9]+)?|\.(inf|nan))", re.IGNORECASE
)
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@frozen
class Intake:
    """A document as it came.

    Attributes:
        data: What it says, in plain types.
        form: What it came as: "page", "YAML" or "JSON".
        text: The YAML of a page or file, as it stands; empty where it was JSON.
        edition: What a page says of its own age.
    """

    data: dict[str, Any]
    form: str
    text: str
    edition: str


def take_in(content: bytes, name: str) -> Intake:
    """Read a document from its bytes.

    Args:
        content: YAML, JSON, or a markdown page with a YAML block.
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
    try:
        if start.startswith("{"):
            form, data, text = "JSON", json_value(text), ""
        else:
            if re.search(r"^`{3,}ya?ml", text, re.MULTILINE):
                form, page = "page", text
                text = yaml_block(page)
                found = re.search(r"^last_updated:\s*[\"']?([0-9-]+)", page, re.MULTILINE)
                edition = found[1] if found else ""
            data = _yaml(text, _Builder())
    except GeneratorError as error:
        raise GeneratorError(f"{name}: {error}") from error
    _check(data, name)
    return Intake(data, form, text, edition)


def plain(text: str, name: str) -> dict[str, Any]:
    """Read a document of the chain itself, in plain types.

    Raises:
        GeneratorError: It is no OpenAPI 3.0 or 3.1 document.
    """
    return take_in(text.encode(), name).data


def _check(data: Any, name: str) -> None:
    if not is_object(data):
        raise GeneratorError(f"{name}: not a mapping of names to values")
    if "swagger" in data:
        raise GeneratorError(
            f"{name}: Swagger {data['swagger']}, expected OpenAPI 3.0 or 3.1; convert it first"
        )
    version = data.get("openapi")
    if not (isinstance(version, str) and re.fullmatch(r"3\.[01]\.[0-9]+", version)):
        raise GeneratorError(f"{name}: openapi is {version!r}, expected OpenAPI 3.0 or 3.1")
    if not is_object(data.get("paths")):
        raise GeneratorError(f"{name}: paths is missing or not a mapping")


def json_value(text: str) -> Any:
    """The value of a text in JSON.

    Raises:
        GeneratorError: It is none, or has a key twice, or is nested too deeply.
    """
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
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


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def unmistakable(text: str) -> Any:
    """The value of a YAML text that ruamel.yaml, too, reads so, if it takes it.

    Raises:
        GeneratorError: It is none, or ruamel.yaml may read it otherwise.
    """
    if _LOADER is yaml.SafeLoader:
        raise GeneratorError("without libyaml, PyYAML reads some texts by rules of its own")
    if found := _DOUBTFUL_CHARACTER.search(text):
        raise GeneratorError(f"the character {found[0]!r} is doubtful")
    return _yaml(text, _StrictBuilder())


def _yaml(text: str, builder: _Builder) -> Any:
    """The one document of a YAML text; its keys are strings, as written."""
    try:
        read: Any = yaml  # its stubs leave out the types of the events
        events = read.parse(text, Loader=_LOADER)
        return _built(events, builder)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}: " if mark else ""
        reason = ", ".join(filter(None, [error.context, error.problem]))
        raise GeneratorError(f"{place}{reason}") from error
    except yaml.YAMLError as error:
        raise GeneratorError(" ".join(str(error).split())) from error


def _built(events: Any, builder: _Builder) -> Any:
    """Build the value, from a stream of events that may break off."""
    for event in events:
        match event:
            case yaml.ScalarEvent():
                builder.add_scalar(event)
            case yaml.SequenceStartEvent():
                builder.open(event, [])
            case yaml.MappingStartEvent():
                builder.open(event, {})
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                builder.close()
            case yaml.AliasEvent():
                builder.add_alias(event)
            case yaml.DocumentStartEvent():
                builder.start(event)
            case _:
                pass
    return builder.root[0] if builder.root else None


@define
class _Open:
    """A list or mapping that is being filled.

    Attributes:
        node: It.
        key: Of a mapping, the key that waits for its value.
        anchor: The name that aliases have for it.
        start: How many values there were before it.
    """

    node: Any
    key: str | None = None
    anchor: str | None = None
    start: int = 0

    @property
    def wants_key(self) -> bool:
        return is_object(self.node) and self.key is None


class _Builder:
    def __init__(self) -> None:
        self.root: list[Any] = []
        self.stack = [_Open(self.root)]
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.values = 0

    def start(self, event: Any) -> None:
        if self.root:
            raise _refused(event, "a second document")

    def add_scalar(self, event: Any) -> None:
        _check_tag(event)
        top = self.stack[-1]
        if top.wants_key:
            _check_key(event, top.node)
            top.key = event.value
            return
        value = _scalar(event)
        self._put(event, value, 1)
        if event.anchor is not None:
            self.anchors[event.anchor] = value, 1

    def open(self, event: Any, node: Any) -> None:
        _check_tag(event)
        top = self.stack[-1]
        if top.wants_key:
            raise _refused(event, "a key that is no string")
        start = self.values
        self._put(event, node, 1)
        self.anchors.pop(event.anchor, None)  # it may be given anew, and not mean itself
        self.stack.append(_Open(node, anchor=event.anchor, start=start))
        if len(self.stack) > _DEPTH:
            raise _refused(event, "nesting this deep")

    def close(self) -> None:
        top = self.stack.pop()
        if top.anchor is not None:
            self.anchors[top.anchor] = top.node, self.values - top.start

    def add_alias(self, event: Any) -> None:
        top = self.stack[-1]
        if event.anchor not in self.anchors or top.wants_key:
            raise _refused(
                event, f"the alias *{event.anchor}, which is a key or means no whole value,"
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


class _StrictBuilder(_Builder):
    """Refuses what ruamel.yaml may take for something else, or refuses for its meaning."""

    def start(self, event: Any) -> None:
        super().start(event)
        if event.version or event.tags:
            raise _refused(event, "a directive")

    def add_scalar(self, event: Any) -> None:
        _check_plain(event)
        wants_key = self.stack[-1].wants_key
        if not event.style:
            if _DOUBTFUL_NUMBER.fullmatch(event.value) and not _NUMBER.fullmatch(event.value):
                raise _refused(event, f"{event.value}, which may be a number,")
            if wants_key and not isinstance(_scalar(event), str):
                raise _refused(event, "a key that is no string")
        if wants_key and event.value == "<<":
            raise _refused(event, "the key <<")
        super().add_scalar(event)

    def open(self, event: Any, node: Any) -> None:
        _check_plain(event)
        super().open(event, node)

    def add_alias(self, event: Any) -> None:
        raise _refused(event, "an alias")


def _check_plain(event: Any) -> None:
    if event.anchor is not None or event.tag is not None:
        raise _refused(event, "an anchor or a tag")


def _refused(event: Any, what: str) -> GeneratorError:
    return GeneratorError(f"line {event.start_mark.line + 1}: {what} is not taken")


def _check_tag(event: Any) -> None:
    if event.tag is not None and event.tag != "!" and event.tag not in _JSON_TAGS:
        raise _refused(event, f"the tag {event.tag}")


_JSON_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str")}


def _check_key(event: Any, node: dict[str, Any]) -> None:
    if event.value == "<<" and not event.style:
        raise _refused(event, "the merge key <<")
    if event.value in node:
        line = event.start_mark.line + 1
        raise GeneratorError(f"line {line}: the key {event.value!r} stands twice in one mapping")


def _scalar(event: Any) -> Any:
    """The value of a scalar by YAML 1.2's core schema: `2025-11-08` and `no` are strings."""
    text: str = event.value
    if event.style or event.tag is not None:  # quoted, a block, or said to be a string
        return text
    if text in _WORDS:
        return _WORDS[text]
    try:
        if _INTEGER.fullmatch(text):
            return int(text, 10 if text.lstrip("+-").isdecimal() else 0)
    except ValueError as error:  # Python refuses to convert thousands of digits
        raise _refused(event, f"an integer of {len(text)} digits") from error
    if _FLOAT.fullmatch(text):
        return float(text)
    if _NO_NUMBER.fullmatch(text):
        raise _refused(event, f"{text}, which is no number of JSON,")
    return text
