"""The page of candidates: one list, its numbers, and the firms of one page with what they lack."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse

from enterprises.eligibility.gathering import firm_data_of
from enterprises.eligibility.model.condition_answer import Points, State
from enterprises.eligibility.model.states import SCORED
from enterprises.firms import contacts
from enterprises.mining.details import ConditionNote, ConditionTeller, ListBasis
from enterprises.mining.lists import Mined, candidate_lists, mined
from enterprises.mining.population import answering_on
from enterprises.mining.question import CandidatesQuestion
from enterprises.mining.sifting import Outcome, Sifted
from enterprises.models import Enterprise, PoolEntry, Qualification
from parks.models import Unit

ROWS_PER_PAGE = 50
Ranked = tuple[int, Sifted]
"""A firm's place in the whole list, and how it stands."""
PORTION = 1_000
"""Firms of which all is in memory at once."""


@dataclass(frozen=True)
class Chip:
    """A choice with its number of firms and its address; None: not counted."""

    label: str
    firms: int | None
    url: str
    is_chosen: bool


@dataclass(frozen=True)
class CandidateLine:
    """A firm of the list. `rank`: its place. `notes`: of each condition. `until`: of its certificate."""

    rank: int
    sifted: Sifted
    firm: Enterprise
    unit: Unit | None
    stage: str
    contact: str | None
    dials: str
    notes: Sequence[ConditionNote]
    until: dt.date | None
    asked_year: int

    @property
    def outcome(self) -> Outcome:
        return self.sifted.outcome

    @property
    def met(self) -> list[ConditionNote]:
        return self._in(State.MET)

    @property
    def failed(self) -> list[ConditionNote]:
        return self._in(State.FAILED)

    @property
    def unknown(self) -> list[ConditionNote]:
        """Without the score, which experts give: its range says how much of it is known."""
        return [note for note in self._in(State.UNKNOWN) if note.code != SCORED]

    @property
    def open(self) -> list[ConditionNote]:
        """What experts judge."""
        scored = [note for note in self._in(State.UNKNOWN) if note.code == SCORED]
        return self._in(State.OPEN) + scored

    @property
    def told(self) -> str:
        """What is met, where the list tells values: points of an item."""
        return "；".join(note.in_words for note in self.met if note.says)

    @property
    def score(self) -> Points:
        return self.sifted.score

    @property
    def data_in_words(self) -> str:
        """The newest year of which there is a return, and how much older than asked for it is."""
        if self.sifted.year is None:
            return "无数据"
        late = self.asked_year - self.sifted.year
        return f"{self.sifted.year}年" + (f"，早{late}年" if late else "")

    def _in(self, state: State) -> list[ConditionNote]:
        return [note for note in self.notes if note.state is state]


