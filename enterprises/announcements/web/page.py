"""The page of one list: what it is, its piles, and the lines of the pile that is open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils import timezone

from enterprises.announcements import piles, writing
from enterprises.announcements.deeds import Deed
from enterprises.announcements.evidence import Candidate, Evidence
from enterprises.announcements.matching import By, Match
from enterprises.announcements.near_names import near_firms
from enterprises.announcements.piles import PagePile
from enterprises.announcements.proposal import ListProposal
from enterprises.announcements.reading.titles import Field
from enterprises.announcements.web.choices import OF_FIRM, value_of
from enterprises.models import Announcement, AnnouncementLine, Enterprise
from enterprises.models.announcements.announcement import entries_of
from enterprises.models.announcements.line import LineAnswer
from enterprises.uscc import normalise

ROWS = 50
BY_WORDS = {
    By.CODE: "信用代码",
    By.NUMBER: "证书编号",
    By.NAME: "现名",
    By.FORMER_NAME: "曾用名",
    By.PERSON: "人工选定",
    By.REMEMBERED: "沿用此前判定",
}


@dataclass(frozen=True)
class Option:
    """An answer that can be ticked; `candidate` where it is a firm, `asks_day` where it needs a day."""

    value: str
    label: str
    is_ticked: bool = False
    candidate: Candidate | None = None
    asks_day: bool = False


@dataclass
class LineRow:
    """One line as its pile shows it. `refused`: why the answer to it was not taken."""

    match: Match
    deed: Deed
    pile: PagePile
    decided: AnnouncementLine | None = None
    candidates: list[Candidate] = field(default_factory=list)
    refused: str = ""

    @property
    def n(self) -> int:
        return self.match.line.n

    @property
    def place(self) -> str:
        return self.match.line.place

    @property
    def name(self) -> str:
        return self.match.line.text(Field.NAME)

    @property
    def beside_name(self) -> list[str]:
        """What else the line prints, as far as it tells firms apart."""
        columns = (Field.NEW_NAME, Field.CODE, Field.NUMBER, Field.DISTRICT, Field.DAY)
        return [text for column in columns if (text := self.match.line.text(column))]

    @property
    def code(self) -> str:
        return normalise(self.match.line.text(Field.CODE))

    @property
    def by(self) -> str:
        return BY_WORDS.get(self.match.by, "") if self.match.by else ""

    @property
    def deed_in_words(self) -> str:
        return piles.in_words(self.deed.told)

    @property
    def value(self) -> str:
        return value_of(self.decided)

    @property
    def options(self) -> list[Option]:
        """What a person can say of the line, besides registering a new firm."""
        found = []
        if self.asks_which_firm:
            for candidate in self.candidates:
                value = f"{OF_FIRM}{candidate.firm.uscc}"
                found.append(Option(value, candidate.firm.name, self.value == value, candidate))
        if self.pile == PagePile.CONFLICT and piles.may_insist(self.deed.told):
            found.append(Option(LineAnswer.WRITE, "以名单为准"))
        if self.deed.told.get("question"):
            found.append(Option(LineAnswer.WRITE, "日期", is_ticked=True, asks_day=True))
        if self.candidates:
            nobody = "都不是" if len(self.candidates) > 1 else "不是这家"
            found.append(self._option(LineAnswer.NOBODY, nobody))
            found.append(self._option(LineAnswer.SKIP, "这一行不写入"))
        if self.value:
            found.append(Option("", "收回判定"))
        return found

    def _option(self, answer: LineAnswer, label: str) -> Option:
        return Option(answer, label, self.value == answer)

    @property
    def registers(self) -> bool:
        """A new firm is to be registered for the line."""
        return self.value == LineAnswer.REGISTER

    @property
    def is_nobodys(self) -> bool:
        """No registered firm's: it may be registered on the spot."""
        return self.match.firm is None

    @property
    def newcomer(self) -> dict[str, str]:
        """What a person has told of a firm to be registered: uscc, town, park."""
        return dict(self.decided.details) if self.decided else {}

    @property
    def asks_which_firm(self) -> bool:
        """Who it is is open, and there are firms to choose from."""
        return self.match.firm is None and bool(self.candidates)

    @property
    def is_settled(self) -> bool:
        """Nobody need look: the row is short, and what speaks for the firm is left out."""
        return self.pile == PagePile.MATCHED

    @property
    def is_as_printed(self) -> bool:
        """The firm bears the printed name, so the name need not stand twice."""
        firm = self.match.firm
        return self.is_settled and firm is not None and firm.name == self.name

    @property
    def is_undecided(self) -> bool:
        return self.pile in (PagePile.CHOOSE, PagePile.CONFLICT)


@dataclass(frozen=True)
class Tab:
    pile: PagePile
    count: int
    url: str
    is_open: bool


