"""The public names: those of tests/package/api.txt, and what a difference does."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tests.release import surface
from tests.release.conftest import Checkout
from tests.release.context import PACKAGE, Context, StopError


def test_the_public_names_are_those_that_are_recorded() -> None:
    try:
        surface.surface(Context())
    except StopError as stop:
        pytest.fail("\n".join(stop.args), pytrace=False)


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        ("_base_client.py", "def with_timeout(", "def _gone(", "Client.with_timeout(timeout: "),
        ("client.py", "max_retries: int = 2", "max_retries: int = 3", "Client.__init__("),
        ("errors.py", "class ConflictError(APIStatusError)", "class ConflictError(APIError)",
         "class openrouter_analytics.errors.ConflictError(APIStatusError)"),
        ("models/activity_item.py", "    usage: float\n", "", "ActivityItem.usage: float"),
        ("models/error_detail.py", "    code: int\n", "    code: int | str\n", ".code: int"),
    ],
)  # fmt: skip
def test_a_name_that_goes_or_changes_stops(
    checkout: Checkout, name: str, old: str, new: str, line: str
) -> None:
    checkout.edit(PACKAGE / name, old, new)

    code, said = checkout.check("surface")

    gone = [found for found in said.splitlines() if "gone or changed: " in found]
    assert code == 1
    assert 1 == len(gone)
    assert line in gone[0]
    assert "`make api`" in said


def test_a_module_that_goes_stops_with_all_its_names(checkout: Checkout) -> None:
    (checkout.root / PACKAGE / "types.py").rename(checkout.root / PACKAGE / "_types.py")

    code, said = checkout.check("surface")

    assert code == 1
    assert "gone or changed: module openrouter_analytics.types\n" in said
    assert "gone or changed: openrouter_analytics.types.UNSET: " in said


def test_a_new_name_is_recorded_when_it_is_meant(checkout: Checkout) -> None:
    added = "def with_pause(self) -> None: ...\n\n    def with_timeout("
    checkout.edit(PACKAGE / "_base_client.py", "def with_timeout(", added)

    code, said = checkout.check("surface")
    renewed = checkout.check("--record")
    again = checkout.check("surface")[0]

    assert (1, (0, ""), 0) == (code, renewed, again)
    assert "not recorded: openrouter_analytics._base_client.BaseClient.with_pause() -> None" in said


EXAMPLE = {
    "__init__.py": """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from .shapes import Circle
        __all__ = ["Circle", "late", "shapes"]
        def __getattr__(name: str) -> object: ...
    """,
    "shapes.py": '''
        from typing import overload
        from attrs import define, field
        __all__ = ["Circle"]
        LIMIT = 3
        @define
        class Circle:
            """A circle."""
            radius: float
            name: str = "round"
            tags: list[str] = field(factory=list)
            note: str = field(repr=False)
            _hidden: int = 0
            def __init__(self, radius: float) -> None:
                self.seen = radius
            @property
            def area(self) -> float: ...
            @property
            def width(self) -> float: ...
            @width.setter
            def width(self, value: float) -> None: ...
            @overload
            def scale(self, by: int) -> int: ...
            @overload
            def scale(self, by: float) -> float: ...
            def scale(self, by: float) -> float: ...
            @staticmethod
            async def unit(*, big: bool = False) -> "Circle": ...
            def _inner(self) -> None: ...
        def area() -> None: ...
    ''',
    "plain.py": "from os import sep\nSIZE = 3\n_HIDDEN = 4\ndef main() -> None: ...\n",
    "_private.py": "__all__ = ['x']\nx = 1\n",
}
LINES = """\
module example
example.Circle = example.shapes.Circle
example.late
module example.plain
example.plain.SIZE = 3
example.plain.main() -> None
module example.shapes
class example.shapes.Circle()
example.shapes.Circle.__init__(radius: float) -> None
property example.shapes.Circle.area: float
example.shapes.Circle.name: str = 'round'
example.shapes.Circle.note: str
example.shapes.Circle.radius: float
example.shapes.Circle.scale(by: float) -> float
example.shapes.Circle.scale(by: int) -> int
example.shapes.Circle.seen
example.shapes.Circle.tags: list[str] = …
async staticmethod example.shapes.Circle.unit(*, big: bool = False) -> Circle
property example.shapes.Circle.width: float, can be set
"""


def test_a_line_says_all_that_a_caller_relies_on(tmp_path: Path) -> None:
    folder = tmp_path / "example"
    folder.mkdir()
    for name, text in EXAMPLE.items():
        (folder / name).write_text(textwrap.dedent(text))

    assert LINES.splitlines() == surface.lines(folder)
