"""An example of the generated module of this name, so that linters and editors find its names.

It is never copied: ``templates/_package.py.jinja`` makes the package's own.
"""

__version__ = "1.0.0"

PROJECT = "example-client"
"""The name to install the package by, and the name of its command."""

BASE_URL = "https://example.com/api"
"""The server that the document names."""

BASE_URL_VARIABLE = "EXAMPLE_CLIENT_BASE_URL"
"""The environment variable that names another server."""
