"""Opening quarters, and who may hand in when."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from enterprises.models import LockException, Period, Quarter, QuarterEvent
from enterprises.refusal import Refusal
from parks.models import Unit, User

Kind = QuarterEvent.Kind
MOVES = (Kind.OPENED, Kind.MOVED, Kind.REOPENED)
"""Events that set the days of a quarter."""


def open_quarter(
    period: Period, *, by: User | None, days: dict[str, dt.date] | None = None
) -> Quarter:
    """Open a quarter on the days of the rule, or on other ones (opens_on, due_on, locks_on).

    Raises Refusal.
    """
    chosen = Quarter.usual_days(period) | (days or {})
    _check_days(chosen)
    try:
        with transaction.atomic():
            quarter = Quarter.objects.create(
                year=period.year, number=period.number, opened_by=by, **chosen
            )
            days_set = {name: (None, day) for name, day in chosen.items()}
            QuarterEvent.objects.record(Kind.OPENED, quarter, by=by, days=days_set)
            return quarter
    # Two people, or a person and the schedule, may open it at once; the unique constraint decides.
    except IntegrityError:
        raise Refusal(f"{period.label}已经开放。", "state") from None


def open_due(today: dt.date) -> Quarter | None:
    """Open the quarter that ended last, unless somebody has. May run any number of times.

    A quarter that would be locked already is left to the bureau: a portal that is set up in
    mid-quarter should remind nobody of the past.
    """
    period = Period.before(today)
    if today > Quarter.usual_days(period)["locks_on"]:
        return None
    if Quarter.objects.filter(year=period.year, number=period.number).exists():
        return None
    try:
        return open_quarter(period, by=None)
    # Somebody has opened it since the question above.
    except Refusal:
        return None


def days_version(quarter: Quarter) -> str:
    """Names the quarter's days as they stand; another after every change, also after one back."""
    moves = quarter.events.filter(kind__in=MOVES).aggregate(last=Max("pk"))
    days = [quarter.opens_on, quarter.due_on, quarter.locks_on]
    content = repr([quarter.pk, moves["last"], *map(str, days)])
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def change_days(
    quarter: Quarter,
    *,
    due_on: dt.date | None = None,
    locks_on: dt.date | None = None,
    reason: str,
    by: User | None,
    seen: Collection[str] | None = None,
) -> None:
    """Another due or lock day for everybody, with the reason; the same days change nothing.

    A day left out stays. `seen`: the versions of the days of which one must still stand. For a
    single unit there is grant_exception. Raises Refusal.
    """
    with transaction.atomic():
        # Locked: of two who change the days, the second records what the first has left.
        present = Quarter.objects.select_for_update().get(pk=quarter.pk)
        if seen is not None and days_version(present) not in seen:
            raise Refusal("期限已被改动，与所见的不同。请重新读取，核对后再提交。", "stale")
        chosen = {"due_on": due_on or present.due_on, "locks_on": locks_on or present.locks_on}
        _check_days({"opens_on": present.opens_on, **chosen})
        moved = {
            name: (getattr(present, name), day)
            for name, day in chosen.items()
            if getattr(present, name) != day
        }
        if not moved:
            return
        if not reason.strip():
            raise Refusal("请写明调整期限的理由。", "reason")
        today = timezone.localdate()
        reopened = present.locks_on < today <= chosen["locks_on"]
        kind = Kind.REOPENED if reopened else Kind.MOVED
        Quarter.objects.filter(pk=quarter.pk).update(**chosen)
        QuarterEvent.objects.record(kind, quarter, by=by, days=moved, reason=reason)


def _check_days(days: dict[str, dt.date]) -> None:
    if not days["opens_on"] <= days["due_on"] <= days["locks_on"]:
        raise Refusal("开放日、截止日、锁定日必须依次先后。", "invalid")


def grant_exception(
    quarter: Quarter, unit: Unit, *, until: dt.date, reason: str, by: User
) -> LockException:
    """Let one unit hand in until a day after the lock. Raises Refusal."""
    if not reason.strip():
        raise Refusal("请写明延期的理由。", "reason")
    if until <= quarter.locks_on:
        # An extension up to the lock day would change nothing.
        raise Refusal(f"延期须晚于锁定日（{quarter.locks_on:%Y-%m-%d}）。", "invalid")
    with transaction.atomic():
        # Locked, so that what the unit could do until now is told as it was.
        Quarter.objects.select_for_update().get(pk=quarter.pk)
        reach = {"until": (last_day_for(quarter, unit), until)}
        QuarterEvent.objects.record(
            Kind.EXTENDED, quarter, by=by, unit=unit, days=reach, reason=reason
        )
        return LockException.objects.create(
            quarter=quarter, unit=unit, until=until, reason=reason.strip()[:200], granted_by=by
        )


def last_day_for(quarter: Quarter, unit: Unit) -> dt.date:
    """The last day on which the unit may hand in: the lock day, or the end of its exception."""
    granted = (
        quarter.exceptions.filter(unit=unit)
        .order_by("-until")
        .values_list("until", flat=True)
        .first()
    )
    # The lock day may have been moved past the extension since it was granted.
    return max(quarter.locks_on, granted) if granted else quarter.locks_on


def refuse_when_shut(quarter: Quarter, unit: Unit, today: dt.date | None = None) -> None:
    """Raise Refusal before the quarter opens and after it has locked for the unit."""
    day = today or timezone.localdate()
    if unit.kind not in (Unit.Kind.PARK, Unit.Kind.TOWN):
        raise Refusal("只有园区平台和镇街报送名册。", "invalid")
    if day < quarter.opens_on:
        raise Refusal(f"{quarter}名册从{quarter.opens_on:%Y-%m-%d}起报送。", "locked")
    last = last_day_for(quarter, unit)
    if day > last:
        raise Refusal(
            f"{quarter}已于{last:%Y-%m-%d}锁定，不再接收。确需补报的，请联系科技局延期。", "locked"
        )


def milestone_reached(
    due_on: dt.date, today: dt.date, sentences: Mapping[int, str]
) -> tuple[str, str] | None:
    """The last milestone reached by today, such as "-3", and what a reminder says at it.

    `sentences`: days from the due day → what a reminder says. None before the first milestone.
    """
    # Milestones that were passed while no job ran are skipped: only the last one is sent.
    reached = [days for days in sentences if due_on + dt.timedelta(days=days) <= today]
    if not reached:
        return None
    last = max(reached)
    return f"{last:+d}", sentences[last]
