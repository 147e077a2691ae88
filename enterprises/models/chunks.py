"""Long lists of keys in portions that a query takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

MOST = 20_000
"""Keys per IN list: below every database's limit on parameters."""


def chunks(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """The keys in order, at most `MOST` at a time."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), MOST):
        yield ordered[start : start + MOST]
