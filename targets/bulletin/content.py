"""What the quarterly bulletin (通报) says: every number from one release, none counted anew."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta

from parks.district import PLAN
from parks.models import Unit
from targets.bulletin import headlines as bulletin_headlines
from targets.bulletin.headlines import DEFINITION, BulletinHeadline
from targets.figures import counting, flows, frozen_counts, frozen_spans, indicators
from targets.figures.counting import Counts
from targets.figures.indicators import IndicatorSet, first_of
from targets.models import FrozenSpan, Release, Scope, Span
from targets.releases import bridge as release_bridge
from targets.releases import completion as release_completion
from targets.releases import tasks as release_tasks
from targets.releases.bridge import Chain
from targets.releases.completion import FrozenCompletion
from targets.releases.tasks import ReleasedTask

EXPIRING_MONTHS = 6
UNITS_NAMED = 3
DAY = dt.timedelta(days=1)
ANNEXES = {
    "completion": "各单位目标完成情况表",
    "towns": "各镇街情况表",
    "tasks": "重点任务推进情况表",
    "expiring": "即将到期高新技术企业名单",
}
"""What an annex is about → its title, in order."""

UnitLine = Mapping[str, Any]
"""One unit by the marks of a template: `rank`, `name`, and for the code of each headline indicator
its firms on the quarter's last day, `<code>_net`: the change in the quarter, `<code>_share`:
percent of the district.
"""


@dataclass(frozen=True)
class Expiring:
    """A firm whose certificate runs out soon, with none after it yet."""

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
    completion: FrozenCompletion | None
    tasks: list[ReleasedTask]
    chained: Chain | None

    @property
    def title_in_lines(self) -> str:
        """Broken where a word ends, the longer line first, as GB/T 9704 asks of a title."""
        return f"关于{self.release.quarter}{PLAN.short_name}\n进展情况的通报"

    @property
    def title(self) -> str:
        # In a file's name and a workbook's head there is one line only.
        return self.title_in_lines.replace("\n", "")

    @property
    def annexes(self) -> dict[str, str]:
        """The annexes that have a content: what they are about → title."""
        contents = {
            "completion": self.completion,
            "towns": self.towns,
            "tasks": self.tasks,
            "expiring": self.expiring,
        }
        return {about: title for about, title in ANNEXES.items() if contents[about]}

    @property
    def expiring_in_words(self) -> str:
        """The units with most firms; empty where there are none."""
        by_unit = Counter(row.unit for row in self.expiring).most_common(UNITS_NAMED)
        most = "、".join(f"{unit}{firms}家" for unit, firms in by_unit)
        return f"，其中{most}" if by_unit else ""

    @property
    def expiring_by_month(self) -> str:
        """Such as 2026年10月12家、11月80家; the year is named where it begins."""
        months = Counter((row.last_day.year, row.last_day.month) for row in self.expiring)
        parts, named_year = [], 0
        for (year, month), firms in sorted(months.items()):
            when = f"{month}月" if year == named_year else f"{year}年{month}月"
            parts.append(f"{when}{firms}家")
            named_year = year
        return "、".join(parts)


def build_bulletin(release: Release) -> Bulletin:
    """A handful of queries, whatever the number of firms."""
    # Stocks are those at the end of a day: the quarter begins with that of its eve.
    eve = release.quarter.period.first_day - DAY
    stock = frozen_counts.count(release, [eve, release.as_of], DEFINITION)
    units = list(Unit.objects.reporting().order_by("order", "code"))
    known = indicators.released(release)
    # With a release before, its bridge also gives the flows: they are then not read twice.
    chained = release_bridge.build_chain(release, DEFINITION)
    if chained:
        flown = chained.flows
    else:
        flown = flows.between_frozen(release, eve, release.as_of, DEFINITION)
    return Bulletin(
        release=release,
        indicators=known,
        headlines=bulletin_headlines.build_headlines(release, known, stock, flown, chained),
        parks=_unit_lines(Unit.Kind.PARK, units, known, stock),
        towns=_unit_lines(Unit.Kind.TOWN, units, known, stock),
        expiring=_expiring(release, units, first_of(known.headlines)),
        completion=release_completion.frozen_completion(release),
        tasks=release_tasks.tasks_of_release(release),
        chained=chained,
    )


def _unit_lines(
    kind: str, units: Sequence[Unit], known: IndicatorSet, stock: Counts
) -> list[UnitLine]:
    """The units of a kind, most firms first; equal ones in the plan's order.

    `stock`: on the eve of the quarter, and at its end.
    """
    eve, last_day = stock.days
    codes = known.headline_codes
    # The units of today under their names of today; the numbers are those of the release.
    members = [unit for unit in units if unit.kind == kind]
    # By the first headline indicator; the following ones decide between equal units.
    members.sort(key=lambda unit: [-stock.stock(last_day, code, unit.code) for code in codes])
    lines: list[UnitLine] = []
    for rank, unit in enumerate(members, 1):
        line: dict[str, Any] = {"rank": rank, "name": unit.short_name}
        for code in codes:
            firms = stock.stock(last_day, code, unit.code)
            district = stock.stock(last_day, code, Scope.DISTRICT)
            line[code] = firms
            line[f"{code}_net"] = firms - stock.stock(eve, code, unit.code)
            line[f"{code}_share"] = counting.percent(firms, district)
        lines.append(line)
    return lines


def _expiring(release: Release, units: Sequence[Unit], indicator: str) -> list[Expiring]:
    """Firms valid on the day whose certificate runs out within six months; unit by unit.

    A span ends by expiry only if no certificate follows: renewed firms are not among them.
    """
    until = release.as_of + relativedelta(months=EXPIRING_MONTHS)
    valid = frozen_spans.listed(
        release, indicator=indicator, scope=Scope.DISTRICT, definition=DEFINITION
    )
    # A span ends on the first day that does not count: the day after the certificate's last.
    spans = list(valid.filter(closed_by=Span.Closing.EXPIRED, end__lte=until + DAY))
    names = {unit.code: unit.told_apart for unit in units}
    # Parks first, then towns; a unit that is gone since comes last.
    order = {}
    for number, unit in enumerate(units):
        order[unit.code] = (unit.kind != Unit.Kind.PARK, number)
    last = (True, len(units))
    spans.sort(key=lambda span: (order.get(_answering_unit(span), last), span.end, span.uscc))
    rows = []
    for number, span in enumerate(spans, 1):
        unit_code = _answering_unit(span)
        name = names.get(unit_code, unit_code)
        rows.append(Expiring(number, span.name, name, span.number, _last_day(span)))
    return rows


def _answering_unit(span: FrozenSpan) -> str:
    """The unit that answers for the firm."""
    return span.park or span.town


def _last_day(span: FrozenSpan) -> dt.date:
    last_day = span.days.last_day
    assert last_day is not None  # only spans that end by expiry are listed
    return last_day
