"""Where the repository and the documents of the tests are, and the first version of the chain."""

from pathlib import Path

from generator.spec.read import yaml_block

ROOT = Path(__file__).parents[2]
DOCUMENTS = Path(__file__).parent / "documents"
#: What mypy knows of the dependencies of generated packages: reading them takes longest.
MYPY_CACHE = ROOT / ".mypy_cache/packages"

# The first version of the chain. It stays the same when the project's own contract changes.
PAGE = (DOCUMENTS / "get-user-activity.md").read_bytes()
FIRST_UPSTREAM = yaml_block(PAGE.decode())
FIRST_OVERLAY = (DOCUMENTS / "get-user-activity-overlay.yaml").read_bytes().decode()