class CandidatesPage:
    """`listed`: the firms of the list that are asked for, the likeliest first."""

    def __init__(self, asked: CandidatesQuestion) -> None:
        self.asked = asked
        self.mined: Mined = mined(asked.list, asked.firms(), asked.on, asked.book, asked.usual)
        self.listed = self.mined.listed(asked.outcome)
        self.teller = ConditionTeller(asked.book.set_on(asked.list.kind, asked.on).rules)

    def address(self, **changes: Any) -> str:
        return f"{reverse('pool-candidates')}?{self.asked.query(**changes)}".rstrip("?")

    @property
    def tabs(self) -> list[Chip]:
        return [
            Chip(
                each.label,
                None,
                self.address(show=each.code, outcome=None),
                each == self.asked.list,
            )
            for each in candidate_lists().values()
        ]

    @property
    def chips(self) -> list[Chip]:
        asked, tally = self.asked, self.mined.tally
        told = [Chip("全部", self.mined.total, self.address(outcome=None), not asked.outcome)]
        for outcome in asked.list.outcomes:
            told.append(
                Chip(
                    str(outcome.label),
                    tally[outcome],
                    self.address(outcome=outcome.value),
                    asked.outcome == outcome,
                )
            )
        return told

    @property
    def left_out(self) -> int:
        """Gone through, and not on the list: certain not to pass, or of the failing, not known to fail."""
        return self.mined.firms - self.mined.total

    @cached_property
    def basis(self) -> ListBasis:
        return self.teller.basis

    @property
    def left_out_in_words(self) -> str:
        if self.asked.list.failing:
            return "现有数据没有不符合的"
        return "至少两项不符合" if self.teller.has_near_misses else "规模、科技人员或得分已不符合"

    @property
    def needed_in_words(self) -> str:
        """What a firm must meet that is called a candidate."""
        if self.asked.list.failing:
            return ""
        needed = "、".join(self.teller.needed_names)
        return f"{Outcome.READY.label}的，至少按{self.asked_year}年的数据达到：{needed}；其余可以缺数据。"

    @property
    def order_in_words(self) -> str:
        return "不符合多的在前" if self.asked.list.failing else "符合多、缺得少、可证得分高的在前"

    @property
    def outcome_label(self) -> str:
        return str(Outcome(self.asked.outcome).label) if self.asked.outcome else "全部"

    @property
    def all_url(self) -> str:
        """The list without any filter."""
        return self.address(outcome=None, unit=None, pool=None, q=None)

    @property
    def asked_year(self) -> int:
        """The accounting year before the application."""
        return self.asked.on.year - 1

    def page(self, number: str | None) -> Page[Sifted]:
        return Paginator(self.listed, ROWS_PER_PAGE).get_page(number)

    def lines_on(self, page: Page[Sifted]) -> list[CandidateLine]:
        """Of a page of the list; as many queries for one firm as for many."""
        return list(self._lines(list(page), page.start_index()))

    def lines_of(self, found: Sequence[Ranked]) -> list[CandidateLine]:
        """Of firms in any order, each with its rank."""
        lines = {line.firm.pk: line for line in self._lines([sifted for _, sifted in found], 0)}
        return [replace(lines[sifted.firm], rank=rank) for rank, sifted in found]

    def all_lines(self) -> Iterator[CandidateLine]:
        """The whole list, in portions."""
        listed = list(self.listed)
        for start in range(0, len(listed), PORTION):
            yield from self._lines(listed[start : start + PORTION], start + 1)

    def _lines(self, found: Sequence[Sifted], first: int) -> Iterator[CandidateLine]:
        """`first`: the rank of the first of them."""
        asked, ids = self.asked, [sifted.firm for sifted in found]
        firms = Enterprise.objects.in_bulk(ids)
        data = firm_data_of(firms.values(), asked.on, asked.book, self.teller.asked_kinds)
        units = answering_on(asked.today, ids)
        stages, ends = self._stages(ids), self._ends(ids)
        open_to = contacts.shown_to(asked.user, ids)
        for rank, sifted in enumerate(found, first):
            firm = firms[sifted.firm]
            contact = contacts.contact_line(firm, open_to)
            yield CandidateLine(
                rank=rank,
                sifted=sifted,
                firm=firm,
                unit=units.get(firm.pk),
                stage=stages.get(firm.pk, ""),
                contact=contact,
                dials=contacts.dials(firm, contact),
                notes=self.teller.notes(data[firm.pk]),
                until=ends.get(firm.pk),
                asked_year=self.asked_year,
            )

    def _stages(self, ids: Sequence[int]) -> dict[int, str]:
        rows = PoolEntry.objects.live_on(self.asked.today).filter(enterprise__in=ids)
        return {row.enterprise_id: row.get_stage_display() for row in rows}

    def _ends(self, ids: Sequence[int]) -> dict[int, dt.date | None]:
        """The last day of what a firm holds; of several, the latest."""
        if not self.asked.list.failing:
            return {}
        held = Qualification.objects.filter(
            kind__code=self.asked.list.holds, enterprise__in=ids
        ).holding_on(self.asked.today)
        rows = held.order_by("valid_until").values_list("enterprise_id", "valid_until")
        return dict(rows)
