"""Rows about official lists that the database must refuse, by the constraint that refuses them."""

from collections.abc import Callable

from django.utils import timezone

from enterprises.models import Announcement, AnnouncementLine, NameChoice, SourceFile


def announced(**values: object) -> Announcement:
    source = SourceFile.objects.create(kind="announcement", name="x", sha256="0" * 64, size=1)
    return Announcement.objects.create(source=source, **values)


def line_of(announcement: Announcement, **values: object) -> AnnouncementLine:
    return AnnouncementLine.objects.create(announcement=announcement, n=1, name="甲", **values)


def same_line_twice() -> None:
    announcement = announced()
    line_of(announcement)
    line_of(announcement)


def same_name_twice() -> None:
    NameChoice.objects.create(name_key="甲")
    NameChoice.objects.create(name_key="甲")


OF_LISTS: dict[str, Callable[..., object]] = {
    "announcement_written_once_confirmed": lambda w: announced(written_at=timezone.now()),
    "announcement_line_once": lambda w: same_line_twice(),
    "announcement_line_settled_known": lambda w: line_of(announced(), settled="perhaps"),
    "announcement_line_firm_named": lambda w: line_of(announced(), settled="firm"),
    "name_choice_once": lambda w: same_name_twice(),
}
