"""Rows about applications that the database must refuse, by the constraint that refuses them."""

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace

from django.utils import timezone

from enterprises.models import Agency, AgencyReply, BulkRun, RejectionReason
from parks.models import User

DAY = dt.date(2026, 5, 4)


def somebody() -> User:
    return User.objects.get_or_create(username="某", defaults={"role": "leader"})[0]


def agency(**values: object) -> Agency:
    return Agency.objects.create(**{"code": "a", "name": "甲"} | values)


def itself() -> None:
    one = agency()
    Agency.objects.filter(pk=one.pk).update(merged_into=one.pk)


def reply(**values: object) -> AgencyReply:
    told, _ = Agency.objects.get_or_create(code="b", defaults={"name": "乙"})
    given = {"agency": told, "year": 2025, "replied_on": DAY, "words": "x"}
    return AgencyReply.objects.create(**given | values)


def violations(
    application: Callable[..., object],
) -> dict[str, Callable[[SimpleNamespace], object]]:
    """`application` makes one of the world's firm."""
    return {
        "agency_not_merged_into_itself": lambda w: itself(),
        "agency_name_not_blank": lambda w: agency(name=""),
        "agency_reply_once_a_year": lambda w: (reply(by=(one := somebody())), reply(by=one)),
        "agency_reply_year_plausible": lambda w: reply(year=1999, by=somebody()),
        "bulk_entries_of_what_is_written": lambda w: BulkRun.objects.create(
            made_by=somebody(), first_entry=1, last_entry=2
        ),
        "bulk_undone_after_written": lambda w: BulkRun.objects.create(
            made_by=somebody(), undone_by=somebody(), undone_at=timezone.now()
        ),
        "application_reason_of_rejected": lambda w: application(
            w, rejected_for=RejectionReason.objects.create(code="r", name="r")
        ),
        "application_next_step_has_day": lambda w: application(w, next_action="x"),
    }
