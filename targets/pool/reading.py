"""The stays of the pool and the firms beside it, as of a day: read once, for page, export and API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from enterprises.marks import Mark, Tone
from enterprises.mining.lists import usual_day
from enterprises.mining.sifting import Sifted
from enterprises.models import (
    Application,
    DeclinedAdvice,
    Enterprise,
    Placement,
    PoolEntry,
)
from enterprises.models.chunks import chunks
from enterprises.models.enterprise import EnterpriseQuerySet, PlacementQuerySet, answered_by
from parks.models import Unit, User
from targets.pool.rules import PoolProposal, PoolRules, propose, rules_on
from targets.pool.standing import check_all, check_outside
from targets.pool.stays import ended_by_itself, first_days_at_stage


@dataclass(frozen=True)
class DueReason:
    """Why somebody has to look at the stay: `code` for the API, `label` in words."""

    code: str
    label: str
    mark = Mark(Tone.WATCH, "exclamation-triangle")


OLDEST_BAND = 2
TARGET_PASSED, REVIEW, OLD_FIGURES = "target_passed", "review", "old_figures"
DUE_LABELS = {
    TARGET_PASSED: "拟申报年度已过",
    REVIEW: "到复核日",
    OLD_FIGURES: "数据过旧",
}


@dataclass(frozen=True)
class PoolRow:
    """A firm with its stay, or without one where it is proposed to enter.

    `checked`: by the conditions; None for a firm beside the pool that is no candidate. `at_stage_since`:
    the first day of the stay, or of one before it at the same stage: another year begins a stay, too.
    """

    firm: Enterprise
    unit: Unit | None
    entry: PoolEntry | None
    checked: Sifted | None = None
    proposal: PoolProposal | None = None
    due: tuple[DueReason, ...] = ()
    application: Application | None = None
    review_day: dt.date | None = None
    at_stage_since: dt.date | None = None

    def age_band(self, on: dt.date) -> int | None:
        """Whole years at this stage, OLDEST_BAND and more together; None beside the pool."""
        if self.at_stage_since is None:
            return None
        return min(relativedelta(on, self.at_stage_since).years, OLDEST_BAND)

    @property
    def met(self) -> int:
        return self.checked.met if self.checked else 0

    @property
    def failed(self) -> int:
        return self.checked.failed if self.checked else 0

    @property
    def missing(self) -> int:
        return self.checked.unknown if self.checked else 0

    @property
    def newest_year(self) -> int | None:
        """Of its figures; None without any."""
        return self.checked.year if self.checked else None


@dataclass(frozen=True)
class PoolReading:
    """All rows that the viewer sees on the day: `live` stays, and firms `beside` the pool.

    `judged_on`: the day of the application for which the firms are held against the conditions.
    """

    on: dt.date
    judged_on: dt.date
    rules: PoolRules
    live: list[PoolRow]
    beside: list[PoolRow]
    ended: list[PoolEntry]

    @property
    def due(self) -> list[PoolRow]:
        return [row for row in self.live if row.due]

    def proposed(self, advice: str) -> list[PoolRow]:
        rows = [*self.live, *self.beside]
        return [row for row in rows if row.proposal and row.proposal.advice == advice]


def read_pool(on: dt.date, user: User, unit: Unit | None = None) -> PoolReading:
    """A constant number of queries for a chunk of firms.

    A reporter sees the own unit's firms: those it answers for.
    """
    rules, judged_on, declined = rules_on(on), usual_day(on), _declined_on(on)
    places = _places(on, user, unit)
    here, answering = places.values("enterprise"), _answering_units(places)
    stays = PoolEntry.objects.live_on(on).filter(enterprise__in=here)
    entries = stays.select_related("enterprise").order_by("enterprise__name")
    firms = Enterprise.objects.filter(pk__in=here)
    return PoolReading(
        on=on,
        judged_on=judged_on,
        rules=rules,
        live=_rows_of_stays(entries, answering, declined, on, judged_on, rules),
        beside=_rows_beside(firms, answering, declined, on, judged_on, rules),
        ended=ended_by_itself(on, user, unit, days=rules.ended_days),
    )


def rows_of(firms: Iterable[Enterprise], on: dt.date) -> dict[int, PoolRow]:
    """By the firm's id: some firms with their stay and what is proposed for them."""
    rules, declined, judged_on = rules_on(on), _declined_on(on), usual_day(on)
    known = {firm.pk: firm for firm in firms}
    stays = [
        entry
        for ids in chunks(known)
        for entry in PoolEntry.objects.live_on(on).filter(enterprise__in=ids)
    ]
    for entry in stays:
        entry.enterprise = known[entry.enterprise_id]
    found = {pk: PoolRow(firm=firm, unit=None, entry=None) for pk, firm in known.items()}
    for row in _rows_of_stays(stays, {}, declined, on, judged_on, rules):
        found[row.firm.pk] = row
    for ids in chunks(known):
        firms = Enterprise.objects.filter(pk__in=ids)
        for row in _rows_beside(firms, {}, declined, on, judged_on, rules):
            found[row.firm.pk] = row
    return found


