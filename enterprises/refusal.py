"""What stops an act on a roster, as a Chinese sentence for whoever wanted it."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """`code` tells programs the cause: locked, identical, state, unanswered, cases, reason, blocked, invalid.
    `by_firm`: the objections one by one, firm's code → sentence, where there are such."""

    def __init__(
        self, message: str, code: str = "state", by_firm: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.by_firm = dict(by_firm or {})
