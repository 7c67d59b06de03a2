"""From a published document to a client package: ``python -m generator``."""
