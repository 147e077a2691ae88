"""Until which day the facts speak of a number, and what of it is older.

Every accepted dated fact moves what is known for its kind and its place: a certificate, a move, a
closure, a change by hand. A roster moves all kinds of the unit that sent it; an official list its
own kind, in the whole district. What was taken back moves nothing. A page judges the day that it
shows; where the facts of a part end earlier, the number itself says so.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.utils import timezone

from enterprises.models import LedgerEntry, LedgerHead, RosterVersion, SourceFile, VersionState
from enterprises.rosters.definition.columns import CERTIFIED_KIND, REGISTERED_KIND
from parks.models import Unit
from targets.figures import counting
from targets.figures.counting import outside_of
from targets.models import KnownDay, Scope

EVERY = ""
"""Stands for every kind, or for the whole district."""
KIND_OF_LIST = {
    SourceFile.Kind.HNTE_REGISTER.value: CERTIFIED_KIND,
    SourceFile.Kind.TECH_REGISTER.value: REGISTERED_KIND,
}
"""What an official list tells of; all other files tell of everything."""
Row = tuple[str, str, str, dt.date]
"""Codes of the kind, the park and the town, each may be EVERY; the last day of which is told."""


@dataclass(frozen=True)
class KnownPart:
    """Firms that one unit answers for, and the last day of which their facts tell."""

    firms: int
    until: dt.date


@dataclass(frozen=True)
class Reach:
    """How far the facts behind a number reach.

    `day` is the one for which the number is counted, today at the latest. `parts`: of each unit that
    has firms in the number.
    """

    day: dt.date
    parts: Sequence[KnownPart]

    @property
    def until(self) -> dt.date | None:
        """The last day of which any of the facts tells; None where there are no firms."""
        return max((part.until for part in self.parts), default=None)

    @property
    def oldest(self) -> dt.date | None:
        return min((part.until for part in self.parts), default=None)

    @property
    def older(self) -> list[KnownPart]:
        """The parts whose facts end before those of the newest."""
        return [part for part in self.parts if part.until != self.until]

    @property
    def older_firms(self) -> int:
        return sum(part.firms for part in self.older)

    @property
    def is_current(self) -> bool:
        """The facts of every part reach the day."""
        return self.oldest is None or self.oldest >= self.day

    @property
    def in_words(self) -> str:
        """To stand beside the number; empty where nothing is older than the day."""
        if self.until is None or self.is_current:
            return ""
        if not self.older:
            return f"按{self._said(self.until)}名册"
        ends = sorted({part.until for part in self.older})
        days = self._said(ends[0])
        if len(ends) > 1:
            days += f"至{self._said(ends[-1])}"
        sentence = f"其中{self.older_firms}家（{len(self.older)}个单位）按{days}名册"
        if self.until < self.day:
            sentence += f"，其余按{self._said(self.until)}名册"
        return sentence

    def _said(self, day: dt.date) -> str:
        """With its year only where that is another than the number's."""
        said = f"{day.month}月{day.day}日"
        return said if day.year == self.day.year else f"{day.year}年{said}"


class KnownDays:
    """The last days of which facts tell, by kind and by the unit that answers for the firms."""

    def __init__(self, rows: Iterable[Row], units: Iterable[Unit], today: dt.date) -> None:
        self.today = today
        self._days: dict[tuple[str, str], dt.date] = {}
        self._parks_of: defaultdict[str, set[str]] = defaultdict(set)
        self.units = list(units)
        self._parks = [unit.code for unit in self.units if unit.kind == Unit.Kind.PARK]
        self._towns = [unit.code for unit in self.units if unit.kind == Unit.Kind.TOWN]
        for kind, park, town, day in rows:
            key = kind, _answering(park, town)
            self._days[key] = max(day, self._days.get(key, day))
            if park and town:
                self._parks_of[town].add(park)

    @property
    def latest(self) -> dt.date | None:
        return max(self._days.values(), default=None)

    def latest_of(self, kind: str) -> dt.date | None:
        """The last day of which any fact tells that decides whether firms of a kind count."""
        told = [day for (of, _), day in self._days.items() if of in (EVERY, kind)]
        return max(told, default=None)

    def until(self, kind: str, answering: str) -> dt.date | None:
        """For a kind and the firms that one unit answers for (its scope)."""
        keys = [(of, where) for of in (EVERY, kind) for where in (EVERY, answering)]
        return max((self._days[key] for key in keys if key in self._days), default=None)

    def until_by_unit(self, kind: str) -> dict[int, dt.date]:
        """Id of a unit → the last day told of the firms that it answers for."""
        told = {unit.pk: self.until(kind, counting.answered_for(unit)) for unit in self.units}
        return {unit: day for unit, day in told.items() if day}

    def reach(self, day: dt.date, kind: str, scope: str, firms_in: Callable[[str], int]) -> Reach:
        """`firms_in(scope)`: how many firms of the kind count over a scope on the day."""
        day = min(day, self.today)
        parts = []
        for answering, firms in self._by_unit(kind, str(scope), firms_in):
            until = self.until(kind, answering)
            if firms and until:
                parts.append(KnownPart(firms, min(until, day)))
        return Reach(day, parts)

    def _by_unit(
        self, kind: str, scope: str, firms_in: Callable[[str], int]
    ) -> Iterator[tuple[str, int]]:
        """The scopes of the units that answer for the firms of a scope, with their firms."""
        outside = [outside_of(town) for town in self._towns]
        sums = {
            Scope.DISTRICT.value: [*self._parks, *outside],
            Scope.PARKS.value: self._parks,
            Scope.OUTSIDE.value: outside,
        }
        if scope not in self._towns:
            for answering in sums.get(scope, [scope]):
                yield answering, firms_in(answering)
            return
        # A town's firms inside parks are reported by these, its others by itself.
        own = firms_in(outside_of(scope))
        yield outside_of(scope), own
        parks = [park for park in self._parks_of[scope] if self.until(kind, park)]
        if parks:
            # They are not counted by park here: the park with the oldest facts stands for all.
            yield min(parks, key=lambda park: (self.until(kind, park), park)), firms_in(scope) - own