@dataclass
class AbsentRow:
    """`is_written`: by the first edition. `is_withdrawn`: writing this one takes that back."""

    candidate: Candidate
    is_written: bool = False
    is_withdrawn: bool = False


@dataclass
class ListPage:
    announcement: Announcement
    plan: writing.ListPlan
    tabs: list[Tab]
    rows: Page[Any]
    undecided: int
    """Lines that a person has still to decide; they are left out until then."""
    told_otherwise: int | None
    """How many firms the text says that it names, where that differs from the lines read."""
    entries: int
    """The list's own entries in force."""
    open_pile: PagePile

    @property
    def proposal(self) -> ListProposal:
        return self.plan.proposal

    @property
    def turn_address(self) -> str:
        """Of the open pile's pages, up to their number."""
        return f"{_address(self.announcement, self.open_pile)}&"

    @property
    def shows_absent(self) -> bool:
        return self.open_pile == PagePile.ABSENT

    @property
    def has_answers(self) -> bool:
        """The open pile asks a person something."""
        return not self.shows_absent or bool(self.plan.correction.dropped)

    @property
    def lacks_issue_day(self) -> bool:
        """Certificates of the list bear a day that it does not print."""
        grants = (deed.told for _, deed in self.proposal.lines if deed.told.get("do") == "grant")
        return any(told["valid_from"] is None for told in grants)


def build_page(
    announcement: Announcement,
    *,
    pile: str = "",
    number: Any = 1,
    refused: Mapping[int, str] | None = None,
) -> ListPage:
    """Raises NoKind."""
    plan = writing.plan_of(announcement)
    proposal = plan.proposal
    near = near_firms((match for match, _ in proposal.lines), proposal.absent)
    rows = [
        LineRow(match, deed, piles.pile_of(match, deed, near), proposal.decided.get(match.line.n))
        for match, deed in proposal.lines
    ]
    absent = _absent_firms(plan)
    counts = Counter(row.pile for row in rows) + Counter({PagePile.ABSENT: len(absent)})
    opened = _opened(pile, counts)
    chosen: list[Any] = [row for row in rows if row.pile == opened]
    if opened == PagePile.ABSENT:
        chosen = absent
    page = Paginator(chosen, ROWS).get_page(number)
    _add_evidence(page.object_list, plan, near, refused or {})
    told = proposal.count_told
    return ListPage(
        announcement=announcement,
        plan=plan,
        tabs=[
            Tab(each, counts[each], _address(announcement, each), each == opened)
            for each in PagePile
            if counts[each]
        ],
        rows=page,
        undecided=sum(row.is_undecided for row in rows),
        told_otherwise=told if told not in (None, len(rows)) else None,
        entries=entries_of(announcement).count(),
        open_pile=opened,
    )


def _address(announcement: Announcement, pile: PagePile) -> str:
    """Whole: after a refused form the page stands at another address."""
    return f"{reverse('announcement', args=[announcement.pk])}?pile={pile}"


def _opened(pile: str, counts: Counter[PagePile]) -> PagePile:
    """The pile that is asked for; else the first in which a person has something to do."""
    asked = [each for each in PagePile if each == pile and counts[each]]
    if asked:
        return asked[0]
    order = (PagePile.CHOOSE, PagePile.CONFLICT, PagePile.UNKNOWN, PagePile.MATCHED)
    return next((each for each in order if counts[each]), PagePile.MATCHED)


def _absent_firms(plan: writing.ListPlan) -> list[Enterprise]:
    """Firms that the list was expected to name; of a correction also those of the first edition."""
    found = {firm.pk: firm for firm in [*plan.correction.dropped, *plan.proposal.absent]}
    return sorted(found.values(), key=lambda firm: firm.name)


def _add_evidence(
    shown: Any,
    plan: writing.ListPlan,
    near: Mapping[int, list[Enterprise]],
    refused: Mapping[int, str],
) -> None:
    """What the open pile shows beside its rows, in place."""
    meaning = plan.proposal.meaning
    firms = [each for each in shown if isinstance(each, Enterprise)]
    lines = [each for each in shown if isinstance(each, LineRow)]
    for row in lines:
        firms += _firms_of(row, near)
    evidence = Evidence(firms, meaning, meaning.published_on or timezone.localdate())
    for row in lines:
        row.refused = refused.get(row.n, "")
        row.candidates = [evidence.candidate(firm, row.match) for firm in _firms_of(row, near)]
    withdrawn, dropped = plan.correction.withdrawn, plan.correction.dropped
    for at, each in enumerate(shown):
        if isinstance(each, Enterprise):
            shown[at] = AbsentRow(evidence.about(each), each in dropped, each in withdrawn)


def _firms_of(row: LineRow, near: Mapping[int, list[Enterprise]]) -> list[Enterprise]:
    firms = [row.match.firm, *row.match.candidates, *near.get(row.n, [])]
    return list(dict.fromkeys(firm for firm in firms if firm))
