"""Sets of firms that a figure of a task may count, by name: those it counts, and of how many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from enterprises.models import (
    Application,
    Closure,
    Enterprise,
    FirmOwner,
    Placement,
    PoolEntry,
    Qualification,
    YearlyFigures,
)
from enterprises.models.enterprise import answered_by
from enterprises.records.counting import summed_at_once
from parks.models import Unit
from targets.figures import counting
from targets.models import Definition


@dataclass(frozen=True)
class FirmSet:
    """`counted` of `whole`; without a whole the figure is the number of those counted."""

    counted: QuerySet[Enterprise]
    whole: QuerySet[Enterprise] | None = None


@dataclass(frozen=True)
class Asked:
    """For which day, and for which kind of qualification where the figure has one."""

    on: dt.date
    kind: str = ""

    @property
    def year_start(self) -> dt.date:
        return dt.date(self.on.year, 1, 1)


def count_all(sets: Mapping[str, FirmSet]) -> dict[str, tuple[int, int | None]]:
    """Name → how many are counted, and of how many where it is a ratio; one query."""
    asked = {f"{name} counted": each.counted for name, each in sets.items()}
    wholes = {name: each.whole for name, each in sets.items() if each.whole is not None}
    asked |= {f"{name} whole": whole for name, whole in wholes.items()}
    found = summed_at_once(asked, firms=Count("pk"))
    return {
        name: (
            found[f"{name} counted"]["firms"],
            found[f"{name} whole"]["firms"] if name in wholes else None,
        )
        for name in sets
    }


Maker = Callable[[Asked], FirmSet]


def present(on: dt.date) -> QuerySet[Enterprise]:
    """Registered, not struck off and in the district on the day."""
    here = Placement.objects.covering(on).filter(enterprise=OuterRef("pk"))
    closed = Closure.objects.holding_on(on).filter(enterprise=OuterRef("pk"))
    return Enterprise.objects.registered().filter(Exists(here)).exclude(Exists(closed))


def in_unit(firms: QuerySet[Enterprise], unit: Unit, on: dt.date) -> QuerySet[Enterprise]:
    """Those for which the unit answers on the day."""
    standing = Placement.objects.covering(on).filter(answered_by(unit))
    return firms.filter(Exists(standing.filter(enterprise=OuterRef("pk"))))


def _having(rows: QuerySet[Any]) -> QuerySet[Enterprise]:
    return Enterprise.objects.registered().filter(pk__in=rows.values("enterprise"))


def entered(asked: Asked) -> FirmSet:
    """Their qualification of the kind began in the year, up to the day."""
    rows = Qualification.objects.filter(
        kind__code=asked.kind, valid_from__gte=asked.year_start, valid_from__lte=asked.on
    )
    return FirmSet(_having(rows))


def holding(asked: Asked) -> FirmSet:
    """They count for the kind on the day, as everywhere."""
    spans = counting.holding(kind=asked.kind, day=asked.on, definition=Definition.CERTIFICATE)
    return FirmSet(_having(spans))


def pool_live(asked: Asked) -> FirmSet:
    return FirmSet(_having(PoolEntry.objects.live_on(asked.on)))


def pool_entered(asked: Asked) -> FirmSet:
    """Their first stay in the pool began in the year."""
    before = PoolEntry.objects.filter(since__lt=asked.year_start)
    rows = PoolEntry.objects.filter(since__gte=asked.year_start, since__lte=asked.on)
    return FirmSet(_having(rows.exclude(enterprise__in=before.values("enterprise"))))


def applied(asked: Asked) -> FirmSet:
    """Their application of the year was handed in by the day, whatever became of it."""
    return FirmSet(_having(_filed(asked)))


def passed(asked: Asked) -> FirmSet:
    """Certified of those that applied and did not withdraw."""
    given_up = Application.objects.filter(
        kind__code=asked.kind, year=asked.on.year, stage=Application.Stage.GIVEN_UP
    ).holding_on(asked.on)
    whole = _having(_filed(asked).exclude(enterprise__in=given_up.values("enterprise")))
    certified = Qualification.objects.filter(
        kind__code=asked.kind, valid_from__gte=asked.year_start, valid_from__lte=asked.on
    )
    return FirmSet(whole.filter(pk__in=certified.values("enterprise")), whole)


def _filed(asked: Asked) -> QuerySet[Application]:
    return Application.objects.filter(
        kind__code=asked.kind,
        year=asked.on.year,
        stage__in=(*Application.APPLIED, Application.Stage.REJECTED),
        since__lte=asked.on,
    )


def rd_coverage(asked: Asked) -> FirmSet:
    """Firms above scale with R&D of the last year, of all above scale."""
    last_year = YearlyFigures.objects.filter(year=asked.on.year - 1, above_scale=True)
    whole = present(asked.on).filter(pk__in=last_year.values("enterprise"))
    spent = last_year.filter(rd_expense__gt=0)
    return FirmSet(whole.filter(pk__in=spent.values("enterprise")), whole)


def owned(asked: Asked) -> FirmSet:
    """Somebody at the unit sees to them."""
    rows = FirmOwner.objects.holding_on(asked.on).filter(level=FirmOwner.Level.UNIT)
    return FirmSet(present(asked.on).filter(pk__in=rows.values("enterprise")))


MAKERS: Mapping[str, Maker] = {
    maker.__name__: maker
    for maker in (
        *(entered, holding, pool_live, pool_entered, applied, passed, rd_coverage, owned),
    )
}
"""Name in `TaskFigure.reckoning` → function."""
OF_THE_YEAR = ("entered", "pool_entered", "applied")
"""Sets that begin with the year at nothing."""
