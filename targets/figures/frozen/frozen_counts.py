"""What a release holds: the plan it was judged by, and its stock on any day as known then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import Model

from parks.models import Unit
from targets.figures import counting, indicators
from targets.figures.counting import Counts, Value
from targets.figures.indicators import IndicatorSet
from targets.figures.progress import Plan
from targets.models import Baseline, Indicator, Release, ReportedFigure, Scope, Target

# Named one by one, not all fields: a column added later must not change what releases hold.
INDICATOR = ("id", "code", "name", "short_name", "unit_label", "kind", "in_plan", "note", "order")
TARGET = (
    "id",
    "indicator_id",
    "reference_id",
    "due",
    "operator",
    "value",
    "doubles_baseline",
    "wording",
)
BASELINE = ("indicator_id", "day", "value", "basis", "source")
REPORTED = ("indicator_id", "year", "value", "published_on", "source")

_Any = TypeVar("_Any", bound=Model)


# --- the plan -----------------------------------------------------------------------------------
def kept(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """The plan as plain values, for Release.plan; a target's unit by its code."""
    return {
        "indicators": list(Indicator.objects.values(*INDICATOR)),
        "targets": [_target_row(target) for target in plan.targets],
        "baselines": _plain_rows(plan.baselines, BASELINE),
        "reported": _plain_rows(plan.reported, REPORTED),
    }


def plan(release: Release) -> Plan:
    """The plan of the day of publishing.

    Its rows are not those of the database and must not be saved.
    """
    indicators = {row.pk: row for row in _revive_rows(Indicator, release.plan["indicators"])}
    return Plan(
        targets=[_revive_target(dict(row), indicators) for row in release.plan["targets"]],
        baselines=_revive_rows(Baseline, release.plan["baselines"]),
        reported=_revive_rows(ReportedFigure, release.plan["reported"]),
    )


def _plain_rows(instances: Iterable[Model], names: Sequence[str]) -> list[dict[str, Any]]:
    return [_plain_row(instance, names) for instance in instances]


def _plain_row(instance: Model, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(instance, name) for name in names}


def _target_row(target: Target) -> dict[str, Any]:
    row = _plain_row(target, TARGET)
    # By code: a unit's key is no part of what was published.
    row["unit"] = target.unit.code if target.unit else None
    return row


def _revive_target(row: dict[str, Any], indicators: Mapping[int, Indicator]) -> Target:
    unit = row.pop("unit")
    (target,) = _revive_rows(Target, [row])
    # Set by hand, so that nothing is read from tables that have moved on since.
    target.indicator = indicators[target.indicator_id]
    target.reference = indicators[target.reference_id] if target.reference_id else None
    target.unit = Unit(code=unit) if unit else None
    return target


def _revive_rows(model: type[_Any], rows: Iterable[Mapping[str, Any]]) -> list[_Any]:
    """JSON keeps days and decimals as text; the fields know what they are."""
    meta: Any = model._meta
    instances = []
    for row in rows:
        values = {name: meta.get_field(name).to_python(value) for name, value in row.items()}
        instances.append(model(**values))
    return instances


# --- the stock ----------------------------------------------------------------------------------
class FrozenCounts(Counts):
    """Counted from the frozen spans; on the release's own day the published figures themselves."""

    def __init__(self, release: Release, days: Sequence[dt.date], definition: str) -> None:
        rows = release.figures.filter(definition=definition).order_by("pk")
        counted = indicators.released(release)
        self._day = release.as_of
        self._published = {
            (scope, code): _as_shown(counted, code, value)
            for scope, code, value in rows.values_list("scope", "indicator", "value")
        }
        # The units that it had then: one that was added since is not among them.
        units = dict.fromkeys(scope for scope, _ in self._published if scope not in Scope.values)
        super().__init__(days, definition, list(units), counted)

    def value(self, day: dt.date, scope: str, indicator: str) -> Value:
        figure = (str(scope), indicator)
        # The published figure stands, whatever a later version of the rules would count.
        if day == self._day and figure in self._published:
            return self._published[figure]
        return super().value(day, scope, indicator)


def _as_shown(counted: IndicatorSet, code: str, value: Any) -> Value:
    """The column keeps decimals. A number of firms is whole."""
    return int(value) if code in counted and counted[code].counts_firms else value


def count(release: Release, days: Iterable[dt.date], definition: str) -> Counts:
    """Every indicator over every scope on each of the days, as the release knows them."""
    # Sorted and without repeats, so that pages that ask for the same days share one count.
    return _frozen_counts(release, release.digest, tuple(sorted(set(days))), definition)


def stocks(
    release: Release, days: Iterable[dt.date], definition: str, scope: str, kinds: Iterable[str]
) -> Mapping[str, Sequence[int]]:
    """Kind → firms over a scope on each of the days."""
    return _frozen_stocks(
        release, release.digest, tuple(days), definition, str(scope), tuple(kinds)
    )


# What is frozen under a digest stays what it is, so it is counted once per process.
@lru_cache(maxsize=64)
def _frozen_counts(
    release: Release, digest: str, days: tuple[dt.date, ...], definition: str
) -> FrozenCounts:
    counts = FrozenCounts(release, days, definition)
    frozen = release.spans.filter(definition=definition)
    for row in counting.scan(frozen, ("kind", "park", "town"), days):
        for number, day in enumerate(days):
            if firms := row[f"on{number}"]:
                counts.add(day, row["kind"], row["park"] or None, row["town"], firms)
    return counts


@lru_cache(maxsize=256)
def _frozen_stocks(
    release: Release,
    digest: str,
    days: tuple[dt.date, ...],
    definition: str,
    scope: str,
    kinds: tuple[str, ...],
) -> Mapping[str, Sequence[int]]:
    spans: Any = release.spans.filter(definition=definition, kind__in=kinds)
    firms = {kind: [0] * len(days) for kind in kinds}
    for row in counting.scan(spans.in_scope(scope), ("kind",), days):
        firms[row["kind"]] = [row[f"on{number}"] for number in range(len(days))]
    return firms
