"""What stops an act on a roster or an application, as a Chinese sentence."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """`message` is for the person, `code` tells programs the cause.

    Codes: locked, identical, state, unanswered, cases, reason, blocked, invalid. `by_firm`: code of
    a firm → the objection about it, where there are such.
    """

    def __init__(
        self, message: str, code: str = "state", by_firm: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.by_firm = dict(by_firm or {})