def _answering(park: str, town: str) -> str:
    if park:
        return park
    return outside_of(town) if town else EVERY


def read() -> KnownDays:
    """As of now; three queries. The spans must have followed the ledger: counting makes them do so."""
    rows = [*_from_facts_and_lists(), *_from_rosters()]
    return KnownDays(rows, Unit.objects.reporting(), timezone.localdate())


def latest_day() -> dt.date | None:
    """The last day of which anything accepted tells, today at the latest; one query."""
    with connection.cursor() as cursor:
        cursor.execute(*_latest_told(connection.vendor))
        told = cursor.fetchone() or ()
    # SQLite gives a day that is no column of its own as a text.
    days = [dt.date.fromisoformat(str(day)) for day in told if day]
    return min(max(days), timezone.localdate()) if days else None


@cache
def _latest_told(vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The statement behind `latest_day` for a kind of database, and its parameters.

    Kept, because every page asks for it, and making it takes ten times as long as answering it.
    """
    by_facts = KnownDay.objects.order_by("-until").values("until")[:1]
    by_files = _speaking_files().order_by("-as_of").values("as_of")[:1]
    # There is one row as soon as anything was registered, and before that nothing is known.
    told = LedgerHead.objects.values_list(Subquery(by_facts), Subquery(by_files))[:1]
    statement: tuple[str, tuple[Any, ...]] = told.query.sql_with_params()
    return statement


def usual_day() -> dt.date:
    """The day that a page of a year judges by default: today, or the end of the last year told of.

    In January the facts reach only into the year before, and that is the year people ask for.
    """
    today = timezone.localdate()
    latest = latest_day() or today
    return min(today, dt.date(latest.year, 12, 31))


def _from_facts_and_lists() -> Iterator[Row]:
    """What facts tell of their place, and files that are no unit's roster of the whole district."""
    by_unit = RosterVersion.objects.filter(source=OuterRef("pk"))
    lists = _speaking_files().filter(~Exists(by_unit)).order_by()
    nowhere = Value(None, output_field=CharField(null=True))
    facts = KnownDay.objects.order_by().annotate(listed_as=nowhere)
    rows = facts.values_list("listed_as", "kind__code", "park__code", "town__code", "until")
    # Names of their own: the file's kind is not that of a qualification.
    files = lists.annotate(of_kind=nowhere, of_park=nowhere, of_town=nowhere)
    listed = files.values_list("kind", "of_kind", "of_park", "of_town", "as_of")
    for file_kind, kind, park, town, day in rows.union(listed, all=True):
        yield kind or KIND_OF_LIST.get(file_kind, EVERY), park or EVERY, town or EVERY, day


def _from_rosters() -> Iterator[Row]:
    """Rosters of units: what they say of a quarter's last day they say of every kind."""
    applied = RosterVersion.objects.filter(state=VersionState.APPLIED)
    rows = applied.select_related("roster__unit", "roster__quarter")
    for version in rows:
        unit, day = version.roster.unit, version.roster.quarter.last_day
        park = unit.code if unit.kind == Unit.Kind.PARK else EVERY
        town = EVERY if park else unit.code
        yield EVERY, park, town, day


def _speaking_files() -> QuerySet[SourceFile]:
    """Files that state their day, without those of which all was taken back.

    Lists of yearly figures say nothing of who holds what, or is where.
    """
    entries = LedgerEntry.objects.filter(source=OuterRef("pk"))
    versions = RosterVersion.objects.filter(source=OuterRef("pk"))
    kept = versions.filter(state__in=(VersionState.APPLIED, VersionState.REPLACED))
    # A file that changed nothing has no entries, and still says that all is as it was.
    stands = ~Exists(entries) | Exists(entries.in_force())
    accepted = ~Exists(versions) | Exists(kept)
    told = SourceFile.objects.exclude(kind=SourceFile.Kind.RETURNS)
    return told.filter(Q(as_of__isnull=False) & stands & accepted)
