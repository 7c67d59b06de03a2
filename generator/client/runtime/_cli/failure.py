"""The exit codes of the command line, and the error that ends a command."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from .. import errors


class Code(IntEnum):
    """The exit codes. A crash has 1, which is Python's own."""

    DONE = 0
    USAGE = 2
    MISSING_PACKAGE = 3
    KEY_REFUSED = 4
    REQUEST_REFUSED = 5
    TOO_MANY_REQUESTS = 6
    SERVER_FAILED = 7
    NO_CONNECTION = 8
    TIMEOUT = 9
    BROKEN_CONTRACT = 10
    OUTPUT = 11


CODES = """\
Exit codes:
  0  done
  2  the arguments or the key are invalid; nothing was sent, unless no row
     has a column that is asked for
  3  a package is missing
  4  the server refused the key
  5  the server refused the request
  6  too many requests
  7  the server failed
  8  no connection
  9  timed out
  10 the response breaks the contract
  11 the output cannot be written"""

_CODES: Sequence[tuple[type[Exception], Code]] = (
    (errors.ConfigurationError, Code.USAGE),
    (errors.APITimeoutError, Code.TIMEOUT),
    (errors.APIConnectionError, Code.NO_CONNECTION),
    (errors.ResponseValidationError, Code.BROKEN_CONTRACT),
    (errors.AuthenticationError, Code.KEY_REFUSED),
    (errors.PermissionDeniedError, Code.KEY_REFUSED),
    (errors.RateLimitError, Code.TOO_MANY_REQUESTS),
    (errors.InternalServerError, Code.SERVER_FAILED),
    (errors.APIStatusError, Code.REQUEST_REFUSED),
)


class CommandError(Exception):
    """Ends the command with an exit code and one line on standard error."""

    def __init__(self, code: Code, line: str) -> None:
        super().__init__(line)
        self.code = code


def code_of(error: Exception) -> Code:
    """The exit code for an error of the client."""
    return next(code for kind, code in _CODES if isinstance(error, kind))
