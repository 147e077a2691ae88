"""Official lists that come in: kept, read in the background, and read again by nobody.

What a list is stands as its title says until a person confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from enterprises import jobs
from enterprises.announcements.corrections import first_edition
from enterprises.announcements.meaning import Said, meaning_of
from enterprises.announcements.reading.lists import DocumentLists
from enterprises.announcements.reading.process import as_data, from_data
from enterprises.announcements.safe_reading import read_safely
from enterprises.loading import storage
from enterprises.models import Announcement, SourceFile
from enterprises.rosters.definition.problems import FileRefused
from parks.models import User

READ = "announcement_read"
"""The job that reads one."""
NUL = "\0"


def receive(chunks: Iterable[bytes], name: str, *, by: User | None) -> Announcement:
    """Keep the file and have it read; the same bytes are the same list. Raises StorageError."""
    with transaction.atomic():
        announcement, new = _kept(chunks, name, by)
        if new:
            jobs.submit(kind=READ, params={"announcement": announcement.pk}, by=by)
    return announcement


def receive_text(text: str, *, by: User | None) -> Announcement:
    """Names that were pasted, as a file of their own."""
    now = timezone.localtime()
    return receive([text.encode()], f"粘贴的名单 {now:%Y-%m-%d %H%M%S}.txt", by=by)


def receive_read(
    chunks: Iterable[bytes], name: str, contents: DocumentLists, *, by: User | None
) -> Announcement:
    """Keep a file that has been read already."""
    announcement, _ = _kept(chunks, name, by)
    if not announcement.is_read:
        take_over(announcement, contents)
    return announcement


def known(chunks: Iterable[bytes]) -> Announcement | None:
    """The list with these bytes, where it was received before."""
    digest = storage.digest_of(chunks)
    return Announcement.objects.filter(source__sha256=digest).first()


def note_said(announcement: Announcement, said: Said, *, by: User | None) -> None:
    """What a person says of the list stands on record; what is empty here is left as it is."""
    told = {name: value for name, value in asdict(said).items() if value}
    for name, value in told.items():
        setattr(announcement, name, value)
    announcement.confirmed_by = by
    announcement.save(update_fields=[*told, "confirmed_by"])


def _kept(chunks: Iterable[bytes], name: str, by: User | None) -> tuple[Announcement, bool]:
    source = storage.keep_as(SourceFile.Kind.ANNOUNCEMENT, chunks, name, by=by)
    return Announcement.objects.get_or_create(source=source, defaults={"received_by": by})


def run(context: jobs.JobContext) -> jobs.Commit | jobs.Result:
    """Job handler. params: {"announcement": its id}. A list that cannot be read says why."""
    pk = context.params["announcement"]
    announcement = Announcement.objects.select_related("source").get(pk=pk)
    source = announcement.source
    context.beat(f"读取 {source.name}")
    try:
        contents = read_safely(storage.path_of(source), source.name)
    except FileRefused as refused:
        announcement.refusal = in_words(refused)
        announcement.save(update_fields=["refusal"])
        return {"announcement": pk, "lines": 0}
    take_over(announcement, contents)
    return {"announcement": pk, "lines": len(contents.lines)}


def in_words(refused: FileRefused) -> str:
    return f"{refused.problem.reason}。{refused.problem.fix}"


def take_over(announcement: Announcement, contents: DocumentLists) -> None:
    """Note what reading has found, and what the title says that it is."""
    announcement.contents = _storable(as_data(contents))
    meaning = meaning_of(contents, announcement.source.name)
    if meaning:
        announcement.corrects = first_edition(meaning, announcement)
        announcement.kind = meaning.code
        announcement.title = meaning.title[:300]
        announcement.document_number = meaning.document_number[:60]
        announcement.published_on = meaning.published_on
        announcement.issued_on = meaning.issued_on
        announcement.year, announcement.batch = meaning.year, meaning.batch
    announcement.save()


def contents_of(announcement: Announcement) -> DocumentLists:
    return from_data(announcement.contents)


def said_of(announcement: Announcement) -> Said:
    """What stands on record about the list: the title's word, or a person's."""
    return Said(
        kind=announcement.kind,
        published_on=announcement.published_on,
        issued_on=announcement.issued_on,
        year=announcement.year,
        batch=announcement.batch,
    )


def _storable(data: Any) -> Any:
    """The same without the character that a database keeps in no JSON."""
    if isinstance(data, str):
        return data.replace(NUL, "")
    if isinstance(data, dict):
        return {_storable(key): _storable(value) for key, value in data.items()}
    return [_storable(each) for each in data]
