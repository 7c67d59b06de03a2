"""Run the sandbox until it is interrupted: `python -m sandbox`."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import sys

from sandbox.app import MANAGEMENT_KEY, create_app
from sandbox.faults import describe
from sandbox.server import Sandbox, listen, make_server


def introduction(base_url: str) -> str:
    """The base URL, and the commands that call the sandbox from another shell."""
    # A proxy cannot reach this machine's loopback interface.
    variables = (
        f"OPENROUTER_ANALYTICS_BASE_URL={base_url} "
        f"OPENROUTER_MANAGEMENT_KEY={MANAGEMENT_KEY} no_proxy=127.0.0.1"
    )
    return f"""{base_url}

To print the activity of its account, copy this into another shell:
{variables} {shlex.quote(sys.executable)} -m openrouter_analytics get-user-activity

To run anything else against it there, copy this first:
export {variables}"""


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A fake server for OpenRouter's API on 127.0.0.1. "
        "Its base URL is the first line of the output. Commands to copy follow.",
        epilog=f"The key that may read the activity: {MANAGEMENT_KEY}",
    )
    add = parser.add_argument
    add("--port", type=int, default=0, help="port to listen on (default: a free one)")
    add("--rows", type=int, help="rows of the account, 0 to 1,000,000 (default: a natural account)")
    add("--seed", type=int, default=0, help="another seed, another account (default: 0)")
    add("--fault", metavar="NAME[:ARGUMENT]", help="a fault for every request (see --list-faults)")
    add("--list-faults", action="store_true", help="print the faults and exit")
    arguments = parser.parse_args(argv)
    if arguments.list_faults:
        print(describe())
        return 0
    try:
        app = create_app(rows=arguments.rows, seed=arguments.seed, fault=arguments.fault)
        listener = listen(arguments.port)
    except (ValueError, OSError) as error:
        parser.error(str(error))
    with listener:
        sandbox = Sandbox(listener.getsockname()[1])
        try:
            print(introduction(sandbox.base_url), flush=True)
        except OSError as error:  # nobody would know the address
            sys.stderr.write(f"python -m sandbox: stdout: {error.strerror}\n")
            os._exit(1)  # not sys.exit: it would write again
        with contextlib.suppress(KeyboardInterrupt):
            make_server(app, sandbox).run([listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
