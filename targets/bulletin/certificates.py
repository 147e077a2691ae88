"""Certificates that run out: what the day of issue parts, as the release knows them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from enterprises.models.validity import DAY
from parks.models import Unit
from parks.numbers import grouped
from targets.bulletin.headlines import DEFINITION
from targets.figures.frozen import frozen_spans
from targets.models import FrozenSpan, Release, Scope
from targets.renewals import rules as renewal_rules
from targets.renewals.term import RENEWAL_DAYS

EXPIRING_MONTHS = 6
UNITS_NAMED = 3


@dataclass(frozen=True)
class Expiring:
    """A firm whose certificate runs out or has run out, with none after it."""

    number: int
    firm: str
    unit: str
    certificate: str
    last_day: dt.date


@dataclass(frozen=True)
class RunningOut:
    """`lapsed`: before the day of issue, and still to be renewed; `expiring`: from that day on."""

    lapsed: list[Expiring]
    expiring: list[Expiring]

    def __bool__(self) -> bool:
        return bool(self.lapsed or self.expiring)


def find_running_out(
    release: Release, units: Sequence[Unit], indicator: str, issued_on: dt.date
) -> RunningOut:
    """Firms of the indicator, unit by unit."""
    # A certificate counts on its last day: the day of issue itself still belongs to what is ahead.
    soonest, tomorrow = renewal_rules.usual_since(issued_on), issued_on + DAY
    last = issued_on + relativedelta(months=EXPIRING_MONTHS)
    return RunningOut(
        lapsed=_listed(release, units, indicator, soonest, tomorrow),
        # From the last day to the first that no longer counts, and the end is excluded.
        expiring=_listed(release, units, indicator, tomorrow, last + 2 * DAY),
    )


def _listed(
    release: Release, units: Sequence[Unit], indicator: str, since: dt.date, until: dt.date
) -> list[Expiring]:
    """Those that cease to count in [since, until) for want of a further certificate."""
    figure = {"indicator": indicator, "scope": Scope.DISTRICT, "definition": DEFINITION}
    spans = list(frozen_spans.lapsing(release, **figure, since=since, until=until))
    spans = _without_regained(release, spans)
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


def _without_regained(release: Release, spans: Sequence[FrozenSpan]) -> list[FrozenSpan]:
    """Without firms that have a certificate again after a gap."""
    if not spans:
        return []
    later = release.spans.filter(
        definition=DEFINITION,
        kind=spans[0].kind,
        uscc__in=[span.uscc for span in spans],
        start__gte=min(span.end for span in spans),
    )
    begun: dict[str, dt.date] = dict(later.order_by("start").values_list("uscc", "start"))
    return [span for span in spans if begun.get(span.uscc, dt.date.min) < span.end]


def _answering_unit(span: FrozenSpan) -> str:
    """The unit that answers for the firm."""
    return span.park or span.town


def _last_day(span: FrozenSpan) -> dt.date:
    last_day = span.days.last_day
    assert last_day is not None  # only spans that end by expiry are listed
    return last_day


def most_in_words(rows: Iterable[Expiring]) -> str:
    """The units with most firms; empty where there are none."""
    by_unit = Counter(row.unit for row in rows).most_common(UNITS_NAMED)
    most = "、".join(f"{unit}{firms}家" for unit, firms in by_unit)
    return f"，其中{most}" if by_unit else ""


def months_in_words(rows: Iterable[Expiring]) -> str:
    """Such as 2026年10月12家、11月80家; the year is named where it begins."""
    months = Counter((row.last_day.year, row.last_day.month) for row in rows)
    parts, named_year = [], 0
    for (year, month), firms in sorted(months.items()):
        when = f"{month}月" if year == named_year else f"{year}年{month}月"
        parts.append(f"{when}{firms}家")
        named_year = year
    return "、".join(parts)


def in_words(running_out: RunningOut, kind: str, day: str, annex: int | None) -> str:
    """What ran out and can be renewed, and what runs out soon; `day` of issue in words."""
    lapsed, expiring = running_out.lapsed, running_out.expiring
    told = f"至印发之日{day}，全区没有失效未满{RENEWAL_DAYS}天、仍可续证的{kind}证书"
    if lapsed:
        told = (
            f"至印发之日{day}，全区有{grouped(len(lapsed))}家{kind}证书已失效、未满{RENEWAL_DAYS}天，"
            f"仍可续证{most_in_words(lapsed)}"
        )
    if expiring:
        told += (
            f"；此后六个月内，有{grouped(len(expiring))}家证书到期且尚无新证书"
            f"{most_in_words(expiring)}；按到期月份，{months_in_words(expiring)}"
        )
    else:
        told += "；此后六个月内没有证书到期且尚无新证书的企业"
    if not running_out:
        return f"{told}。"
    return f"{told}。名单见附件{annex}。请所属单位逐户对接，督促企业及时重新认定。"