def _places(on: dt.date, user: User, unit: Unit | None) -> PlacementQuerySet:
    """Where the viewer's firms stand: those of the unit asked for, or of the reporter's own."""
    placed = Placement.objects.covering(on).visible_to(user)
    own = user.narrowed_to(unit)
    return placed.filter(answered_by(own)) if own else placed


def _answering_units(places: PlacementQuerySet) -> dict[int, Unit]:
    units = {each.pk: each for each in Unit.objects.all()}
    return {firm: units[unit] for firm, unit in places.answering_units().items()}


def _declined_on(on: dt.date) -> set[tuple[int, str, str]]:
    rows = DeclinedAdvice.objects.standing_on(on)
    return set(rows.values_list("enterprise", "advice", "stage"))


def _rows_of_stays(
    entries: Iterable[PoolEntry],
    answering: Mapping[int, Unit],
    declined: Collection[tuple[int, str, str]],
    on: dt.date,
    judged_on: dt.date,
    rules: PoolRules,
) -> list[PoolRow]:
    entries = list(entries)
    ids = [entry.enterprise_id for entry in entries]
    checked, applying = check_all(ids, judged_on), _applications(ids)
    at_stage_since = first_days_at_stage(ids)
    rows = []
    for entry in entries:
        firm = entry.enterprise_id
        rows.append(
            PoolRow(
                firm=entry.enterprise,
                unit=answering.get(firm),
                entry=entry,
                checked=checked[firm],
                proposal=_standing(firm, propose(rules, entry, checked[firm]), declined),
                due=_due(entry, checked[firm].year, firm in applying, on, rules),
                application=applying.get(firm),
                review_day=rules.review_day(entry),
                at_stage_since=at_stage_since[entry.pk],
            )
        )
    return rows


def _due(
    entry: PoolEntry, newest_year: int | None, is_applying: bool, on: dt.date, rules: PoolRules
) -> tuple[DueReason, ...]:
    found = []
    # Whoever applies is under way: the year has not passed for it.
    if entry.target_year and entry.target_year < on.year and not is_applying:
        found.append(TARGET_PASSED)
    if rules.review_day(entry) <= on:
        found.append(REVIEW)
    if newest_year is None or newest_year < rules.newest_year_due(on):
        found.append(OLD_FIGURES)
    return tuple(DueReason(code, DUE_LABELS[code]) for code in found)


def _standing(
    firm: int, proposal: PoolProposal | None, declined: Collection[tuple[int, str, str]]
) -> PoolProposal | None:
    """Without what a person did not follow."""
    if proposal is None or (firm, proposal.advice.value, proposal.stage) in declined:
        return None
    return proposal


def _applications(ids: Collection[int]) -> dict[int, Application]:
    """Firm → the application under way for a kind that ends a stay in the pool."""
    found: dict[int, Application] = {}
    under_way = (Application.Stage.PREPARING, *Application.APPLIED)
    for some in chunks(ids):
        rows = Application.objects.filter(
            enterprise__in=some, until=None, kind__ends_reserve=True, stage__in=under_way
        )
        found.update({row.enterprise_id: row for row in rows})
    return found


def _rows_beside(
    candidates: EnterpriseQuerySet,
    answering: Mapping[int, Unit],
    declined: Collection[tuple[int, str, str]],
    on: dt.date,
    judged_on: dt.date,
    rules: PoolRules,
) -> list[PoolRow]:
    """Firms without certificate and stay that the rules propose to enter, the likeliest first."""
    rows = []
    for found in check_outside(candidates, on, judged_on, rules.most_failed_to_enter):
        proposal = _standing(found.firm, propose(rules, None, found), declined)
        if proposal:
            rows.append((found, proposal))
    firms = _firms([found.firm for found, _ in rows])
    return [
        PoolRow(
            firm=firms[found.firm],
            unit=answering.get(found.firm),
            entry=None,
            checked=found,
            proposal=proposal,
        )
        for found, proposal in rows
    ]


def _firms(ids: Collection[int]) -> dict[int, Enterprise]:
    found = {}
    for some in chunks(ids):
        found.update(Enterprise.objects.in_bulk(list(some)))
    return found
