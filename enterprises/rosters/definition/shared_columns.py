"""Columns that several kinds of list have: the firm itself, where it stands, number and remark."""

from __future__ import annotations

from enterprises.rosters.definition import cells
from enterprises.rosters.definition.column import (
    DAY,
    PLAIN_WHOLE,
    ChoiceSource,
    Column,
    Dropdown,
    Fact,
    Look,
)
from parks.district import DISTRICT

ENTRY_TITLES = ("科技型企业入库时间", "科技型企业入库日期", "入库日期", "入库时间")

NUMBER = Column(
    "number",
    "序号",
    cells.text(20),
    ("编号", "序", "No."),
    blank="",
    guidance="顺序号，可不填",
    look=Look(6, PLAIN_WHOLE, centred=True),
)
NAME = Column(
    "name",
    "企业名称",
    cells.text(120),
    ("单位名称", "公司名称", "企业全称", "名称"),
    present=True,
    filled=True,
    identifies=True,
    blank="",
    guidance="营业执照上的全称，不用简称",
    example=f"重庆{DISTRICT.short_name}某某机械有限公司",
    look=Look(34, wraps=True),
    fact=Fact.FIRM,
)
USCC = Column(
    "uscc",
    "统一社会信用代码",
    cells.code,
    ("社会信用代码", "信用代码", "统一信用代码"),
    present=True,
    filled=True,
    identifies=True,
    blank="",
    telling=True,
    guidance="营业执照上的18位代码，由数字和大写字母组成",
    example="91500116MA5U123453",
    look=Look(21),
    fact=Fact.IDENTITY,
)
PARK = Column(
    "park",
    "所属园区平台",
    cells.choice("parks", "园区平台", may_be_outside=True),
    ("所属园区", "园区平台", "园区", "所在园区"),
    present=True,
    telling=True,
    guidance="企业所在的园区平台，从下拉列表选择；不在园区的留空",
    look=Look(20),
    dropdown=Dropdown(ChoiceSource.PARKS),
    fact=Fact.PLACE,
)
TOWN = Column(
    "town",
    "所属镇街",
    cells.choice("towns", "镇街"),
    ("所属街镇", "镇街", "所在镇街", "所属镇（街道）", "乡镇街道"),
    present=True,
    filled=True,
    telling=True,
    guidance="企业所在的镇街，从下拉列表选择；在园区内的也要填",
    look=Look(10),
    dropdown=Dropdown(ChoiceSource.TOWNS),
    fact=Fact.PLACE,
)
REGISTERED = Column(
    "registered_on",
    "注册日期",
    # No figure depends on its day, and many lists give the month only.
    cells.date_or_month,
    ("成立日期", "注册时间", "成立时间"),
    past=True,
    guidance="营业执照上的成立日期，年月日齐全",
    example="2015-03-02",
    look=Look(11, DAY, centred=True),
    fact=Fact.FIRM,
)
TECH_FIELD = Column(
    "tech_field",
    "技术领域",
    cells.choice("fields", "技术领域"),
    ("所属技术领域", "高新技术领域"),
    telling=True,
    guidance="主要产品或服务所属的技术领域，从下拉列表选择",
    look=Look(17),
    dropdown=Dropdown(ChoiceSource.TECH_FIELDS),
    fact=Fact.FIRM,
)
LEGAL_FORM = Column(
    "legal_form",
    "企业类型",
    cells.text(40),
    ("登记注册类型", "企业登记类型", "市场主体类型", "经营主体类型", "公司类型"),
    blank="",
    fact=Fact.FIRM,
)
GONE_FIRMS = (
    "已注销、迁出或迁往别处的企业，请删除那一行；上传后系统逐家询问，在页面上选原因、填日期。"
)
"""The one instruction about firms that are no longer the unit's own: template, help, handbook."""
REMARK = Column(
    "remark",
    "备注",
    cells.text(500, lines=True),
    ("备注说明",),
    blank="",
    guidance="需要说明的情况，如更名、退出后备库的原因，500字以内；已注销、迁出的企业请删除该行",
    look=Look(20, wraps=True),
)
