"""What the quarterly bulletin (通报) says: every number from one release, none counted anew."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from parks.district import DISTRICT
from parks.models import Unit
from targets.bulletin import words
from targets.figures import counting, flows, frozen_counts, frozen_spans, indicators
from targets.figures.counting import Counts
from targets.figures.flows import GAINS, LOSSES, Bridge, Flows
from targets.figures.indicators import CountedIndicator, IndicatorSet, first_of
from targets.models import Definition, FrozenSpan, Release, Scope, Span
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
OUT_ALL = {Closing.LEFT: f"迁出{DISTRICT.short_name}", Closing.CLOSED: "注销"}
CERTIFIED = {Opening.FIRST: "首次认定", Opening.REGAINED: "失效后再认定"} | IN_ALL
ENTERED = {Opening.FIRST: "首次入库", Opening.REGAINED: "重新入库"} | IN_ALL
LAPSED = {Closing.EXPIRED: "到期未续", Closing.REVOKED: "取消"} | OUT_ALL
STRUCK_OFF = {Closing.EXPIRED: "到期", Closing.REVOKED: "退库"} | OUT_ALL
"""Edges of the district, as the field calls them; moves between its units cancel."""


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


UnitLine = Mapping[str, Any]
"""One unit by the marks of a template: `rank`, `name`, and for the code of each headline indicator its firms on the
quarter's last day, `<code>_net`: the change in the quarter, `<code>_share`: percent of the district."""


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
    indicators: IndicatorSet
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
    known = indicators.released(release)
    chained = release_bridge.chain(release, DEFINITION)
    flown = (
        chained.flows
        if chained
        else flows.between_frozen(release, before, release.as_of, DEFINITION)
    )
    return Bulletin(
        release=release,
        indicators=known,
        headlines=[
            _headline(release, known, indicator, stock, flown, chained)
            for indicator in known.headlines
        ],
        parks=_lines(Unit.Kind.PARK, units, known, stock),
        towns=_lines(Unit.Kind.TOWN, units, known, stock),
        expiring=_expiring(release, units, first_of(known.headlines)),
        completion=release_completion.frozen_completion(release),
        tasks=release_tasks.tasks_of_release(release),
        chained=chained,
    )


def _headline(
    release: Release,
    known: IndicatorSet,
    indicator: CountedIndicator,
    stock: Counts,
    flown: Flows,
    chained: Chain | None,
) -> BulletinHeadline:
    code = indicator.code
    bridge = flown.bridge(code, str(Scope.DISTRICT))
    return BulletinHeadline(
        name=indicator.heading,
        code=code,
        value=stock.stock(release.as_of, code, Scope.DISTRICT),
        opening=bridge.opening,
        terms=_terms(bridge, of_register=indicator.is_register),
        goals=[
            _goal(verdict, indicator)
            for verdict in release.verdicts
            if verdict["indicator"] == code
        ],
        share=_share(release, known.share_of(indicator.kind)),
        corrected=chained.of(code, Scope.DISTRICT) if chained else None,
    )


def _share(release: Release, indicator: CountedIndicator | None) -> Decimal | None:
    """The published share of the firms inside the parks; None where the plan asks for none."""
    if indicator is None:
        return None
    figures = release.figures.filter(definition=DEFINITION, scope=Scope.DISTRICT)
    return figures.get(indicator=indicator.code).value


def _terms(bridge: Bridge, *, of_register: bool) -> list[tuple[str, int]]:
    openings = ENTERED if of_register else CERTIFIED
    closings = STRUCK_OFF if of_register else LAPSED
    gained = [(label, bridge.flows[GAINS[reason]]) for reason, label in openings.items()]
    return gained + [(label, bridge.flows[LOSSES[reason]]) for reason, label in closings.items()]


def _goal(verdict: dict[str, object], indicator: CountedIndicator) -> str:
    year = str(verdict["due"])[:4]
    if verdict["met"] is None:
        return f"{year}年目标{verdict['wording']}"
    if verdict["met"]:
        return f"{year}年目标{verdict['wording']}，已达到"
    return f"{year}年目标{verdict['wording']}，还差{verdict['missing']}{indicator.unit_label}"


def _lines(kind: str, units: Sequence[Unit], known: IndicatorSet, stock: Counts) -> list[UnitLine]:
    """The units of a kind, most firms first; equal ones in the plan's order. `stock`: before the quarter, at its end."""
    before, now = stock.days
    codes = known.headline_codes
    members = [unit for unit in units if unit.kind == kind]
    members.sort(key=lambda unit: [-stock.stock(now, code, unit.code) for code in codes])
    lines: list[UnitLine] = []
    for rank, unit in enumerate(members, 1):
        line: dict[str, Any] = {"rank": rank, "name": unit.short_name}
        for code in codes:
            firms = stock.stock(now, code, unit.code)
            line[code] = firms
            line[f"{code}_net"] = firms - stock.stock(before, code, unit.code)
            line[f"{code}_share"] = counting.percent(firms, stock.stock(now, code, Scope.DISTRICT))
        lines.append(line)
    return lines


def _expiring(release: Release, units: Sequence[Unit], indicator: str) -> list[Expiring]:
    """Firms valid on the day whose certificate runs out within six months, with none after it yet; unit by unit."""
    until = release.as_of + relativedelta(months=EXPIRING_MONTHS)
    holding = frozen_spans.listed(
        release, indicator=indicator, scope=Scope.DISTRICT, definition=DEFINITION
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
    last_day = span.days.last_day
    assert last_day is not None  # only spans that end by expiry are listed
    return last_day
