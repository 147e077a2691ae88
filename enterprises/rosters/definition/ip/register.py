"""The list of an intellectual property office: a row for each right, its firm by code or name."""

from __future__ import annotations

from dataclasses import replace

from enterprises import right_numbers
from enterprises.rosters.definition import catalogue, cells
from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cell_source import CellSource, Parsed, as_text
from enterprises.rosters.definition.column import Column, Fact
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.shared_columns import NAME, NUMBER, REMARK, USCC


def right_number(raw: object, source: CellSource) -> Parsed:
    """The number in the one spelling that is registered."""
    seen = as_text(raw)
    value = right_numbers.canonical(seen)
    if len(value) > right_numbers.LONGEST:
        raise Unreadable(catalogue.TOO_LONG, f"编号超过{right_numbers.LONGEST}个字")
    return value, value != seen


IP_REGISTER = Layout(
    "ip_register",
    "知识产权清单",
    (
        NUMBER,
        # Either is enough: offices of intellectual property know firms by their names.
        replace(
            NAME,
            aliases=(
                *NAME.aliases, "权利人", "专利权人", "著作权人", "当前权利人", "第一权利人",
                "权利人名称", "专利权人名称", "著作权人名称",
            ),
            present=False,
            filled=False,
        ),
        replace(
            USCC,
            aliases=(*USCC.aliases, "权利人统一社会信用代码", "权利人代码", "权利人信用代码"),
            present=False,
            filled=False,
        ),
        Column(
            "right",
            "知识产权类别",
            cells.choice("ip_kinds", "知识产权类别"),
            ("知识产权类型", "知识产权种类", "专利类型", "专利种类", "权利类型", "权利种类"),
            present=True,
            filled=True,
            telling=True,
            fact=Fact.IP_ITEM,
        ),
        Column(
            "right_number",
            "授权号",
            right_number,
            (
                "专利号", "登记号", "授权号或登记号", "专利号/登记号", "授权号/登记号", "知识产权编号",
                "知识产权号", "权利编号", "专利号（登记号）",
            ),
            present=True,
            filled=True,
            blank="",
            fact=Fact.IP_ITEM,
        ),
        Column(
            "right_title",
            "知识产权名称",
            cells.text(200),
            ("专利名称", "发明名称", "软件名称", "专利（软件）名称", "权利名称"),
            blank="",
            fact=Fact.IP_ITEM,
        ),
        Column(
            "granted_on",
            "授权日期",
            cells.date,
            ("授权日", "授权公告日", "授权公告日期", "登记日期", "登记日", "登记批准日期", "授权（登记）日期"),
            present=True,
            filled=True,
            past=True,
            fact=Fact.IP_ITEM,
        ),
        Column(
            "ends_on",
            "保护期至",
            cells.date,
            ("有效期至", "保护期届满日", "专利权届满日", "届满日期", "权利到期日"),
            fact=Fact.IP_ITEM,
        ),
        Column(
            "obtained",
            "取得方式",
            cells.option(
                {
                    "自主研发": "own", "原始取得": "own", "自主": "own", "受让": "bought",
                    "转让": "bought", "购买": "bought", "受赠": "given", "赠与": "given",
                    "并购": "merger", "其他": "other",
                }
            ),
            ("获得方式", "获取方式", "权利取得方式"),
            blank="",
            fact=Fact.IP_ITEM,
        ),
        Column(
            "owned_since",
            "取得日期",
            cells.date,
            ("受让日期", "转让登记日", "变更登记日", "权利取得日期", "转让日期"),
            past=True,
            fact=Fact.IP_ITEM,
        ),
        Column(
            "used_year",
            "已用于高企申报年度",
            cells.year(2000, 2100),
            ("高企申报使用年度", "使用年度", "已使用年度", "已用年度"),
            fact=Fact.IP_ITEM,
        ),
        REMARK,
    ),
    # A right that changed hands has a row for each owner, told apart by the day.
    key="right_number",
    key_with="owned_since",
)  # fmt: skip
