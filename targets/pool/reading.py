"""The stays of the pool and the firms beside it, as of a day: read once, for page, export and API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from dateutil.relativedelta import relativedelta
from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from enterprises.eligibility.rule_sets import RuleBook, rule_book
from enterprises.marks import Mark, Tone
from enterprises.mining import kept
from enterprises.mining.judging import usual_day
from enterprises.mining.population import of_firm
from enterprises.mining.sifting import Sifted
from enterprises.models import (
    Application,
    DeclinedAdvice,
    Enterprise,
    JudgementMark,
    Placement,
    PoolEntry,
)
from enterprises.models.chunks import chunks
from enterprises.models.enterprise import EnterpriseQuerySet, answered_by
from parks.models import Unit, User
from targets.pool.rules import MOST_DAYS, LiveStay, PoolProposal, PoolRules, propose, rules_on
from targets.pool.standing import likely_outside, mark_on
from targets.pool.stays import first_days_at_stage


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
REASONS = {code: DueReason(code, label) for code, label in DUE_LABELS.items()}
UNDER_WAY = Q(
    until=None,
    kind__ends_reserve=True,
    stage__in=(Application.Stage.PREPARING, *Application.APPLIED),
)
"""Of applications: such as may end a stay in the pool."""
OF_FIRM = ("uscc", "name_key")


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A firm with its stay, or without one where it is proposed to enter; the page has its names.

    `checked`: by the conditions; None for a firm that is no candidate. `at_stage_since`: the first
    day of the stay, or of one before it at the same stage: another year begins a stay, too.
    """

    firm: int
    uscc: str
    name_key: str
    stay: LiveStay | None
    checked: Sifted | None = None
    proposal: PoolProposal | None = None
    due: tuple[DueReason, ...] = ()
    review_day: dt.date | None = None
    at_stage_since: dt.date | None = None

    def age_band(self, on: dt.date) -> int | None:
        """Whole years at this stage, OLDEST_BAND and more together; None beside the pool."""
        return None if self.at_stage_since is None else _age_band(self.at_stage_since, on)

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


@lru_cache(MOST_DAYS)
def _age_band(since: dt.date, on: dt.date) -> int:
    return min(relativedelta(on, since).years, OLDEST_BAND)


@dataclass(frozen=True)
class PoolReading:
    """All rows that the viewer sees on the day: `live` stays, and firms `beside` the pool.

    `judged_on`: the day of the application for which the firms are held against the conditions of `book`.
    """

    on: dt.date
    judged_on: dt.date
    book: RuleBook
    rules: PoolRules
    live: list[PoolRow]
    beside: list[PoolRow]

    @property
    def due(self) -> list[PoolRow]:
        return [row for row in self.live if row.due]

    def proposed(self, advice: str) -> list[PoolRow]:
        rows = [*self.live, *self.beside]
        return [row for row in rows if row.proposal and row.proposal.advice == advice]


def read_pool(on: dt.date, user: User, unit: Unit | None = None) -> PoolReading:
    """Nine queries, where no act was written since the last reading.

    A reporter sees the own unit's firms: those it answers for.
    """
    reader = PoolReader(on)
    here = Placement.objects.covering(on).visible_to(user)
    here = here.filter(answered_by(user.narrowed_to(unit)))
    of_stay = Exists(here.filter(enterprise=OuterRef("enterprise")))
    stays = PoolEntry.objects.live_on(on).filter(of_stay)
    return PoolReading(
        on=on,
        judged_on=reader.judged_on,
        book=reader.book,
        rules=reader.rules,
        live=list(reader.rows_of_stays(stays.order_by("enterprise__name", "pk"))),
        beside=list(reader.rows_beside(Enterprise.objects.filter(of_firm(here)))),
    )


