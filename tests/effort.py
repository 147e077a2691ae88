"""How hard a test tries: a few examples and rounds each time, all of them in `make test-long`.

Which few is drawn by a seed that the run prints; `make test ARGS="--hypothesis-seed N"` and FAULT_SEED=N repeat them.
"""

import os
import random
from collections.abc import Iterable
from typing import TypeVar

Case = TypeVar("Case")
THOROUGH = os.environ.get("PORTAL_THOROUGH") == "1"
SHARE = 6
FEWEST = 3


def examples(many: int) -> int:
    """Of so many generated histories a test takes them all, or every sixth; at each of many moments a few."""
    if "TEST_MOMENTS" in os.environ:
        return FEWEST
    return many if THOROUGH else max(many // SHARE, FEWEST)


def rounds(few: int, many: int) -> int:
    """How often a race or a kill is tried, or with how many rows."""
    return many if THOROUGH else few


def drawn(few: int, many: Iterable[Case], what: str = "") -> list[Case]:
    """Of cases that each take long a few, or all; the two databases try different ones.

    `what`: tells many draws apart.
    """
    cases = list(many)
    if THOROUGH:
        return cases
    # Every worker must draw the same.
    chance = random.Random(os.environ.get("FAULT_SEED", "0") + what)
    chance.shuffle(cases)
    return cases[-few:] if os.environ.get("PORTAL_LANE") == "postgres" else cases[:few]
