"""What the quarterly bulletin (通报) says: every number from one release, none counted anew."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from parks.models import Unit
from targets.bulletin import words
from targets.figures import counting, flows, frozen_counts, frozen_spans
from targets.figures.counting import Counts
from targets.figures.flows import GAINS, LOSSES, Bridge, Flows
from targets.figures.headlines import HEADLINES
from targets.models import Definition, FrozenSpan, Indicator, Release, Scope, Span
from targets.releases import bridge as release_bridge
from targets.releases import completion as release_completion
from targets.releases import tasks as release_tasks
from targets.releases.bridge import Chain, Corrected
from targets.releases.completion import Frozen
from targets.releases.tasks import ReleasedTask

EXPIRING_MONTHS = 6
ANNEXES = {
    "completion": "各单位目标完成情况表",
    "towns": "各镇街情况表",
    "tasks": "重点任务推进情况表",
    "expiring": "即将到期高新技术企业名单",
}
DEFINITION = Definition.CERTIFICATE.value
Opening, Closing = Span.Opening, Span.Closing
IN_ALL = {Opening.ARRIVED: "区外迁入", Opening.REOPENED: "恢复"}
OUT_ALL = {Closing.LEFT: "迁出江津", Closing.CLOSED: "注销"}
OPENINGS = {
    "hnte": {Opening.FIRST: "首次认定", Opening.REGAINED: "失效后再认定"} | IN_ALL,
    "tech": {Opening.FIRST: "首次入库", Opening.REGAINED: "重新入库"} | IN_ALL,
}
CLOSINGS = {
    "hnte": {Closing.EXPIRED: "到期未续", Closing.REVOKED: "取消"} | OUT_ALL,
    "tech": {Closing.EXPIRED: "到期", Closing.REVOKED: "退库"} | OUT_ALL,
}
"""Edges of the district by indicator, as the field calls them; moves between its units cancel."""


@dataclass(frozen=True)
class BulletinHeadline:
    """One indicator of the district. `terms`: (reason, firms) of the quarter, increases first; `goals`: sentences."""

    name: str
    code: str
    value: int
    opening: int
    terms: list[tuple[str, int]]
    goals: list[str]
    share: Decimal | None
    corrected: Corrected | None

    @property
    def correction_in_words(self) -> str:
        return words.of_correction(self.corrected)

    @property
    def net(self) -> int:
        return self.value - self.opening

    @property
    def net_in_words(self) -> str:
        return (
            f"净增{self.net}家"
            if self.net > 0
            else f"净减{-self.net}家"
            if self.net < 0
            else "持平"
        )

    @property
    def terms_in_words(self) -> str:
        """Such as 其中首次认定3家、到期未续1家; empty when nothing happened."""
        told = "、".join(f"{reason}{firms}家" for reason, firms in self.terms if firms)
        return f"其中{told}" if told else ""


@dataclass(frozen=True)
class UnitLine:
    """One unit: its firms on the quarter's last day, and the net change in the quarter."""

    rank: int
    name: str
    hnte: int
    hnte_net: int
    tech: int
    tech_net: int
    hnte_share: Decimal | None


@dataclass(frozen=True)
class Expiring:
    number: int
    firm: str
    unit: str
    certificate: str
    last_day: dt.date


@dataclass(frozen=True)
class Bulletin:
    release: Release
    headlines: list[BulletinHeadline]
    parks: list[UnitLine]
    towns: list[UnitLine]
    expiring: list[Expiring]
    completion: Frozen | None
    tasks: list[ReleasedTask]
    chained: Chain | None

    @property
    def title_in_lines(self) -> str:
        """Broken where a word ends, the longer line first."""
        return f"关于{self.release.quarter}“双倍增”行动计划\n进展情况的通报"

    @property
    def title(self) -> str:
        return self.title_in_lines.replace("\n", "")

    @property
    def annexes(self) -> dict[str, str]:
        """Those that there are, in order: what they are about → title."""
        there = {
            "completion": self.completion,
            "towns": self.towns,
            "tasks": self.tasks,
            "expiring": self.expiring,
        }
        return {about: ANNEXES[about] for about, content in there.items() if content}

    @property
    def expiring_in_words(self) -> str:
        by_unit = Counter(one.unit for one in self.expiring).most_common(3)
        most = "、".join(f"{unit}{firms}家" for unit, firms in by_unit)
        return f"，其中{most}" if by_unit else ""

    @property
    def expiring_by_month(self) -> str:
        """Such as 2026年10月12家、11月80家; the year is named where it begins."""
        months = Counter((one.last_day.year, one.last_day.month) for one in self.expiring)
        told, last = [], 0
        for (year, month), firms in sorted(months.items()):
            told.append(f"{year}年{month}月{firms}家" if year != last else f"{month}月{firms}家")
            last = year
        return "、".join(told)


