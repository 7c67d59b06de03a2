"""Where the repository and the documents of the tests are."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = Path(__file__).parent / "documents"
