"""What stops an act on a roster, as a Chinese sentence for whoever wanted it."""

from __future__ import annotations


class Refusal(Exception):
    """`code` tells programs the cause: locked, identical, state, unanswered, cases, reason, blocked, invalid."""

    def __init__(self, message: str, code: str = "state") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
