"""The command line, also for ``python -m`` and the name of this package."""

import sys


def main() -> int:
    """Run the command line, and return its exit code.

    It needs libraries that the extra [cli] installs. Where one is missing, it says so.
    """
    try:
        # Until there is something to clean up, an interrupt ends the program without a traceback.
        import signal

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    except KeyboardInterrupt:
        return 130
    from ._cli.process import open_streams, write_error

    open_streams()
    try:
        from ._cli import commands
    except ModuleNotFoundError as error:
        if error.name not in ("cyclopts", "rich"):
            raise
        from ._package import PROJECT

        write_error(f"{PROJECT}: {error.name} is missing: pip install '{PROJECT}[cli]'")
        return 3
    return commands.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
