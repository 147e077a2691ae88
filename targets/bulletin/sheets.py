"""What stands on the sheets of the bulletin's workbook: rows of plain values, every one from the release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parks.models import Unit
from targets.bulletin import words as bulletin_words
from targets.bulletin.content import Bulletin, UnitLine
from targets.bulletin.template import EXPIRING_COLUMNS, EXPIRING_FIELDS, unit_columns
from targets.goals.completion import Measure
from targets.models import Scope
from targets.releases import bridge as release_bridge
from targets.releases import bridge_page as release_bridge_page
from targets.releases import page as release_page
from targets.releases.bridge import Chain, Correction
from targets.releases.completion import SUM, Frozen, FrozenGoalRow

GOAL_COLUMNS = (
    "指标", "类别", "位次", "单位", *(f"{one.label}{what}" for one in Measure for what in ("目标", "完成", "完成率%")),
    "存量缺口", "序时应达", "与序时相差（百分点）", "状态", "自何时起",
)  # fmt: skip
STATE_COLUMN = GOAL_COLUMNS.index("状态")
TASK_COLUMNS = ("类别", "序号", "名称", "牵头单位", "进展", "已报", "应报")
TASK_FIELDS = ("kind_in_words", "number", "name", "leads", "state_in_words", "reported", "expected")
CORRECTION_COLUMNS = (
    "指标", "企业", "统一社会信用代码", "上期公布时", "上期所据证书", "本期公布时", "本期所据证书",
    "两次发布之间的登记",
)  # fmt: skip
GROUPS = {Unit.Kind.PARK: "园区平台", Unit.Kind.TOWN: "镇街", SUM: "合计"}
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class BulletinSheet:
    """`charts`: (title, column from 1) drawn under the table; `fills`: (row, column) from 0 → RRGGBB."""

    name: str
    columns: Sequence[str]
    rows: Rows
    note: str = ""
    charts: Sequence[tuple[str, int]] = ()
    fills: Mapping[tuple[int, int], str] = field(default_factory=dict)


def build_sheets(bulletin: Bulletin) -> list[BulletinSheet]:
    """Goals, and what leads over from the release before, only where there are any."""
    sheets = [
        BulletinSheet("全区", ("指标", "项目", "数值"), _district(bulletin)),
        _units(bulletin, "园区平台", bulletin.parks, of_parks=True),
        _units(bulletin, "镇街", bulletin.towns, of_parks=False),
    ]
    if bulletin.completion:
        sheets.append(_goals(bulletin.completion))
    sheets.append(BulletinSheet("重点任务", TASK_COLUMNS, _rows(bulletin.tasks, TASK_FIELDS)))
    sheets.append(
        BulletinSheet("即将到期", EXPIRING_COLUMNS, _rows(bulletin.expiring, EXPIRING_FIELDS))
    )
    if bulletin.chained:
        sheets += [_bridge(bulletin.chained), _corrections(bulletin.chained)]
    return sheets


def _units(
    bulletin: Bulletin, name: str, lines: Sequence[UnitLine], *, of_parks: bool
) -> BulletinSheet:
    """Parks, with a chart of each headline indicator; or towns."""
    headlines = bulletin.indicators.headlines
    columns = unit_columns(headlines, name, of_parks=of_parks)
    fields = [column.field for column in columns]
    rows = [[line[field] for field in fields] for line in lines]
    charts = [
        (f"{indicator.heading}（家）", fields.index(indicator.code) + 1)
        for indicator in headlines
        if of_parks
    ]
    return BulletinSheet(name, [column.title for column in columns], rows, charts=charts)


def _rows(lines: Iterable[Any], fields: Sequence[str]) -> Rows:
    return [[getattr(line, name) for name in fields] for line in lines]


def _district(bulletin: Bulletin) -> Rows:
    rows: list[list[Any]] = []
    for one in bulletin.headlines:
        rows += [
            [one.name, "期初", one.opening],
            *([one.name, reason, firms] for reason, firms in one.terms),
            [one.name, "期末", one.value],
            [one.name, "净增", one.net],
        ]
        if one.share is not None:
            rows.append([one.name, "园区平台内占全区（%）", one.share])
    return rows


def _goals(frozen: Frozen) -> BulletinSheet:
    named = [(table.name, row) for table in frozen.tables for row in table.rows]
    fills = {(at, STATE_COLUMN): row.ranked.fill for at, (_, row) in enumerate(named)}
    rows = [_goal(name, row) for name, row in named]
    note = f"{frozen.revision}。{bulletin_words.of_note(frozen)}"
    return BulletinSheet("目标完成情况", GOAL_COLUMNS, rows, note, fills=fills)


def _goal(name: str, row: FrozenGoalRow) -> list[Any]:
    judged = row.ranked
    measures = [value for one in row.all for value in (one.goal, one.done, one.rate)]
    state = [judged.gap, judged.due, judged.deviation, judged.state_in_words, judged.since]
    return [name, GROUPS[row.group], row.rank, row.name, *measures, *state]


def _bridge(chained: Chain) -> BulletinSheet:
    """Every unit and sum of the headline indicators."""
    units = Unit.objects.reporting().order_by("order", "code")
    names = release_page.names()
    scopes = [*Scope.values, *(unit.code for unit in units)]
    columns = ("指标", "单位", *release_bridge_page.titles(), "净增")
    rows = []
    for kind in chained.indicators.headline_codes:
        for scope in scopes:
            one = chained.of(kind, scope)
            rows.append(
                [
                    names[kind],
                    names[scope],
                    one.told,
                    *one.terms.values(),
                    one.bridge.closing,
                    one.net,
                ]
            )
    note = f"上期：{chained.earlier}。上期公布＋更正增加－更正减少＋增加各项－减少各项＝本期公布；园区平台与镇街不可相加"
    return BulletinSheet("与上期衔接", columns, rows, note)


def _corrections(chained: Chain) -> BulletinSheet:
    names = release_page.names()
    firms = [
        (kind, firm)
        for kind in chained.indicators.headline_codes
        for firm in release_bridge.told_otherwise(chained, kind)
    ]
    reasons: dict[str, list[str]] = defaultdict(list)
    for told in release_bridge_page.reasons(chained, [firm for _, firm in firms]):
        reasons[told.entry.enterprise.uscc].append(release_bridge_page.reason_in_words(told))
    rows = []
    for kind, firm in firms:
        sides = [
            words
            for side in (firm.before, firm.after)
            for words in (
                release_bridge_page.place_in_words(side, Correction.ADDED, names),
                side.certificate if side else "",
            )
        ]
        rows.append([names[kind], firm.name, firm.uscc, *sides, "\n".join(reasons[firm.uscc])])
    note = f"{chained.earlier.as_of:%Y-%m-%d} 的情况，两次发布所说不同的企业"
    return BulletinSheet("更正名单", CORRECTION_COLUMNS, rows, note)
