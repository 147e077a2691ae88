"""Certificates that lapse, and where the renewal of each stands on a day.

A certificate lapses on the day after its last one, where the firm counted with it to the end and no
other outlasts it. It is renewed by a later certificate that continues it or follows within
RENEWAL_DAYS. Until then the application tells how it stands: one of a year after the certificate's
own class year, whose row covers the day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, TextChoices

from enterprises.marks import Mark, Tone
from enterprises.models import (
    Application,
    Closure,
    KindTerm,
    Placement,
    Qualification,
    QualificationKind,
)
from enterprises.models.application.course import STAGE_MARKS
from enterprises.models.validity import DAY, Validity
from parks.models import Unit, User
from targets.figures import spans
from targets.models import Definition, Scope, Span
from targets.renewals.term import RENEWAL_DAYS


class RenewalState(TextChoices):
    NOT_STARTED = "not_started", "未启动"
    PREPARING = Application.Stage.PREPARING.value, "准备中"
    FILED = Application.Stage.FILED.value, "已申报"
    PUBLICITY = Application.Stage.PUBLICITY.value, "公示中"
    REJECTED = Application.Stage.REJECTED.value, "未通过"
    GIVEN_UP = Application.Stage.GIVEN_UP.value, "放弃"
    # No stage of an application: only a certificate that has begun makes a renewal.
    RENEWED = "renewed", "已续"

    @property
    def mark(self) -> Mark:
        return RENEWAL_MARKS[self.value]


RENEWAL_MARKS = STAGE_MARKS | {
    RenewalState.NOT_STARTED.value: Mark(Tone.WATCH, "exclamation-triangle"),
    RenewalState.RENEWED.value: Mark(Tone.GOOD, "check-circle"),
}

# Also 未通过: only who is renewed or has given up leaves nothing to be done.
OPEN = (
    RenewalState.NOT_STARTED,
    RenewalState.PREPARING,
    RenewalState.FILED,
    RenewalState.PUBLICITY,
    RenewalState.REJECTED,
)
"""Something remains to be done."""
# Preparing is no application, so it is not enough.
APPLIED = tuple(RenewalState(stage) for stage in Application.APPLIED)
"""In renewal: the application is in, and not decided."""
UNFILED = (RenewalState.NOT_STARTED, RenewalState.PREPARING)
"""未申报: nothing is in yet."""
BANDS: tuple[tuple[str, tuple[RenewalState, ...]], ...] = (
    ("未申报", UNFILED),
    ("未通过", (RenewalState.REJECTED,)),
    ("已申报或公示中", APPLIED),
    ("已续或放弃", (RenewalState.RENEWED, RenewalState.GIVEN_UP)),
)
"""Words and states, the most urgent first: the less has been done, the sooner somebody calls."""
URGENCY = {
    state: (band, place)
    for band, (_, states) in enumerate(BANDS)
    for place, state in enumerate(states)
}


@dataclass(frozen=True)
class RenewalStanding:
    """`since`: when the state began, None for 未启动.

    `application` or `renewed_by` is the row that tells of the state.
    """

    state: RenewalState
    since: dt.date | None = None
    application: Application | None = None
    renewed_by: Qualification | None = None


def standing_of(
    due: Qualification,
    certificates: Iterable[Qualification],
    applications: Iterable[Application],
    on: dt.date,
) -> RenewalStanding:
    """Where the renewal of a dated certificate stands on a day.

    `certificates` and `applications` are the firm's, of any kind.
    """
    renewed_by = _renewed_by(due, certificates, on)
    if renewed_by is not None:
        return RenewalStanding(RenewalState.RENEWED, renewed_by.valid_from, renewed_by=renewed_by)
    # An application of the certificate's own year was for this certificate, not for its renewal.
    class_year = due.class_year or _printed_days(due).first_day.year
    for application in applications:
        of_later_year = application.kind_id == due.kind_id and application.year > class_year
        # Stages are rows from a day to a day: the one that covers the day tells of it.
        if of_later_year and application.holds_on(on):
            state = RenewalState(application.stage)
            return RenewalStanding(state, application.since, application=application)
    return RenewalStanding(RenewalState.NOT_STARTED)


def _renewed_by(
    due: Qualification, certificates: Iterable[Qualification], on: dt.date
) -> Qualification | None:
    """The first certificate that renews it and has begun by the day."""
    first: tuple[dt.date, Qualification] | None = None
    for certificate in certificates:
        if not _is_renewal_of(certificate, due):
            continue
        # A certificate that is dated later than the day asked was not known to have come.
        begins = certificate.valid_from or dt.date.max
        if begins <= on and (first is None or begins < first[0]):
            first = begins, certificate
    return first[1] if first else None


def _is_renewal_of(certificate: Qualification, due: Qualification) -> bool:
    """A later one of the kind, which outlasts `due` after a gap of at most RENEWAL_DAYS."""
    validity, expected = certificate.validity, _printed_days(due)
    if certificate.kind_id != due.kind_id or validity is None or validity.is_empty:
        return False
    # It may begin before the old one ends: only its own beginning must be later.
    begins_later = validity.first_day > expected.first_day
    gap = (validity.first_day - expected.first_day_not_valid).days
    return begins_later and validity.outlasts(expected) and gap <= RENEWAL_DAYS


def _printed_days(due: Qualification) -> Validity:
    """The days that a dated certificate was to hold, whether or not it was withdrawn later."""
    assert due.valid_from is not None
    assert due.valid_until is not None
    return Validity.from_printed_days(due.valid_from, due.valid_until)


def standings(certificates: Collection[Qualification], on: dt.date) -> dict[int, RenewalStanding]:
    """Certificate → where its renewal stands, for those with a last day; two queries."""
    firms = {certificate.enterprise_id for certificate in certificates}
    held: dict[int, list[Qualification]] = defaultdict(list)
    # Without a first day a certificate cannot be said to follow another.
    dated = Qualification.objects.filter(enterprise__in=firms, valid_from__isnull=False)
    for certificate in dated.order_by("pk"):
        held[certificate.enterprise_id].append(certificate)
    applied: dict[int, list[Application]] = defaultdict(list)
    for application in Application.objects.filter(enterprise__in=firms).holding_on(on):
        applied[application.enterprise_id].append(application)
    found = {}
    for certificate in certificates:
        # A certificate without a last day never lapses, so nothing is to be renewed.
        if certificate.valid_until:
            firm = certificate.enterprise_id
            found[certificate.pk] = standing_of(certificate, held[firm], applied[firm], on)
    return found


# --- the certificates of some months ------------------------------------------------------------
@dataclass(frozen=True)
class RenewalRow:
    """A certificate that lapses, the firm's span on its last day, and its renewal on `on`."""

    certificate: Qualification
    span: Span
    standing: RenewalStanding
    on: dt.date

    @property
    def last_day(self) -> dt.date:
        assert self.certificate.valid_until is not None
        return self.certificate.valid_until

    @property
    def lapses_on(self) -> dt.date:
        """The first day on which it no longer holds."""
        return _printed_days(self.certificate).first_day_not_valid

    @property
    def days_left(self) -> int:
        """Until the last day; below 0 where it has lapsed."""
        return (self.last_day - self.on).days

    @property
    def days_in_words(self) -> str:
        """还有12天, 今天到期, 已失效5天."""
        left = self.days_left
        if left > 0:
            return f"还有{left}天"
        return f"已失效{-left}天" if left else "今天到期"

    @property
    def unit(self) -> Unit:
        return self.span.unit

    @property
    def unit_name(self) -> str:
        return self.unit.answering_name

    @property
    def is_open(self) -> bool:
        return self.standing.state in OPEN

    @property
    def is_applied(self) -> bool:
        return self.standing.state in APPLIED

    @property
    def band(self) -> int:
        """Its place among BANDS."""
        band, _ = URGENCY[self.standing.state]
        return band

    @property
    def urgency(self) -> tuple[int, dt.date, int]:
        """Whom to call first: the unfiled before all, then who lapses sooner."""
        band, place = URGENCY[self.standing.state]
        return band, self.last_day, place


