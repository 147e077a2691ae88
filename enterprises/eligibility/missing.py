"""Which numbers a condition still wants, by name and year: what to bring before the next batch."""

from __future__ import annotations

from enterprises.eligibility.model.firm_data import CheckedFirm, Years

YEARLY = {
    "sales": "营业收入",
    "rd": "研发费用",
    "rd_domestic": "境内研发费用",
    "assets": "资产总额",
    "liabilities": "负债总额",
    "conversions": "成果转化数",
}
LAST_YEAR = {
    "staff": "职工总数",
    "rd_staff": "科技人员数",
    "gross_income": "收入总额",
    "nontaxable": "不征税收入",
    "hightech_income": "高新技术产品收入",
}
ITEMS = {
    "class1": "Ⅰ类知识产权数",
    "class2": "Ⅱ类知识产权数",
    "class2_used": "已用于申报的Ⅱ类知识产权数",
    "own": "自主研发的知识产权数",
}
STANDARD, MANAGEMENT, ANSWER = "是否参与制定标准", "研发组织管理的四项材料", "有无事故和违法的答复"
FORM, REGISTERED, FIELD = "企业类型", "注册日期", "技术领域"


def counted_otherwise(data: CheckedFirm) -> list[str]:
    """Where returns tell another number of items than single rights give: a warning, no verdict."""
    if data.ip_told is None:
        return []
    pairs = {name: (getattr(data.ip, name), getattr(data.ip_told, name)) for name in ITEMS}
    return [
        f"{ITEMS[name]}逐项为{counted}，年度数据为{told}"
        for name, (counted, told) in pairs.items()
        if None not in (counted, told) and counted != told
    ]


def missing_by_condition(data: CheckedFirm) -> dict[str, list[str]]:
    """Condition → what is not known; only conditions that want something.

    Whether it decides, the condition's own answer says: a score that cannot reach its bound fails
    whatever is missing.
    """
    found = {
        "form": [] if data.legal_form else [FORM],
        "c1": [] if data.registered_on else [REGISTERED],
        "c2": _items(data, "class1", "class2", "class2_used"),
        "c3": [] if data.tech_field else [FIELD],
        "c4": _last_year(data, "staff", "rd_staff"),
        "c5a": _years(data, "sales", "rd"),
        "c5b": _years(data, "rd_domestic", "rd"),
        "c6": _hightech(data),
        "c7": _score(data),
        "c8": [] if data.asked else [ANSWER],
    }
    return {condition: names for condition, names in found.items() if names}


def missing_for_kind(data: CheckedFirm) -> dict[str, list[str]]:
    """The same of the conditions of other kinds."""
    return {
        "form": [] if data.legal_form else [FORM],
        "years": [] if data.registered_on else [REGISTERED],
        "growth": _years(data, "sales"),
        "debt": _of_last_year(data, "assets", "liabilities"),
        "class1": _items(data, "class1"),
        "staff": _last_year(data, "staff", "rd_staff"),
        "clean": [] if data.asked else [ANSWER],
        "rd": _years(data, "sales", "rd"),
        "size": _last_year(data, "staff") + _of_last_year(data, "sales", "assets"),
        "ip": _items(data, "class1", "class2"),
        "least_rd": _of_last_year(data, "rd"),
        "sales": _of_last_year(data, "sales"),
        "way": _years(data, "rd"),
        "innovation": _items(data, "class1", "class2") + _of_last_year(data, "rd", "sales"),
        "growing": _years(data, "sales") + _of_last_year(data, "assets", "liabilities"),
    }


def _of_last_year(data: CheckedFirm, *names: str) -> list[str]:
    year = data.applied_on.year - 1
    return [
        f"{year}年{YEARLY[name]}"
        for name in names
        if not getattr(data, name) or getattr(data, name)[-1] is None
    ]


def _years(data: CheckedFirm, *names: str) -> list[str]:
    """Each with all its years: 2023、2024年营业收入."""
    wanted = []
    for name in names:
        if unknown := _unknown_years(data, getattr(data, name)):
            wanted.append(f"{'、'.join(unknown)}年{YEARLY[name]}")
    return wanted


def _unknown_years(data: CheckedFirm, years: Years) -> list[str]:
    first = data.applied_on.year - len(years)
    return [str(year) for year, value in enumerate(years, first) if value is None]


def _last_year(data: CheckedFirm, *names: str) -> list[str]:
    year = data.applied_on.year - 1
    return [f"{year}年{LAST_YEAR[name]}" for name in names if getattr(data, name) is None]


def _items(data: CheckedFirm, *names: str) -> list[str]:
    return [ITEMS[name] for name in names if getattr(data.ip, name) is None]


def _hightech(data: CheckedFirm) -> list[str]:
    return _last_year(data, "hightech_income", "gross_income", "nontaxable")


def _score(data: CheckedFirm) -> list[str]:
    wanted = _items(data, *ITEMS)
    if data.ip.standard is None:
        wanted.append(STANDARD)
    wanted += _years(data, "conversions")
    if any(answer is None for answer in data.management.values()) or not data.management:
        wanted.append(MANAGEMENT)
    return wanted + _years(data, "assets", "liabilities", "sales")
