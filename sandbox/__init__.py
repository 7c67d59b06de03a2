"""A fake server for OpenRouter's API, for the demo, the tests and the examples.

It listens on loopback only. `python -m sandbox` runs it in the foreground, `serve()` in a thread.
`create_app()` returns the ASGI application.
"""

from sandbox.account import MAX_ROWS, WINDOW
from sandbox.app import BASE_PATH, INFERENCE_KEY, KEY_HASHES, MANAGEMENT_KEY, create_app
from sandbox.faults import FAULTS, Fault
from sandbox.server import Request, Sandbox, serve

__all__ = [
    "BASE_PATH",
    "FAULTS",
    "INFERENCE_KEY",
    "KEY_HASHES",
    "MANAGEMENT_KEY",
    "MAX_ROWS",
    "WINDOW",
    "Fault",
    "Request",
    "Sandbox",
    "create_app",
    "serve",
]
