"""The columns of the quarterly roster, in their order: the only place that describes them.

A new yearly figure needs its field on `YearlyFigures`, a migration and one `Column` in
YEARLY_FIGURES, or in `registers.RETURNS` where units do not report it. Template, reader, plan, prefilled rows and the firm's page follow from that object.
Any change of the roster's columns raises `stamps.EDITION`, so that older templates are recognised.
"""

from __future__ import annotations

from enterprises.rosters.definition import cells
from enterprises.rosters.definition.column import (
    DAY,
    MONEY,
    PLAIN_WHOLE,
    WHOLE,
    ChoiceSource,
    Column,
    Dropdown,
    Fact,
    FirmPageCell,
    Look,
)
from enterprises.rosters.definition.layout import Layout
from enterprises.rosters.definition.shared_columns import (
    ENTRY_TITLES,
    NAME,
    NUMBER,
    PARK,
    REGISTERED,
    REMARK,
    TECH_FIELD,
    TOWN,
    USCC,
)

CERTIFIED_KIND, REGISTERED_KIND = "hnte", "tech"
"""The kinds of qualification with columns of their own: a certificate, and an entry in a register."""

LEAVES_POOL, LEAVES_POOL_WORD = "leaves", "退库"
"""Instead of a stage: the firm leaves the reserve pool."""
GIVEN_UP = "given_up"
"""The stage of an application that needs a reason, by its code: the reader loads no models."""

