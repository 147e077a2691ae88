"""The firms that need a call: why, who sees to each, when somebody last talked with it.

Listed are firms here today that stand in the reserve pool, whose application is under way, whose
certificate ends soon without being renewed, or that still wait for an answer.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Exists, OuterRef, Subquery, TextChoices

from enterprises.applications.rules import resulting_certificates
from enterprises.firms.due_days import days_in_words
from enterprises.firms.owners.standing import NOBODY, FirmOwners, owners_of
from enterprises.models import (
    Application,
    Closure,
    Enterprise,
    FollowUpRule,
    Placement,
    PoolEntry,
    QualificationKind,
    Talk,
)
from enterprises.models.chunks import chunks
from enterprises.models.validity import DAY
from parks.models import Unit, User
from targets.renewals import rules as renewals
from targets.renewals.rules import RenewalRow

UNDER_WAY = (
    Application.Stage.PREPARING,
    Application.Stage.FILED,
    Application.Stage.PUBLICITY,
)


class Why(TextChoices):
    """Why a firm is listed."""

    POOL = "pool", "后备库"
    APPLICATION = "application", "申报在办"
    CERTIFICATE = "certificate", "证书将到期"
    QUESTION = "question", "有未答问题"


@dataclass(frozen=True)
class Due:
    """Something that is to be done about the firm by a day."""

    day: dt.date
    what: str


@dataclass
class FollowUpRow:
    """A firm to call. `whys`: each reason with its words; `last`: the last talk, if any."""

    firm: Enterprise
    unit: Unit
    today: dt.date
    quiet_days: int
    whys: dict[Why, str] = field(default_factory=dict)
    dues: list[Due] = field(default_factory=list)
    asked: list[Talk] = field(default_factory=list)
    owners: FirmOwners = NOBODY
    last: Talk | None = None

    @property
    def reasons(self) -> list[dict[str, str]]:
        return [{"why": str(why.value), "words": words} for why, words in self.whys.items()]

    @property
    def questions(self) -> int:
        return len(self.asked)

    @property
    def next_due(self) -> Due | None:
        return min(self.dues, key=lambda due: due.day, default=None)

    @property
    def due_words(self) -> str:
        """还有3天."""
        return days_in_words((self.next_due.day - self.today).days) if self.next_due else ""

    @property
    def is_late(self) -> bool:
        return self.next_due is not None and self.next_due.day < self.today

    def has_question_by(self, day: dt.date) -> bool:
        """Something that the firm asked is to be answered on the day or before."""
        return any(talk.answer_by is not None and talk.answer_by <= day for talk in self.asked)

    @property
    def is_quiet(self) -> bool:
        """Nobody has talked with it for longer than the rule allows, or ever."""
        return self.last is None or (self.today - self.last.on).days > self.quiet_days

    @property
    def last_words(self) -> str:
        """已12天."""
        if self.last is None:
            return "没有对接过"
        days = (self.today - self.last.on).days
        return f"已{days}天" if days else "今天"

    @property
    def urgency(self) -> tuple[dt.date, dt.date, str, str]:
        """What is due first comes first, then whom nobody has called for longest."""
        due, last = self.next_due, self.last
        return (
            due.day if due else dt.date.max,
            last.on if last else dt.date.min,
            self.firm.name,
            self.firm.uscc,
        )


class FollowUp:
    """All firms to call that the person may see; a constant number of queries."""

    def __init__(self, user: User, today: dt.date) -> None:
        self.user, self.today = user, today
        self.rule = FollowUpRule.objects.in_force_on(today)

    @cached_property
    def rows(self) -> list[FollowUpRow]:
        """Most urgent first."""
        pool, applied = self._pooled(), self._applied()
        ending, asked = self._ending(), self._asked()
        rows = self._rows_of({*pool, *applied, *ending, *asked})
        for firm, row in rows.items():
            if firm in pool:
                row.whys[Why.POOL] = _pool_words(pool[firm])
            for application in applied.get(firm, ()):
                _tell_application(row, application)
            if firm in ending:
                _tell_certificate(row, ending[firm])
            if firm in asked:
                _tell_questions(row, asked[firm])
        owners, last = owners_of(rows, self.today), _last_talks(rows)
        for firm, row in rows.items():
            row.owners, row.last = owners.get(firm, NOBODY), last.get(firm)
        return sorted(rows.values(), key=lambda row: row.urgency)

    def asking_by(self, day: dt.date) -> list[FollowUpRow]:
        """Only those that wait for an answer which is due by the day, without their other reasons."""
        asked = self._asked()
        rows = self._rows_of(asked)
        for firm, row in rows.items():
            _tell_questions(row, asked[firm])
        return [row for row in rows.values() if row.has_question_by(day)]

    def _pooled(self) -> dict[int, PoolEntry]:
        rows = PoolEntry.objects.live_on(self.today)
        return {entry.enterprise_id: entry for entry in rows}

    def _applied(self) -> dict[int, list[Application]]:
        """Firm → its applications that go on and have brought no certificate yet."""
        rows = Application.objects.holding_on(self.today).filter(stage__in=UNDER_WAY)
        by_year: dict[tuple[QualificationKind, int], list[Application]] = defaultdict(list)
        for row in rows.select_related("kind").order_by("pk"):
            by_year[row.kind, row.year].append(row)
        found: dict[int, list[Application]] = defaultdict(list)
        for (kind, year), applications in by_year.items():
            firms = [row.enterprise_id for row in applications]
            certified = resulting_certificates(kind, year, firms)
            for row in applications:
                if row.enterprise_id not in certified:
                    found[row.enterprise_id].append(row)
        return found

    def _ending(self) -> dict[int, RenewalRow]:
        """Firm → its certificate of the plan's kind that ends soon, as the renewals page has it."""
        kind = renewals.usual_kind()
        if kind is None:
            return {}
        last = self.today + (self.rule.ending_days + 1) * DAY
        rows = renewals.rows(kind.code, self.today + DAY, last, on=self.today)
        return {row.certificate.enterprise_id: row for row in rows if row.is_open}

    def _asked(self) -> dict[int, list[Talk]]:
        found: dict[int, list[Talk]] = defaultdict(list)
        rows = Talk.objects.visible_to(self.user).unanswered().order_by("answer_by", "pk")
        for talk in rows.select_related("answerer", "enterprise__merged_into"):
            found[talk.firm.pk].append(talk)
        return found

    def _rows_of(self, firms: Collection[int]) -> dict[int, FollowUpRow]:
        units = {unit.pk: unit for unit in Unit.objects.reporting()}
        here = dict(self._here(firms))
        known = {firm.pk: firm for firm in self._present(here)}
        return {
            firm: FollowUpRow(known[firm], units[unit], self.today, self.rule.quiet_days)
            for firm, unit in here.items()
            if firm in known
        }

    def _here(self, firms: Collection[int]) -> Iterator[tuple[int, int]]:
        """Firm → the unit that answers for it today; a reporter's own firms only."""
        for portion in chunks(firms):
            places = Placement.objects.covering(self.today).filter(enterprise__in=portion)
            if not self.user.sees_whole_district:
                places = places.in_unit(self.user.unit_id)
            yield from places.answering_units().items()

    def _present(self, firms: Collection[int]) -> Iterator[Enterprise]:
        closed = Closure.objects.holding_on(self.today).filter(enterprise=OuterRef("pk"))
        for portion in chunks(firms):
            yield from Enterprise.objects.registered().filter(~Exists(closed), pk__in=portion)


