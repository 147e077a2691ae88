"""Certificates that lapse, and where the renewal of each stands on a day.

A certificate lapses on the day after its last one, where the firm counted with it to the end and no other outlasts it.
It is renewed by a later certificate that continues it or follows within RENEWAL_DAYS. Until then the application
speaks: that of a year after the certificate's own class year, by the row that covers the day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextChoices

from enterprises.marks import GOOD, NEUTRAL, SHORT, Mark
from enterprises.models import Application, Closure, Placement, Qualification, QualificationKind
from parks.models import Unit, User
from targets.figures import spans
from targets.models import Definition, Scope, Span
from targets.renewals.term import RENEWAL_DAYS

DAY = dt.timedelta(days=1)


class RenewalState(TextChoices):
    NOT_STARTED = "not_started", "未启动"
    PREPARING = Application.Stage.PREPARING.value, "准备中"
    FILED = Application.Stage.FILED.value, "已申报"
    PUBLICITY = Application.Stage.PUBLICITY.value, "公示中"
    REJECTED = Application.Stage.REJECTED.value, "未通过"
    GIVEN_UP = Application.Stage.GIVEN_UP.value, "放弃"
    RENEWED = "renewed", "已续"

    @property
    def mark(self) -> Mark:
        return RENEWAL_MARKS[self]


RENEWAL_MARKS = {
    RenewalState.NOT_STARTED: Mark(SHORT, "exclamation-triangle"),
    RenewalState.PREPARING: Mark(NEUTRAL, "hourglass-split"),
    RenewalState.FILED: Mark("renewal-filed", "upload"),
    RenewalState.PUBLICITY: Mark("renewal-filed", "info-circle"),
    RenewalState.REJECTED: Mark("renewal-lost", "x-circle"),
    RenewalState.GIVEN_UP: Mark(NEUTRAL, "box-arrow-right"),
    RenewalState.RENEWED: Mark(GOOD, "check-circle"),
}

OPEN = (
    RenewalState.NOT_STARTED,
    RenewalState.PREPARING,
    RenewalState.FILED,
    RenewalState.PUBLICITY,
    RenewalState.REJECTED,
)
"""Something remains to be done."""
APPLIED = (RenewalState.FILED, RenewalState.PUBLICITY)
"""In renewal: the application is in, and not decided."""


@dataclass(frozen=True)
class RenewalStanding:
    """`since`: when the state began, None for 未启动. `application` or `renewed_by` is what tells of it."""

    state: RenewalState
    since: dt.date | None = None
    application: Application | None = None
    renewed_by: Qualification | None = None


def standing_of(
    due: Qualification, held: Iterable[Qualification], told: Iterable[Application], on: dt.date
) -> RenewalStanding:
    """Where the renewal of a dated certificate stands on a day, from the firm's certificates and applications."""
    if following := min(
        (one for one in held if _renews(one, due) and _begins(one) <= on), key=_begins, default=None
    ):  # fmt: skip
        return RenewalStanding(RenewalState.RENEWED, following.valid_from, renewed_by=following)
    year = due.class_year or _begins(due).year
    for one in told:
        if one.kind_id == due.kind_id and one.year > year and one.holds_on(on):
            return RenewalStanding(RenewalState(one.stage), one.since, application=one)
    return RenewalStanding(RenewalState.NOT_STARTED)


def _begins(one: Qualification) -> dt.date:
    return one.valid_from or dt.date.max


def _renews(one: Qualification, due: Qualification) -> bool:
    """A later certificate of the kind that held for a day at least, outlasts `due` and leaves no longer gap."""
    assert due.valid_until is not None
    begins = _begins(one)
    if (
        one.kind_id != due.kind_id
        or begins <= _begins(due)
        or begins == dt.date.max
        or one.revoked_on == begins
    ):
        return False
    outlasts = one.valid_until is None or one.valid_until > due.valid_until
    held_on = one.revoked_on is None or one.revoked_on > due.valid_until + DAY
    return outlasts and held_on and (begins - due.valid_until - DAY).days <= RENEWAL_DAYS


