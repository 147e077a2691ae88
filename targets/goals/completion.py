"""How far each unit has come: done against goal and against the time passed, and its colour."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.db.models import TextChoices

from enterprises.marks import Mark, Tone
from targets.goals.reached import Measure, ReachedCounts
from targets.models import ApplicationBatch, PaceRule
from targets.outlook.model import needs


class GoalState(TextChoices):
    """The four published colours, and what there is to say where none of them applies."""

    AHEAD = "ahead", "超前"
    NORMAL = "normal", "正常"
    OVERDUE = "overdue", "偏慢"
    LAGGING = "lagging", "滞后"
    AWAITING = "awaiting", "尚待公布"
    NOT_BEGUN = "not_begun", "尚未开始"
    NOTHING = "nothing", "无任务"

    @property
    def mark(self) -> Mark:
        return PACE_MARKS[self]


PACE_MARKS = {
    GoalState.AHEAD: Mark(Tone.MOVE, sign="▲"),
    GoalState.NORMAL: Mark(Tone.GOOD, "check-circle"),
    GoalState.OVERDUE: Mark(Tone.WATCH, "exclamation-triangle"),
    GoalState.LAGGING: Mark(Tone.BAD, "x-circle"),
    GoalState.AWAITING: Mark(Tone.MOVE, "hourglass-split"),
    GoalState.NOT_BEGUN: Mark(Tone.NONE, "question-circle"),
    GoalState.NOTHING: Mark(Tone.NONE),
}

BEHIND = (GoalState.OVERDUE, GoalState.LAGGING)
Thresholds = Mapping[str, Decimal | None]
"""State → percentage points from which it holds, as in PaceRule."""


@dataclass(frozen=True)
class Batches:
    """The application batches of a year: the last day of each, in order, and when the last is out.

    `out_on`: the day on which the certificates of the last batch are issued; None while unknown.
    """

    closings: Sequence[dt.date] = ()
    out_on: dt.date | None = None


@dataclass(frozen=True)
class Calendar:
    """A year as seen on a day; `elapsed` is the share of it that is over, from 0 to 1.

    `batches`: those in which firms apply. Without any for a kind that nobody applies for.
    """

    year: int
    day: dt.date
    batches: Batches = Batches()

    @property
    def opening(self) -> dt.date:
        return dt.date(self.year - 1, 12, 31)

    @property
    def begun(self) -> bool:
        # The eve of the year belongs to the year before.
        return self.day > self.opening

    @property
    def elapsed(self) -> Fraction:
        # Exact, so that a threshold is reached on its very day.
        days = 366 if calendar.isleap(self.year) else 365
        passed = (self.day - self.opening).days
        return Fraction(min(max(passed, 0), days), days)

    @property
    def closed(self) -> int:
        """How many application batches are over."""
        # On its last day a batch is still open.
        return sum(closing < self.day for closing in self.batches.closings)

    @property
    def none_closed(self) -> bool:
        """Firms apply in batches, and the first of them is still open or to come."""
        return bool(self.batches.closings) and not self.closed

    @property
    def out_on(self) -> dt.date:
        """From this day on nothing more of the year is to be expected of what is in flight."""
        last = dt.date(self.year, 12, 31)
        return min(self.batches.out_on or last, last)

    @property
    def is_out(self) -> bool:
        return self.day >= self.out_on


@dataclass(frozen=True)
class Completion:
    """One measure of one unit.

    `goal` is None where nothing is allotted, `done` where the year has not begun. `start` is what
    the measure stood at when the year began (0 for growth and first recognitions). `since` is the
    month's end since which the state has been the same. `in_flight` is None for a kind without
    applications.
    """

    measure: Measure
    goal: int | None
    done: int | None
    start: int
    elapsed: Fraction
    state: GoalState
    since: dt.date | None = None
    in_flight: int | None = None

    @property
    def rate(self) -> Decimal | None:
        """Done ÷ goal in percent, one decimal; None over nothing and of a loss."""
        # Less than nothing is no share of a goal: a loss is told in firms.
        if self.done is not None and self.done < 0:
            return None
        return _percent(self.done, self.goal)

    @property
    def rate_in_words(self) -> str:
        """80.0%, 净减5家; — where nothing can be said."""
        if self.goal and self.done is not None and self.done < 0:
            return f"净减{-self.done}家"
        return "—" if self.rate is None else f"{self.rate}%"

    @property
    def gap(self) -> int | None:
        """全年还差: firms to the year-end goal; negative where it is exceeded."""
        return None if self.goal is None or self.done is None else self.goal - self.done

    @property
    def due(self) -> int | None:
        """What time-proportional progress asks for today, in whole firms (rounded down)."""
        if self.goal is None or self.state == GoalState.NOT_BEGUN:
            return None
        # Rounded down: a part of a firm cannot be missing.
        return int(expected_by_now(self.goal, self.start, self.elapsed))

    @property
    def behind(self) -> int | None:
        """落后序时: firms fewer than are due today; 0 where there are enough."""
        if self.due is None or self.done is None:
            return None
        return max(self.due - self.done, 0)

    @property
    def still_missing(self) -> int | None:
        """仍缺: what would be missing even if every firm in flight got its certificate."""
        return None if self.behind is None else max(self.behind - (self.in_flight or 0), 0)

    @property
    def lacking(self) -> int | None:
        """仍缺 of what is behind; 0 where nothing is called missing yet, None where not judged."""
        if self.still_missing is None:
            return None
        return self.still_missing if self.state in BEHIND else 0

    @property
    def behind_in_words(self) -> str:
        """落后序时25家；即使在途13家全部通过，仍缺12家. Empty where nothing is judged."""
        if self.behind is None:
            return ""
        if not self.behind:
            return "不落后于序时进度"
        told = f"落后序时{self.behind}家"
        if not self.in_flight:
            return told
        if not self.still_missing:
            return f"{told}，在途{self.in_flight}家，够补上"
        return f"{told}；即使在途{self.in_flight}家全部通过，仍缺{self.still_missing}家"

    @property
    def urgency(self) -> tuple[bool, int, int]:
        """A key that sorts by 仍缺, then by 落后序时, the most first and what is not judged last."""
        return self.behind is None, -(self.still_missing or 0), -(self.behind or 0)

    @property
    def deviation(self) -> Decimal | None:
        """Percentage points ahead of the time that has passed; negative behind it."""
        if self.goal is None or self.done is None or self.state == GoalState.NOT_BEGUN:
            return None
        if self.goal <= 0:
            return None
        return _one_decimal(deviation_in_points(self.goal, self.done, self.start, self.elapsed))


def expected_by_now(goal: int, start: int, elapsed: Fraction) -> Fraction:
    """Straight from the start to the goal over the year; the goal where nothing is to be gained."""
    # Where the goal asks for no growth, all of it is due on every day of the year.
    if goal <= start:
        return Fraction(goal)
    return start + (goal - start) * elapsed


def deviation_in_points(goal: int, done: int, start: int, elapsed: Fraction) -> Fraction:
    """(done − expected) ÷ the way from start to goal, in percentage points.

    Where there is no way to go, the goal itself is the measure; it must be greater than 0.
    """
    # By the way to go, not by the goal: else a large stock would hide a year without growth.
    way = goal - start if goal > start else goal
    return (done - expected_by_now(goal, start, elapsed)) * 100 / way


def judge_state(
    goal: int | None,
    done: int | None,
    start: int,
    when: Calendar,
    thresholds: Thresholds,
    in_flight: int = 0,
) -> GoalState:
    """The state of one measure on a day. The only place where it is judged.

    Judged is 仍缺: what is in flight is not behind until the year's last batch is out. Less than
    one firm behind is not behind.
    """
    if not when.begun or done is None:
        return GoalState.NOT_BEGUN
    if goal is None or goal <= 0:
        return GoalState.NOTHING

    def colour(firms: int) -> GoalState:
        return _colour(deviation_in_points(goal, firms, start, when.elapsed), thresholds)

    state = colour(done)
    if state not in BEHIND:
        return state
    behind = int(expected_by_now(goal, start, when.elapsed)) - done
    if behind <= 0:
        return GoalState.NORMAL
    # Before the first batch has closed nobody can have anything in flight: no firm is late yet.
    if when.none_closed:
        return GoalState.AWAITING
    if when.is_out:
        return state
    # Nobody can hold a certificate that is not published yet.
    return GoalState.AWAITING if behind <= in_flight else colour(done + in_flight)


def _colour(points: Fraction, thresholds: Thresholds) -> GoalState:
    """The best state whose threshold is reached; GoalState lists them from best to worst."""
    for state in GoalState:
        threshold = thresholds.get(state)
        if threshold is not None and points >= Fraction(threshold):
            return state
    return GoalState.LAGGING


def batches_of_year(year: int) -> dict[str, Batches]:
    """By kind; kinds without are left out.

    A year that is not announced yet is taken to be like the last announced one before it.
    """
    announced: dict[str, list[ApplicationBatch]] = defaultdict(list)
    for batch in ApplicationBatch.objects.closing().filter(year__lte=year).select_related("kind"):
        announced[batch.kind.code].append(batch)
    # Each kind by itself: one may be announced for the year, another not yet.
    return {kind: _batches_of_kind(batches, year) for kind, batches in announced.items()}


def _batches_of_kind(announced: Sequence[ApplicationBatch], year: int) -> Batches:
    latest = max(batch.year for batch in announced)
    batches = [batch for batch in announced if batch.year == latest]
    last = max(batches, key=lambda batch: batch.number)
    return Batches(
        closings=sorted(needs.moved(batch, year).last_day for batch in batches),
        # Unlike the closings it differs by months from year to year: none is taken from another.
        out_on=last.certificates_on if latest == year else None,
    )


def month_ends(when: Calendar) -> list[dt.date]:
    """The ends of the year's months before the day."""
    ends = [
        dt.date(when.year, month, calendar.monthrange(when.year, month)[1])
        for month in range(1, 13)
    ]
    return [end for end in ends if end < when.day]


