"""How many. The one place that turns spans into figures: page, API, export and command ask here.

`count` answers any number of days, for every unit and every counted indicator, in one scan of the
span table.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Q

from parks.models import Unit
from targets.figures import indicators, spans
from targets.figures.indicators import IndicatorSet
from targets.models import Definition, Indicator, Scope, Span
from targets.models.derived import DaysQuerySet, SpanQuerySet

Value = int | Decimal | None
"""A number of firms, a percentage, or None: a ratio over nothing."""


def percent(part: int, whole: int) -> Decimal | None:
    """Percent to two decimals, half up; None over nothing (never 0 %)."""
    share = _exact_percent(part, whole)
    # Rounding comes last and for display alone: targets are judged by the exact share.
    return None if share is None else _two_decimals(share)


def _exact_percent(part: int, whole: int) -> Decimal | None:
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def _two_decimals(share: Decimal) -> Decimal:
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


Stock = Callable[[str, str], int]
"""(kind of qualification, scope) → firms."""


@dataclass(frozen=True)
class Counted:
    """An indicator that counts firms with a kind of qualification, over any scope."""

    kind: str

    def value(self, stock: Stock, scope: str) -> Value:
        return stock(self.kind, scope)

    def scopes(self, units: Iterable[str]) -> list[str]:
        return [*Scope.values, *units]


@dataclass(frozen=True)
class ParkShareRule:
    """Firms valid in the parks ÷ firms valid in the district, in percent; of the district alone."""

    kind: str

    def value(self, stock: Stock, scope: str) -> Value:
        return _exact_percent(stock(self.kind, Scope.PARKS), stock(self.kind, Scope.DISTRICT))

    def scopes(self, units: Iterable[str]) -> list[str]:
        return [Scope.DISTRICT]


Rules = Mapping[str, Counted | ParkShareRule]
"""Code of an indicator → how it is counted, in the plan's order."""
RULE_OF_RECKONING: Mapping[str, type[Counted | ParkShareRule]] = {
    Indicator.Kind.COUNTED: Counted,
    Indicator.Kind.SHARE: ParkShareRule,
}


def rules_of(counted: IndicatorSet) -> Rules:
    return {
        indicator.code: RULE_OF_RECKONING[indicator.reckoned](indicator.kind)
        for indicator in counted
    }


def scopes_of(park: str | None, town: str) -> tuple[str, ...]:
    """Where a firm in a place counts: in the district, in its town, and in its park or outside.

    Park and town are independent of each other.
    """
    # A firm in a park also counts in its town: hence parks and towns are never added.
    inside = (Scope.PARKS.value, park) if park else (Scope.OUTSIDE.value, outside_of(town))
    return (Scope.DISTRICT.value, town, *inside)


def outside_of(town: str) -> str:
    """The scope of a town's firms that stand in no park.

    These scopes and the parks together make up the district without overlap.
    """
    return f"{Scope.OUTSIDE.value}:{town}"


def answered_for(unit: Unit) -> str:
    """The scope of the firms that a unit answers for and reports: a park's, or a town's outside."""
    return unit.code if unit.kind == Unit.Kind.PARK else outside_of(unit.code)


