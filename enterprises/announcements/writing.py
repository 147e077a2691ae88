"""Writing what a list says to the registry, in one transaction, and taking it back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from enterprises import jobs, registry
from enterprises.announcements import intake
from enterprises.announcements.corrections import (
    CorrectedEdition,
    correction_of,
    first_edition,
    numbers_of,
    stretches_of,
)
from enterprises.announcements.decisions import columns_of
from enterprises.announcements.deeds import Deed
from enterprises.announcements.matching import Match
from enterprises.announcements.meaning import Said
from enterprises.announcements.proposal import ListProposal, propose
from enterprises.announcements.reading.lists import DocumentLists
from enterprises.loading import register_job, undoing_load
from enterprises.models import (
    Announcement,
    AnnouncementLine,
    Enterprise,
    LedgerEntry,
    Qualification,
)
from enterprises.models.chunks import chunks
from enterprises.refusal import Refusal
from enterprises.registry import acts
from parks.models import User

NO_DAY = "还没有公告日期，请先在“这是什么名单”中填写。"


@dataclass
class ListPlan:
    """What writing a list would do now."""

    proposal: ListProposal
    correction: CorrectedEdition

    @property
    def acts(self) -> list[acts.Act]:
        """What is taken back comes first."""
        return [*self.correction.undoing.acts, *self.proposal.acts]

    @property
    def digest(self) -> str:
        """Changes whenever something else would be written than was looked at."""
        told = "\n".join(repr(act) for act in self.acts)
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def told(self) -> dict[str, Any]:
        """As other programs get it: the proposal, and what a corrected edition takes back."""
        told, first = self.proposal.told, self.correction.first
        told["corrects"] = first.source.name if first else None
        told["withdrawn"] = []
        if first:
            withdrawn = self.correction.withdrawn
            numbers = numbers_of(first, withdrawn)
            told["withdrawn"] = [
                {"firm": firm.uscc, "number": numbers.get(firm.uscc)} for firm in withdrawn
            ]
            told["absent"] += [
                firm.uscc for firm in self.correction.dropped if firm.uscc not in told["absent"]
            ]
        return told


def plan_of(announcement: Announcement) -> ListPlan:
    """Raises NoKind."""
    contents, said = intake.contents_of(announcement), intake.said_of(announcement)
    proposal = propose(contents, announcement.source.name, said, announcement)
    correction = correction_of(proposal, announcement.corrects, announcement.kept)
    return ListPlan(proposal, correction)


def plan_of_contents(
    contents: DocumentLists, filename: str, said: Said, known: Announcement | None
) -> ListPlan:
    """Of a list that is only looked at; `known` where it was received before. Raises NoKind."""
    proposal = propose(contents, filename, said, known)
    first = known.corrects if known else first_edition(proposal.meaning, None)
    return ListPlan(proposal, correction_of(proposal, first, known.kept if known else ()))


def write(announcement: Announcement, *, seen: str, by: User | None) -> int:
    """Write what was looked at (`seen`: ListPlan.digest); gives the number of ledger entries.

    Raises Refusal where something else would be written by now, and ActsRefused.
    """
    with transaction.atomic():
        _lock(announcement)
        registry.lock_ledger()
        plan = plan_of(announcement)
        if plan.digest != seen:
            raise Refusal("您核对之后登记有变动，将写入的内容已不同，请再核对一遍。", "state")
        return write_plan(announcement, plan, by=by)


def write_plan(announcement: Announcement, plan: ListPlan, *, by: User | None) -> int:
    """Inside a transaction. Raises Refusal and ActsRefused."""
    meaning = plan.proposal.meaning
    if meaning.published_on is None:
        raise Refusal(NO_DAY, "invalid")
    report = registry.apply(plan.acts, by=by, source=announcement.source)
    _keep_lines(announcement, plan.proposal)
    announcement.written_by, announcement.written_at = by, timezone.now()
    announcement.undone_by, announcement.undone_at = None, None
    announcement.published_on = meaning.published_on
    announcement.save()
    jobs.follow_up(register_job.LOAD, by=by)
    return len(report.entries)


def undo(announcement: Announcement, *, by: User, reason: str) -> int:
    """Take back all that the list wrote; gives the number of entries. Raises Refusal."""
    if not (reason := reason.strip()):
        raise Refusal("请写明撤销的理由。", "reason")
    with transaction.atomic():
        _lock(announcement)
        registry.lock_ledger()
        if not announcement.is_written:
            raise Refusal("这份名单没有写入，或已经撤销。", "state")
        told = f"撤销{announcement}：{reason}"[:200]
        entries = undoing_load.take_back(stretches_of(announcement), by=by, reason=told)
        announcement.undone_by, announcement.undone_at = by, timezone.now()
        announcement.save(update_fields=["undone_by", "undone_at"])
        _write_again(announcement, by=by, reason=told)
        jobs.follow_up(register_job.LOAD, by=by)
    return len(entries)


def _write_again(announcement: Announcement, *, by: User, reason: str) -> None:
    """What the list had taken back of the edition before it holds again."""
    first = announcement.corrects
    if first is None or not first.is_written:
        return
    taken_back = LedgerEntry.objects.filter(source=announcement.source, undoes__isnull=False)
    codes = set(taken_back.values_list("enterprise__uscc", flat=True))
    again = [act for act in plan_of(first).proposal.acts if act.uscc in codes]
    registry.apply(again, by=by, source=first.source, reason=reason)


def _lock(announcement: Announcement) -> None:
    """Read it anew and keep it from others: two people may be at the same list."""
    announcement.refresh_from_db(from_queryset=Announcement.objects.select_for_update())


# --- lines as provenance ---
def _keep_lines(announcement: Announcement, proposal: ListProposal) -> None:
    """Each line whose firm is settled, with what it did and the certificate that it speaks of."""
    settled = [(match, deed, _firm_of(match, deed)) for match, deed in proposal.lines]
    codes = {code for _, _, code in settled if code}
    firms = _firms_by_code(codes)
    certificates = _Certificates(firms.values(), proposal.meaning.kind)
    rows = {row.n: row for row in announcement.lines.all()}
    new: list[AnnouncementLine] = []
    changed: list[AnnouncementLine] = []
    for match, deed, code in settled:
        if code not in firms:
            continue
        row = rows.get(match.line.n)
        (changed if row else new).append(row := row or _row_of(announcement, match))
        row.firm, row.by, row.told = firms[code], match.by or "", deed.told
        row.qualification = certificates.of_line(firms[code], deed)
    AnnouncementLine.objects.bulk_create(new)
    columns = ["firm", "by", "told", "qualification"]
    AnnouncementLine.objects.bulk_update(changed, columns, batch_size=200)


def _firm_of(match: Match, deed: Deed) -> str:
    """The code of the firm that the line is about; empty where nobody knows."""
    if match.firm:
        return match.firm.uscc
    return deed.acts[0].uscc if deed.acts else ""


def _row_of(announcement: Announcement, match: Match) -> AnnouncementLine:
    return AnnouncementLine(announcement=announcement, n=match.line.n, **columns_of(match.line))


def _firms_by_code(codes: Iterable[str]) -> dict[str, Enterprise]:
    found = {}
    for portion in chunks(codes):
        for firm in Enterprise.objects.filter(uscc__in=portion):
            found[firm.uscc] = firm
    return found


class _Certificates:
    """The certificates of one kind that these firms hold, as a line may speak of them."""

    def __init__(self, firms: Iterable[Enterprise], kind: str) -> None:
        self._by_number: dict[tuple[int, str], Qualification] = {}
        self._by_day: dict[tuple[int, str], Qualification] = {}
        for ids in chunks(firm.pk for firm in firms):
            for held in Qualification.objects.filter(kind__code=kind, enterprise__in=ids):
                self._by_number[held.enterprise_id, held.number] = held
                self._by_day[held.enterprise_id, str(held.valid_from)] = held

    def of_line(self, firm: Enterprise, deed: Deed) -> Qualification | None:
        told = deed.told.get("then") or deed.told
        if number := told.get("number"):
            return self._by_number.get((firm.pk, number))
        day = told.get("valid_from") or told.get("registered_on")
        return self._by_day.get((firm.pk, str(day))) if day else None
