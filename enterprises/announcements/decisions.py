"""What persons have decided about lines of lists: about this one's, and about names on earlier ones.

Nothing else settles a line that the ladder leaves open. A choice of an earlier list is taken over
and said so; whoever looks at the list can still decide otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from enterprises.announcements.matching import By, Match, Pile
from enterprises.announcements.reading.lists import Line
from enterprises.announcements.reading.titles import Field
from enterprises.models import Announcement, AnnouncementLine, Enterprise, NameChoice
from enterprises.models.announcements.line import LineAnswer
from enterprises.models.chunks import chunks
from enterprises.uscc import normalise
from parks.models import User

NameKey = tuple[str, str]
TAKEN_OVER = "沿用此前对这个名称的判定"


@dataclass(frozen=True)
class Newcomer:
    """A firm that is registered on the spot; `park` is empty outside of all parks."""

    uscc: str
    town: str
    park: str


@dataclass
class Decisions:
    """`lines`: by the line's number. `remembered`: whom a name means; None for none of our firms."""

    lines: Mapping[int, AnnouncementLine] = field(default_factory=dict)
    remembered: Mapping[NameKey, Enterprise | None] = field(default_factory=dict)
    known: Mapping[str, Enterprise] = field(default_factory=dict)
    """Of firms that were to be registered on the spot, those that are, by code."""

    @classmethod
    def about(cls, lines: Iterable[Line], announcement: Announcement | None = None) -> Decisions:
        """Three queries, and one for each portion of names."""
        decided: dict[int, AnnouncementLine] = {}
        if announcement:
            rows = announcement.lines.exclude(settled="").select_related("firm__merged_into")
            decided = {row.n: row for row in rows}
        remembered: dict[NameKey, Enterprise | None] = {}
        for names in chunks({key_of(line)[0] for line in lines}):
            for choice in NameChoice.objects.filter(name_key__in=names).select_related(
                "firm__merged_into"
            ):
                firm = choice.firm.current if choice.firm else None
                remembered[choice.name_key, choice.district] = firm
        codes = {row.details["uscc"] for row in decided.values() if "uscc" in row.details}
        either = Enterprise.objects.registered_or_merged()
        firms = either.filter(uscc__in=codes) if codes else []
        return cls(decided, remembered, {firm.uscc: firm.current for firm in firms})

    def settle(self, match: Match) -> None:
        """Give the match the firm that a person has chosen, here or on an earlier list."""
        decided = self.lines.get(match.line.n)
        if decided is None:
            self._remember(match)
        elif decided.settled == LineAnswer.NOBODY:
            _give(match, None, By.PERSON)
        elif decided.firm:
            _give(match, decided.firm.current, By.PERSON)
        elif firm := self.known.get(decided.details.get("uscc", "")):
            # Registered on the spot, when this list was written before.
            _give(match, firm, By.PERSON)

    def _remember(self, match: Match) -> None:
        if not match.asks_about_name or key_of(match.line) not in self.remembered:
            return
        firm = self.remembered[key_of(match.line)]
        if firm is None or firm.voided_at is None:
            _give(match, firm, By.REMEMBERED)
            match.reason = TAKEN_OVER

    def insists(self, line: Line) -> bool:
        """A person has said that the list is right, whatever speaks against it."""
        return self._is(line, LineAnswer.WRITE)

    def skips(self, line: Line) -> bool:
        return self._is(line, LineAnswer.SKIP)

    def day(self, line: Line) -> dt.date | None:
        decided = self.lines.get(line.n)
        return decided.day if decided else None

    def newcomer(self, line: Line) -> Newcomer | None:
        decided = self.lines.get(line.n)
        if decided is None or decided.settled != LineAnswer.REGISTER:
            return None
        told = decided.details
        return Newcomer(told["uscc"], told["town"], told.get("park", ""))

    def _is(self, line: Line, settled: LineAnswer) -> bool:
        decided = self.lines.get(line.n)
        return decided is not None and decided.settled == settled


def _give(match: Match, firm: Enterprise | None, by: By) -> None:
    match.pile = Pile.MATCHED if firm else Pile.UNKNOWN
    match.firm, match.by = firm, by if firm else None
    match.is_settled_by_person = True


def key_of(line: Line) -> NameKey:
    """As NameChoice keeps it."""
    return normalise(line.text(Field.NAME))[:200], normalise(line.text(Field.DISTRICT))[:60]


def columns_of(line: Line) -> dict[str, str]:
    """How a line stands on record: its place and its name, cut to their columns."""
    return {"place": line.place[:80], "name": line.text(Field.NAME)[:200]}


def decide(
    announcement: Announcement,
    match: Match,
    settled: LineAnswer | None,
    *,
    firm: Enterprise | None = None,
    details: Mapping[str, str] | None = None,
    by: User,
) -> None:
    """Note what a person says of a line; None takes an earlier word back.

    Whom a name means is kept for the next list, where the name was all that was asked about.
    """
    line = match.line
    if settled is None:
        announcement.lines.filter(n=line.n).update(settled="", firm=None, by="", details={})
        name_key, district = key_of(line)
        here = NameChoice.objects.filter(announcement=announcement)
        here.filter(name_key=name_key, district=district).delete()
        return
    AnnouncementLine.objects.update_or_create(
        announcement=announcement,
        n=line.n,
        defaults={
            **columns_of(line),
            "firm": firm,
            "settled": settled,
            "details": dict(details or {}),
            "decided_by": by,
            "decided_at": timezone.now(),
        },
    )
    if settled in (LineAnswer.FIRM, LineAnswer.NOBODY) and match.asks_about_name:
        told = {"firm": firm, "announcement": announcement, "decided_by": by}
        name_key, district = key_of(line)
        NameChoice.objects.update_or_create(name_key=name_key, district=district, defaults=told)