@dataclass(frozen=True)
class CompletionQuestion:
    """Whose completion: an indicator over a scope, and its goals."""

    kind: str
    scope: str
    goals: Mapping[Measure, int]


def measure_completion(
    measure: Measure,
    asked: CompletionQuestion,
    done: ReachedCounts,
    when: Calendar,
    rules: Thresholds,
) -> Completion:
    """One measure on the day, its state, and since which month's end it has been so.

    `done` must have been counted on the ends of the year's months too.
    """
    goal = asked.goals.get(measure)
    start = done.start(measure, asked.kind, asked.scope)

    def state_on(day: dt.date) -> GoalState:
        then = Calendar(when.year, day, when.batches)
        reached = done.reached(measure, asked.kind, asked.scope, day)
        flying = done.in_flight(measure, asked.kind, asked.scope, day) or 0
        return judge_state(goal, reached, start, then, rules, flying)

    # The months are judged by today's goals and rules: how it was judged then is not kept.
    state = state_on(when.day)
    return Completion(
        measure=measure,
        goal=goal,
        done=done.reached(measure, asked.kind, asked.scope, when.day),
        start=start,
        elapsed=when.elapsed,
        state=state,
        since=_since(state, [(end, state_on(end)) for end in month_ends(when)]),
        in_flight=done.in_flight(measure, asked.kind, asked.scope, when.day),
    )


def _since(state: GoalState, months: Sequence[tuple[dt.date, GoalState]]) -> dt.date | None:
    """The earliest of the month ends in a row, up to the last, that had this state.

    None where the last had not, and for a state that is no colour.
    """
    if state not in PaceRule.State.values:
        return None
    since = None
    for end, state_then in reversed(months):
        if state_then != state:
            break
        since = end
    return since


def _percent(part: int | None, whole: int | None) -> Decimal | None:
    if part is None or whole is None or whole <= 0:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _one_decimal(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
