"""Telling people: in the portal at once, by e-mail in the background where they have an address."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone

from enterprises import jobs
from enterprises.models import Notice, RosterVersion
from parks.models import Unit, User

MAIL = "mail"
BATCH = 200


def tell(people: Iterable[User], text: str, link: str = "") -> None:
    """A notice to each, in the caller's transaction; the mails follow when it is committed."""
    notices = [Notice(person=person, text=text[:300], link=link) for person in people]
    Notice.objects.bulk_create(notices)
    if settings.EMAIL_HOST and any(notice.person.email for notice in notices):
        jobs.submit(kind=MAIL)


def tell_unit(unit: Unit, text: str, link: str = "") -> None:
    tell(User.objects.filter(unit=unit, is_active=True), text, link)


def tell_bureau(text: str, link: str = "") -> None:
    roles = [User.Role.BUREAU_ADMIN, User.Role.BUREAU_STAFF]
    tell(User.objects.filter(role__in=roles, is_active=True), text, link)


def link_to(version: RosterVersion) -> str:
    return reverse("roster_version", args=[version.pk])


def mark_read(user: User, *pks: int) -> int:
    """These of the user's notices, or all; returns how many were unread."""
    chosen = Notice.objects.unread_by(user)
    return (chosen.filter(pk__in=pks) if pks else chosen).update(read_at=timezone.now())


def send_mails(context: jobs.JobContext) -> jobs.Result:
    """Job handler: mail what was not mailed yet. A mail is marked right after it left; a worker killed in between may
    send that one twice, none is lost."""
    sent = 0
    waiting = Notice.objects.unsent().select_related("person").order_by("pk")[:BATCH]
    for notice in waiting:
        context.beat("发送邮件", done=sent, total=len(waiting))
        address = (
            f"{settings.PORTAL_URL}{notice.link}" if settings.PORTAL_URL and notice.link else ""
        )
        send_mail(
            f"【江津“双倍增”门户】{notice.text[:60]}",
            "\n\n".join(part for part in (notice.text, address) if part),
            None,
            [notice.person.email],
        )
        Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())
        sent += 1
    return {"sent": sent}
