"""The columns of the three kinds of list, as objects: what the reader reads and what its error texts name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from enterprises.rosters.definition import cells
from enterprises.rosters.definition.cells import Parser
from enterprises.rosters.definition.guidance import HELP

_MARKS = re.compile(r"[\s*★#:]")
_REMARKS = re.compile(r"[(\[【](?:必填|选填|必填项|可选|文本格式|18位|单位[^)]*)[)\]】]")


def title_key(title: object) -> str:
    """What two spellings of one title have in common: NFKC, no spaces, line breaks, * or (必填); Ⅰ and I alike."""
    return _REMARKS.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", str(title)))).upper()


@dataclass(frozen=True, slots=True)
class Column:
    """`present`: the file must have the column. `filled`: every firm needs a value in it.
    `identifies`: its value says that the row is a firm. `blank`: what an empty cell means."""

    field: str
    title: str
    parse: Parser
    aliases: tuple[str, ...] = ()
    present: bool = False
    filled: bool = False
    identifies: bool = False
    blank: object = None

    def titles(self) -> tuple[str, ...]:
        return (self.title, *self.aliases)

    @property
    def help(self) -> str:
        """What belongs into it and how it is written; empty for a column that no template has."""
        return HELP.get(self.field, "")


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of list. `key`: the field whose value may occur only once.
    `may_be_empty`: a town without any such firm still hands in its list."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: str
    may_be_empty: bool = False
    fields_by_title: Mapping[str, str] = field(init=False)
    fields: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        found = {
            title_key(title): column.field for column in self.columns for title in column.titles()
        }
        object.__setattr__(self, "fields_by_title", found)
        object.__setattr__(self, "fields", frozenset(column.field for column in self.columns))

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.field == name)

    def missing(self, fields: set[str]) -> list[Column]:
        """The columns a file must have and does not."""
        return [column for column in self.columns if column.present and column.field not in fields]


NUMBER = Column("number", "序号", cells.text(20), ("编号", "序", "No."), blank="")
NAME = Column(
    "name",
    "企业名称",
    cells.text(120),
    ("单位名称", "公司名称", "企业全称", "名称"),
    True,
    True,
    True,
    blank="",
)
USCC = Column(
    "uscc",
    "统一社会信用代码",
    cells.code,
    ("社会信用代码", "信用代码", "统一信用代码"),
    True,
    True,
    True,
    blank="",
)
PARK = Column(
    "park",
    "所属园区平台",
    cells.choice("parks", "园区平台"),
    ("所属园区", "园区平台", "园区", "所在园区"),
    True,
)
TOWN = Column(
    "town",
    "所属镇街",
    cells.choice("towns", "镇街"),
    ("所属街镇", "镇街", "所在镇街", "所属镇（街道）", "乡镇街道"),
    True,
    True,
)
TECH_FIELD = Column(
    "tech_field",
    "技术领域",
    cells.choice("fields", "技术领域"),
    ("所属技术领域", "高新技术领域"),
)
REGISTERED = Column("registered_on", "注册日期", cells.date, ("成立日期", "注册时间", "成立时间"))
REMARK = Column("remark", "备注", cells.text(500, lines=True), ("备注说明",), blank="")
ENTERED_TITLES = ("科技型企业入库时间", "科技型企业入库日期", "入库日期", "入库时间")

ROSTER = Layout(
    "roster",
    "园区平台、镇街季度名册",
    (
        NUMBER,
        NAME,
        USCC,
        PARK,
        TOWN,
        REGISTERED,
        Column("industry_code", "行业代码", cells.industry_code, ("国民经济行业代码",), blank=""),
        TECH_FIELD,
        Column("above_scale", "是否规上", cells.yes_no, ("规上企业", "是否规上企业")),
        Column(
            "revenue",
            "上年营业收入（万元）",
            cells.amount("万元"),
            ("上年营业收入", "营业收入（万元）", "营业收入"),
        ),
        Column(
            "rd_expense",
            "上年研发费用（万元）",
            cells.amount("万元"),
            ("上年研发费用", "研发费用（万元）", "研发费用"),
        ),
        Column("staff", "职工总数", cells.whole("人"), ("职工总数（人）", "职工人数", "从业人数")),
        Column(
            "rd_staff",
            "科技人员数",
            cells.whole("人"),
            ("科技人员数（人）", "科技人员", "科技人员人数"),
        ),
        Column("ip_class1", "Ⅰ类知识产权数", cells.whole("件"), ("一类知识产权数", "Ⅰ类知识产权")),
        Column("ip_class2", "Ⅱ类知识产权数", cells.whole("件"), ("二类知识产权数", "Ⅱ类知识产权")),
        Column(
            "hightech_share",
            "高新技术产品收入占比（%）",
            cells.amount("%", 0, 100),
            ("高新技术产品收入占比", "高品收入占比（%）"),
        ),
        Column("tech_entered_on", "科技型企业入库日期", cells.date, ENTERED_TITLES, True),
        Column(
            "certificate_number",
            "高企证书编号",
            cells.certificate_number,
            ("高新技术企业证书编号", "证书编号"),
            True,
            blank="",
        ),
        Column(
            "certificate_issued_on",
            "高企发证日期",
            cells.date,
            ("高新技术企业发证日期", "发证日期"),
            True,
        ),
        Column(
            "other_qualifications",
            "其他资质",
            cells.choices("kinds", "资质类别"),
            ("其它资质",),
            blank=(),
        ),
        Column(
            "pool_stage",
            "后备库层级",
            cells.choice("pool_stages", "后备库层级"),
            ("后备库",),
        ),
        Column(
            "planned_year",
            "拟申报年度",
            cells.whole("年", 2000, 2100),
            ("拟申报年份", "计划申报年度"),
        ),
        Column("contact_name", "联系人", cells.text(40), ("企业联系人",), blank=""),
        Column("contact_phone", "联系电话", cells.text(40), ("电话", "手机", "联系方式"), blank=""),
        REMARK,
    ),
    key="uscc",
    may_be_empty=True,
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
            True,
            True,
            blank="",
        ),
        Column(
            "certificate_issued_on",
            "发证日期",
            cells.date,
            ("发证时间", "高企发证日期"),
            True,
            True,
        ),
        Column(
            "certificate_valid_until",
            "有效期至",
            cells.date,
            ("有效期止", "证书有效期至", "到期日期"),
            True,
        ),
        Column(
            "recognition",
            "认定类型",
            cells.option(
                {"首次认定": "first", "重新认定": "again", "新认定": "first", "复审": "again"}
            ),
            ("认定类别",),
        ),
        TECH_FIELD,
        PARK,
        TOWN,
        Column("revoked_on", "取消资格日期", cells.date, ("取消日期", "撤销日期")),
        REMARK,
    ),
    key="certificate_number",
)

TECH_REGISTER = Layout(
    "tech_register",
    "科技型企业入库名单",
    (
        NUMBER,
        NAME,
        USCC,
        Column("tech_entered_on", "入库日期", cells.date, ENTERED_TITLES, True, True),
        TECH_FIELD,
        PARK,
        TOWN,
        REGISTERED,
        Column("closed_on", "注销日期", cells.date, ("注销时间", "吊销注销日期")),
        REMARK,
    ),
    key="uscc",
)

LAYOUTS = (ROSTER, HNTE_REGISTER, TECH_REGISTER)