def most_urgent_first(rows: Iterable[RenewalRow]) -> list[RenewalRow]:
    return sorted(rows, key=lambda row: row.urgency)


def with_a_term() -> QuerySet[QualificationKind]:
    """Kinds whose certificates last some years."""
    return QualificationKind.objects.filter(terms__rule=KindTerm.Rule.YEARS).distinct()


def usual_kind() -> QualificationKind | None:
    """The kind that pages of renewals show by default: of those with a term, the plan's first.

    One query.
    """
    headline = Q(indicators__headline=True)
    ranked = with_a_term().annotate(rank=Min("indicators__order", filter=headline))
    # Said, because the two databases put nulls at different ends.
    return ranked.order_by(F("rank").asc(nulls_last=True), "order", "code").first()


def usual_since(on: dt.date) -> dt.date:
    """The first day of lapsing whose certificates may still be renewed on a day."""
    # The day on which it lapsed is the first of the RENEWAL_DAYS.
    return on - (RENEWAL_DAYS - 1) * DAY


def rows(
    kind: str,
    since: dt.date,
    until: dt.date,
    *,
    on: dt.date,
    scope: str = Scope.DISTRICT,
    user: User | None = None,
    stored: bool = False,
) -> list[RenewalRow]:
    """Certificates that lapse from `since` to `until`, both included, soonest first.

    Only of firms that are still here on the day `on`. Without a user, of the whole district.
    `stored`: from the spans as they are, which the caller has brought up to date. The number of
    queries does not depend on the number of firms.
    """
    if not stored:
        spans.refresh()
    due = list(_lapsing_certificates(kind, since, until, on))
    counted = _counted_spans(due, scope, user)
    pairs = []
    # A certificate of a firm that did not count on its last day lapses nothing.
    for certificate in due:
        span = _span_of_last_day(counted[certificate.enterprise_id], certificate)
        if span is not None:
            pairs.append((certificate, span))
    found = standings([certificate for certificate, _ in pairs], on)
    return [RenewalRow(certificate, span, found[certificate.pk], on) for certificate, span in pairs]


