"""The performance goals of this client, as ratios of figures of bench.py."""

from __future__ import annotations

from typing import NamedTuple


class Goal(NamedTuple):
    """A ratio of two figures, with two upper limits.

    Attributes:
        contender: The contender whose figure is the numerator.
        row: The row of that figure.
        peer: The contender whose figure in that row is the denominator.
        must: The limit that the ratio must meet.
        aim: The limit that it should meet.
        per: For a cost per row: another row for the peer's figure, and how many of its bodies have
            as many rows as one body of ``row``.
    """

    contender: str
    row: str
    peer: str
    must: float
    aim: float
    per: tuple[str, int] | None = None


FEW = "decode 1,000 rows"
MANY = "decode 100,000 rows"
UNKNOWN = ", unknown field"

# Most goals are for the client without extras. A call with 1,000 rows is an exception: without
# [fast], this client and bare httpx parse the response with the same module.
GOALS = (
    Goal("this", FEW, "stock", 0.85, 0.7),
    Goal("fast", FEW, "stock", 0.5, 0.33),
    Goal("fast", FEW + UNKNOWN, "sdk", 0.5, 0.33),
    Goal("fast", MANY + UNKNOWN, "sdk", 0.35, 0.25),
    Goal("fast", FEW, "floor", 3, 2),
    Goal("fast", FEW + UNKNOWN, "stock", 0.65, 0.45),
    Goal("this", FEW + UNKNOWN, "stock", 0.9, 0.8),
    Goal("this", MANY, "this", 1.7, 1.25, (FEW, 100)),
    Goal("fast", MANY, "fast", 1.7, 1.25, (FEW, 100)),
    Goal("this", "`to_dict` of 1,000 rows", "stock", 1.0, 0.9),
    Goal("this", "memory held per row", "stock", 0.6, 0.4),
    Goal("this", "memory held per row" + UNKNOWN, "stock", 0.6, 0.4),
    Goal("this", "one call, 1 row", "httpx", 1.1, 0.85),
    Goal("this", "one call, 1 row", "stock", 0.8, 0.65),
    Goal("fast", "one call, 1,000 rows", "httpx", 0.85, 0.65),
    Goal("this", "30 calls at once", "httpx", 1.1, 0.8),
    Goal("httpx2", "30 calls at once", "httpx", 0.5, 0.42),
    Goal("this", "import", "httpx", 0.3, 0.1),
    Goal("this", "fresh process to first result", "sdk", 0.55, 0.42),
    Goal("this", "fresh process to first result", "stock", 0.95, 0.85),
    Goal("this", "size installed", "sdk", 0.25, 0.2),
    Goal("this", "generation, this document", "stock", 1.0, 0.9),
    Goal("this", "generation, 100 operations", "stock", 1.3, 1.0),
)
