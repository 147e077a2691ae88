"""What the pages of assessment show, each put together in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from parks.models import Unit, User
from parks.numbers import plain
from targets.assessment import keeping, rights, scoring, sheet
from targets.assessment.addresses import cases_address, unit_address
from targets.assessment.gains import OneMore, deeds_of
from targets.assessment.sheet import ItemScore, ScoreSheet, UnitSheet
from targets.models import AssessmentEvent, AssessmentItem, AssessmentObjection, AssessmentScheme

BEST = 4
"""Things to do that a unit's page names first."""


def rule_words(item: AssessmentItem) -> str:
    """80%起分，100%得满分30分，最多33分."""
    if item.by_hand:
        return f"按佐证材料评分，最高{plain(item.cap)}分"
    mark = "%" if sheet.SOURCES[item.source].is_share else sheet.SOURCES[item.source].unit_word
    begun = f"{plain(item.floor)}{mark}起分，" if item.floor else ""
    told = f"{begun}{plain(item.full)}{mark}得{plain(item.weight)}分，其间按比例"
    if item.cap > item.weight:
        told += f"，超过的最多{plain(item.cap)}分"
    return told


@dataclass(frozen=True)
class SheetCell:
    """An item of a unit in the table: its points, and where what was counted stands."""

    line: ItemScore
    url: str


@dataclass(frozen=True)
class SheetRow:
    """`cells`: none of another unit than the viewer's own, whose items are not theirs to see."""

    sheet: UnitSheet
    url: str
    cells: Sequence[SheetCell]

    @property
    def unit(self) -> Unit:
        return self.sheet.unit


@dataclass(frozen=True)
class SheetColumn:
    item: AssessmentItem
    average: Decimal | None
    may_enter: bool


@dataclass(frozen=True)
class RuleLine:
    """An item in words: how it is counted, and how many points that gives."""

    item: AssessmentItem
    how: str
    rule: str


@dataclass(frozen=True)
class BoardPage:
    """`missing`: scores still to be entered. `waiting`: objections without an answer."""

    scheme: AssessmentScheme
    sheet: ScoreSheet
    rows: Sequence[SheetRow]
    columns: Sequence[SheetColumn]
    average: Decimal | None
    waiting: Sequence[AssessmentObjection]
    events: Sequence[AssessmentEvent]
    sees_ranking: bool
    wrong_sum: str
    not_frozen: Sequence[str]

    @property
    def rules(self) -> list[RuleLine]:
        return [
            RuleLine(item, sheet.SOURCES[item.source].how, rule_words(item))
            for item in self.sheet.items
        ]


def build_board(scheme: AssessmentScheme, user: User, today: dt.date) -> BoardPage:
    """The number of queries does not grow with the units."""
    shown = sheet.build(scheme, today)
    ranking = rights.sees_ranking(user, scheme)
    rows = []
    for row in shown.by_rank if ranking else shown.units:
        if rights.may_see(user, row.unit):
            cells = [SheetCell(line, cases_address(line.item, row.unit)) for line in row.lines]
            rows.append(SheetRow(row, unit_address(scheme, row.unit), cells))
        elif ranking:
            rows.append(SheetRow(row, "", []))
    waiting: list[AssessmentObjection] = []
    if user.in_bureau:
        open_ones = scheme.objections.filter(answer=None)
        waiting = list(open_ones.select_related("unit", "item"))
    freezable = scheme.is_decreed and user.in_bureau
    return BoardPage(
        scheme=scheme,
        sheet=shown,
        rows=rows,
        columns=_columns(shown),
        average=_average([row.points for row in shown.units]),
        waiting=waiting,
        events=list(scheme.events.select_related("by")) if user.sees_whole_district else [],
        sees_ranking=ranking,
        wrong_sum=keeping.wrong_sum(scheme, shown.items) if scheme.is_editable else "",
        not_frozen=keeping.why_not_frozen(shown, len(waiting), today) if freezable else [],
    )


def _columns(shown: ScoreSheet) -> list[SheetColumn]:
    columns = []
    for place, item in enumerate(shown.items):
        points = [row.lines[place].points for row in shown.units]
        may_enter = item.by_hand and shown.scheme.is_decreed
        columns.append(SheetColumn(item, _average(points), may_enter))
    return columns


def _average(points: Sequence[Decimal | None]) -> Decimal | None:
    """Of those that have points."""
    known = [one for one in points if one is not None]
    return scoring.rounded(Fraction(sum(known)) / len(known)) if known else None


@dataclass(frozen=True)
class ItemLine:
    line: ItemScore
    url: str
    rule: str


@dataclass(frozen=True)
class UnitScorePage:
    """`best`: what gives most, the best first."""

    scheme: AssessmentScheme
    sheet: ScoreSheet
    row: UnitSheet
    lines: Sequence[ItemLine]
    best: Sequence[OneMore]
    objections: Sequence[AssessmentObjection]
    sees_ranking: bool
    may_object: bool

    @property
    def left_out(self) -> list[ItemScore]:
        return [line.line for line in self.lines if line.line.points is None]


def build_unit(
    scheme: AssessmentScheme, unit: Unit, user: User, today: dt.date
) -> UnitScorePage | None:
    """None where the unit is not on the sheet."""
    shown = sheet.build(scheme, today)
    row = shown.of(unit)
    if row is None:
        return None
    objections = scheme.objections.filter(unit=unit).select_related("item", "by", "answer__by")
    return UnitScorePage(
        scheme=scheme,
        sheet=shown,
        row=row,
        lines=[
            ItemLine(line, cases_address(line.item, unit), rule_words(line.item))
            for line in row.lines
        ],
        best=deeds_of(row)[:BEST],
        objections=list(objections.prefetch_related("files")),
        sees_ranking=rights.sees_ranking(user, scheme),
        may_object=rights.may_object(user, unit, scheme),
    )


@dataclass(frozen=True)
class SimulatedRow:
    """A unit before and after a change of the draft."""

    unit: Unit
    before: UnitSheet
    after: UnitSheet

    @property
    def change(self) -> Decimal | None:
        if self.before.points is None or self.after.points is None:
            return None
        return self.after.points - self.before.points

    @property
    def change_words(self) -> str:
        if self.change is None:
            return "—"
        return f"{self.change:+}".replace("-", "−") if self.change else "0"


def compare(
    scheme: AssessmentScheme,
    changed: AssessmentScheme,
    items: Sequence[AssessmentItem],
    today: dt.date,
) -> list[SimulatedRow]:
    """By the draft as it is saved, and as it would be; the first place after the change first."""
    before = sheet.build(scheme, today)
    after = sheet.simulate(changed, items, sheet.measure(scheme, items, today))
    rows = []
    for row in after.by_rank:
        earlier = before.of(row.unit)
        if earlier:
            rows.append(SimulatedRow(row.unit, earlier, row))
    return rows
