"""存在问题 as the figures word it: each paragraph names its units and their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from parks.models import Unit
from targets.drafts.paragraphs import DraftParagraph, listed, named
from targets.drafts.situation import BehindUnits, QuarterSituation, by_unit, unfiled
from targets.goals.completion import Completion
from targets.key_tasks import board as task_board
from targets.output.chart_parts import chinese_day
from targets.renewals.form import DAYS_AHEAD

NOTHING = DraftParagraph(
    "none",
    "对照任务进度、续证申报、申报结果、名册报送、重点任务和会议决定，本期没有需要通报的问题。",
)


def draft_problems(situation: QuarterSituation) -> list[DraftParagraph]:
    """The gravest first; only those that there are, and a sentence that says so where there is none."""
    found = []
    for draft in DRAFTS:
        found += list(draft(situation))
    return found or [NOTHING]


def _behind(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    day = chinese_day(situation.quarter.last_day)
    for one in situation.behind:
        told = listed([_row_behind(unit, stock) for unit, stock in one.rows])
        yield DraftParagraph(
            f"behind-{one.code}",
            f"{one.name}任务进度落后。截至{day}，{len(one.rows)}个单位落后序时进度，"
            f"在途企业全部通过后仍缺{one.firms}家：{told}。",
            _figures_behind(one),
        )


def _row_behind(unit: Unit, stock: Completion) -> str:
    flying = f"、在途{stock.in_flight}家" if stock.in_flight else ""
    return f"{unit.told_apart}仍缺{stock.lacking}家（落后序时{stock.behind}家{flying}）"


def _figures_behind(one: BehindUnits) -> dict[str, int]:
    figures = {"units": len(one.rows), "firms": one.firms}
    for unit, stock in one.rows:
        figures[f"{unit.code}:still_missing"] = stock.lacking or 0
        figures[f"{unit.code}:behind"] = stock.behind or 0
        figures[f"{unit.code}:in_flight"] = stock.in_flight or 0
    return figures


def _unfiled(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    lapsed, soon = unfiled(situation.lapsed), unfiled(situation.lapsing)
    if not lapsed and not soon:
        return
    parts, figures = [], {"lapsed": len(lapsed), "lapsing": len(soon)}
    for name, words, rows in (
        ("lapsed", "证书失效可续的", lapsed),
        ("lapsing", f"此后{DAYS_AHEAD}天内到期的", soon),
    ):
        if rows:
            parts.append(f"{words}{len(rows)}家（{named(by_unit(rows))}）")
            figures |= {f"{name}:{unit}": firms for unit, firms in by_unit(rows).items()}
    kind = (lapsed or soon)[0].certificate.kind.name
    yield DraftParagraph(
        "unfiled",
        f"{kind}续证申报滞后。至{chinese_day(situation.today)}，没有申报续证的企业中，{'，'.join(parts)}。",
        figures | {"days": DAYS_AHEAD},
    )


def _rejected(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    for kind, firms in situation.rejected.items():
        yield DraftParagraph(
            f"rejected-{kind}",
            f"{kind}申报有未通过的。{situation.quarter.year}年度申报未通过{firms.total()}家："
            f"{named(firms)}。",
            {"firms": firms.total(), **firms},
        )


def _rosters(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    missing, late = situation.rosters_missing, situation.rosters_late
    if not missing and not late:
        return
    parts = []
    expected = situation.rosters.expected
    for words, lines in (("未报", missing), ("逾期报送", late)):
        names = listed([line.unit.told_apart for line in lines])
        if len(lines) == expected:
            parts.append(f"各单位均{words}")
        elif lines:
            parts.append(f"{words}{len(lines)}个：{names}")
    yield DraftParagraph(
        "rosters",
        f"名册报送不够及时。{situation.quarter}名册应报{expected}个单位，{'；'.join(parts)}。",
        {"expected": expected, "missing": len(missing), "late": len(late)},
    )


def _tasks(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    behind = situation.tasks.standing(task_board.BEHIND)
    if behind:
        told = [f"{row.task.name}（牵头{row.leads.names}）" for row in behind]
        yield DraftParagraph(
            "tasks-behind",
            f"部分重点任务滞后。牵头单位报为滞后的{len(behind)}项：{listed(told, '项')}。",
            {"tasks": len(behind)},
        )
    owing = situation.tasks.owing
    if owing:
        names: Sequence[str] = [row.unit.told_apart for row in owing]
        yield DraftParagraph(
            "tasks-unreported",
            f"重点任务进展没有报齐。{situation.quarter}进展未报齐{len(owing)}个单位：{listed(names)}。",
            {"units": len(owing)},
        )


def _decisions(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    found = situation.decisions
    if not found.overdue:
        return
    told = [
        f"{one.code}（{one.last.lead.told_apart}，期限{chinese_day(one.last.due)}）"
        for one in found.overdue
    ]
    yield DraftParagraph(
        "decisions",
        f"联席会议决定逾期未办结。至{chinese_day(situation.today)}，未办结{len(found.decisions)}项，"
        f"其中逾期{len(found.overdue)}项：{listed(told, '项')}。",
        {"open": len(found.decisions), "overdue": len(found.overdue)},
    )


DRAFTS: Sequence[Callable[[QuarterSituation], Iterator[DraftParagraph]]] = (
    _behind,
    _unfiled,
    _rejected,
    _rosters,
    _tasks,
    _decisions,
)
