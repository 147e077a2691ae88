"""A year's goals and how far each unit had come, as a release keeps them.

Frozen at publishing, read back ever after: neither goals nor facts that change later change them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from parks.models import Unit, User
from parks.numbers import grouped
from targets.figures import indicators
from targets.goals.completion import GoalState
from targets.goals.reached import Measure
from targets.models import Release, Scope

SUM = "sum"
"""Group of the rows that add up others; the other groups are the kinds of units."""
RANKED_BY = Measure.STOCK
"""The measure whose rate gives the rank; its gap, due number and state stand beside it."""
FLIGHT = frozenset(("behind", "in_flight", "still_missing"))
"""Fields that releases keep since firms in flight are told."""
# The four published colours; other states are no colour and are told by their word alone.
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
    """One measure, as `completion.Completion` had it on the release's day.

    Releases that were published before firms in flight were kept have the last three None.
    """

    goal: int | None
    done: int | None
    start: int
    rate: Decimal | None
    gap: int | None
    due: int | None
    deviation: Decimal | None
    state: GoalState
    since: dt.date | None
    behind: int | None = None
    in_flight: int | None = None
    still_missing: int | None = None

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
    def in_flight_in_words(self) -> str:
        return or_dash(self.in_flight)

    @property
    def still_missing_in_words(self) -> str:
        return or_dash(self.still_missing)

    @property
    def fill(self) -> str:
        """The pale tone behind the state, as RRGGBB."""
        return FILLS.get(self.state, "FFFFFF")

    @property
    def state_in_words(self) -> str:
        """Such as 红 滞后: the colour is named, so that it survives a black-and-white copier."""
        return f"{COLOURS.get(self.state, '')} {self.state.label}".strip()


def or_dash(value: Decimal | int | None) -> str:
    return "—" if value is None else grouped(value)


@dataclass(frozen=True)
class FrozenGoalRow:
    """One unit or sum and one indicator; `rank` among the units of its group, None where nothing is
    allotted.
    """

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
        parts = []
        for measure in Measure:
            reached = self.measures[measure]
            parts.append(f"{measure.label}{reached.done_in_words}/{reached.goal_in_words}")
        return f"{'、'.join(parts)}，{self.ranked.state_in_words}"

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
class FrozenCompletion:
    """`pace`: (state, colour's name, from when it holds).

    `when`: indicator → how much of the year was over. `names`: indicator → what it is called.
    `with_flight`: firms in flight were kept, and the states judged with them.
    """

    year: int
    revision: str
    when: Mapping[str, str]
    pace: Sequence[Sequence[str]]
    rows: Sequence[FrozenGoalRow]
    names: Mapping[str, str]
    with_flight: bool

    def rows_of_kind(self, kind: str) -> list[FrozenGoalRow]:
        """Parks and their sum, towns and theirs, the district."""
        rows = [row for row in self.rows if row.kind == kind]
        # Units were frozen in the order of their rank, which is kept.
        ordered = []
        for group, scope in (
            (Unit.Kind.PARK, Scope.PARKS),
            (Unit.Kind.TOWN, Scope.OUTSIDE),
            (None, Scope.DISTRICT),
        ):
            ordered += [row for row in rows if row.group == group]
            # A reporter sees no sums but the district's.
            ordered += [row for row in rows if row.group == SUM and row.scope == scope]
        return ordered

    def rows_by_scope(self, kind: str) -> dict[str, FrozenGoalRow]:
        """The units' rows, in the order of their rank within parks and within towns."""
        return {row.scope: row for row in self.rows if row.kind == kind and not row.is_sum}

    @property
    def tables(self) -> list[FrozenGoalTable]:
        """One per indicator."""
        return [
            FrozenGoalTable(self.names[kind], when, self.rows_of_kind(kind))
            for kind, when in self.when.items()
        ]


def frozen_completion(release: Release, user: User | None = None) -> FrozenCompletion | None:
    """What was frozen, as far as the user may see it (None: all).

    Reporters see the rows of the district and of their own unit. None where no goals were in force.
    """
    kept = release.completion
    if not kept:
        return None
    rows = []
    for row in kept["rows"]:
        # Without a user: a bulletin is published and shows every unit.
        if user is None or may_see_scope(user, row["scope"]):
            rows.append(_read_row(row))
    # An indicator that is counted no longer has only its code left for a name.
    names = {kind: kind for kind in kept["when"]} | indicators.released(release).short_names
    return FrozenCompletion(
        year=kept["year"],
        revision=kept["revision"],
        when=kept["when"],
        pace=kept["pace"],
        rows=rows,
        names=names,
        with_flight=knows_flight(kept),
    )


def knows_flight(kept: Mapping[str, Any]) -> bool:
    """Whether what was frozen tells of firms in flight; so it does where nothing was frozen."""
    measures = [kept for row in kept.get("rows", ()) for kept in row["measures"].values()]
    return all(measure.keys() >= FLIGHT for measure in measures)


def as_before_flight(kept: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """What would be kept now, as releases told it that kept no firms in flight: such as `before`."""
    rows = []
    for row in kept["rows"]:
        measures = {}
        for name, values in row["measures"].items():
            measures[name] = {key: value for key, value in values.items() if key not in FLIGHT}
        rows.append({**row, "measures": measures})
    # How the year is told was worded anew with them.
    return {**kept, "rows": rows, "when": before["when"]}


def may_see_scope(user: User, scope: str) -> bool:
    own_code = user.unit.code if user.unit else ""
    return user.sees_whole_district or scope in (Scope.DISTRICT.value, own_code)


def _read_row(row: Mapping[str, Any]) -> FrozenGoalRow:
    return FrozenGoalRow(
        kind=row["kind"],
        group=row["group"],
        scope=row["scope"],
        name=row["name"],
        rank=row["rank"],
        measures={name: _read_reached(kept) for name, kept in row["measures"].items()},
    )


def _read_reached(kept: Mapping[str, Any]) -> Reached:
    # Keys of what was frozen are the names of the fields: releases are read back for years.
    values = {**kept, "state": GoalState(kept["state"])}
    # JSON holds decimals and days as text.
    for name in ("rate", "deviation"):
        if kept[name] is not None:
            values[name] = Decimal(kept[name])
    values["since"] = dt.date.fromisoformat(kept["since"]) if kept["since"] else None
    return Reached(**values)


def completion_differences(before: Release, after: Release) -> list[str]:
    """A sentence for every unit and indicator of which the editions say something else."""
    then, now = frozen_completion(before), frozen_completion(after)
    if then is None and now is None:
        return []
    # Goals were allotted in between: every single row would differ, and one sentence says it.
    if then is None or now is None:
        return [f"目标完成情况：上一版{_revision_name(then)}，本版{_revision_name(now)}"]
    sentences = []
    if then.revision != now.revision:
        sentences.append(f"任务分解：上一版按{then.revision}，本版按{now.revision}")
    old_rows = {(row.kind, row.scope): row for row in then.rows}
    new_rows = {(row.kind, row.scope): row for row in now.rows}
    # Rows of either edition; the name is that of the later one where both have it.
    for key, row in (old_rows | new_rows).items():
        old, new = _row_in_words(old_rows.get(key)), _row_in_words(new_rows.get(key))
        if old != new:
            sentences.append(f"{row.name}{now.names[row.kind]}完成情况：{old} → {new}")
    return sentences


def _row_in_words(row: FrozenGoalRow | None) -> str:
    return row.in_words if row else "未列入"


def _revision_name(completion: FrozenCompletion | None) -> str:
    return completion.revision if completion else "没有下达任务"
