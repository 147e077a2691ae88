"""Three counts that part each autumn: valid by date, valid or in renewal, and likely."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from enterprises.models import SourceFile
from targets.figures import counting, links
from targets.figures.question import Question
from targets.models import Definition, Scope, Span
from targets.outlook.model.forecast import Distribution
from targets.outlook.model.scenario import Scenario
from targets.renewals import rules as renewal_rules
from targets.renewals.form import IN_RENEWAL
from targets.renewals.rules import RenewalRow


@dataclass(frozen=True)
class AutumnCount:
    """`valid` counts on `day` with the certificates at hand; `in_renewal` are the firms that do not, because theirs ran
    out within RENEWAL_DAYS, and whose application is filed or in publicity. `likely` is the forecast's, None without.
    """

    day: dt.date
    valid: int
    in_renewal: int
    likely: float | None
    range80: tuple[int, int] | None
    valid_url: str
    in_renewal_url: str

    @property
    def together(self) -> int:
        return self.valid + self.in_renewal


def count_by_certainty(
    as_of: dt.date, kind: str, seen: Scenario | None = None
) -> list[AutumnCount]:
    """On a day and, while nothing later is on record, at the end of its year, for the district.

    `seen` is the forecast from that day; without it, or while it lacks history, nothing is likely of a day to come.
    On the day itself what is valid is likely. From the spans as they are stored.
    """
    end = as_of.replace(month=12, day=31)
    known_until = SourceFile.objects.latest_day() or as_of
    days = [as_of, end] if end > as_of >= known_until else [as_of]
    found = renewal_rules.rows(
        kind, renewal_rules.usual_since(as_of), days[-1], on=as_of, stored=True
    )
    applied = [row for row in found if row.is_applied]
    counted = _counted(kind, {row.certificate.enterprise_id for row in applied})
    return [_on(day, as_of, kind, seen, _in_renewal(day, applied, counted)) for day in days]


def _on(
    day: dt.date, as_of: dt.date, kind: str, seen: Scenario | None, in_renewal: int
) -> AutumnCount:
    covering = counting.listed(
        indicator=kind, scope=Scope.DISTRICT, day=day, definition=Definition.CERTIFICATE
    )
    valid = covering.count()
    expected = _expected(day, as_of, seen)
    return AutumnCount(
        day=day,
        valid=valid,
        in_renewal=in_renewal,
        likely=float(valid) if day == as_of else expected.mean if expected else None,
        range80=expected.range80 if expected else None,
        valid_url=links.figure(Question(as_of), kind, on=day),
        in_renewal_url=_list(day, as_of, kind),
    )


def _expected(day: dt.date, as_of: dt.date, seen: Scenario | None) -> Distribution | None:
    return seen.on(day) if seen and day > as_of and not seen.lacking else None


def _counted(kind: str, firms: Collection[int]) -> list[tuple[int, dt.date, dt.date]]:
    """(firm, first day, day after the last) of these firms' spans; one query."""
    found = Span.objects.filter(
        definition=Definition.CERTIFICATE, kind__code=kind, enterprise__in=firms
    )
    return list(found.values_list("enterprise_id", "start", "end"))


def _in_renewal(
    day: dt.date, applied: Iterable[RenewalRow], counted: Iterable[tuple[int, dt.date, dt.date]]
) -> int:
    """Firms whose certificate ran out by the day, and which do not count on it with a further one."""
    since = renewal_rules.usual_since(day)
    firms = {row.certificate.enterprise_id for row in applied if since <= row.lapses_on <= day}
    return len(firms - {firm for firm, start, end in counted if start <= day < end})


def _list(day: dt.date, as_of: dt.date, kind: str) -> str:
    since = renewal_rules.usual_since(day).isoformat()
    asked = {
        "on": as_of.isoformat(),
        "kind": kind,
        "since": since,
        "until": day.isoformat(),
        "state": IN_RENEWAL,
    }
    return f"{reverse('renewals')}?{urlencode(asked)}"
