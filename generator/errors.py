"""The one exception of the generator."""

from collections.abc import Iterable


class GeneratorError(Exception):
    """A step of the chain failed. The message says which, where and why; it needs no traceback."""


def refuse(heading: str, problems: Iterable[str]) -> None:
    """Raise an error that lists problems under a heading, if there are any."""
    if found := list(problems):
        raise GeneratorError("\n  - ".join([heading, *found]))
