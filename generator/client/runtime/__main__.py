"""The command line, also for ``python -m`` and the name of this package."""

from __future__ import annotations

import sys

from ._package import PROJECT


def main() -> int:
    """Run the command line, and return its exit code.

    It needs libraries that the extra [cli] installs. Where one is missing, it says so.
    """
    try:
        from ._cli import commands
    except ModuleNotFoundError as error:
        if error.name not in ("cyclopts", "rich"):
            raise
        install = f"pip install '{PROJECT}[cli]'"
        sys.stderr.write(f"{PROJECT}: {error.name} is missing: {install}\n")
        return 3
    return commands.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
