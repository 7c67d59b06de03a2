"""The one exception of the generator."""


class GeneratorError(Exception):
    """A step of the chain failed. The message says which, where and why; it needs no traceback."""
