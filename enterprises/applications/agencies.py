"""Agencies: whose spelling a name is, merging and parting them, and what they replied.

A name that no spelling knows stands for itself, until a person says whose it is.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from enterprises.models import (
    Agency,
    AgencyEvent,
    AgencyReply,
    AgencySpelling,
    Application,
)
from enterprises.refusal import Refusal
from enterprises.uscc import normalise
from parks.models import User

BUREAU_ONLY = "只有科技局人员可以登记辅导机构。"
NAME_TAKEN = "已有这个名称的机构。"


class AgencyBook:
    """Whose spelling a name is, merged agencies followed to the one that stands; two queries."""

    def __init__(self) -> None:
        self.agencies = {agency.pk: agency for agency in Agency.objects.all()}
        spellings = AgencySpelling.objects.values_list("key", "agency")
        self._by_key = {key: self.standing(self.agencies[pk]) for key, pk in spellings}

    def standing(self, agency: Agency) -> Agency:
        while agency.merged_into_id is not None:
            agency = self.agencies[agency.merged_into_id]
        return agency

    def learn(self, agency: Agency, name: str) -> None:
        """The name has become a spelling of the agency."""
        self.agencies[agency.pk] = agency
        self._by_key[normalise(name)] = agency

    def of(self, name: str) -> Agency | None:
        return self._by_key.get(normalise(name))

    def code_of(self, name: str) -> str:
        """What tells the agency of a name apart: its code, or the name without a row."""
        agency = self.of(name)
        return agency.code if agency else name.strip()

    def name_of(self, name: str) -> str:
        agency = self.of(name)
        return agency.name if agency else name.strip()


@dataclass(frozen=True)
class NewName:
    """A name that stands on applications and is nobody's spelling yet; `times`: on how many."""

    text: str
    times: int


def new_names(book: AgencyBook) -> list[NewName]:
    """Most used first, each once for all its widths and spaces; one query."""
    told = Application.objects.exclude(agency="").order_by().values_list("agency", flat=True)
    times: Counter[str] = Counter()
    text_of: dict[str, str] = {}
    for text in told:
        if book.of(text) is None and normalise(text):
            times[normalise(text)] += 1
            text_of.setdefault(normalise(text), text.strip())
    return [NewName(text_of[key], count) for key, count in times.most_common()]


def establish(names: Iterable[str], *, by: User) -> list[Agency]:
    """An agency for each name that no spelling knows, with it as its first spelling."""
    made = []
    with transaction.atomic():
        book = AgencyBook()
        for name in dict.fromkeys(text.strip() for text in names):
            if not normalise(name) or book.of(name) is not None:
                continue
            agency = _create(name)
            _spell(agency, name)
            _record(agency, f"建立机构“{name}”", by)
            made.append(agency)
            book.learn(agency, name)
    return made


def assign(name: str, agency: Agency, *, by: User) -> None:
    """The name is a spelling of the agency from now on, on applications of old too."""
    if not normalise(name):
        raise Refusal("写法不能为空。", "invalid")
    held = AgencyBook().of(name)
    if held is not None and held.pk != agency.pk:
        raise Refusal(f"“{name}”已是“{held.name}”的写法。", "invalid")
    if held is None:
        with transaction.atomic():
            _spell(agency, name)
            _record(agency, f"增加写法“{name}”", by)


def rename(agency: Agency, name: str, *, by: User) -> None:
    name = name.strip()
    if name == agency.name:
        return
    try:
        with transaction.atomic():
            if AgencyBook().of(name) is None:
                _spell(agency, name)
            _record(agency, f"名称由“{agency.name}”改为“{name}”", by)
            Agency.objects.filter(pk=agency.pk).update(name=name)
    except IntegrityError:
        raise Refusal(NAME_TAKEN, "invalid") from None


def merge(agency: Agency, into: Agency, *, by: User) -> None:
    """The agency turned out to be another one. Its row and spellings stay its own."""
    with transaction.atomic():
        # All of them: two merges at once could make a circle.
        rows = {row.pk: row for row in Agency.objects.select_for_update()}
        book = AgencyBook()
        if rows[agency.pk].merged_into_id is not None:
            raise Refusal(f"“{agency.name}”已并入“{book.standing(agency).name}”。", "state")
        target = book.standing(rows[into.pk])
        if target.pk == agency.pk:
            raise Refusal("机构不能并入自己。", "invalid")
        Agency.objects.filter(pk=agency.pk).update(merged_into=target)
        _record(agency, f"并入“{target.name}”", by)
        _record(target, f"“{agency.name}”并入", by)


def part(agency: Agency, *, by: User) -> None:
    """Take a merge back."""
    with transaction.atomic():
        locked = Agency.objects.select_for_update(of=("self",))
        row = locked.select_related("merged_into").get(pk=agency.pk)
        if row.merged_into is None:
            raise Refusal(f"“{agency.name}”没有并入别的机构。", "state")
        _record(row, f"从“{row.merged_into.name}”拆出", by)
        _record(row.merged_into, f"“{row.name}”拆出", by)
        Agency.objects.filter(pk=row.pk).update(merged_into=None)


def record_reply(agency: Agency, year: int, replied_on: dt.date, words: str, *, by: User) -> None:
    """What the agency said of its rate of the year; from now on the rate is public."""
    try:
        with transaction.atomic():
            AgencyReply.objects.create(
                agency=agency, year=year, replied_on=replied_on, words=words, by=by
            )
            _record(agency, f"登记对{year}年通过率的回复", by)
    except IntegrityError:
        raise Refusal("该机构该年度的回复已登记。", "state") from None


def replied(year: int) -> set[str]:
    """Codes of the agencies whose reply to their rate of the year is recorded; one query."""
    return set(AgencyReply.objects.filter(year=year).values_list("agency__code", flat=True))


def _create(name: str) -> Agency:
    last = Agency.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        with transaction.atomic():
            return Agency.objects.create(code=f"agency-{last + 1:03d}", name=name)
    except IntegrityError:
        raise Refusal(NAME_TAKEN, "invalid") from None


def _spell(agency: Agency, text: str) -> None:
    AgencySpelling.objects.create(agency=agency, text=text.strip(), key=normalise(text))


def _record(agency: Agency, what: str, by: User) -> None:
    AgencyEvent.objects.create(agency=agency, what=what[:200], by=by)