class Counts:
    """The stock on some days: firms per day, kind and scope, and the indicators derived from it."""

    def __init__(
        self,
        days: Sequence[dt.date],
        definition: str,
        units: Sequence[str],
        indicators: IndicatorSet,
    ) -> None:
        self.days, self.definition, self.units = list(days), definition, list(units)
        self.indicators, self.rules = indicators, rules_of(indicators)
        # All scopes are added up here, in one pass: a page asks for dozens of them and scans once.
        self._stock: dict[tuple[dt.date, str, str], int] = defaultdict(int)

    def add(self, day: dt.date, kind: str, park: str | None, town: str, firms: int) -> None:
        for scope in scopes_of(park, town):
            self._stock[day, kind, scope] += firms

    def stock(self, day: dt.date, kind: str, scope: str) -> int:
        # Not by the default of the dict: reading must not fill it with zeros.
        return self._stock.get((day, kind, str(scope)), 0)

    def value(self, day: dt.date, scope: str, indicator: str) -> Value:
        """As shown: a share has two decimals."""
        exact = self.exact(day, scope, indicator)
        return _two_decimals(exact) if isinstance(exact, Decimal) else exact

    def exact(self, day: dt.date, scope: str, indicator: str) -> Value:
        """As judged: 94.998 % is shown as 95.00 % and does not meet 95 %."""
        return self.rules[indicator].value(lambda kind, where: self.stock(day, kind, where), scope)

    def figures(self, day: dt.date) -> list[dict[str, Value | str]]:
        """Every figure of a day: [{"scope", "indicator", "value"}].

        Indicators in the plan's order, scopes from wide to narrow.
        """
        figures: list[dict[str, Value | str]] = []
        for code, rule in self.rules.items():
            for scope in rule.scopes(self.units):
                value = self.value(day, scope, code)
                figures.append({"scope": str(scope), "indicator": code, "value": value})
        return figures


def count(days: Sequence[dt.date], definition: str = Definition.CERTIFICATE) -> Counts:
    """Count every indicator over every scope on each of the days; one scan.

    The spans catch up with the ledger first.
    """
    spans.refresh()
    return count_stored(days, definition)


def count_stored(days: Sequence[dt.date], definition: str) -> Counts:
    """As `count`, from the spans as they are stored."""
    codes = dict(Unit.objects.reporting().values_list("pk", "code"))
    counted = indicators.live()
    kinds = {indicator.kind_id: indicator.kind for indicator in counted}
    counts = Counts(days, definition, list(codes.values()), counted)
    distinct = sorted(set(days))  # a day asked for twice must not count twice
    # Spans of one firm and kind are disjoint, so counting rows counts firms and needs no DISTINCT.
    stored = Span.objects.filter(definition=definition, kind__in=kinds)
    for row in scan(stored, ("kind_id", "park_id", "town_id"), distinct):
        kind, park, town = kinds[row["kind_id"]], codes.get(row["park_id"]), codes[row["town_id"]]
        for number, day in enumerate(distinct):
            if firms := row[f"on{number}"]:
                counts.add(day, kind, park, town, firms)
    return counts


def scan(
    found: DaysQuerySet[Any], columns: Sequence[str], days: Sequence[dt.date]
) -> Iterable[Mapping[str, Any]]:
    """How many of the spans cover each of the days, by the values of the columns; one query.

    Rows have the columns, and `on0`, `on1`, … for the days.
    """
    if not days:
        return []
    per_day = {
        # `end` is the first day that no longer counts, hence the strict comparison.
        f"on{number}": Count("id", filter=Q(start__lte=day, end__gt=day))
        for number, day in enumerate(days)
    }
    # Without this, the database would read spans that cover none of the days.
    relevant = found.filter(start__lte=max(days), end__gt=min(days))
    # The model's own ordering would become part of the grouping: it is taken off first.
    return relevant.order_by().values(*columns).annotate(**per_day)


def listed(*, indicator: str, scope: str, day: dt.date, definition: str) -> SpanQuerySet:
    """The spans behind a counted figure: exactly one per counted firm.

    A share opens the list of its denominator.
    """
    return _of_indicator(indicator, definition).covering(day).in_scope(scope)


def holding(*, kind: str, day: dt.date, definition: str) -> SpanQuerySet:
    """The spans of the firms that count for a kind, whether an indicator counts it or not."""
    return Span.objects.filter(definition=definition, kind__code=kind).covering(day)


def lapsing(
    *, indicator: str, scope: str, since: dt.date, until: dt.date, definition: str
) -> SpanQuerySet:
    """The spans that end in [since, until) because a certificate runs out and none follows."""
    return _of_indicator(indicator, definition).lapsing(since, until).in_scope(scope)


def _of_indicator(indicator: str, definition: str) -> SpanQuerySet:
    """The spans of the kind that an indicator counts; none for any other code."""
    return Span.objects.filter(definition=definition, kind__indicators__code=indicator)
