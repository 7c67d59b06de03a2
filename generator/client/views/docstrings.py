"""Docstrings and help texts: text of the document, escaped and wrapped."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable

from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import in_double_quote_literal, safe_for_docstring

_WIDTH = 88
"""The columns of a docstring before it is indented."""


#: The beginning of a list item, a row of a table, a heading or a fence.
_ITEM = re.compile(r"\s*([-*+|>#]|\d+[.)]|```)\s*")
#: A list item, or what linters take for the signature of the function.
_NO_SUMMARY = re.compile(rf"{_ITEM.pattern}|\w+\(")
_FIRST_SENTENCE = re.compile(r"^([^\n]*?[.!?])[ \t]+(?=[A-Z0-9`*\"'(\[]|[^\x00-\x7f])")


def raw(text: UntrustedString | str | None) -> str:
    """Text of the document, not escaped: the caller escapes it."""
    if text is None:
        return ""
    return text if isinstance(text, str) else text.get_untrusted_value()


def as_written(text: str) -> str:
    """The text as it reads in a string literal of the package: without control characters."""
    return str(json.loads(f'"{in_double_quote_literal(text)}"'))


def sentence(text: UntrustedString | str | None) -> str:
    """Text of the document as a sentence: on one line, and with a full stop."""
    trimmed = " ".join(without_relative_links(raw(text)).split()).removesuffix(":")
    return trimmed if not trimmed or trimmed[-1] in ".!?" else f"{trimmed}."


def without_relative_links(text: str) -> str:
    """Markdown whose links lead to the web only: others lead nowhere outside of their own site."""
    return re.sub(r"!?\[([^\]\n]*)\]\((?!(?:https?|mailto):)[^)\s]*\)", r"\1", text)


def _filled(text: str, indent: str = "", hanging: str = "") -> str:
    """A text as lines of a docstring: escaped, and wrapped."""
    # Escaped before it is wrapped, so that no line ends inside an escape. A Unicode escape needs no
    # raw docstring, which linters ask for where there are other backslashes.
    escaped = str(safe_for_docstring(" ".join(text.split())))
    return textwrap.fill(
        escaped.replace("\\\\", "\\u005c").replace('\\"', "\\u0022"),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def paragraphs(text: str) -> str:
    """Text of the document in paragraphs; the items of a list and the rows of a table are lines."""
    blocks: list[str] = []
    for block in re.split(r"\n\s*\n", without_relative_links(text).strip()):
        lines = [block.splitlines()[0]] if block else []
        for line in block.splitlines()[1:]:
            if _ITEM.match(line):
                lines.append(line)
            else:
                lines[-1] += f" {line}"
        blocks.append(
            "\n".join(_filled(line, hanging="  " if _ITEM.match(line) else "") for line in lines)
        )
    found = "\n\n".join(filter(None, blocks))
    return f"{found}." if found[-1:].isalnum() or found[-1:] == ")" else found


def docstring(text: str, *parts: str, default: str = "") -> str:
    """The content of a docstring.

    Args:
        text: What the document says. Its first sentence is the summary, if it fits on one line.
        parts: The further parts, of which those that are empty are left out.
        default: The summary, if the text has none. It needs no escapes.
    """
    first, _, rest = _FIRST_SENTENCE.sub(r"\1\n", text.strip(), count=1).partition("\n")
    word = first.split(" ", 1)[0]
    plain = word.isascii() and word.isalpha() and word.islower()
    summary = _filled(sentence(word.capitalize() + first.removeprefix(word) if plain else first))
    if not first or "\n" in summary or len(summary) > _WIDTH or _NO_SUMMARY.match(first):
        summary, rest = default, text
    return "\n\n".join(filter(None, [summary or _filled(text), paragraphs(rest), *parts]))


def section(title: str, entries: Iterable[tuple[str, str]]) -> str:
    """A section of a docstring in Google's style, or nothing if it is empty."""
    lines = [
        _filled(f"{name}: {text}" if text else name, "    ", "        ") for name, text in entries
    ]
    return "\n".join([f"{title}:", *lines]) if lines else ""


def literal_lines(text: str, width: int = 72) -> list[str]:
    """A text as the pieces of a string literal, which give the text when they are joined."""
    return re.findall(rf".{{1,{width}}}(?:\s|$)|\S{{{width}}}", " ".join(text.split()))
