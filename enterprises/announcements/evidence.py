"""What speaks for and against a firm that a line may mean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from enterprises.announcements.matching import Match
from enterprises.announcements.meaning import Meaning
from enterprises.announcements.reading.titles import Field
from enterprises.firms import contacts
from enterprises.models import (
    Application,
    Closure,
    Enterprise,
    FormerName,
    Placement,
    Qualification,
)
from enterprises.models.chunks import chunks
from enterprises.uscc import normalise
from parks.district import DISTRICT


@dataclass
class Candidate:
    """`unit`: where the firm stands on the day of the list; empty where it does not stand here."""

    firm: Enterprise
    unit: str = ""
    speaks_for: list[str] = field(default_factory=list)
    speaks_against: list[str] = field(default_factory=list)

    @property
    def dials(self) -> str:
        """The number of the contact person, as a link dials it; empty for what is none."""
        return contacts.dialled(self.firm.contact_phone)


class Evidence:
    """Facts of all candidates of a list, read once: five queries a portion."""

    def __init__(self, firms: Iterable[Enterprise], meaning: Meaning, day: dt.date) -> None:
        self._day = day
        self._units: dict[int, str] = {}
        self._former: dict[int, set[str]] = {}
        self._applications: dict[int, Application] = {}
        self._held: dict[int, list[Qualification]] = {}
        self._closed: set[int] = set()
        for ids in chunks({firm.pk for firm in firms}):
            self._read(ids, meaning.kind)

    def _read(self, ids: list[int], kind: str) -> None:
        places = Placement.objects.filter(enterprise__in=ids).covering(self._day)
        for place in places.select_related("park", "town"):
            self._units[place.enterprise_id] = str(place.answering.short_name)
        for name in FormerName.objects.filter(enterprise__in=ids):
            self._former.setdefault(name.enterprise_id, set()).add(name.name_key)
        waiting = Application.objects.filter(enterprise__in=ids, kind__code=kind, until=None)
        for application in waiting:
            self._applications[application.enterprise_id] = application
        held = Qualification.objects.filter(enterprise__in=ids, kind__code=kind)
        for one in held.order_by("valid_from", "pk"):
            self._held.setdefault(one.enterprise_id, []).append(one)
        closed = Closure.objects.filter(enterprise__in=ids).holding_on(self._day)
        self._closed.update(closed.values_list("enterprise_id", flat=True))

    def candidate(self, firm: Enterprise, match: Match) -> Candidate:
        """The firm with what speaks for and against it."""
        found = Candidate(firm, self._units.get(firm.pk, ""))
        self._weigh_name(found, match)
        self._weigh_identity(found, match)
        self._weigh_state(found)
        return found

    def about(self, firm: Enterprise) -> Candidate:
        """The firm with what is registered of it; no line names it."""
        found = Candidate(firm, self._units.get(firm.pk, ""))
        self._weigh_state(found)
        return found

    def _weigh_name(self, found: Candidate, match: Match) -> None:
        name = normalise(match.line.text(Field.NAME))
        if name == found.firm.name_key:
            found.speaks_for.append("现名相同")
        elif name in self._former.get(found.firm.pk, set()):
            found.speaks_for.append("曾用名相同")
        else:
            apart = Levenshtein.distance(name, found.firm.name_key)
            found.speaks_against.append(f"名称差{apart}字")

    def _weigh_identity(self, found: Candidate, match: Match) -> None:
        line = match.line
        if (code := normalise(line.text(Field.CODE))) and code == found.firm.uscc:
            found.speaks_for.append("信用代码相同")
        number = normalise(line.text(Field.NUMBER))
        if number and number in {held.number for held in self._held.get(found.firm.pk, [])}:
            found.speaks_for.append("证书编号是它的")
        if district := line.text(Field.DISTRICT):
            here = DISTRICT.short_name in district
            (found.speaks_for if here else found.speaks_against).append(f"名单写的是{district}")

    def _weigh_state(self, found: Candidate) -> None:
        firm = found.firm.pk
        if application := self._applications.get(firm):
            stage = application.get_stage_display()
            told = f"{application.year}年申报：{stage}（{application.since}）"
            found.speaks_for.append(told)
        else:
            found.speaks_against.append("没有申报记录")
        if held := self._held.get(firm):
            self._weigh_certificate(found, held[-1])
        if firm in self._closed:
            found.speaks_against.append("已注销")
        elif not found.unit:
            found.speaks_against.append("当日不在本区")

    def _weigh_certificate(self, found: Candidate, last: Qualification) -> None:
        if last.valid_until is None:
            found.speaks_for.append("持有该资质")
        elif last.valid_until < self._day:
            found.speaks_for.append(f"上一张证书{last.valid_until}到期")
        else:
            found.speaks_for.append(f"证书有效期至{last.valid_until}")
