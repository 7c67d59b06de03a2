"""An example of the generated module of this name, so that linters and editors find its names.

It is never copied: ``templates/_cli/commands.py.jinja`` makes the package's own.
"""

from collections.abc import Sequence

from . import app

program = app.command_line("A program without commands.", [])


def main(arguments: Sequence[str]) -> int:
    """Run the command line, and return its exit code."""
    return app.main(program, arguments, [])