INDUSTRY_CODE = Column(
    "industry_code",
    "行业代码",
    cells.industry_code,
    ("国民经济行业代码",),
    blank="",
    guidance="国民经济行业代码，门类字母加2至4位数字",
    example="C3670",
    look=Look(9),
    fact=Fact.FIRM,
)
# The field's name is that of the field of `YearlyFigures`. Money is in 万元.
YEARLY_FIGURES = (
    Column(
        "above_scale",
        "是否规上",
        cells.yes_no,
        ("规上企业", "是否规上企业"),
        guidance="是否为规模以上企业，从下拉列表选择",
        example="是",
        look=Look(7, PLAIN_WHOLE, centred=True),
        dropdown=Dropdown(ChoiceSource.YES_NO),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell("规上", is_number=False),
    ),
    Column(
        "revenue",
        "上年营业收入（万元）",
        cells.amount("万元"),
        ("上年营业收入", "营业收入（万元）", "营业收入"),
        guidance="上一年度全年营业收入，以万元计，只填数字",
        example="1250.60",
        look=Look(14, MONEY),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell("营业收入"),
    ),
    Column(
        "rd_expense",
        "上年研发费用（万元）",
        cells.amount("万元"),
        ("上年研发费用", "研发费用（万元）", "研发费用"),
        guidance="上一年度全年研发费用，以万元计，只填数字",
        example="86.35",
        look=Look(13, MONEY),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell("研发费用"),
    ),
    Column(
        "staff",
        "职工总数",
        cells.whole("人"),
        ("职工总数（人）", "职工人数", "从业人数"),
        guidance="上年末职工总人数，填整数",
        example="120",
        look=Look(8, WHOLE),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell("职工"),
    ),
    Column(
        "rd_staff",
        "科技人员数",
        cells.whole("人"),
        ("科技人员数（人）", "科技人员", "科技人员人数"),
        guidance="其中从事研发等科技活动的人数，填整数，不多于职工总数",
        example="18",
        look=Look(8, WHOLE),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell("科技人员"),
    ),
    Column(
        "ip_class1",
        "Ⅰ类知识产权数",
        cells.whole("件"),
        ("一类知识产权数", "Ⅰ类知识产权"),
        guidance="现有发明专利等Ⅰ类知识产权的件数，填整数，没有的填0",
        example="2",
        look=Look(10, PLAIN_WHOLE),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell("Ⅰ类知产"),
    ),
    Column(
        "ip_class2",
        "Ⅱ类知识产权数",
        cells.whole("件"),
        ("二类知识产权数", "Ⅱ类知识产权"),
        guidance="现有实用新型、软件著作权等Ⅱ类知识产权的件数，填整数，没有的填0",
        example="15",
        look=Look(10, PLAIN_WHOLE),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell("Ⅱ类知产"),
    ),
    Column(
        "hightech_share",
        "高新技术产品收入占比（%）",
        cells.amount("%", 0, 100),
        ("高新技术产品收入占比", "高品收入占比（%）"),
        guidance="高新技术产品（服务）收入占总收入的百分数，填0至100",
        example="67.80",
        look=Look(14, MONEY),
        fact=Fact.FIGURES,
        firm_page=FirmPageCell("高新收入占比", unit="%"),
    ),
)
# Dates and certificates must be `present`: without the columns no firm would seem to hold any.
QUALIFICATIONS = (
    Column(
        "tech_entered_on",
        "科技型企业入库日期",
        cells.date,
        ENTRY_TITLES,
        present=True,
        past=True,
        guidance="列入科技型企业库的日期；未入库的留空",
        example="2021-05-06",
        look=Look(12, DAY, centred=True),
        fact=Fact.TECH_ENTRY,
    ),
    Column(
        "certificate_number",
        "高企证书编号",
        cells.certificate_number,
        ("高新技术企业证书编号", "证书编号"),
        present=True,
        blank="",
        telling=True,
        guidance="高新技术企业证书上的编号；不是高企的留空",
        example="GR202351100123",
        look=Look(17),
        fact=Fact.CERTIFICATE,
    ),
    Column(
        "certificate_issued_on",
        "高企发证日期",
        cells.date,
        ("高新技术企业发证日期", "发证日期"),
        present=True,
        past=True,
        guidance="高新技术企业证书上的发证日期，与编号一并填写",
        example="2023-10-16",
        look=Look(11, DAY, centred=True),
        fact=Fact.CERTIFICATE,
    ),
    Column(
        "other_qualifications",
        "其他资质",
        cells.choices("kinds", "资质类别"),
        ("其它资质",),
        blank=(),
        guidance="目前有效的其他资质，有几项的用顿号隔开",
        look=Look(24, wraps=True),
        dropdown=Dropdown(ChoiceSource.OTHER_KINDS, several=True),
        fact=Fact.OTHER_QUALIFICATIONS,
    ),
)
RESERVE_POOL = (
    Column(
        "pool_stage",
        "后备库层级",
        cells.choice("pool_stages", "后备库层级"),
        ("后备库",),
        telling=True,
        guidance="在高企后备库中的层级，从下拉列表选择；不在库的留空，"
        f"退出的填“{LEAVES_POOL_WORD}”并在备注中写明原因",
        look=Look(8, centred=True),
        dropdown=Dropdown(ChoiceSource.POOL_STAGES),
        fact=Fact.POOL,
    ),
    Column(
        "planned_year",
        "拟申报年度",
        cells.year(2000, 2100),
        ("拟申报年份", "计划申报年度"),
        guidance="计划申报高企的年度，从下拉列表选择",
        example="2027",
        look=Look(8, PLAIN_WHOLE, centred=True),
        dropdown=Dropdown(ChoiceSource.COMING_YEARS, is_binding=False),
        fact=Fact.POOL,
    ),
)
APPLICATION = (
    Column(
        "application_stage",
        "高企申报状态",
        cells.choice("application_stages", "高企申报状态"),
        ("申报状态", "申报进展", "高企申报进展"),
        guidance="本年度申报高企到了哪一步，从下拉列表选择；没有申报的留空，"
        "放弃的在备注中写明原因；公示、认定以官方名单为准",
        look=Look(9, centred=True),
        dropdown=Dropdown(ChoiceSource.APPLICATION_STAGES),
        fact=Fact.APPLICATION,
        edition=2,
    ),
)
CONTACT = (
    Column(
        "contact_name",
        "联系人",
        cells.text(40),
        ("企业联系人",),
        blank="",
        guidance="企业负责科技工作的联系人姓名",
        look=Look(9),
        fact=Fact.FIRM,
    ),
    Column(
        "contact_phone",
        "联系电话",
        cells.text(40),
        ("电话", "手机", "联系方式"),
        blank="",
        guidance="联系人的手机或座机号码",
        example="13800000000",
        look=Look(14),
        fact=Fact.FIRM,
    ),
)

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
        INDUSTRY_CODE,
        TECH_FIELD,
        *YEARLY_FIGURES,
        *QUALIFICATIONS,
        *RESERVE_POOL,
        *APPLICATION,
        *CONTACT,
        REMARK,
    ),
    key="uscc",
    may_be_empty=True,
)
