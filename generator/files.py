"""Read and write files of the chain: with clear errors, and never half."""

import os
import tempfile
from pathlib import Path

from generator.errors import GeneratorError


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        GeneratorError: There is no such file, or it is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GeneratorError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def write(path: Path, text: str) -> None:
    """Put ``text`` into a file, in place of what is there, at once.

    Raises:
        GeneratorError: The file cannot be written; it is as it was.
    """
    try:
        handle, scratch = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(text.encode("utf-8"))
            Path(scratch).chmod(0o644)
            Path(scratch).replace(path)
        except BaseException:
            Path(scratch).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise GeneratorError(f"{path}: {error.strerror or error}") from error
