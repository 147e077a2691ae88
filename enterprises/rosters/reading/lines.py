"""Which rows are firms, and what the others are: signatures, totals, notes, prepared empty lines.

The whole row decides, never one cell. What speaks for a firm goes before what looks like a line of
something else, so that no firm is lost because of a contact such as “负责人：张三”.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from enterprises.rosters.definition.catalogue import Unreadable
from enterprises.rosters.definition.cells import CellSource
from enterprises.rosters.definition.column import Column, Fact
from enterprises.rosters.definition.records.layouts import NUMBER_FIELD
from enterprises.rosters.definition.spelling import is_firm_name, says_nothing
from enterprises.rosters.definition.table import is_blank
from enterprises.uscc import normalise

SIGNATURE, TOTAL, REMARK = "签字行", "合计行", "说明文字"
NO_FIRM = "没有企业名称和信用代码"
FEWEST_VALUES_OF_A_FIRM = 3
"""A row without name and code that still has so many values is a firm that lost both."""
SHORTEST_CODE = 9
"""Fewer letters and digits in the column of codes are no attempt at one."""
CODELIKE = 15
"""So many are one, whatever else stands in the row."""

_WHO = (
    r"(?:填表|填报|制表|制单|统计|审核|复核|审批|经办|经手|负责|联络|联系|报送|上报|单位|部门|科室|园区|镇街|"
    r"分管|主管|主要|领导|法定代表|法人|党政|签字|签名|签章|盖章|公章|签发|日期|时间|电话|手机|座机|传真|邮箱)"
)
# A label with a colon, or a place to sign: 单位负责人（签字）：, 填报日期:, （公章）.
_SIGNATURE = re.compile(
    rf"^[(]?{_WHO}{{1,4}}(?:人|员|者|号码|号|代表|意见)?(?:[(][^()]*[)])?(?:签字|签名|签章|盖章)?[:]"
    rf"|^[(]?{_WHO}{{1,3}}(?:人|员)?(?:[(](?:签字|签名|签章|盖章|公章)[)])"
    r"|[(](?:单位)?(?:公章|盖章|单位盖章|签章|签字|签名)[)]"
    r"|^(?:填表|填报|制表|审核|复核|经办|报送|单位负责|分管领导|主要领导)(?:人|员)?$"
)
_BARE_LABEL = re.compile(rf"^[(]?{_WHO}{{1,4}}(?:人|员|者|号码|号|代表)?(?:[(][^()]*[)])?[:]?$")
_DAY = re.compile(r"^(?:[0-9]{4})[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?$")
_TOTAL = re.compile(
    r"^.{0,10}(?:合计|总计|小计|共计|累计|总数)(?:$|[(:0-9]|共?[0-9]+[家户个])|^共计?[0-9]+[家户个]"
)
_COUNT = re.compile(r"^(?:共计?)?[0-9]+(?:\.0)?[家户个](?:企业|单位)?$|^[0-9]{1,6}(?:\.0)?$")
_REMARK = re.compile(
    r"^(?:注|备注|说明|附注|填表说明|填报说明|填表要求)[0-9]{0,2}[:.、]|^(?:以下空白|以下无正文|此行以下无内容)$"
    r"|^第[0-9]+页|^[-—]?[0-9]+/[0-9]+页?[-—]?$"
)
FEWEST, FEWEST_BESIDE_WORDS = 2, 3
"""Filled columns of a record; so many where a cell looks like a signature, a total or a remark."""
NO_RECORD = "只有一格有内容，不是一条记录"
# Free text fits every column, so it does not show that a row is a firm.
_TEXT_FIELDS = frozenset(("number", "name", "uscc", "contact_name", "contact_phone", "remark"))


def squeezed(value: object) -> str:
    """Without spaces, half-width; "合 计" is often spread over its cell."""
    return normalise(str(value))


def kind_of_line(text: str) -> str | None:
    """What a text says of its row, if that is no firm; `text` is squeezed."""
    if _SIGNATURE.search(text):
        return SIGNATURE
    if _TOTAL.match(text):
        return TOTAL
    return REMARK if _REMARK.match(text) else None


@dataclass(slots=True)
class RowEvidence:
    """What a row without a plausible code says for a firm, and against one.

    `values`: field → cell of what neither is a line's word nor belongs to one. `kinds`: what the
    words of lines say, in their order.
    """

    values: dict[str, object] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)


class LineJudge:
    """Tells firms from other rows. `columns`: those present, with their places from 0."""

    def __init__(self, columns: Sequence[tuple[Column, int]], source: CellSource) -> None:
        self._columns = {at: column for column, at in columns}
        # A list that names its firms may have no column of codes.
        self._code_at = next((at for column, at in columns if column.field == "uscc"), None)
        self._source = source
        self._parsers = {column.field: column.parse for column, _ in columns}
        self._dropdowns = {column.field for column, _ in columns if column.dropdown}
        self._figures = {
            column.field
            for column, _ in columns
            if column.fact is Fact.FIGURES and not column.dropdown
        }

    def why_no_firm(self, values: Sequence[object], unreadable: frozenset[int]) -> str | None:
        """Why the row is no firm; None if it is one.

        `unreadable`: places of cells whose value is lost, which are not blank either.
        """
        at = self._code_at
        code = values[at] if at is not None and at < len(values) else None
        if _is_codelike(code, CODELIKE):
            return None
        evidence = self._evidence(values)
        for at in unreadable:
            if at in self._columns:
                evidence.values[self._columns[at].field] = None
        return self._judge(evidence)

    def _evidence(self, values: Sequence[object]) -> RowEvidence:
        evidence = RowEvidence()
        label_before = False
        for at, value in _filled(values):
            text = squeezed(value) if isinstance(value, str) else ""
            kind = kind_of_line(text)
            # What follows 填表人： in the next cell is the person, and no value of its column.
            belongs_to_label, label_before = label_before, bool(_BARE_LABEL.match(text))
            if kind is not None:
                evidence.kinds.append(kind)
            elif belongs_to_label and evidence.kinds:
                continue
            elif (column := self._columns.get(at)) is not None and not says_nothing(value):
                evidence.values[column.field] = value
        return evidence

    def _judge(self, evidence: RowEvidence) -> str | None:
        values, kinds = evidence.values, evidence.kinds
        counted = _COUNT.match(squeezed(values.get("uscc", "")))
        has_code = "uscc" in values and not counted
        has_name = "name" in values and not _is_no_name(values["name"])
        if not kinds:
            return self._judge_without_words(values, has_code or has_name)
        told = [name for name in values if self._tells_of_firm(name, values[name])]
        figures = [name for name in values if name in self._figures]
        # Sums stand in a row of totals as well; with a signature they can only be a firm's.
        speaks = told or (figures and TOTAL not in kinds)
        is_named = has_name and not self._is_unit(values["name"])
        if is_named and (speaks or is_firm_name(str(values["name"]))):
            return None
        if _is_codelike(values.get("uscc"), SHORTEST_CODE) and told:
            return None
        if TOTAL in kinds:
            return TOTAL
        return None if len(told) >= FEWEST_VALUES_OF_A_FIRM else kinds[0]

    def _judge_without_words(self, values: Mapping[str, object], identified: bool) -> str | None:
        if identified:
            return None
        # Prepared lines hold a number, what their dropdowns have by default, and zeros of formulas.
        given = {name for name, value in values.items() if value != 0} - {"number", "remark"}
        if given - self._dropdowns and len(given) >= FEWEST_VALUES_OF_A_FIRM:
            return None
        return NO_FIRM

    def _tells_of_firm(self, name: str, value: object) -> bool:
        """A value that its column can read, and that is neither free text nor a sum."""
        if name in _TEXT_FIELDS:
            return False
        if value is None or name in self._figures:
            return value is None and name not in self._figures
        try:
            self._parsers[name](value, self._source)
        except Unreadable:
            return False
        return True

    def _is_unit(self, name: object) -> bool:
        """The column of names holds a unit, such as the one that signs."""
        return any(self._source.vocabulary.find(kind, str(name)) for kind in ("parks", "towns"))


def _filled(values: Sequence[object]) -> Iterator[tuple[int, object]]:
    for at, value in enumerate(values):
        if not is_blank(value):
            yield at, value


def _is_codelike(value: object, least: int) -> bool:
    """So many letters and digits as a code has, in one piece."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return abs(value) >= 10 ** (least - 1)
    if not isinstance(value, str):
        return False
    marks = [character for character in normalise(value) if character.isascii()]
    return sum(map(str.isalnum, marks)) >= least and len(marks) == len(normalise(value))


def _is_no_name(value: object) -> bool:
    if isinstance(value, dt.date):
        return True
    text = squeezed(value)
    return bool(_COUNT.match(text) or _DAY.match(text))


class RecordJudge:
    """Tells records from other rows. `columns`: those present, with their places from 0."""

    def __init__(self, columns: Sequence[tuple[Column, int]]) -> None:
        self._places = [at for column, at in columns if column.field != NUMBER_FIELD]

    def why_no_firm(self, values: Sequence[object], unreadable: frozenset[int]) -> str | None:
        """Why the row is no record; None if it is one."""
        kinds = []
        for value in values:
            if isinstance(value, str) and (kind := kind_of_line(squeezed(value))):
                kinds.append(kind)
        filled = sum(self._says_something(values, at, unreadable) for at in self._places)
        if kinds and filled - len(kinds) < FEWEST_BESIDE_WORDS:
            return kinds[0]
        return NO_RECORD if filled < FEWEST else None

    def _says_something(
        self, values: Sequence[object], at: int, unreadable: frozenset[int]
    ) -> bool:
        if at in unreadable:
            return True
        return at < len(values) and not is_blank(values[at]) and not says_nothing(values[at])
