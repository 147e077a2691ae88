"""Titles of the columns of official lists, and the words that say what a row is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from unicodedata import normalize

from enterprises.announcements.reading.document import without_spaces


class Field(StrEnum):
    """What a column says of a firm."""

    NUMBER_IN_LIST = "no"
    NAME = "name"
    NEW_NAME = "new_name"
    CODE = "code"
    NUMBER = "number"
    DISTRICT = "district"
    FROM_PLACE = "from_place"
    TO_PLACE = "to_place"
    DAY = "day"
    VALID_UNTIL = "valid_until"
    FROM_YEAR = "from_year"
    CLASS_YEAR = "class_year"
    REASON = "reason"


TITLES: dict[Field, tuple[str, ...]] = {
    Field.NUMBER_IN_LIST: ("序号", "编号", "No", "序"),
    Field.NAME: (
        "企业名称", "单位名称", "公司名称", "名称", "企业名", "企业全称", "单位", "企业", "申报企业", "推荐企业",
        "原企业名称", "原名称", "变更前", "更名前", "变更前名称", "更名前名称", "变更前企业名称", "更名前企业名称",
        "原企业名", "企业原名称", "原单位名称", "变更前单位名称",
    ),
    Field.NEW_NAME: (
        "现企业名称", "现名称", "变更后", "更名后", "变更后名称", "更名后名称", "变更后企业名称", "更名后企业名称",
        "新企业名称", "新名称", "企业现名称", "更现企业名称", "拟更名企业名称", "变更后单位名称",
    ),
    Field.CODE: ("统一社会信用代码", "信用代码", "社会信用代码", "统一信用代码", "组织机构代码"),
    Field.NUMBER: (
        "证书编号", "高企证书编号", "高新技术企业证书编号", "入库登记编号", "登记编号", "入库编号", "证书号", "证书号码", "高新技术企业证书号", "高企证书号",
        "原证书编号",
    ),
    Field.DISTRICT: (
        "区县", "所属区县", "所在区县", "所属区", "区县名称", "所在地", "注册地", "所属地区", "地区", "推荐单位", "所在区",
        "所属区域", "区域", "注册所在区县",
    ),
    Field.FROM_PLACE: ("迁出地", "迁出地区", "原所在地"),
    Field.TO_PLACE: ("迁入地", "迁入地区", "现所在地"),
    Field.DAY: (
        "发证日期", "发证时间", "证书日期", "入库日期", "入库时间", "登记日期", "退库日期", "退库时间", "出库日期",
        "取消日期", "变更日期", "更名日期", "变更时间", "更名时间", "注销日期", "日期",
    ),
    Field.VALID_UNTIL: ("有效期", "有效期至", "有效期限", "证书有效期", "有效截止日期", "有效期截止"),
    Field.FROM_YEAR: (
        "取消资格起始年度", "取消起始年度", "取消资格年度", "取消年度", "起始年度", "取消资格起始年", "取消资格起始时间",
    ),
    Field.CLASS_YEAR: ("认定年度", "认定年份", "获证年度", "认定年", "入库年度"),
    Field.REASON: ("退库原因", "原因", "取消原因", "出库原因", "退出原因", "撤销原因", "备注", "说明"),
}  # fmt: skip
"""As they are seen or known; brackets and what stands in them are left away first."""

_OF_NAMES = ("名称", "全称")
DEEPEST_HEADER = 30
"""Rows above which a header must stand."""
_FIELD_OF = {title: field for field, titles in TITLES.items() for title in titles}
_IN_BRACKETS = re.compile(r"\([^()]*\)|【[^】]*】|\[[^\]]*\]")
_PAGE_NUMBER = re.compile(r"^[-—–―·第]*\d{1,4}[-—–―·页]*(?:[/共]\d{1,4}页?)?$")
_DAY_ALONE = re.compile(r"^\d{4}年\d{1,2}月\d{1,2}日$")
SIGNATURE = "落款"
_TOTAL = re.compile(r"^(?:合计|总计|小计|共计|累计)[::]?(?:共?\d+[家户个])?")
_REMARK = re.compile(
    r"^(?:注|备注|说明)\d*[::.、]"
    r"|^(?:填表人|填报人|制表人|审核人|联系人|联系电话|联系方式|咨询电话|监督电话|附件\d*|单位[(]?盖章)"
)


def plain(text: str) -> str:
    """Half-width and without spaces."""
    return without_spaces(normalize("NFKC", text))


def field_of(title: str) -> Field | None:
    """What a column of this title says; None for a title nobody knows."""
    told = plain(title)
    return _FIELD_OF.get(told) or _FIELD_OF.get(_IN_BRACKETS.sub("", told))


def is_header(cells: Iterable[str]) -> bool:
    """The row names columns, one of which holds the firms' names."""
    filled = [told for cell in cells if (told := plain(cell))]
    fields = [field_of(told) for told in filled]
    known = [field for field in fields if field]
    if Field.NAME not in known:
        return False
    return 2 * len(known) >= len(filled) or _is_told_by_name(filled)


def _is_told_by_name(filled: Sequence[str]) -> bool:
    """Among titles that nobody knows one says that names of firms stand below; none is a firm itself."""
    names = [told for told in filled if told.endswith(_OF_NAMES) and field_of(told) == Field.NAME]
    firms = [told for told in filled if told.endswith("公司") and not field_of(told)]
    return bool(names) and not firms


def is_page_number(text: str) -> bool:
    return bool(_PAGE_NUMBER.match(plain(text)))


def is_no_firm(cells: Sequence[str]) -> str:
    """What a row is that is none of a firm: a total, a remark; "" where it may be a firm's."""
    filled = [told for cell in cells if (told := plain(cell))]
    if not filled:
        return ""
    if any(_TOTAL.match(told) for told in filled[:2]):
        return "合计"
    for told in filled:
        if found := _REMARK.match(told):
            return found[0].rstrip(":、")
    if len(filled) == 1 and _DAY_ALONE.match(filled[0]):
        return SIGNATURE
    return "页码" if len(filled) == 1 and is_page_number(filled[0]) else ""
