"""What is prepared outside a transaction may hold no more when its turn to be written comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Written = TypeVar("Written")


class Overtaken(Exception):
    """Somebody has written in between: go back, prepare again outside the transaction, and return.

    Whoever raises it sees to an end: after some tries he prepares inside the transaction.
    """

    def __init__(self, prepare_again: Callable[[], None]) -> None:
        super().__init__("overtaken by another writer")
        self.prepare_again = prepare_again


def until_it_holds(write: Callable[[], Written]) -> Written:
    """Call `write`, which opens its transaction itself, until it was not overtaken."""
    while True:
        try:
            return write()
        except Overtaken as overtaken:
            prepare_again = overtaken.prepare_again
        # Not while the exception is handled: it would keep what was prepared before in memory.
        prepare_again()
