"""What writing a list would do, by what it does, with the firms' names."""

from __future__ import annotations

from dataclasses import dataclass, field

from enterprises import registry
from enterprises.announcements import piles
from enterprises.announcements.deeds import Deed
from enterprises.announcements.matching import Match
from enterprises.announcements.piles import PagePile
from enterprises.announcements.reading.titles import Field
from enterprises.announcements.writing import ListPlan
from parks.models import User

GROUPS = {
    "apply": "登记申报状态",
    "grant": "登记资质",
    "extend": "补登有效期",
    "correct": "更正编号",
    "revoke": "取消资质",
    "rename": "更名",
    "register": "登记新企业",
    "confirm": "与登记相同，由本名单确认",
    "keep": "已在库，保留原入库日期",
    "former_name": "现名相同",
    "none": "不涉及登记",
    "duplicate": "名单内重复",
    "skip": "人工判定不写入",
}


@dataclass
class PreviewRow:
    place: str
    printed: str
    firm: str
    uscc: str
    words: str


@dataclass
class Group:
    label: str
    writes: bool
    rows: list[PreviewRow] = field(default_factory=list)


@dataclass
class ListPreview:
    """`changes`: how many ledger entries there would be. `refused`: what the registry objects to."""

    digest: str
    changes: int
    groups: list[Group]
    left_out: int
    refused: list[str]
    taken_back: list[str]
    grants_nothing: bool
    lacks_day: bool

    @property
    def may_write(self) -> bool:
        return not self.refused and not self.lacks_day and self.changes > 0


def build(plan: ListPlan, *, by: User) -> ListPreview:
    report = registry.preview(plan.acts, by=by)
    groups = {do: Group(label, do in piles.WRITES) for do, label in GROUPS.items()}
    left_out = 0
    for match, deed in plan.proposal.lines:
        pile = piles.pile_of(match, deed, ())
        group = groups.get(deed.told.get("do", ""))
        if pile != PagePile.MATCHED or group is None:
            left_out += pile in (PagePile.CHOOSE, PagePile.CONFLICT)
            continue
        group.rows.append(_row(match, deed))
    return ListPreview(
        digest=plan.digest,
        changes=len(report.changes),
        groups=[group for group in groups.values() if group.rows],
        left_out=left_out,
        refused=[f"{error.cell}：{error.message}" for error in report.errors],
        taken_back=[firm.name for firm in plan.correction.withdrawn],
        grants_nothing=plan.proposal.meaning.matter == "publicity",
        lacks_day=plan.proposal.meaning.published_on is None,
    )


def _row(match: Match, deed: Deed) -> PreviewRow:
    printed = match.line.text(Field.NAME)
    firm = match.firm.name if match.firm else printed
    uscc = match.firm.uscc if match.firm else ""
    return PreviewRow(match.line.place, printed, firm, uscc, piles.in_words(deed.told))
