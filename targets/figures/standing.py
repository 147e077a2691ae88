"""What is said of a target on a day: before its due day it cannot be missed yet."""

from __future__ import annotations

import datetime as dt

from django.db.models import TextChoices

from enterprises.marks import Mark, Tone


class Standing(TextChoices):
    REACHED = "reached", "已达到"
    NOT_DUE = "not_due", "未到期"
    REACHED_AT_DUE = "reached_at_due", "到期已达到"
    MISSED_AT_DUE = "missed_at_due", "到期未达到"
    UNKNOWN = "unknown", "无法判断"

    @property
    def mark(self) -> Mark:
        return MARKS[self]

    @property
    def sign(self) -> str:
        """Before the word, where no icon can be drawn."""
        return SIGNS.get(self, "")


MARKS = {
    Standing.REACHED: Mark(Tone.GOOD, "check-circle"),
    Standing.NOT_DUE: Mark(Tone.NONE, "hourglass-split"),
    Standing.REACHED_AT_DUE: Mark(Tone.GOOD, "check-circle"),
    Standing.MISSED_AT_DUE: Mark(Tone.BAD, "x-circle"),
    Standing.UNKNOWN: Mark(Tone.NONE, "question-circle"),
}
SIGNS = {Standing.REACHED: "✓", Standing.REACHED_AT_DUE: "✓", Standing.MISSED_AT_DUE: "✕"}


def turned_since(then: bool | None, now: bool | None) -> str:
    """What has become of a target since its due day; empty where it is judged as it was then."""
    # The verdict of the due day stands: another one is told beside it.
    if now is None or now == then:
        return ""
    return "已达到" if now else "又低于目标"


def standing_of(met: bool | None, due: dt.date, on: dt.date) -> Standing:
    """`met`: as judged on the day `on`; from the due day on there is no more waiting."""
    if met is None:
        return Standing.UNKNOWN
    if on < due:
        return Standing.REACHED if met else Standing.NOT_DUE
    return Standing.REACHED_AT_DUE if met else Standing.MISSED_AT_DUE
