"""A year's goals and how far each unit had come, as a release keeps them: frozen at publishing, read back for ever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from parks.models import Unit, User
from targets.figures.counting import answered_for
from targets.figures.headlines import HEADLINES
from targets.goals import page as goal_page
from targets.goals import revisions as goal_revisions
from targets.goals import words as goal_words
from targets.goals.completion import Completion, GoalState, Measure
from targets.goals.form import KINDS, GoalsQuestion
from targets.models import PaceRule, Release, Scope

SUM = "sum"
"""Group of the rows that add up others; the other groups are the kinds of units."""
RANKED_BY = Measure.STOCK
"""The measure whose rate of completion gives the rank, and whose gap, due number and state stand beside it."""
Measures = Mapping[Measure, Completion]
COLOURS: Mapping[str, str] = {
    GoalState.AHEAD: "蓝",
    GoalState.NORMAL: "绿",
    GoalState.OVERDUE: "黄",
    GoalState.LAGGING: "红",
}
FILLS: Mapping[str, str] = {
    GoalState.AHEAD: "DCE9F7",
    GoalState.NORMAL: "DFF1E4",
    GoalState.OVERDUE: "FFF2C7",
    GoalState.LAGGING: "FBDADA",
}


@dataclass(frozen=True)
class Reached:
    """One measure, as `completion.Completion` had it on the release's day."""

    goal: int | None
    done: int | None
    start: int
    rate: Decimal | None
    gap: int | None
    due: int | None
    deviation: Decimal | None
    state: GoalState
    since: dt.date | None

    @property
    def goal_in_words(self) -> str:
        return or_dash(self.goal)

    @property
    def done_in_words(self) -> str:
        return or_dash(self.done)

    @property
    def rate_in_words(self) -> str:
        return or_dash(self.rate)

    @property
    def gap_in_words(self) -> str:
        return or_dash(self.gap)

    @property
    def due_in_words(self) -> str:
        return or_dash(self.due)

    @property
    def fill(self) -> str:
        """The pale tone behind the state, as RRGGBB."""
        return FILLS.get(self.state, "FFFFFF")

    @property
    def state_in_words(self) -> str:
        """Such as 红 滞后: the colour is named, so that it survives a black-and-white copier."""
        return f"{COLOURS.get(self.state, '')} {self.state.label}".strip()


def or_dash(value: Decimal | int | None) -> str:
    return "—" if value is None else str(value)


@dataclass(frozen=True)
class FrozenGoalRow:
    """One unit or sum and one indicator; `rank` among the units of its group, None where nothing is allotted."""

    kind: str
    group: str
    scope: str
    name: str
    rank: int | None
    measures: Mapping[str, Reached]

    @property
    def is_sum(self) -> bool:
        return self.group == SUM

    @property
    def rank_in_words(self) -> str:
        return or_dash(self.rank)

    @property
    def ranked(self) -> Reached:
        return self.measures[RANKED_BY]

    @property
    def in_words(self) -> str:
        """All measures, done of goal, and the state: 年末存量52/60、净增2/10、首次认定3/12，绿 正常."""
        told = "、".join(
            f"{measure.label}{self.measures[measure].done_in_words}/{self.measures[measure].goal_in_words}"
            for measure in Measure
        )
        return f"{told}，{self.ranked.state_in_words}"

    @property
    def stock(self) -> Reached:
        return self.measures[Measure.STOCK]

    @property
    def net(self) -> Reached:
        return self.measures[Measure.NET]

    @property
    def first(self) -> Reached:
        return self.measures[Measure.FIRST]

    @property
    def all(self) -> list[Reached]:
        return [self.measures[measure] for measure in Measure]


@dataclass(frozen=True)
class FrozenGoalTable:
    """Of one indicator; the district's row closes it."""

    name: str
    when: str
    rows: Sequence[FrozenGoalRow]

    @property
    def district(self) -> Reached:
        return self.rows[-1].ranked


@dataclass(frozen=True)
class Frozen:
    """`pace`: (state, colour's name, from when it holds); `when`: indicator → how much of the year was over."""

    year: int
    revision: str
    when: Mapping[str, str]
    pace: Sequence[Sequence[str]]
    rows: Sequence[FrozenGoalRow]

    def of(self, kind: str) -> list[FrozenGoalRow]:
        """Parks and their sum, towns and theirs, the district."""
        own = [row for row in self.rows if row.kind == kind]
        sums = {row.scope: row for row in own if row.group == SUM}
        parks = [row for row in own if row.group == Unit.Kind.PARK]
        towns = [row for row in own if row.group == Unit.Kind.TOWN]
        closing = [[sums[scope]] if scope in sums else [] for scope in Scope.values]
        district, of_parks, of_towns = closing
        return [*parks, *of_parks, *towns, *of_towns, *district]

    @property
    def tables(self) -> list[FrozenGoalTable]:
        """One per indicator."""
        return [FrozenGoalTable(KINDS[kind], self.when[kind], self.of(kind)) for kind in HEADLINES]


