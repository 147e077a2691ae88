"""Three counts that part each autumn: valid by date, valid or in renewal, and likely."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from targets.figures import counting, known, links
from targets.figures.question import Question
from targets.models import Definition, Scope, Span
from targets.outlook.model.scenario import Scenario
from targets.renewals import rules as renewal_rules
from targets.renewals.form import IN_RENEWAL
from targets.renewals.rules import RenewalRow


@dataclass(frozen=True)
class AutumnCount:
    """Three counts of one day.

    `valid`: firms that count on `day` with the certificates at hand.
    `in_renewal`: firms that do not count, because their certificate ran out within RENEWAL_DAYS,
    and whose application is filed or in publicity.
    `likely`: the forecast's number, None without a forecast.
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
    """The district's counts on a day and, while nothing later is on record, at its year's end.

    `seen` is the forecast from that day. Without it, or while it lacks history, nothing is likely
    of a day to come. On the day itself what is valid is likely. From the spans as they are stored.
    """
    year_end = as_of.replace(month=12, day=31)
    # Once later certificates are on record the year's end is not told from applications any more.
    known_until = known.latest_day() or as_of
    days = [as_of, year_end] if year_end > as_of >= known_until else [as_of]
    lapsed = renewal_rules.rows(
        kind, renewal_rules.usual_since(as_of), days[-1], on=as_of, stored=True
    )
    applied = [row for row in lapsed if row.is_applied]
    spans = list(_spans_of_firms(kind, {row.certificate.enterprise_id for row in applied}))
    counts = []
    for day in days:
        in_renewal = _count_in_renewal(day, applied, spans)
        counts.append(_autumn_count(day, as_of, kind, seen, in_renewal))
    return counts


def _autumn_count(
    day: dt.date, as_of: dt.date, kind: str, seen: Scenario | None, in_renewal: int
) -> AutumnCount:
    covering = counting.listed(
        indicator=kind, scope=Scope.DISTRICT, day=day, definition=Definition.CERTIFICATE
    )
    valid = covering.count()
    likely: float | None = None
    range80: tuple[int, int] | None = None
    # Today is known: what is valid is also what is to be expected.
    if day == as_of:
        likely = float(valid)
    elif seen and not seen.lacking:
        expected = seen.on(day)
        likely, range80 = expected.mean, expected.range80
    return AutumnCount(
        day=day,
        valid=valid,
        in_renewal=in_renewal,
        likely=likely,
        range80=range80,
        valid_url=links.figure(Question(as_of), kind, on=day),
        in_renewal_url=_in_renewal_url(day, as_of, kind),
    )


def _spans_of_firms(kind: str, firms: Collection[int]) -> QuerySet[Span]:
    return Span.objects.filter(
        definition=Definition.CERTIFICATE, kind__code=kind, enterprise__in=firms
    )


def _count_in_renewal(day: dt.date, applied: Iterable[RenewalRow], spans: Iterable[Span]) -> int:
    """Firms whose certificate ran out by the day, and which do not count then with another."""
    # Who lapsed longer ago is no renewal any more, whatever the application says.
    since = renewal_rules.usual_since(day)
    firms = {row.certificate.enterprise_id for row in applied if since <= row.lapses_on <= day}
    return len(firms - {span.enterprise_id for span in spans if span.covers(day)})


def _in_renewal_url(day: dt.date, as_of: dt.date, kind: str) -> str:
    query = {
        "on": as_of.isoformat(),
        "kind": kind,
        "since": renewal_rules.usual_since(day).isoformat(),
        "until": day.isoformat(),
        "state": IN_RENEWAL,
    }
    return f"{reverse('renewals')}?{urlencode(query)}"
