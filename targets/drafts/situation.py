"""What a bulletin's words are drafted from: how a quarter ended, and what stands on the day of drafting.

Nothing is counted here: every figure is asked of the room that counts it for its own page.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count

from enterprises.models import Application, Quarter
from enterprises.models.validity import in_force
from enterprises.reporting import board as roster_board
from enterprises.reporting.board import BoardLine, QuarterBoard
from parks.models import Unit
from targets.figures.counting import answered_for
from targets.goals import page as goal_page
from targets.goals.completion import Completion, CompletionQuestion, measure_completion
from targets.goals.page import GoalsBoard
from targets.goals.reached import Measure
from targets.in_flight import PARK, PLACEMENT, TOWN
from targets.key_tasks import board as task_board
from targets.key_tasks.board import TaskBoard
from targets.meetings import standing
from targets.meetings.standing import OpenDecisions
from targets.models import ApplicationBatch
from targets.renewals import rules as renewal_rules
from targets.renewals.form import DAYS_AHEAD, unfiled_question
from targets.renewals.rules import UNFILED, RenewalRow


@dataclass(frozen=True)
class BehindUnits:
    """Units that lack firms of an indicator even if all in flight are certified; the most first."""

    code: str
    name: str
    rows: Sequence[tuple[Unit, Completion]]

    @property
    def firms(self) -> int:
        return sum(stock.lacking or 0 for _, stock in self.rows)


@dataclass(frozen=True)
class QuarterSituation:
    """`quarter` by its last day: goals and what is behind. All else as of `today`."""

    quarter: Quarter
    today: dt.date

    @property
    def ahead(self) -> dt.date:
        """The last day of what is told as coming."""
        return self.today + dt.timedelta(DAYS_AHEAD)

    @cached_property
    def units(self) -> list[Unit]:
        return list(Unit.objects.reporting())

    @cached_property
    def goals(self) -> GoalsBoard | None:
        return goal_page.board_on(self.quarter.last_day)

    @cached_property
    def behind(self) -> list[BehindUnits]:
        if self.goals is None:
            return []
        found = []
        for indicator in self.goals.done.counts.indicators.headlines:
            told = [(unit, self._stock(indicator.code, unit)) for unit in self.units]
            rows = [(unit, stock) for unit, stock in told if stock.lacking]
            rows.sort(key=lambda row: row[1].urgency)
            found.append(BehindUnits(indicator.code, indicator.short_name, rows))
        return [one for one in found if one.rows]

    def _stock(self, kind: str, unit: Unit) -> Completion:
        """Without growth and first recognitions: nobody is called behind by those."""
        board = self.goals
        assert board is not None
        allotted = board.allotted.get((kind, unit.pk))
        goals = {Measure.STOCK: allotted.stock} if allotted else {}
        question = CompletionQuestion(kind, answered_for(unit), goals)
        when = board.when_of(kind)
        return measure_completion(Measure.STOCK, question, board.done, when, board.rules)

    @cached_property
    def rosters(self) -> QuarterBoard:
        return roster_board.build_board(self.quarter, self.today, self.units)

    @property
    def rosters_missing(self) -> list[BoardLine]:
        return [line for line in self.rosters.lines if not line.is_in]

    @property
    def rosters_late(self) -> list[BoardLine]:
        return [line for line in self.rosters.lines if line.is_in and line.is_late]

    @cached_property
    def tasks(self) -> TaskBoard:
        return task_board.build_board(self.quarter.period, self.today)

    @cached_property
    def decisions(self) -> OpenDecisions:
        return standing.open_decisions(self.today)

    @cached_property
    def renewals(self) -> list[RenewalRow]:
        """Certificates that lapsed and are still renewable, or lapse within DAYS_AHEAD days."""
        kind = renewal_rules.usual_kind()
        if kind is None:
            return []
        asked = unfiled_question(self.today, kind, None)
        # The spans follow the ledger already: goals were counted before.
        return renewal_rules.rows(kind.code, asked.since, asked.until, on=self.today)

    @cached_property
    def lapsed(self) -> list[RenewalRow]:
        return [row for row in self.renewals if row.lapses_on <= self.today and row.is_open]

    @cached_property
    def lapsing(self) -> list[RenewalRow]:
        return [row for row in self.renewals if row.lapses_on > self.today and row.is_open]

    @cached_property
    def rejected(self) -> dict[str, Counter[str]]:
        """Kind → unit's name → firms whose application of the quarter's year was rejected."""
        here = in_force(self.today, f"{PLACEMENT}__since", f"{PLACEMENT}__until")
        standing_so = in_force(self.today, "since", "until")
        rows = Application.objects.filter(
            standing_so, here, year=self.quarter.year, stage=Application.Stage.REJECTED
        ).order_by()
        grouped = rows.values_list("kind__name", PARK, TOWN).annotate(
            firms=Count("enterprise", distinct=True)
        )
        names = {unit.code: unit.told_apart for unit in self.units}
        found: dict[str, Counter[str]] = {}
        for kind, park, town, firms in grouped:
            # As everywhere: the park answers for a firm that stands in one.
            found.setdefault(kind, Counter())[names.get(park or town, park or town)] += firms
        return found

    @cached_property
    def batches(self) -> list[ApplicationBatch]:
        rows = ApplicationBatch.objects.select_related("kind")
        return list(rows.order_by("kind__order", "year", "number"))


def unfiled(rows: Sequence[RenewalRow]) -> list[RenewalRow]:
    return [row for row in rows if row.standing.state in UNFILED]


def by_unit(rows: Sequence[RenewalRow]) -> Mapping[str, int]:
    return Counter(row.unit_name for row in rows)
