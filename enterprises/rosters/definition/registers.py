"""Lists beside the roster: certificates, tech enterprises, and the yearly figures of offices.

No template is made for them. Guidance stands only with the figures that the roster's template may
ask of past years.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from enterprises.rosters.definition import cells
from enterprises.rosters.definition.column import (
    MONEY,
    PLAIN_WHOLE,
    Column,
    Fact,
    FirmPageCell,
    Look,
)
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.ip.register import IP_REGISTER
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.shared_columns import (
    ENTRY_TITLES,
    LEGAL_FORM,
    NAME,
    NUMBER,
    PARK,
    REGISTERED,
    REMARK,
    TECH_FIELD,
    TOWN,
    USCC,
)

HNTE_REGISTER = Layout(
    "hnte_register",
    "高新技术企业证书名单",
    (
        NUMBER,
        NAME,
        USCC,
        Column(
            "certificate_number",
            "证书编号",
            cells.certificate_number,
            ("高企证书编号", "证书号"),
            present=True,
            filled=True,
            blank="",
            telling=True,
            fact=Fact.CERTIFICATE,
        ),
        Column(
            "certificate_issued_on",
            "发证日期",
            cells.date,
            ("发证时间", "高企发证日期"),
            present=True,
            filled=True,
            past=True,
            fact=Fact.CERTIFICATE,
        ),
        Column(
            "certificate_valid_until",
            "有效期至",
            cells.date,
            ("有效期止", "证书有效期至", "到期日期"),
            present=True,
            fact=Fact.CERTIFICATE,
        ),
        Column(
            "recognition",
            "认定类型",
            cells.option(
                # Old lists say 复审, a renewal that the measure of 2016
                # (国科发火〔2016〕32号) has done away with.
                {"首次认定": "first", "重新认定": "again", "新认定": "first", "复审": "again"}
            ),
            ("认定类别",),
            fact=Fact.CERTIFICATE,
        ),
        TECH_FIELD,
        PARK,
        TOWN,
        Column(
            "revoked_on",
            "取消资格日期",
            cells.date,
            ("取消日期", "撤销日期"),
            past=True,
            fact=Fact.CERTIFICATE,
        ),
        LEGAL_FORM,
        REMARK,
    ),
    # A firm stands in this list once for each certificate, so its code repeats.
    key="certificate_number",
)

TECH_REGISTER = Layout(
    "tech_register",
    "科技型企业入库名单",
    (
        NUMBER,
        NAME,
        USCC,
        Column(
            "tech_entered_on",
            "入库日期",
            cells.date,
            ENTRY_TITLES,
            present=True,
            filled=True,
            past=True,
            fact=Fact.TECH_ENTRY,
        ),
        TECH_FIELD,
        PARK,
        TOWN,
        REGISTERED,
        Column(
            "closed_on",
            "注销日期",
            cells.date,
            ("注销时间", "吊销注销日期"),
            past=True,
            fact=Fact.CLOSURE,
        ),
        LEGAL_FORM,
        REMARK,
    ),
    key="uscc",
)


IN_WAN = "以万元计，只填数字，没有数据的留空"
AUDITED = f"以专项审计报告为准，不是统计年报或加计扣除的数；{IN_WAN}"


# --- yearly figures as tax, statistics and intellectual property offices list them ---
def _reported(name: str, title: str, *aliases: str, years: int = 0, note: str = "") -> Column:
    """A figure that the roster asks for as well, under the offices' own titles."""
    column = ROSTER.column(name)
    titles = (*column.all_titles, *aliases)
    return replace(column, title=title, aliases=titles, asked_years=years, guidance=note)


def _money(
    name: str,
    title: str,
    *aliases: str,
    page: str = "",
    term: str = "",
    years: int = 0,
    note: str = "",
) -> Column:
    with_unit = tuple(f"{each}（万元）" for each in (title, *aliases))
    return Column(
        name,
        with_unit[0],
        cells.amount("万元"),
        (title, *with_unit[1:], *aliases),
        guidance=note or IN_WAN,
        look=Look(13, MONEY),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell(page or title, term=term),
        asked_years=years,
    )


def _number(
    name: str, title: str, *aliases: str, page: str, term: str = "", years: int = 0
) -> Column:
    with_unit = tuple(f"{each}（{unit}）" for each in (title, *aliases) for unit in ("件", "项"))
    return Column(
        name,
        title,
        cells.whole("件"),
        (*aliases, *with_unit),
        guidance="填整数，没有的填0，不清楚的留空",
        look=Look(10, PLAIN_WHOLE),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell(page, term=term),
        asked_years=years,
    )


