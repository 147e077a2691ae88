"""What stands on the sheets of the bulletin's workbook: rows of plain values from the release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parks.models import Unit
from targets.bulletin import words as bulletin_words
from targets.bulletin.content import Bulletin, UnitLine
from targets.bulletin.template import (
    DECISION_COLUMNS,
    DECISION_FIELDS,
    FIGURE_COLUMNS,
    FIGURE_FIELDS,
)
from targets.bulletin.template_parts import EXPIRING_COLUMNS, EXPIRING_FIELDS, unit_columns
from targets.goals.reached import Measure
from targets.models import Scope
from targets.releases import bridge_page as release_bridge_page
from targets.releases import changed_firms
from targets.releases import page as release_page
from targets.releases.bridge import Chain, Correction
from targets.releases.changed_firms import Side
from targets.releases.completion import SUM, FrozenCompletion, FrozenGoalRow
from targets.releases.verdicts import ReleasedVerdict

MEASURE_COLUMNS = tuple(
    f"{measure.label}{value}" for measure in Measure for value in ("目标", "完成", "完成率%")
)
GOAL_COLUMNS = (
    "指标", "类别", "位次", "单位", *MEASURE_COLUMNS,
    "全年还差", "序时应达", "落后序时", "在途", "仍缺", "领先序时（百分点）", "状态", "自何时起",
)  # fmt: skip
STATE_COLUMN = GOAL_COLUMNS.index("状态")
VERDICT_COLUMNS = (
    "指标", "目标", "期限", "到期日数值", "统计日数值", "目标值", "距目标还差", "判断", "此后",
)  # fmt: skip
TASK_COLUMNS = ("类别", "序号", "名称", "牵头单位", "进展", "已报", "应报")
TASK_FIELDS = ("kind_in_words", "number", "name", "leads", "state_in_words", "reported", "expected")
FORECAST_COLUMNS = (
    "指标", "统计日现有", "在途", "推算日", "预计", "下限", "上限", "全年任务", "目标日", "目标至少", "还需",
)  # fmt: skip
FORECAST_FIELDS = (
    "name", "stock", "in_flight", "year_end", "expected", "low", "high", "goal",
    "target_due", "target", "needed",
)  # fmt: skip
CORRECTION_COLUMNS = (
    "指标", "企业", "统一社会信用代码", "上期公布时", "上期所据证书",
    "本期公布时", "本期所据证书", "两次发布之间的登记",
)  # fmt: skip
DIFFERENCE = "与上期公布相差"
"""Corrections included; 净增 of a quarter leaves them out."""
GROUPS = {Unit.Kind.PARK: "园区平台", Unit.Kind.TOWN: "镇街", SUM: "合计"}
Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class BulletinSheet:
    """`charts`: (title, column from 1) drawn under the table; `fills`: (row, column) from 0 →
    RRGGBB.
    """

    name: str
    columns: Sequence[str]
    rows: Rows
    note: str = ""
    charts: Sequence[tuple[str, int]] = ()
    fills: Mapping[tuple[int, int], str] = field(default_factory=dict)


def build_sheets(bulletin: Bulletin) -> list[BulletinSheet]:
    """Goals, and what leads over from the release before, only where there are any."""
    sheets = [
        _district_sheet(bulletin),
        _verdict_sheet(bulletin.verdicts),
        _unit_sheet(bulletin, "园区平台", bulletin.parks, of_parks=True),
        _unit_sheet(bulletin, "镇街", bulletin.towns, of_parks=False),
    ]
    if bulletin.completion:
        sheets.append(_goal_sheet(bulletin.completion))
    sheets.append(_sheet_of_fields("重点任务", TASK_COLUMNS, bulletin.tasks, TASK_FIELDS))
    sheets += _sheets_of_text(bulletin)
    for name, rows in (
        ("失效可续", bulletin.running_out.lapsed),
        ("即将到期", bulletin.running_out.expiring),
    ):
        sheets.append(_sheet_of_fields(name, EXPIRING_COLUMNS, rows, EXPIRING_FIELDS))
    # Without a release of the quarter before there is nothing to lead over from.
    if bulletin.chained:
        sheets += [_bridge_sheet(bulletin.chained), _correction_sheet(bulletin.chained)]
    return sheets


def _sheet_of_fields(
    name: str, columns: Sequence[str], lines: Iterable[Any], fields: Sequence[str]
) -> BulletinSheet:
    rows = []
    for line in lines:
        rows.append([getattr(line, field) for field in fields])
    return BulletinSheet(name, columns, rows)


def _sheets_of_text(bulletin: Bulletin) -> list[BulletinSheet]:
    """Forecast, figures of the tasks and decisions, where the release kept them."""
    if bulletin.text is None:
        return []
    rows = []
    for told in bulletin.text.forecast:
        rows.append([told.get(name) for name in FORECAST_FIELDS])
    note = "按统计日所知推算；八成把握为下限至上限，还需为达到计划目标还需新认定或新入库的家数"
    sheets = [BulletinSheet("预测", FORECAST_COLUMNS, rows, note)]
    figures, decisions = bulletin.task_figures, bulletin.decisions
    if figures:
        sheets.append(_sheet_of_fields("任务数据", FIGURE_COLUMNS, figures, FIGURE_FIELDS))
    if decisions:
        sheets.append(_sheet_of_fields("会议决定", DECISION_COLUMNS, decisions, DECISION_FIELDS))
    return sheets


def _district_sheet(bulletin: Bulletin) -> BulletinSheet:
    rows: list[list[Any]] = []
    for headline in bulletin.headlines:
        name = headline.name
        rows.append([name, "期初", headline.opening])
        for reason, firms in headline.terms:
            rows.append([name, reason, firms])
        rows.append([name, "期末", headline.value])
        rows.append([name, "净增", headline.net])
        if headline.share is not None:
            rows.append([name, "园区平台内占全区（%）", headline.share])
    return BulletinSheet("全区", ("指标", "项目", "数值"), rows)


def _verdict_sheet(verdicts: Sequence[ReleasedVerdict]) -> BulletinSheet:
    rows: list[list[Any]] = []
    for verdict in verdicts:
        then, standing = verdict.at_due, verdict.standing
        row: list[Any] = [verdict.name, verdict.wording, verdict.due]
        goal = release_page.whole_if_whole(standing.goal)
        row += [then.value if then else None, verdict.now.value, goal, standing.missing]
        row += [verdict.standing_in_words, verdict.since_due]
        rows.append(row)
    note = "期限已过的目标按到期日的数值判断，统计日的数值列在旁边"
    return BulletinSheet("目标判断", VERDICT_COLUMNS, rows, note)


def _unit_sheet(
    bulletin: Bulletin, name: str, lines: Sequence[UnitLine], *, of_parks: bool
) -> BulletinSheet:
    """Parks, with a chart of each headline indicator; or towns."""
    headlines = bulletin.indicators.headlines
    columns = unit_columns(headlines, name, of_parks=of_parks)
    fields = [column.field for column in columns]
    rows = []
    for line in lines:
        rows.append([line[field] for field in fields])
    charts = []
    # So many towns would not fit a chart of this size.
    if of_parks:
        for indicator in headlines:
            charts.append((f"{indicator.heading}（家）", fields.index(indicator.code) + 1))
    note = bulletin_words.rank_note(bulletin.completion, headlines[0])
    return BulletinSheet(name, [column.title for column in columns], rows, note, charts=charts)


def _goal_sheet(completion: FrozenCompletion) -> BulletinSheet:
    rows: list[list[Any]] = []
    fills = {}
    for table in completion.tables:
        for row in table.rows:
            # The state's colour as in the Word annex.
            fills[len(rows), STATE_COLUMN] = row.ranked.fill
            rows.append(_goal_cells(table.name, row))
    note = f"{completion.revision}。{bulletin_words.completion_note(completion)}"
    return BulletinSheet("目标完成情况", GOAL_COLUMNS, rows, note, fills=fills)


def _goal_cells(indicator: str, row: FrozenGoalRow) -> list[Any]:
    """In the order of GOAL_COLUMNS."""
    cells: list[Any] = [indicator, GROUPS[row.group], row.rank, row.name]
    for reached in row.all:
        cells += [reached.goal, reached.done, reached.rate]
    judged = row.ranked
    cells += [judged.gap, judged.due, judged.behind, judged.in_flight, judged.still_missing]
    cells += [judged.deviation, judged.state_in_words, judged.since]
    return cells


def _bridge_sheet(chained: Chain) -> BulletinSheet:
    """Every unit and sum of the headline indicators."""
    units = Unit.objects.reporting().order_by("order", "code")
    names = release_page.names_by_code()
    # The sums stand in the list themselves, since parks and towns must not be added up.
    scopes = [*Scope.values, *(unit.code for unit in units)]
    columns = ("指标", "单位", *release_bridge_page.column_titles(), DIFFERENCE)
    rows = []
    for kind in chained.indicators.headline_codes:
        for scope in scopes:
            corrected = chained.corrected(kind, scope)
            terms = corrected.terms.values()
            stocks_and_net = (corrected.bridge.closing, corrected.net)
            rows.append([names[kind], names[scope], corrected.told, *terms, *stocks_and_net])
    note = (
        f"上期：{chained.earlier}。"
        "上期公布＋更正增加－更正减少＋增加各项－减少各项＝本期公布；园区平台与镇街不可相加"
    )
    return BulletinSheet("与上期衔接", columns, rows, note)


def _correction_sheet(chained: Chain) -> BulletinSheet:
    """The firms behind the corrections, with what was entered about them in between."""
    names = release_page.names_by_code()
    corrected = []
    for kind in chained.indicators.headline_codes:
        for firm in changed_firms.all_corrected_firms(chained, kind):
            corrected.append((kind, firm))
    entries: dict[str, list[str]] = defaultdict(list)
    firms = [firm for _, firm in corrected]
    for entry in release_bridge_page.correcting_entries(chained, firms):
        sentence = release_bridge_page.entry_in_words(entry)
        # By firm: a correction of two kinds has the same entries behind it.
        entries[entry.entry.enterprise.uscc].append(sentence)
    rows = []
    for kind, firm in corrected:
        then, now = _side_cells(firm.before, names), _side_cells(firm.after, names)
        reasons = "\n".join(entries[firm.uscc])
        rows.append([names[kind], firm.name, firm.uscc, *then, *now, reasons])
    note = f"{chained.earlier.as_of:%Y-%m-%d} 的情况，两次发布所说不同的企业"
    return BulletinSheet("更正名单", CORRECTION_COLUMNS, rows, note)


def _side_cells(side: Side | None, names: Mapping[str, str]) -> tuple[str, str]:
    """Place and certificate in words."""
    place = release_bridge_page.place_in_words(side, Correction.ADDED, names)
    return place, side.certificate if side else ""
