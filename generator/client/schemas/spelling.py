"""Python names for values and properties whose text is no Python name, or not a unique one."""

from __future__ import annotations

import unicodedata
from itertools import chain, count

from openapi_python_client.strings import snake_case

_SIGNS = {"-": "minus", "+": "plus", "@": "at", "$": "dollar", "/": "slash"}
_DELIMITERS = "._ "


def spelled(text: str) -> str:
    """The text in snake case, with its signs as words: `+1` is `plus_1`.

    A delimiter is a word, too, if there is nothing else.
    """
    letters = any(character.isalnum() for character in text)
    words = [
        character
        if character.isalnum() or (letters and character in _DELIMITERS)
        else f" {_sign(character)} "
        for character in text
    ]
    # A capital begins a word only in the text itself.
    found = "_".join(snake_case(part) for part in "".join(words).split())
    return found.strip("_") or "empty"


def _sign(character: str) -> str:
    name = unicodedata.name(character, f"u{ord(character):04x}")
    return _SIGNS.get(character, name.replace("-", " ").lower())


def free(taken: set[str], *wanted: str) -> str:
    """The first of the names that is not taken, or else the last with a number. It is taken now."""
    numbered = (f"{wanted[-1].rstrip('_')}_{number}" for number in count(2))
    name = next(name for name in chain(wanted, numbered) if name not in taken)
    taken.add(name)
    return name