def rows_of(firms: Iterable[Enterprise], on: dt.date) -> dict[int, PoolRow]:
    """By the firm's id: some firms with their stay and what is proposed for them."""
    reader = PoolReader(on)
    found = {firm.pk: PoolRow(firm.pk, firm.uscc, firm.name_key, None) for firm in firms}
    for ids in chunks(found):
        stays = PoolEntry.objects.live_on(on).filter(enterprise__in=ids)
        beside = Enterprise.objects.filter(pk__in=ids)
        for row in (*reader.rows_of_stays(stays), *reader.rows_beside(beside)):
            found[row.firm] = row
    return found


class PoolReader:
    """What every row of a day is made by."""

    def __init__(self, on: dt.date) -> None:
        self.on, self.rules, self.judged_on = on, rules_on(on), usual_day(on)
        self.book = rule_book()
        self._mark: JudgementMark = mark_on(self.judged_on, self.book)
        declined = DeclinedAdvice.objects.standing_on(on)
        self._declined = set(declined.values_list("enterprise", "advice", "stage"))

    def rows_of_stays(self, stays: QuerySet[PoolEntry]) -> Iterator[PoolRow]:
        applying = Application.objects.filter(UNDER_WAY, enterprise=OuterRef("enterprise"))
        judged = FilteredRelation(
            "enterprise__judgements", condition=Q(enterprise__judgements__mark=self._mark.pk)
        )
        rows = stays.annotate(judged=judged, applying=Exists(applying)).values_list(
            *LiveStay._fields[1:],
            "pk",
            "applying",
            *(f"enterprise__{name}" for name in OF_FIRM),
            "enterprise_id",
            *(f"judged__{name}" for name in kept.TOLD),
        )
        at_stage = first_days_at_stage(stays)
        for stage, year, since, review, pk, is_applying, uscc, name_key, *judgement in rows:
            stay = LiveStay(pk, stage, year, since, review)
            checked = kept.sifted(judgement)
            yield PoolRow(
                firm=judgement[0],
                uscc=uscc,
                name_key=name_key,
                stay=stay,
                checked=checked,
                proposal=self._proposal(judgement[0], stay, checked),
                due=tuple(self._due(stay, checked, is_applying)),
                review_day=self.rules.review_day(stay),
                at_stage_since=at_stage.get(pk, since),
            )

    def rows_beside(self, firms: EnterpriseQuerySet) -> Iterator[PoolRow]:
        """Firms without certificate and stay that the rules propose to enter, the likeliest first."""
        likely = likely_outside(self._mark, firms, self.on, self.rules)
        names = [f"enterprise__{name}" for name in OF_FIRM]
        for uscc, name_key, *judgement in likely.values_list(*names, "enterprise_id", *kept.TOLD):
            checked = kept.sifted(judgement)
            proposal = self._proposal(judgement[0], None, checked)
            if proposal:
                yield PoolRow(judgement[0], uscc, name_key, None, checked, proposal)

    def _proposal(
        self, firm: int, stay: LiveStay | None, checked: Sifted | None
    ) -> PoolProposal | None:
        """Without what a person did not follow."""
        if checked is None:
            return None
        proposal = propose(self.rules, stay, checked)
        if proposal and (firm, proposal.advice.value, proposal.stage) in self._declined:
            return None
        return proposal

    def _due(
        self, stay: LiveStay, checked: Sifted | None, is_applying: bool
    ) -> Iterator[DueReason]:
        # Whoever applies is under way: the year has not passed for it.
        if stay.target_year and stay.target_year < self.on.year and not is_applying:
            yield REASONS[TARGET_PASSED]
        if self.rules.review_day(stay) <= self.on:
            yield REASONS[REVIEW]
        year_due = self.rules.newest_year_due(self.on)
        if checked is None or checked.year is None or checked.year < year_due:
            yield REASONS[OLD_FIGURES]


def under_way(firms: Collection[int]) -> Mapping[int, Application]:
    """Firm → the application under way for a kind that ends a stay in the pool."""
    found: dict[int, Application] = {}
    for some in chunks(firms):
        rows = Application.objects.filter(UNDER_WAY, enterprise__in=some)
        found |= {row.enterprise_id: row for row in rows}
    return found
