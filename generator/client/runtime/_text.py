"""Text of a server or a user, made safe to print."""

from __future__ import annotations

import json
from collections.abc import Callable

LONGEST_LINE = 2000
"""How many characters of a message are shown at most."""

LONGEST_URL = 200
"""How many characters of the URL of a redirect are shown at most."""


def printable(text: str, longest: int = LONGEST_LINE) -> str:
    """The text on one line, without control characters, which a terminal would obey.

    A server may send a message of any length, of which the beginning is enough.
    """
    line = " ".join(text.split())
    return escaped(line if len(line) <= longest else line[:longest] + "…")


def escaped(text: str, *, as_json: bool = False) -> str:
    """The text, with its lines and tabs, but without what else a terminal would obey.

    Args:
        text: The text.
        as_json: Whether JSON reads the text.
    """
    if text.isprintable():
        return text
    escape: Callable[[str], str] = json.dumps if as_json else ascii
    return "".join(
        character if character.isprintable() or character in "\n\t" else escape(character)[1:-1]
        for character in text
    )
