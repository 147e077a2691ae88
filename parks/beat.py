"""Signs of life of long work: whoever holds a lease on it renews the lease by them."""

from collections.abc import Callable

Beat = Callable[..., None]
"""beat(phase, done=…, total=…): a sign of life; all of them may be left out."""


def silent(phase: str = "", *, done: int = 0, total: int | None = None) -> None:
    """Nobody is watching."""