def _lapsing_certificates(
    kind: str, since: dt.date, until: dt.date, on: dt.date
) -> QuerySet[Qualification]:
    """Certificates that lapse in these days and that no other outlasts, of firms here then."""
    dated = Qualification.objects.filter(kind__code=kind, valid_from__isnull=False)
    # It lapses on the day after `valid_until`, unless it was withdrawn before.
    unrevoked = Q(revoked_on__isnull=True) | Q(revoked_on__gt=F("valid_until"))
    # One day earlier than asked: who lapses on `since` had its last day on the eve.
    due = dated.filter(unrevoked, valid_until__gte=since - DAY, valid_until__lt=until)
    longer = dated.filter(
        _outlasts_outer(), enterprise=OuterRef("enterprise"), valid_from__lte=OuterRef("valid_from")
    )
    # By today's place and standing: nobody can call a firm that has left or was struck off.
    here = Placement.objects.covering(on).filter(enterprise=OuterRef("enterprise"))
    closed = Closure.objects.holding_on(on).filter(enterprise=OuterRef("enterprise"))
    found = due.filter(~Exists(longer), Exists(here), ~Exists(closed))
    return found.select_related("enterprise", "kind").order_by(
        "valid_until", "enterprise__uscc", "pk"
    )


def _outlasts_outer() -> Q:
    """Condition of a subquery: it ends after the outer certificate's last day.

    Of two with the same last day the earlier one stands for both, so that exactly one is listed.
    """
    last_day, first_day = OuterRef("valid_until"), OuterRef("valid_from")
    unrevoked = Q(revoked_on__isnull=True) | Q(revoked_on__gt=last_day)
    ends_later = Q(valid_until__isnull=True) | Q(valid_until__gt=last_day)
    begins_earlier = Q(valid_until=last_day, valid_from__lt=first_day)
    same_days = Q(valid_until=last_day, valid_from=first_day, pk__lt=OuterRef("pk"))
    return unrevoked & (ends_later | begins_earlier | same_days)


def _counted_spans(
    due: Sequence[Qualification], scope: str, user: User | None
) -> dict[int, list[Span]]:
    """Firm → its spans of the kind by certificate dates that the viewer may see; one query."""
    found = Span.objects.filter(
        definition=Definition.CERTIFICATE,
        enterprise__in={certificate.enterprise_id for certificate in due},
        kind__in={certificate.kind_id for certificate in due},
    ).in_scope(scope)
    if user is not None:
        found = found.visible_to(user)
    by_firm: dict[int, list[Span]] = defaultdict(list)
    for span in found.select_related("park", "town"):
        by_firm[span.enterprise_id].append(span)
    return by_firm


def _span_of_last_day(counted: Iterable[Span], due: Qualification) -> Span | None:
    """The span of the certificate's last day; None where the count ends then for another reason."""
    last_day = due.valid_until
    assert last_day is not None
    for span in counted:
        if span.covers(last_day):
            # A firm that moved on that day still lapses: its next span begins elsewhere.
            by_lapse = span.closed_by in (Span.Closing.EXPIRED, Span.Closing.TRANSFERRED)
            return span if by_lapse or span.last_day != last_day else None
    return None
