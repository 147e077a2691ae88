"""The layout of bulletins whose releases kept no head and no words: as they were published.

Never changed: an old release looks as it did.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.shared import Pt

from parks.district import DISTRICT, PLAN
from targets.bulletin import template_parts as parts
from targets.figures.indicators import CountedIndicator
from targets.output import word_layout
from targets.output.word_layout import CENTER, RED, TITLE

CERTIFICATES = (
    "至印发之日{{ released_on }}，全区有{{ lapsed|length }}家{{ expiring_kind }}证书已失效、"
    "未满{{ renewal_days }}天，仍可续证{{ lapsed_in_words }}；此后六个月内，"
    "有{{ expiring|length }}家证书到期且尚无新证书{{ expiring_in_words }}"
    "{% if expiring %}；按到期月份，{{ expiring_by_month }}{% endif %}。"
    "{% if lapsed or expiring %}名单见附件{{ annex.expiring }}。"
    "请所属单位逐户对接，督促企业及时重新认定。{% endif %}"
)
ROSTERS = "本季度应报名册{{ expected }}份，已报{{ handed_in }}份，已审核入库{{ applied }}份。"


def default_template(headlines: Sequence[CountedIndicator]) -> bytes:
    """The template as .docx, with columns and charts for these indicators."""
    document = docx.Document()
    word_layout.set_up_page(document)
    _add_head(document)
    _add_text(document, headlines)
    parts.add_closing(document)
    _add_annexes(document, headlines)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_head(document: Document) -> None:
    masthead = word_layout.growing_paragraph(document)
    run = word_layout.add_run(masthead, f"{DISTRICT.name}{PLAN.short_name}工作通报", TITLE, 26)
    run.font.color.rgb = RED
    number = word_layout.paragraph(
        document, "{{ quarter }}　第{{ edition }}版", align=CENTER, indent=0
    )
    word_layout.red_line_under(number)
    title = word_layout.growing_paragraph(document)
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(18)
    word_layout.add_run(title, "{{ title }}", TITLE, 22)
    word_layout.paragraph(document, "各园区平台，各镇街，有关部门：", indent=0)


def _add_text(document: Document, headlines: Sequence[CountedIndicator]) -> None:
    word_layout.paragraph(
        document,
        f"现将{{{{ quarter }}}}{PLAN.short_name}进展情况通报如下，"
        "统计日为{{ as_of }}，按证书日期口径统计。{{ revision_in_words }}",
    )
    word_layout.heading(document, "一、总体进展")
    _add_overview(document)
    word_layout.heading(document, "二、目标完成情况")
    word_layout.paragraph(document, "{%p for sentence in completion_in_words %}")
    word_layout.paragraph(document, "{{ sentence }}")
    word_layout.paragraph(document, "{%p endfor %}")
    word_layout.heading(document, "三、园区平台情况")
    parts.add_parks_intro(document, headlines)
    parts.add_park_charts(document, headlines)
    parts.add_park_table(document, headlines)
    word_layout.heading(document, "四、重点任务推进情况")
    word_layout.paragraph(document, "{{ tasks_in_words }}")
    word_layout.heading(document, "五、证书到期情况")
    word_layout.paragraph(document, CERTIFICATES)
    word_layout.heading(document, "六、名册报送情况")
    last = word_layout.paragraph(document, ROSTERS)
    # The signature stands on the same page as this line.
    last.paragraph_format.keep_with_next = True


def _add_annexes(document: Document, headlines: Sequence[CountedIndicator]) -> None:
    """Each on a page of its own. An annex without content is left out when the marks are filled."""
    parts.add_completion(document)
    parts.add_towns(document, headlines)
    word_layout.paragraph(document, "{%p if tasks %}")
    parts.add_tasks(document)
    word_layout.paragraph(document, "{%p endif %}")
    parts.add_expiring(document)


def _add_overview(document: Document) -> None:
    """A paragraph per headline indicator."""
    word_layout.paragraph(document, "{%p for one in headlines %}")
    word_layout.paragraph(
        document,
        "{{ one.name }}{{ one.value }}家，"
        "本季度{{ one.net_in_words }}（期初{{ one.opening }}家"
        "{% if one.terms_in_words %}；{{ one.terms_in_words }}{% endif %}）。"
        "{{ one.correction_in_words }}"
        "{% for goal in one.goals %}{{ goal }}。{% endfor %}"
        "{% if one.share is not none %}园区平台内占全区{{ one.share }}%。{% endif %}",
    )
    word_layout.paragraph(document, "{%p endfor %}")
