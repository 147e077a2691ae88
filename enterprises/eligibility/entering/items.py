"""Of what a set of rules consists, item by item: its name in words and the kind of its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enterprises.eligibility.entering import values
from enterprises.models import RuleSet

Conditions = RuleSet.Conditions


@dataclass(frozen=True)
class Item:
    """`parts`: of a table, by their names; what is without both, names and units, is checked as a whole."""

    label: str
    check: values.Check | None = None
    parts: Mapping[str, Item] | None = None
    optional: bool = False


NEEDED = Item("列为候选必须符合的条件（编号）", values.texts)
NAMES, UNITS = Item("各条件的名称（编号：名称）"), Item("各条件的单位（编号：单位）")
FORMS = Item("可以申报的企业类型", values.forms)

SCORE = {
    "ip_most": Item("知识产权最高分", values.whole),
    "advance_most": Item("技术先进程度最高分", values.whole),
    "core_most": Item("核心支持作用最高分", values.whole),
    "standard_most": Item("参与标准最高加分", values.whole),
    "count_class1": Item("有Ⅰ类知识产权的数量得分", values.points),
    "count_class2": Item("Ⅱ类知识产权件数各档", values.bands),
    "acquired_own": Item("有自主研发的获得方式得分", values.points),
    "acquired_only": Item("只有受让等的获得方式得分", values.points),
    "conversions": Item("年均成果转化数各档", values.bands),
    "conversions_below": Item("年均成果转化数大于0不足1的得分", values.points),
    "management_most": Item("研发组织管理各部分最高分", values.wholes),
    "growth": Item("增长率（%）各档", values.bands),
    "growth_above_zero": Item("增长率大于0、低于最低一档的得分", values.points),
}
LADDER = {
    "least_innovation": Item("创新能力得分下限", values.whole),
    "least_growing": Item("成长性得分下限", values.whole),
    "least_special": Item("专业化得分下限", values.whole),
    "least_total": Item("总分下限", values.whole),
    "class1": Item("有Ⅰ类知识产权的得分", values.points),
    "class1_own": Item("有自主研发的Ⅰ类知识产权的得分", values.whole),
    "class2": Item("只有Ⅱ类知识产权的得分", values.whole),
    "rd_of_sales": Item("研发费用占营业收入（%）各档", values.bands),
    "growth": Item("营业收入增长率（%）各档", values.bands),
    "debt": Item("资产负债率（%）各档", values.debt_bands),
    "field": Item("主导产品领域得分", values.points),
    "main_share": Item("主营业务收入占比得分", values.points),
}
CERTIFICATE = {
    "names": NAMES,
    "units": UNITS,
    "needed": NEEDED,
    "legal_forms": FORMS,
    "least_registered_days": Item("注册满多少天", values.whole),
    "least_clean_days": Item("多少天内无重大事故和严重违法", values.whole),
    "least_ip": Item("知识产权件数下限", values.whole),
    "least_staff_share": Item("科技人员占比下限（%）", values.percent),
    "least_domestic_share": Item("境内研发费用占比下限（%）", values.percent),
    "least_hightech_share": Item("高新技术产品收入占比下限（%）", values.percent),
    "least_score": Item("创新能力评价得分下限", values.whole),
    "rd_tiers": Item("研发费用占比各档（上年销售收入万元 up_to 以内 share%）", values.tiers_up),
    "score": Item("创新能力评价", parts=SCORE),
}
SMALL_FIRM = {
    "most_staff": Item("职工总数上限", values.whole),
    "most_sales": Item("营业收入上限（万元）", values.number),
    "most_assets": Item("资产总额上限（万元）", values.number),
    "least_score": Item("得分下限", values.whole),
    "staff_shares": Item("科技人员占比（%）各档", values.bands),
    "rd_of_sales": Item("研发费用占营业收入（%）各档", values.bands),
    "rd_of_costs": Item("研发费用占成本费用（%）各档", values.bands),
    "ip_class1": Item("有Ⅰ类知识产权的得分", values.whole),
    "ip_class2": Item("Ⅱ类知识产权件数各档", values.bands),
}
KIND = {
    "names": NAMES,
    "units": UNITS,
    "needed": NEEDED,
    "untested": Item("现有数据不能检验的条件", values.texts),
    "legal_forms": Item(FORMS.label, values.forms, optional=True),
    "least_years": Item("从业年限下限", values.whole, optional=True),
    "least_growth": Item("近两年营业收入平均增长下限（%）", values.number, optional=True),
    "most_debt": Item("资产负债率上限（%）", values.percent, optional=True),
    "least_class1": Item("Ⅰ类知识产权件数下限", values.whole, optional=True),
    "least_staff_share": Item("科技人员占比下限（%）", values.percent, optional=True),
    "clean_years": Item("本年及以前多少年无重大事故和严重违法", values.whole, optional=True),
    "rd_years": Item("研发费用占比看几年", values.years, optional=True),
    "rd_tiers": Item("研发费用占比各档（当年营业收入万元 from 起 share%）", values.tiers_from, optional=True),
    "small_rd": Item("低于最低一档的，研发费用合计下限（万元）", values.number, optional=True),
    "small_rd_staff": Item("低于最低一档的，科技人员占比下限（%）", values.percent, optional=True),
    "least_rd": Item("上一年研发费用下限（万元）", values.number, optional=True),
    "least_sales": Item("上一年营业收入下限（万元）", values.number, optional=True),
    "direct_rd": Item("可代替得分的年均研发费用（万元）", values.number, optional=True),
    "rd_mean_years": Item("年均研发费用看几年", values.years, optional=True),
    "direct_kinds": Item("可直接认定的资质（类别代码）", values.texts, optional=True),
    "base_kinds": Item("须先取得的资质（类别代码）", values.texts, optional=True),
    "score": Item("得分", parts=LADDER, optional=True),
}  # fmt: skip
ITEMS: Mapping[Conditions, Mapping[str, Item]] = {
    Conditions.CERTIFICATE: CERTIFICATE,
    Conditions.SMALL_FIRM: SMALL_FIRM,
    Conditions.KIND: KIND,
}
ASKS: Mapping[str, tuple[str, ...]] = {
    "form": ("legal_forms",),
    "base": ("base_kinds",),
    "years": ("least_years",),
    "growth": ("least_growth",),
    "debt": ("most_debt",),
    "class1": ("least_class1",),
    "staff": ("least_staff_share",),
    "clean": ("clean_years",),
    "innovation": ("score",),
    "growing": ("score",),
    "special": ("score",),
    "total": ("score",),
    "least_rd": ("least_rd",),
    "rd": ("rd_years", "rd_tiers"),
    "sales": ("least_sales",),
    "way": ("direct_rd", "rd_mean_years"),
}
"""Condition → the items without which it cannot be judged."""
