"""Docstrings and help texts: text of the document, escaped and wrapped."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable

from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import in_double_quote_literal, safe_for_docstring

_WIDTH = 88
"""The columns of a docstring before it is indented."""


def raw(text: UntrustedString | str | None) -> str:
    """Text of the document, not escaped: the caller escapes it."""
    if text is None:
        return ""
    return text if isinstance(text, str) else text.get_untrusted_value()


def as_written(text: str) -> str:
    """A text of the document as a literal of the package has it: without control characters."""
    return str(json.loads(f'"{in_double_quote_literal(text)}"'))


def paragraph(
    text: UntrustedString | str | None, *, indent: str = "", hanging: str | None = None
) -> str:
    """Text of the document as the lines of a docstring, escaped and wrapped."""
    # Escaped before it is wrapped, so that no line ends inside an escape.
    return textwrap.fill(
        str(safe_for_docstring(" ".join(raw(text).split()))),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def sentence(text: UntrustedString | str | None) -> str:
    """Text of the document as a sentence: trimmed, and with a full stop."""
    trimmed = " ".join(raw(text).split())
    return trimmed if not trimmed or trimmed[-1] in ".!?:" else f"{trimmed}."


def docstring(summary: str, *parts: str) -> str:
    """The content of a docstring: its summary, and those of its parts that are not empty."""
    return "\n\n".join(filter(None, [paragraph(summary), *parts]))


def section(title: str, entries: Iterable[tuple[str, str]]) -> str:
    """A section of a docstring in Google's style, or nothing if it is empty."""
    lines = [
        paragraph(f"{name}: {text}" if text else name, indent="    ", hanging="        ")
        for name, text in entries
    ]
    return "\n".join([f"{title}:", *lines]) if lines else ""


def literal_lines(text: str, width: int = 72) -> list[str]:
    """A text as the pieces of a string literal; each but the last ends with its space."""
    lines = textwrap.wrap(" ".join(text.split()), width, break_long_words=False)
    return [f"{line} " for line in lines[:-1]] + lines[-1:]
