"""Parts of the bulletin's Word template that the layouts of all years share: tables, charts, annexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docx.document import Document
from docx.shared import Pt

from parks.district import DISTRICT
from targets.bulletin.content import ANNEXES
from targets.figures.indicators import CountedIndicator
from targets.output import word_layout, word_tables
from targets.output.word_layout import BODY, RIGHT

TEXT_WIDTH = 15.6
"""In cm: as wide as a table may be."""

EXPIRING_COLUMNS = ("序号", "企业", "所属单位", "证书编号", "有效期至")
EXPIRING_FIELDS = ("number", "firm", "unit", "certificate", "last_day")
TASK_COLUMNS = ("类别", "序号", "名称", "牵头单位", "进展", "已报/应报")
TASK_FIELDS = (
    "kind_in_words", "number", "name", "leads", "state_in_words",
    "{{ row.reported }}/{{ row.expected }}",
)  # fmt: skip
GOAL_COLUMNS = (
    "位次", "单位", "目标", "完成", "目标", "完成", "目标", "完成",
    "完成率%", "全年还差", "序时应达", "在途", "仍缺", "状态",
)  # fmt: skip
GOAL_FIELDS = (
    "rank_in_words", "name",
    "stock.goal_in_words", "stock.done_in_words",
    "net.goal_in_words", "net.done_in_words",
    "first.goal_in_words", "first.done_in_words",
    "ranked.rate_in_words", "ranked.gap_in_words", "ranked.due_in_words",
    "ranked.in_flight_in_words", "ranked.still_missing_in_words",
    "{% cellbg row.ranked.fill %}{{ row.ranked.state_in_words }}",
)  # fmt: skip
GOAL_GROUPS = ((2, 3, "年末存量"), (4, 5, "净增"), (6, 7, "首次认定"), (8, 13, "按年末存量"))
GOAL_WIDTHS = (0.8, 2.4, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.3, 1.0, 1.0, 0.8, 0.8, 1.5)


@dataclass(frozen=True)
class UnitColumn:
    """A column of the tables of parks and towns: title, mark, and width in cm."""

    title: str
    field: str
    width: float


def unit_columns(
    headlines: Sequence[CountedIndicator], name: str, *, of_parks: bool
) -> list[UnitColumn]:
    """Rank, unit, how far it is with its goal; then the firms of each headline indicator and their
    net change.

    Of parks also the share of the first indicator. `name`: what the units are called.
    """
    # The table of towns has a column less: each of the others is a little wider.
    room = 0.0 if of_parks else 0.2
    columns = [
        UnitColumn("位次", "rank", 1.1 + room),
        UnitColumn(name, "name", 2.2 + 3 * room),
        UnitColumn("完成率%", "rate", 1.7 + room),
        # No wider in either table: the title stands in two lines of two.
        UnitColumn("全年还差", "gap", 1.2),
    ]
    for indicator in headlines:
        is_first = indicator is headlines[0]
        width = 1.5 if is_first else 2.3
        columns.append(UnitColumn(indicator.kind_name, indicator.code, width + room))
        columns.append(UnitColumn("本季净增", f"{indicator.code}_net", 1.9 + room))
        if of_parks and is_first:
            columns.append(UnitColumn("占全区%", f"{indicator.code}_share", 1.8))
    return columns


def chart_mark(indicator: CountedIndicator) -> str:
    """A paragraph with this mark becomes the chart of an indicator by parks."""
    return f"[[图：园区平台{indicator.short_name}]]"


def add_parks_intro(document: Document, headlines: Sequence[CountedIndicator]) -> None:
    names = "、".join(indicator.short_name for indicator in headlines)
    charts = "、".join(f"图{number}" for number in range(1, len(headlines) + 1))
    word_layout.paragraph(
        document, f"各园区平台{names}家数见{charts}，完成目标的位次和本季度净增见表1。"
    )


def add_park_charts(document: Document, headlines: Sequence[CountedIndicator]) -> None:
    """One per headline indicator."""
    # A mark alone in its paragraph is replaced by the chart when the bulletin is filled.
    for number, indicator in enumerate(headlines, 1):
        chart = word_layout.growing_paragraph(document)
        chart.paragraph_format.keep_with_next = True
        word_layout.add_run(chart, chart_mark(indicator), BODY, 16)
        word_layout.caption(document, f"图{number}　各园区平台{indicator.heading}（家）")


def add_park_table(document: Document, headlines: Sequence[CountedIndicator]) -> None:
    word_layout.caption(document, "表1　各园区平台情况（家）", before=True)
    columns = unit_columns(headlines, "园区平台", of_parks=True)
    word_tables.marked_table(
        document,
        [column.title for column in columns],
        "parks",
        [column.field for column in columns],
        _fit_widths([column.width for column in columns], TEXT_WIDTH),
    )
    word_layout.remark(document, "注：{{ rank_note }}")


def _fit_widths(widths: Sequence[float], width: float) -> list[float]:
    """The widths as they are, or drawn in where all together would be wider than the text."""
    # Never wider than asked for: two columns shall not be stretched over the whole page.
    too_wide = max(sum(widths) / width, 1)
    return [part / too_wide for part in widths]


def add_tasks(document: Document) -> None:
    word_layout.annex(document, "附件{{ annex.tasks }}", ANNEXES["tasks"])
    word_tables.marked_table(
        document, TASK_COLUMNS, "tasks", TASK_FIELDS, (1.9, 1.1, 4.4, 5.0, 1.5, 1.7), size=10
    )


def add_completion(document: Document) -> None:
    word_layout.paragraph(document, "{%p if completion %}")
    word_layout.annex(document, "附件{{ annex.completion }}", "各单位目标完成情况表")
    word_layout.paragraph(document, "{%p for table in completion.tables %}")
    word_layout.caption(document, "{{ table.name }}（家，截至{{ as_of }}）", before=True)
    word_tables.marked_table(
        document,
        GOAL_COLUMNS,
        "table.rows",
        GOAL_FIELDS,
        GOAL_WIDTHS,
        groups=GOAL_GROUPS,
        size=9,
        pad=0.3,
    )
    word_layout.remark(document, "注：{{ table.when }}")
    word_layout.paragraph(document, "{%p endfor %}")
    word_layout.remark(document, "{{ completion_note }}")
    word_layout.paragraph(document, "{%p endif %}")


def add_towns(document: Document, headlines: Sequence[CountedIndicator]) -> None:
    word_layout.annex(document, "附件{{ annex.towns }}", "各镇街情况表")
    towns = unit_columns(headlines, "镇街", of_parks=False)
    word_tables.marked_table(
        document,
        [column.title for column in towns],
        "towns",
        [column.field for column in towns],
        _fit_widths([column.width for column in towns], TEXT_WIDTH),
        size=10,
        pad=1.5,
    )
    word_layout.remark(document, "注：{{ rank_note }}")


def add_expiring(document: Document) -> None:
    """Certificates that ran out and can be renewed, then those that run out soon."""
    word_layout.paragraph(document, "{%p if lapsed or expiring %}")
    word_layout.annex(document, "附件{{ annex.expiring }}", ANNEXES["expiring"])
    for rows, caption in (
        ("lapsed", "失效可续（至{{ released_on }}，{{ lapsed|length }}家）"),
        ("expiring", "即将到期（{{ released_on }}起六个月内，{{ expiring|length }}家）"),
    ):
        word_layout.paragraph(document, f"{{%p if {rows} %}}")
        word_layout.caption(document, caption, before=True)
        word_tables.marked_table(
            document,
            EXPIRING_COLUMNS,
            rows,
            EXPIRING_FIELDS,
            (1.1, 6.5, 1.9, 3.6, 2.5),
            size=10,
            pad=2,
        )
        word_layout.paragraph(document, "{%p endif %}")
    word_layout.paragraph(document, "{%p endif %}")


def add_closing(document: Document) -> None:
    """List of annexes a line below the text, then who issues it, centred over the day.

    The day stands four characters from the edge. All of it stays with the last lines of the text: a
    signature never stands on a page of its own.
    """
    for text in (
        "",
        "{%p for one in annexes %}",
        "{{ '附件：' if loop.first else '　　　' }}{{ loop.index }}.{{ one }}",
        "{%p endfor %}",
        "",
    ):
        word_layout.paragraph(document, text).paragraph_format.keep_with_next = True
    # The longer line is indented less, so that both have the same middle.
    for text, characters in ((DISTRICT.bureau_in_full, 3.5), ("{{ released_on }}", 4)):
        line = word_layout.paragraph(document, text, align=RIGHT, indent=0)
        line.paragraph_format.right_indent = Pt(characters * word_layout.CHARACTER)
        line.paragraph_format.keep_with_next = text == DISTRICT.bureau_in_full