def build_bulletin(release: Release) -> Bulletin:
    """A handful of queries, whatever the number of firms."""
    before = release.quarter.period.first_day - dt.timedelta(days=1)
    stock = frozen_counts.count(release, [before, release.as_of], DEFINITION)
    units = list(Unit.objects.reporting().order_by("order", "code"))
    chained = release_bridge.chain(release, DEFINITION)
    flown = (
        chained.flows
        if chained
        else flows.between_frozen(release, before, release.as_of, DEFINITION)
    )
    return Bulletin(
        release=release,
        headlines=[_headline(release, code, stock, flown, chained) for code in HEADLINES],
        parks=_lines(
            [unit for unit in units if unit.kind == Unit.Kind.PARK], release, stock, before
        ),
        towns=_lines(
            [unit for unit in units if unit.kind == Unit.Kind.TOWN], release, stock, before
        ),
        expiring=_expiring(release, units),
        completion=release_completion.frozen_completion(release),
        tasks=release_tasks.tasks_of_release(release),
        chained=chained,
    )


def _headline(
    release: Release, code: str, stock: Counts, flown: Flows, chained: Chain | None
) -> BulletinHeadline:
    indicator, bridge = Indicator.objects.get(code=code), flown.bridge(code, str(Scope.DISTRICT))
    return BulletinHeadline(
        name=indicator.name.removesuffix("数量"),
        code=code,
        value=stock.stock(release.as_of, code, Scope.DISTRICT),
        opening=bridge.opening,
        terms=_terms(bridge),
        goals=[
            _goal(verdict, indicator)
            for verdict in release.verdicts
            if verdict["indicator"] == code
        ],
        share=release.figures.get(
            definition=DEFINITION, scope=Scope.DISTRICT, indicator=f"{code}_park_share"
        ).value,
        corrected=chained.of(code, Scope.DISTRICT) if chained else None,
    )


def _terms(bridge: Bridge) -> list[tuple[str, int]]:
    up = [(label, bridge.flows[GAINS[reason]]) for reason, label in OPENINGS[bridge.kind].items()]
    return up + [
        (label, bridge.flows[LOSSES[reason]]) for reason, label in CLOSINGS[bridge.kind].items()
    ]


def _goal(verdict: dict[str, object], indicator: Indicator) -> str:
    year = str(verdict["due"])[:4]
    if verdict["met"] is None:
        return f"{year}年目标{verdict['wording']}"
    if verdict["met"]:
        return f"{year}年目标{verdict['wording']}，已达到"
    return f"{year}年目标{verdict['wording']}，还差{verdict['missing']}{indicator.unit_label}"


def _lines(
    units: Sequence[Unit], release: Release, stock: Counts, before: dt.date
) -> list[UnitLine]:
    """Most firms first; equal ones in the plan's order."""

    def now(kind: str, scope: str) -> int:
        return stock.stock(release.as_of, kind, scope)

    ordered = sorted(units, key=lambda unit: (-now("hnte", unit.code), -now("tech", unit.code)))
    return [
        UnitLine(
            rank=number,
            name=unit.short_name,
            hnte=now("hnte", unit.code),
            hnte_net=now("hnte", unit.code) - stock.stock(before, "hnte", unit.code),
            tech=now("tech", unit.code),
            tech_net=now("tech", unit.code) - stock.stock(before, "tech", unit.code),
            hnte_share=counting.percent(now("hnte", unit.code), now("hnte", Scope.DISTRICT)),
        )
        for number, unit in enumerate(ordered, 1)
    ]


def _expiring(release: Release, units: Sequence[Unit]) -> list[Expiring]:
    """Firms valid on the day whose certificate runs out within six months, with none after it yet; unit by unit."""
    until = release.as_of + relativedelta(months=EXPIRING_MONTHS)
    holding = frozen_spans.listed(
        release, indicator="hnte", scope=Scope.DISTRICT, definition=DEFINITION
    )
    ending = holding.filter(closed_by=Span.Closing.EXPIRED, end__lte=until + dt.timedelta(days=1))
    names = {unit.code: unit.told_apart for unit in units}
    order = {unit.code: (unit.kind != Unit.Kind.PARK, number) for number, unit in enumerate(units)}
    last = (True, len(units))
    by_unit = sorted(ending, key=lambda one: (order.get(_unit(one), last), one.end, one.uscc))
    return [
        Expiring(number, one.name, names.get(_unit(one), _unit(one)), one.number, _last_day(one))
        for number, one in enumerate(by_unit, 1)
    ]


def _unit(span: FrozenSpan) -> str:
    """The unit that answers for the firm."""
    return span.park or span.town


def _last_day(span: FrozenSpan) -> dt.date:
    return span.end - dt.timedelta(days=1)