# --- freezing -------------------------------------------------------------------------------------------------------
def freeze(day: dt.date) -> dict[str, Any]:
    """The goals in force for the day's year and what was done by then; empty where none are allotted."""
    revision = goal_revisions.current(day.year)
    if revision is None:
        return {}
    rules = list(PaceRule.objects.all())
    board = goal_page.board_of(
        GoalsQuestion(day.year, day), goal_revisions.goals_of_revision(revision), rules
    )
    units = list(Unit.objects.reporting().order_by("order", "code"))
    return {
        "year": day.year,
        "revision": str(revision),
        "when": {kind: goal_words.of_calendar(board.when, kind) for kind in HEADLINES},
        "pace": [
            [state.value, str(state.label), words] for state, words, _ in goal_words.of_pace(rules)
        ],
        "rows": [row for kind in HEADLINES for row in _rows(kind, units, board.of_kind(kind))],
    }


def _rows(kind: str, units: Sequence[Unit], board: goal_page.GoalsBoard) -> list[dict[str, Any]]:
    """Units in the order of rank, those of a kind together; then the sums."""
    parks = [unit for unit in units if unit.kind == Unit.Kind.PARK]
    towns = [unit for unit in units if unit.kind != Unit.Kind.PARK]
    found = []
    for members in (parks, towns):
        told = [(unit, _measures(board, kind, answered_for(unit), [unit])) for unit in members]
        for rank, unit, measures in ranked(told):
            found.append(_row(kind, unit.kind, unit.code, unit.told_apart, rank, measures))
    sums = (
        (Scope.PARKS, "园区平台合计", parks),
        (Scope.OUTSIDE, "园区外合计", towns),
        (Scope.DISTRICT, "全区合计", units),
    )
    for scope, name, added in sums:
        found.append(
            _row(kind, SUM, str(scope), name, None, _measures(board, kind, str(scope), added))
        )
    return found


def _measures(
    board: goal_page.GoalsBoard, kind: str, scope: str, members: Sequence[Unit]
) -> Measures:
    return board.measures(kind, scope, board.allotted_to(members))


def ranked(told: Iterable[tuple[Unit, Measures]]) -> list[tuple[int | None, Unit, Measures]]:
    """By rate of completion, equal rates on the same rank; whoever has no rate comes last and has no rank."""
    ordered = sorted(
        told, key=lambda one: (one[1][RANKED_BY].rate is None, -(one[1][RANKED_BY].rate or 0))
    )
    rates = [measures[RANKED_BY].rate for _, measures in ordered]
    return [
        (None if rate is None else rates.index(rate) + 1, unit, measures)
        for rate, (unit, measures) in zip(rates, ordered, strict=True)
    ]


def _row(
    kind: str, group: str, scope: str, name: str, rank: int | None, measures: Measures
) -> dict[str, Any]:
    kept = {
        measure.value: {
            field.name: _plain(getattr(reached, field.name)) for field in fields(Reached)
        }
        for measure, reached in measures.items()
    }
    return {
        "kind": kind,
        "group": group,
        "scope": scope,
        "name": name,
        "rank": rank,
        "measures": kept,
    }


def _plain(value: Any) -> Any:
    """As JSON holds it: decimals and days as text."""
    return str(value) if isinstance(value, Decimal | dt.date) else value


# --- reading --------------------------------------------------------------------------------------------------------
def frozen_completion(release: Release, user: User | None = None) -> Frozen | None:
    """What was frozen, as far as the user may see it (None: all): reporters the district's and their own unit's rows.

    None where no goals were in force.
    """
    kept = release.completion
    if not kept:
        return None
    rows = [_read(row) for row in kept["rows"] if user is None or may_see(user, row["scope"])]
    return Frozen(kept["year"], kept["revision"], kept["when"], kept["pace"], rows)


def may_see(user: User, scope: str) -> bool:
    own = user.unit.code if user.unit else ""
    return user.sees_whole_district or scope in (Scope.DISTRICT.value, own)


def _read(row: Mapping[str, Any]) -> FrozenGoalRow:
    measures = {name: _reached(kept) for name, kept in row["measures"].items()}
    return FrozenGoalRow(
        row["kind"], row["group"], row["scope"], row["name"], row["rank"], measures
    )


def _reached(kept: Mapping[str, Any]) -> Reached:
    numbers = {
        name: Decimal(kept[name]) if kept[name] is not None else None
        for name in ("rate", "deviation")
    }
    since = dt.date.fromisoformat(kept["since"]) if kept["since"] else None
    return Reached(**{**kept, **numbers, "since": since, "state": GoalState(kept["state"])})


def differences(before: Release, after: Release) -> list[str]:
    """A sentence for every unit and indicator whose goals or completion the editions tell otherwise."""
    then, now = frozen_completion(before), frozen_completion(after)
    if then is None or now is None:
        return (
            [] if then is now else [f"目标完成情况：上一版{_revision(then)}，本版{_revision(now)}"]
        )
    said = (
        []
        if then.revision == now.revision
        else [f"任务分解：上一版按{then.revision}，本版按{now.revision}"]
    )
    known = {(row.kind, row.scope): row for row in then.rows}
    told = {(row.kind, row.scope): row for row in now.rows}
    return said + [
        f"{row.name}{KINDS[row.kind]}完成情况：{_words(known.get(key))} → {_words(told.get(key))}"
        for key, row in (known | told).items()
        if _words(known.get(key)) != _words(told.get(key))
    ]


def _words(row: FrozenGoalRow | None) -> str:
    return row.in_words if row else "未列入"


def _revision(frozen: Frozen | None) -> str:
    return frozen.revision if frozen else "没有下达任务"
