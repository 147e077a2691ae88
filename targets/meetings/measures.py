"""Whether a decision has reached what it is measured by: judged from the figure, never entered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from enterprises.marks import Mark, Tone
from parks.models import Unit
from targets.goals import page as goal_page
from targets.goals.page import GoalsBoard
from targets.models import Decision

MET = Mark(Tone.GOOD, "check-circle")
UNMET = Mark(Tone.WATCH, "exclamation-triangle")
UNKNOWN = Mark(Tone.NONE, "question-circle")


@dataclass(frozen=True)
class MeasureReading:
    """`now` is None where the figure cannot be told, as before a year's goals are allotted."""

    decision: Decision
    now: int | None
    url: str

    @property
    def is_met(self) -> bool | None:
        if self.now is None or self.decision.value is None:
            return None
        if self.decision.quantity == Decision.Quantity.STILL_MISSING:
            return self.now <= self.decision.value
        return self.now >= self.decision.value

    @property
    def label(self) -> str:
        return {None: "无法判断", True: "已达到", False: "还没有达到"}[self.is_met]

    @property
    def mark(self) -> Mark:
        return {None: UNKNOWN, True: MET, False: UNMET}[self.is_met]

    @property
    def sentence(self) -> str:
        """双福高企仍缺 12→0，现12."""
        decision = self.decision
        assert decision.unit is not None
        assert decision.indicator is not None
        what = f"{decision.unit.told_apart}{decision.indicator.short_name}"
        return f"{what}{decision.get_quantity_display()} {_told(decision.began_at)}→{decision.value}，现{_told(self.now)}"


def _told(number: int | None) -> str:
    return "—" if number is None else str(number)


class Gauge:
    """Reads figures of a day; all from one count, made when the first is asked for."""

    def __init__(self, today: dt.date) -> None:
        self.today = today

    @cached_property
    def _board(self) -> GoalsBoard | None:
        return goal_page.board_on(self.today)

    def read(self, quantity: str, indicator: str, unit: Unit) -> int | None:
        if self._board is None:
            return None
        codes = {one.code for one in self._board.done.counts.indicators.headlines}
        # An indicator that is no headline any more is not counted by unit.
        if indicator not in codes:
            return None
        stock = self._board.of_kind(indicator).row(unit).stock
        return stock.lacking if quantity == Decision.Quantity.STILL_MISSING else stock.done

    def judge(self, decision: Decision) -> MeasureReading | None:
        """None for a decision that no figure measures."""
        if not decision.quantity or decision.indicator is None or decision.unit is None:
            return None
        code = decision.indicator.code
        now = self.read(decision.quantity, code, decision.unit)
        if self._board is None:
            return MeasureReading(decision, now, "")
        return MeasureReading(decision, now, self._board.of_kind(code).list_url(decision.unit))
