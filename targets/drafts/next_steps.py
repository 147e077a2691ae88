"""下一步工作 as the calendar words it: what must happen next, by whom and by which day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from enterprises.models import Period, Quarter
from targets.drafts.paragraphs import DraftParagraph, listed
from targets.drafts.situation import QuarterSituation, unfiled
from targets.goals import form as goal_form
from targets.goals import revisions as goal_revisions
from targets.models import ApplicationBatch
from targets.models.batches import COURSE
from targets.output.chart_parts import chinese_day
from targets.renewals.form import DAYS_AHEAD
from targets.renewals.term import RENEWAL_DAYS

NOTHING = DraftParagraph("none", "各单位按既定任务继续推进。")


def draft_steps(situation: QuarterSituation) -> list[DraftParagraph]:
    """In the order of the problems they answer; only what there is."""
    found = []
    for draft in DRAFTS:
        found += list(draft(situation))
    return found or [NOTHING]


def _catch_up(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    for one in situation.behind:
        names = listed([unit.told_apart for unit, _ in one.rows])
        batch = _next_closing(situation, one.code)
        yield DraftParagraph(
            f"behind-{one.code}",
            f"补上{one.name}进度差距。{names}要逐户排查可申报企业，补上仍缺的{one.firms}家；{batch}。",
            {"units": len(one.rows), "firms": one.firms},
        )


def _next_closing(situation: QuarterSituation, code: str) -> str:
    """The next batch in which firms can still apply."""
    ahead = [
        batch
        for batch in situation.batches
        if batch.kind.code == code and batch.closes_on and batch.closes_on >= situation.today
    ]
    if not ahead:
        if any(batch.kind.code == code for batch in situation.batches):
            return "已登记的申报批次均已截止，下一批日期公布后即组织申报"
        return "入库不分批次，随时组织"
    batch = min(ahead, key=lambda one: one.last_day)
    return f"最近的{batch}申报{chinese_day(batch.last_day)}截止"


def _calendar(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    days = []
    for batch in situation.batches:
        for name in COURSE:
            day = batch.day_of(name)
            if day and situation.today <= day <= situation.ahead:
                title = str(ApplicationBatch._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
                days.append((day, f"{chinese_day(day)}{batch.kind.name}{batch}{title}"))
    if days:
        told = "；".join(words for _, words in sorted(days))
        yield DraftParagraph("calendar", f"按申报日程做好衔接。{told}。", {"days": len(days)})


def _renew(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    lapsing, lapsed = situation.lapsing, situation.lapsed
    if not lapsing and not lapsed:
        return
    kind = (lapsing or lapsed)[0].certificate.kind.name
    parts, figures = [], {"lapsing": len(lapsing), "lapsed": len(lapsed), "days": DAYS_AHEAD}
    if lapsing:
        months = Counter((row.last_day.year, row.last_day.month) for row in lapsing)
        told = "、".join(f"{year}年{month}月{firms}家" for (year, month), firms in months.items())
        not_filed = len(unfiled(lapsing))
        parts.append(
            f"今后{DAYS_AHEAD}天到期待续{len(lapsing)}家（{told}），其中未申报{not_filed}家，"
            "由所属单位逐户落实"
        )
        figures |= {f"{year}-{month}": firms for (year, month), firms in months.items()}
        figures["lapsing_unfiled"] = not_filed
    if lapsed:
        first = min(row.lapses_on for row in lapsed) + dt.timedelta(RENEWAL_DAYS - 1)
        parts.append(
            f"失效可续的{len(lapsed)}家须在失效后{RENEWAL_DAYS}天内取得新证书，"
            f"最早的到{chinese_day(first)}为止"
        )
        figures["renewal_days"] = RENEWAL_DAYS
    yield DraftParagraph("renewals", f"抓好{kind}到期续证。{'；'.join(parts)}。", figures)


def _report(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    quarter, parts, figures = situation.quarter, [], {}
    missing = len(situation.rosters_missing)
    if missing:
        until = f"在{chinese_day(quarter.locks_on)}前补报"
        if quarter.locks_on < situation.today:
            until = "申请延期后补报"
        parts.append(f"没有报送{quarter}名册的{missing}个单位{until}")
        figures["missing"] = missing
    owing = len(situation.tasks.owing)
    if owing:
        parts.append(f"{quarter}重点任务进展没有报齐的{owing}个单位立即补报")
        figures["owing"] = owing
    following = Period.of(quarter.last_day + dt.timedelta(days=1))
    due = Quarter.due_day(following)
    if due >= situation.today:
        parts.append(f"{following.label}名册和重点任务进展于{chinese_day(due)}前报送")
    if parts:
        yield DraftParagraph("reports", f"按时报送名册和任务进展。{'；'.join(parts)}。", figures)


def _allot(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    """Goals of every year from the quarter's to the one that begins before long."""
    last = min(situation.ahead.year, goal_form.last_year())
    lacking = [
        year
        for year in range(situation.quarter.year, last + 1)
        if goal_revisions.current_revision(year) is None
    ]
    if lacking:
        told = "、".join(f"{year}年" for year in lacking)
        yield DraftParagraph("goals", f"下达任务分解。{told}任务分解尚未下达，尽快下达到各单位。")


def _settle(situation: QuarterSituation) -> Iterator[DraftParagraph]:
    found = situation.decisions
    soon = [one for one in found.decisions if 0 <= one.days_left(situation.today) <= DAYS_AHEAD]
    if not soon and not found.overdue:
        return
    parts, figures = [], {"days": DAYS_AHEAD}
    if found.overdue:
        leads = dict.fromkeys(one.last.lead.told_apart for one in found.overdue)
        parts.append(f"逾期的{len(found.overdue)}项由{listed(list(leads))}抓紧办结")
        figures["overdue"] = len(found.overdue)
    if soon:
        told = [
            f"{one.code}（{one.last.lead.told_apart}，{chinese_day(one.last.due)}前）"
            for one in soon
        ]
        parts.append(f"今后{DAYS_AHEAD}天到期的{len(soon)}项：{listed(told, '项')}")
        figures["soon"] = len(soon)
    yield DraftParagraph("decisions", f"办结联席会议决定。{'；'.join(parts)}。", figures)


DRAFTS: Sequence[Callable[[QuarterSituation], Iterator[DraftParagraph]]] = (
    _catch_up,
    _calendar,
    _renew,
    _report,
    _allot,
    _settle,
)