def _last_talks(firms: Iterable[int]) -> dict[int, Talk]:
    newest = Talk.objects.standing().filter(enterprise=OuterRef("enterprise"))
    first = newest.order_by("-on", "-pk").values("pk")[:1]
    found: dict[int, Talk] = {}
    for portion in chunks(firms):
        rows = Talk.objects.standing().filter(enterprise__in=portion, pk=Subquery(first))
        found |= {talk.enterprise_id: talk for talk in rows.select_related("kind", "by")}
        # Of the few records that were merged: also all the older ones.
        merged = Talk.objects.standing().filter(enterprise__merged_into__in=portion)
        for talk in merged.select_related("enterprise__merged_into", "kind", "by"):
            last = found.setdefault(talk.firm.pk, talk)
            if (talk.on, talk.pk) > (last.on, last.pk):
                found[talk.firm.pk] = talk
    return found


def _pool_words(entry: PoolEntry) -> str:
    year = f"，拟{entry.target_year}年申报" if entry.target_year else ""
    return f"{entry.get_stage_display()}{year}"


def _tell_application(row: FollowUpRow, application: Application) -> None:
    words = f"{application.year}年{application.kind.short_name}{application.get_stage_display()}"
    before = row.whys.get(Why.APPLICATION)
    row.whys[Why.APPLICATION] = f"{before}、{words}" if before else words
    if application.next_on:
        row.dues.append(Due(application.next_on, application.next_action))


def _tell_certificate(row: FollowUpRow, renewal: RenewalRow) -> None:
    kind = renewal.certificate.kind.short_name
    row.whys[Why.CERTIFICATE] = f"{kind}证书{renewal.last_day}到期，{renewal.standing.state.label}"
    row.dues.append(Due(renewal.last_day, f"{kind}证书到期"))


def _tell_questions(row: FollowUpRow, asked: list[Talk]) -> None:
    row.asked = asked
    row.whys[Why.QUESTION] = f"{len(asked)}个问题待答复"
    for talk in asked:
        # The database demands a day for every question.
        assert talk.answer_by is not None
        row.dues.append(Due(talk.answer_by, f"答复企业（{talk.answerer}）"))