def standings(certificates: Collection[Qualification], on: dt.date) -> dict[int, RenewalStanding]:
    """Certificate → where its renewal stands; two queries."""
    firms = {one.enterprise_id for one in certificates}
    held: dict[int, list[Qualification]] = defaultdict(list)
    told: dict[int, list[Application]] = defaultdict(list)
    for one in Qualification.objects.filter(
        enterprise__in=firms, valid_from__isnull=False
    ).order_by("pk"):
        held[one.enterprise_id].append(one)
    for said in Application.objects.filter(enterprise__in=firms).holding_on(on):
        told[said.enterprise_id].append(said)
    return {
        one.pk: standing_of(one, held[one.enterprise_id], told[one.enterprise_id], on)
        for one in certificates
        if one.valid_until
    }


# --- the certificates of some months --------------------------------------------------------------------------------
@dataclass(frozen=True)
class RenewalRow:
    """A certificate that lapses, where the firm counted on its last day, and how its renewal stands on the day."""

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
        return self.last_day + DAY

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


def with_a_term() -> QuerySet[QualificationKind]:
    """Kinds whose certificates last some years."""
    return QualificationKind.objects.filter(terms__rule="years").distinct()


def usual_since(on: dt.date) -> dt.date:
    """The first day of lapsing whose certificates may still be renewed on a day."""
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
    """Those that lapse from `since` to `until`, both included, soonest first, of firms still here on the day `on`.

    Without a user, of the whole district; `stored`: from the spans as they are, which a caller has brought up to date.
    The number of queries does not depend on the number of firms.
    """
    if not stored:
        spans.refresh()
    due = list(_due(kind, since, until, on))
    places = _places(due, scope, user)
    counted = [
        (one, span)
        for one in due
        if (span := _covering(places[one.enterprise_id], one)) is not None
    ]
    found = standings([one for one, _ in counted], on)
    return [RenewalRow(one, span, found[one.pk], on) for one, span in counted]


def _due(kind: str, since: dt.date, until: dt.date, on: dt.date) -> QuerySet[Qualification]:
    """Dated, not withdrawn, outlasted by none that began before, or with it; of firms present on the day."""
    unrevoked = Q(revoked_on__isnull=True) | Q(revoked_on__gt=F("valid_until"))
    of_kind = Qualification.objects.filter(kind__code=kind, valid_from__isnull=False)
    asked = of_kind.filter(unrevoked, valid_until__gte=since - DAY, valid_until__lt=until)
    longer = of_kind.filter(
        Q(revoked_on__isnull=True) | Q(revoked_on__gt=OuterRef("valid_until")),
        Q(valid_until__gt=OuterRef("valid_until"))
        | Q(valid_until__isnull=True)
        | Q(valid_until=OuterRef("valid_until"), valid_from__lt=OuterRef("valid_from"))
        | Q(
            valid_until=OuterRef("valid_until"),
            valid_from=OuterRef("valid_from"),
            pk__lt=OuterRef("pk"),
        ),
        enterprise=OuterRef("enterprise"),
        valid_from__lte=OuterRef("valid_from"),
    )
    here = Placement.objects.covering(on).filter(enterprise=OuterRef("enterprise"))
    closed = Closure.objects.holding_on(on).filter(enterprise=OuterRef("enterprise"))
    found = asked.filter(~Exists(longer), Exists(here), ~Exists(closed))
    return found.select_related("enterprise", "kind").order_by(
        "valid_until", "enterprise__uscc", "pk"
    )


def _places(due: Sequence[Qualification], scope: str, user: User | None) -> dict[int, list[Span]]:
    """Firm → its spans of the kind by certificate dates that the viewer may see; one query."""
    places: dict[int, list[Span]] = defaultdict(list)
    found = Span.objects.filter(
        definition=Definition.CERTIFICATE,
        enterprise__in={one.enterprise_id for one in due},
        kind__in={one.kind_id for one in due},
    )
    seen = found.in_scope(scope) if user is None else found.in_scope(scope).visible_to(user)
    for span in seen.select_related("park", "town"):
        places[span.enterprise_id].append(span)
    return places


def _covering(counted: Iterable[Span], due: Qualification) -> Span | None:
    """The span of the certificate's last day, unless the firm's count ends with that day for another reason."""
    assert due.valid_until is not None
    last = due.valid_until
    span = next((one for one in counted if one.start <= last < one.end), None)
    if (
        span
        and span.end == last + DAY
        and span.closed_by not in (Span.Closing.EXPIRED, Span.Closing.TRANSFERRED)
    ):
        return None
    return span
