"""The outlook's tables of what was learned: rates by cell, recorded stages, past forecasts."""

from __future__ import annotations

from parks.numbers import signed
from targets.outlook.assembly import Outlook
from targets.outlook.cells import NO_VALUE, OutlookCell, OutlookTable, percent, whole_number


def rates_of_cells(page: Outlook) -> OutlookTable:
    """How firms stand as to the year's end, how such firms fared in past years, what is expected."""
    rows = []
    if not page.now.lacking:
        expected = page.now.on(page.now.year_end)
        for cell, firms in sorted(expected.firms.items(), key=lambda pair: pair[0].rank):
            hits, of = expected.lessons.cases(cell)
            share = expected.lessons.share(cell)
            rows.append(
                [
                    OutlookCell(cell.name),
                    OutlookCell(firms),
                    OutlookCell(f"{hits}/{of}") if of else NO_VALUE,
                    percent(share),
                    whole_number(firms * share),
                ]
            )
        outside = whole_number(expected.from_outside)
        came = "、".join(
            f"{year.day.year}年{year.entered}" for year in reversed(expected.lessons.past[:5])
        )
        rows.append([OutlookCell("其他企业新进入"), NO_VALUE, OutlookCell(came), NO_VALUE, outside])
        total = [OutlookCell("合计"), *[NO_VALUE] * 3, whole_number(expected.mean)]
        rows.append(total)
    head = ["处境", "现在（家）", "往年同日计入/家数", "采用的兑现率", "年底预计（家）"]
    rules = page.now.rules
    note = (
        f"往年同日处境相同的企业，到年底计入的家数；每早一年权数乘{rules.fading:g}，"
        f"另加相当于{rules.strength:g}家的起始兑现率（管理后台“预测参数”可改）。"
    )
    return OutlookTable("cells", "处境、兑现率和年底预计", head, rows, note)


def recorded_stages(page: Outlook) -> OutlookTable:
    """Habits of recording decide what stages are worth."""
    rows = []
    if page.now.has_term:
        for year in page.now.past(page.now.year_end):
            told, certified = page.now.record.recorded(year.day.year)
            used = year.day.year in page.now.staged_years
            rows.append(
                [
                    OutlookCell(f"{year.day.year}年"),
                    OutlookCell(f"{told}/{certified}") if certified else NO_VALUE,
                    percent(told / certified) if certified else NO_VALUE,
                    OutlookCell(f"{year.due_with_stage}/{year.due}") if year.due else NO_VALUE,
                    OutlookCell("是" if used else "否"),
                ]
            )
    head = ["年度", "有申报记录/发证", "登记比例", "同日到期企业有状态", "用于学习申报状态"]
    note = (
        f"同日到期企业中有申报状态的比例与今年相差超过{page.now.rules.alike * 100:g}个百分点"
        f"（且非偶然）的年度不用；可用的不足{page.now.rules.fewest_years}年，就不用申报状态。"
    )
    return OutlookTable("recorded", "申报状态的登记比例", head, rows, note)


def record(page: Outlook) -> OutlookTable:
    rows = []
    for trial in page.record.trials:
        rows.append(
            [
                OutlookCell(trial.as_of),
                OutlookCell(trial.day),
                whole_number(trial.expected),
                OutlookCell(trial.low),
                OutlookCell(trial.high),
                OutlookCell(trial.actual),
                OutlookCell(round(trial.miss), signed(round(trial.miss))),
                OutlookCell("是" if trial.hit else "否"),
                whole_number(trial.error),
                whole_number(trial.naive_errors.get("line")),
                whole_number(trial.naive_errors.get("net")),
            ]
        )
    head = [
        "预测日", "预测到", "预测", "80%下限", "80%上限", "实际", "偏差", "落在区间内",
        "误差", "直线外推误差", "照上年净增误差",
    ]  # fmt: skip
    note = (
        "每次只用预测日及以前发生的事实，重新学习。偏差为实际减预测；误差为整个分布的平均误差"
        "（CRPS，家），越小越好。直线外推用前五个年底，照上年净增用前两个年底。"
    )
    return OutlookTable("record", "历年检验", head, rows, note)
