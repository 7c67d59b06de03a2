"""Where the repository and the documents of the tests are, and the first version of the chain."""

from pathlib import Path

from generator.spec.read import yaml_block

ROOT = Path(__file__).parents[2]
DOCUMENTS = Path(__file__).parent / "documents"
#: What mypy knows of the dependencies of generated packages: reading them takes longest.
MYPY_CACHE = ROOT / ".mypy_cache/packages"

# What the chain began with; it stays when the project's own contract goes on.
PAGE = (DOCUMENTS / "get-user-activity.md").read_bytes()
FIRST_UPSTREAM = yaml_block(PAGE.decode())
FIRST_OVERLAY = (DOCUMENTS / "get-user-activity-overlay.yaml").read_bytes().decode()
