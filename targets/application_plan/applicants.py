"""Who applies in a year: firms whose certificate ends in it, and firms of the reserve pool meant for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, TextChoices

from enterprises.mining.population import answering_on
from enterprises.models import (
    Application,
    Enterprise,
    PoolEntry,
    QualificationKind,
)
from enterprises.models.validity import DAY
from parks.models import Unit
from targets.models import Definition, Span
from targets.models.derived import SpanQuerySet
from targets.renewals import rules as renewal_rules
from targets.renewals.rules import RenewalRow, RenewalState

OUT = (Application.Stage.GIVEN_UP, Application.Stage.REJECTED)
"""The firm's application of the year is over without a certificate: it is not planned any more."""


class PlanRole(TextChoices):
    FIRST = "first", "首次认定"
    REGAINED = "regained", "失效后再认定"
    AGAIN = "again", "重新认定"


@dataclass(frozen=True)
class Applicant:
    """`unit` answers for the firm. `renewal`: its certificate that ends in the year.

    `stage` of the reserve pool, "" outside it. `application`: of the year, as it stands today.
    """

    firm: Enterprise
    unit: Unit
    role: PlanRole
    stage: str
    renewal: RenewalRow | None
    application: Application | None

    @property
    def ends_on(self) -> dt.date | None:
        """The certificate's last day."""
        return self.renewal.last_day if self.renewal else None

    def outlasts(self, day: dt.date) -> bool:
        """Its certificate, which ends in the year, still holds on the day."""
        return self.ends_on is not None and self.ends_on >= day

    @property
    def stage_label(self) -> str:
        return str(PoolEntry.Stage(self.stage).label) if self.stage else ""

    @property
    def is_out(self) -> bool:
        return self.application is not None and self.application.stage in OUT


@dataclass(frozen=True)
class Found:
    """`planned` without those whose application is `out`.

    `lapsed`: certificates that ran out before the year, may still be renewed, and are not in it.
    """

    planned: Sequence[Applicant]
    out: Sequence[Applicant]
    lapsed: Sequence[RenewalRow]


def find(kind: QualificationKind, year: int, on: dt.date) -> Found:
    """Of the whole district; the number of queries does not depend on the firms.

    The spans must be up to date.
    """
    first, end = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    since = min(renewal_rules.usual_since(on), first + DAY)
    rows = renewal_rules.rows(kind.code, since, end, on=on, stored=True)
    counted = _counted(kind, [row.certificate.enterprise_id for row in rows], on)
    ending = {
        row.certificate.enterprise_id: row
        for row in rows
        if row.last_day >= first and _ends(row, counted)
    }
    waiting = {entry.enterprise_id: entry for entry in _pool(kind, year, on)}
    places = answering_on(on, waiting)
    firms = {*ending, *places}
    stages, applications = _stages(firms, on), _applications(kind, year, firms, on)
    found = [
        Applicant(
            row.certificate.enterprise,
            row.unit,
            PlanRole.AGAIN,
            stages.get(firm, ""),
            row,
            applications.get(firm),
        )
        for firm, row in ending.items()
    ]
    for firm, unit in places.items():
        if firm not in ending:
            entry = waiting[firm]
            role = PlanRole.REGAINED if entry.held else PlanRole.FIRST  # type: ignore[attr-defined]
            stage = stages.get(firm, "")
            found.append(
                Applicant(entry.enterprise, unit, role, stage, None, applications.get(firm))
            )
    return Found(
        planned=[applicant for applicant in found if not applicant.is_out],
        out=[applicant for applicant in found if applicant.is_out],
        lapsed=[
            row for row in rows if row.last_day < first and row.lapses_on <= on and row.is_open
        ],
    )


def _ends(row: RenewalRow, counted: set[int]) -> bool:
    """No certificate follows: neither one that renews it nor one after a longer gap."""
    if row.standing.state == RenewalState.RENEWED or row.span.last_day != row.last_day:
        return False
    return row.days_left >= 0 or row.certificate.enterprise_id not in counted


def _counted(kind: QualificationKind, firms: Iterable[int], on: dt.date) -> set[int]:
    found = _spans(kind).covering(on).filter(enterprise__in=set(firms))
    return set(found.values_list("enterprise_id", flat=True))


def _spans(kind: QualificationKind) -> SpanQuerySet:
    return Span.objects.filter(definition=Definition.CERTIFICATE, kind=kind)


def _pool(kind: QualificationKind, year: int, on: dt.date) -> Iterable[PoolEntry]:
    """Stays that aim at the year. `held`: the firms held a certificate once."""
    spans = _spans(kind).filter(enterprise=OuterRef("enterprise"))
    entries = PoolEntry.objects.live_on(on).filter(target_year=year, enterprise__voided_at=None)
    held = entries.annotate(held=Exists(spans.filter(start__lte=on)))
    return held.select_related("enterprise")


def _stages(firms: Iterable[int], on: dt.date) -> dict[int, str]:
    entries = PoolEntry.objects.live_on(on).filter(enterprise__in=list(firms))
    return dict(entries.values_list("enterprise_id", "stage"))


def _applications(
    kind: QualificationKind, year: int, firms: Iterable[int], on: dt.date
) -> Mapping[int, Application]:
    of_year = Application.objects.filter(kind=kind, year=year, enterprise__in=list(firms))
    return {row.enterprise_id: row for row in of_year.holding_on(on)}
