"""Telling people: in the portal at once, by e-mail in the background where they have an address."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from enterprises import jobs
from enterprises.models import Notice, RosterVersion
from parks.district import DISTRICT
from parks.models import Unit, User

MAIL = "mail"
BATCH = 200


def send_notices(people: Iterable[User], text: str, link: str = "") -> None:
    """A notice to each person, in the caller's transaction.

    The mails follow when it is committed.
    """
    # The text is cut to its column; the page behind the link has it in full.
    notices = [Notice(person=person, text=text[:300], link=link) for person in people]
    Notice.objects.bulk_create(notices)
    # No job without a server: notices then stand in the portal only.
    if settings.EMAIL_HOST and any(notice.person.email for notice in notices):
        jobs.submit(kind=MAIL)


def tell_unit(unit: Unit, text: str, link: str = "") -> None:
    send_notices(User.objects.filter(unit=unit, is_active=True), text, link)


def tell_bureau(text: str, link: str = "") -> None:
    send_notices(people_of_bureau(), text, link)


def people_of_bureau() -> QuerySet[User]:
    roles = [User.Role.BUREAU_ADMIN, User.Role.BUREAU_STAFF]
    return User.objects.filter(role__in=roles, is_active=True)


def link_to(version: RosterVersion) -> str:
    return reverse("roster_version", args=[version.pk])


def mark_read(user: User, *pks: int) -> int:
    """Mark these of the user's notices as read, or all of them; how many were unread."""
    unread = Notice.objects.unread_by(user)
    if pks:
        unread = unread.filter(pk__in=pks)
    return unread.update(read_at=timezone.now())


def send_mails(context: jobs.JobContext) -> jobs.Result:
    """Job handler: mail what was not mailed yet.

    A mail is marked right after it was sent. A worker that is killed in between sends this one
    twice; none is lost.
    """
    sent = 0
    waiting = Notice.objects.unsent().select_related("person").order_by("pk")[:BATCH]
    for notice in waiting:
        context.beat("发送邮件", done=sent, total=len(waiting))
        body = notice.text
        if settings.PORTAL_URL and notice.link:
            body += f"\n\n{settings.PORTAL_URL}{notice.link}"
        send_mail(
            f"【{DISTRICT.short_name}“双倍增”门户】{notice.text[:60]}",
            body,
            None,
            [notice.person.email],
        )
        # At once, and not after the batch, so that a failure in between repeats a single mail.
        Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())
        sent += 1
    return {"sent": sent}
