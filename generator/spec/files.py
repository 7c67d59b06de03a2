"""Read and write text files, with clear errors, and each file completely or not at all."""

import os
import tempfile
from pathlib import Path

from generator.errors import GeneratorError


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        GeneratorError: There is no such file, or it is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GeneratorError(f"{path}: {getattr(error, 'strerror', None) or error}") from error


def write_text(path: Path, text: str) -> None:
    """Replace a file with one of this text, at once.

    Raises:
        GeneratorError: The file cannot be written. It is unchanged.
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


def contents(folder: Path) -> dict[str, bytes]:
    """The files of a folder by their relative paths, without what Python compiles for itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
