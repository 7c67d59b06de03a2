"""From a document to a Python client package."""
