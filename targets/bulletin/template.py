"""The bulletin's Word template as the portal ships it: laid out by GB/T 9704, its places marked {{
… }}.

The bureau downloads it, edits it in Word, and uploads its own; whatever it keeps of the marks is
filled.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import docx
from docx.document import Document
from docx.shared import Pt

from parks.district import DISTRICT, PLAN
from targets.bulletin import template_parts as parts
from targets.bulletin.content import ANNEXES
from targets.figures.indicators import CountedIndicator
from targets.output import word_layout, word_tables
from targets.output.word_layout import BODY, CENTER, RED, SUB, THICK, THIN, TITLE

REQUIRED: Mapping[str, str] = {
    "title": "标题",
    "symbol": "发文字号",
    "as_of": "统计日",
    "headlines": "总体情况",
    "problems": "存在问题",
    "steps": "下一步工作",
    "released_on": "发布日",
}
"""Mark without which no bulletin of the bureau's own template goes out → what it stands for."""
DECISION_COLUMNS = ("编号", "决定事项", "牵头单位", "办结期限", "状态")
DECISION_FIELDS = ("code", "words", "lead", "due", "state_in_words")
FIGURE_COLUMNS = ("任务", "名称", "指标", "数值")
FIGURE_FIELDS = ("task", "name", "label", "words")


def default_template(headlines: Sequence[CountedIndicator]) -> bytes:
    """The template as .docx, with columns and charts for these indicators."""
    document = docx.Document()
    word_layout.set_up_page(document)
    _add_head(document)
    _add_text(document, headlines)
    parts.add_closing(document)
    _add_annexes(document, headlines)
    _add_foot(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_head(document: Document) -> None:
    masthead = word_layout.growing_paragraph(document)
    run = word_layout.add_run(masthead, f"{DISTRICT.name}{PLAN.short_name}工作通报", TITLE, 26)
    run.font.color.rgb = RED
    issue = "{% if issue %}第{{ issue }}期　{% endif %}{{ quarter }}　第{{ edition }}版"
    word_layout.paragraph(document, issue, align=CENTER, indent=0)
    # With a signer the number stands at the left and the signer at the right, as GB/T 9704 has it.
    word_layout.paragraph(document, "{%p if signer %}")
    signed = word_layout.line_of_two(document, "　{{ symbol }}", "签发人：{{ signer }}　")
    word_layout.paragraph(document, "{%p else %}")
    unsigned = word_layout.paragraph(document, "{{ symbol }}", align=CENTER, indent=0)
    word_layout.paragraph(document, "{%p endif %}")
    for line in (signed, unsigned):
        word_layout.red_line_under(line)
    title = word_layout.growing_paragraph(document)
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(18)
    word_layout.add_run(title, "{{ title }}", TITLE, 22)
    word_layout.paragraph(document, "{%p if addressees %}")
    word_layout.paragraph(document, "{{ addressees }}：", indent=0)
    word_layout.paragraph(document, "{%p endif %}")


def _add_text(document: Document, headlines: Sequence[CountedIndicator]) -> None:
    word_layout.paragraph(
        document,
        f"现将{{{{ quarter }}}}{PLAN.short_name}进展情况通报如下，"
        "统计日为{{ as_of }}，按证书日期口径统计。{{ revision_in_words }}",
    )
    word_layout.heading(document, "一、总体情况")
    for text in ("{%p for one in headlines %}", "{{ one.sentence }}", "{%p endfor %}"):
        word_layout.paragraph(document, text)
    _add_each(document, "forecast_in_words")
    word_layout.heading(document, "二、各单位完成情况")
    _add_each(document, "completion_in_words")
    parts.add_parks_intro(document, headlines)
    # The table first: it is not broken, and charts are small enough to fill what is left of a page.
    parts.add_park_table(document, headlines)
    parts.add_park_charts(document, headlines)
    word_layout.paragraph(document, "{{ tasks_in_words }}")
    for text in ("{%p if decisions %}", "{{ decisions_in_words }}", "{%p endif %}"):
        word_layout.paragraph(document, text)
    word_layout.paragraph(document, "{{ certificates_in_words }}")
    word_layout.paragraph(document, "{{ rosters_in_words }}")
    word_layout.heading(document, "三、存在问题")
    _add_words(document, "problems")
    word_layout.heading(document, "四、下一步工作")
    _add_words(document, "steps")


def _add_each(document: Document, mark: str) -> None:
    """A paragraph for each sentence."""
    word_layout.paragraph(document, f"{{%p for sentence in {mark} %}}")
    word_layout.paragraph(document, "{{ sentence }}")
    word_layout.paragraph(document, "{%p endfor %}")


def _add_words(document: Document, mark: str) -> None:
    """What the office wrote: the first sentence of a numbered paragraph is its heading."""
    word_layout.paragraph(document, f"{{%p for line in {mark} %}}")
    # The signature stands on the same page as the last paragraph.
    for condition, is_last in (("{%p if loop.last %}", True), ("{%p else %}", False)):
        word_layout.paragraph(document, condition)
        line = word_layout.paragraph(document, "")
        line.paragraph_format.keep_with_next = is_last
        word_layout.add_run(line, "{{ line.head }}", SUB, 16)
        word_layout.add_run(line, "{{ line.rest }}", BODY, 16)
    word_layout.paragraph(document, "{%p endif %}")
    word_layout.paragraph(document, "{%p endfor %}")


def _add_annexes(document: Document, headlines: Sequence[CountedIndicator]) -> None:
    """Each on a page of its own. An annex without content is left out when the marks are filled."""
    parts.add_completion(document)
    parts.add_towns(document, headlines)
    word_layout.paragraph(document, "{%p if tasks %}")
    parts.add_tasks(document)
    _add_figures(document)
    word_layout.paragraph(document, "{%p endif %}")
    _add_decisions(document)
    parts.add_expiring(document)


def _add_figures(document: Document) -> None:
    word_layout.paragraph(document, "{%p if task_figures %}")
    word_layout.caption(document, "重点任务数据（截至{{ as_of }}）", before=True)
    word_tables.marked_table(
        document,
        FIGURE_COLUMNS,
        "task_figures",
        FIGURE_FIELDS,
        (2.6, 4.0, 6.0, 3.0),
        size=9,
        pad=0.8,
    )
    word_layout.paragraph(document, "{%p endif %}")


def _add_decisions(document: Document) -> None:
    word_layout.paragraph(document, "{%p if decisions %}")
    word_layout.annex(document, "附件{{ annex.decisions }}", ANNEXES["decisions"])
    word_tables.marked_table(
        document,
        DECISION_COLUMNS,
        "decisions",
        DECISION_FIELDS,
        (1.4, 7.0, 2.8, 2.2, 2.2),
        size=10,
        pad=2,
    )
    word_layout.remark(document, "注：未办结的，和本季度以来办结的；截至{{ released_on }}。")
    word_layout.paragraph(document, "{%p endif %}")


def _add_foot(document: Document) -> None:
    """版记: who gets a copy, who prints it and when, between lines at the end of the paper."""
    printed = ("　{{ printer }}", "{{ printed_on }}印发　")
    word_layout.paragraph(document, "{%p if printer %}")
    word_layout.paragraph(document, "{%p if copies %}")
    word_layout.foot_line(document, "　抄送：{{ copies }}。", above=THICK, below=THIN)
    word_layout.foot_line(document, *printed, below=THICK)
    word_layout.paragraph(document, "{%p else %}")
    word_layout.foot_line(document, *printed, above=THICK, below=THICK)
    word_layout.paragraph(document, "{%p endif %}")
    word_layout.paragraph(document, "{%p endif %}")
