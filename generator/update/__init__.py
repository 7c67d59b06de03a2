"""A new version of the document: fetch it, compare it, and regenerate the client."""