RETURNS = Layout(
    "returns",
    "企业年度数据表",
    (
        NUMBER,
        # The code says who it is; a name that is given has to fit.
        replace(NAME, aliases=(*NAME.aliases, "纳税人名称", "权利人"), present=False, filled=False),
        replace(
            USCC,
            aliases=(*USCC.aliases, "纳税人识别号", "统一社会信用代码（纳税人识别号）"),
        ),
        Column(
            "year",
            "年度",
            cells.year(2000, 2100),
            ("年份", "会计年度", "所属年度", "统计年度", "数据年度", "税款所属年度", "报告期"),
            present=True,
            filled=True,
        ),
        _reported(
            "revenue",
            "营业收入（万元）",
            *("销售收入（万元）", "销售收入", "营业总收入", "营收"),
            years=3,
            note=IN_WAN,
        ),
        _money("gross_income", "收入总额", "企业收入总额", term="gross_income", years=1),
        _money("nontaxable_income", "不征税收入", term="nontaxable_income", years=1),
        _money(
            "hightech_income",
            "高新技术产品（服务）收入",
            "高新技术产品收入",
            "高新产品收入",
            "高品收入",
            page="高新技术产品收入",
            term="hightech_income",
            years=1,
        ),
        _reported(
            "rd_expense",
            "研发费用（万元）",
            *("研究开发费用（万元）", "研究开发费用", "研发费用合计", "研发费用总额"),
            years=3,
            note=AUDITED,
        ),
        _money(
            "rd_domestic",
            "境内研发费用",
            *("境内研究开发费用", "在中国境内发生的研究开发费用", "其中：境内研发费用"),
            term="rd_domestic",
            years=3,
            note=AUDITED,
        ),
        # Neither of the two is the audited R&D that a qualification asks for.
        _money(
            "rd_statistics",
            "统计研发经费",
            *("R&D经费", "R&D经费支出", "R&D经费内部支出", "研发经费", "研发经费支出"),
            *("研究与试验发展经费", "研究与试验发展经费支出", "研究与试验发展（R&D）经费支出"),
        ),
        _money(
            "rd_deducted",
            "加计扣除研发费用",
            *("可加计扣除研发费用", "享受加计扣除的研发费用", "研发费用加计扣除金额"),
        ),
        _money("costs", "成本费用", "成本费用总额", "成本费用支出额", "成本费用合计"),
        _money("assets", "资产总额", "资产总计", "总资产", "年末资产总额", years=3),
        _money("liabilities", "负债总额", "负债合计", "总负债", "年末负债总额", years=3),
        _reported(
            "staff", "职工总数", "从业人员", "从业人员数", "从业人员期末人数", "年末职工人数"
        ),
        _reported("rd_staff", "科技人员数", "研发人员数", "研发人员", "科技活动人员"),
        _reported("ip_class1", "Ⅰ类知识产权数", "Ⅰ类", "一类", "Ⅰ类知识产权（件）"),
        _reported("ip_class2", "Ⅱ类知识产权数", "Ⅱ类", "二类", "Ⅱ类知识产权（件）"),
        _number(
            "ip_class2_used",
            "已用于高企申报的Ⅱ类知识产权数",
            *("已用Ⅱ类知识产权数", "已用Ⅱ类", "已使用Ⅱ类知识产权数", "已用二类"),
            page="已用Ⅱ类知产",
            term="class2_used",
            years=1,
        ),
        _number(
            "ip_own",
            "自主研发的知识产权数",
            *("自主研发知识产权数", "自主研发", "自主研发件数"),
            page="自主研发知产",
            years=1,
        ),
        _number(
            "conversions",
            "科技成果转化数",
            *("成果转化数", "科技成果转化", "成果转化", "科技成果转化项数"),
            page="成果转化",
            term="conversions",
            years=3,
        ),
        LEGAL_FORM,
        REMARK,
    ),
    key="uscc",
    key_with="year",
)


def year_is_over(year: int, day: dt.date) -> bool:
    """Figures of a whole year are known once it is over."""
    return year < day.year


PARTS_OF_A_WHOLE = (
    ("rd_domestic", "rd_expense"),
    ("nontaxable_income", "gross_income"),
    ("hightech_income", "gross_income"),
    ("ip_class2_used", "ip_class2"),
)


def parts_above_their_whole(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(part, whole) of yearly figures where both are known. It is doubtful, and never a verdict."""
    for part, whole in PARTS_OF_A_WHOLE:
        first, second = values.get(part), values.get(whole)
        if first is not None and second is not None and first > second:
            yield part, whole


COMPARED_BETWEEN_SOURCES = frozenset(("revenue",))
"""Figures of which two sources of the same year should tell nearly the same."""


# Of two layouts that fit a header equally well, the reader takes the one that stands first.
LAYOUTS = (ROSTER, HNTE_REGISTER, TECH_REGISTER, RETURNS, IP_REGISTER)
