"""The bulletin's Word template as the portal ships it: laid out by GB/T 9704, its places marked {{ … }}.

The bureau downloads it, edits it in Word, and uploads its own; whatever it keeps of the marks is filled.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
from docx.document import Document
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

TITLE, BODY, HEAD, SUB, FIGURES = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "Times New Roman"
RED = RGBColor(0xC8, 0x10, 0x2E)
CHART_PARKS, CHART_TECH = "[[图：园区平台高新技术企业]]", "[[图：园区平台科技型企业]]"
"""A paragraph with such a mark becomes a chart."""
PARK_COLUMNS = ("位次", "园区平台", "高企", "本季净增", "占全区%", "科技型企业", "本季净增")
PARK_FIELDS = ("rank", "name", "hnte", "hnte_net", "hnte_share", "tech", "tech_net")
TOWN_COLUMNS = ("位次", "镇街", "高企", "本季净增", "科技型企业", "本季净增")
TOWN_FIELDS = ("rank", "name", "hnte", "hnte_net", "tech", "tech_net")
EXPIRING_COLUMNS = ("序号", "企业", "所属单位", "证书编号", "有效期至")
EXPIRING_FIELDS = ("number", "firm", "unit", "certificate", "last_day")


def default() -> bytes:
    """The template as .docx."""
    document = docx.Document()
    _page(document)
    _head(document)
    _text(document)
    _annexes(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _page(document: Document) -> None:
    """A4, type area 156 mm × 225 mm, page number in dashes at the foot."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FIGURES, Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in ("— ", None, " —"):
        run = _run(foot, part or "", "宋体", 14)
        if part is None:
            _field(run, "PAGE")


def _head(document: Document) -> None:
    masthead = _paragraph(document, "", align=WD_ALIGN_PARAGRAPH.CENTER, indent=0)
    _run(masthead, "江津区“双倍增”行动计划工作通报", TITLE, 26).font.color.rgb = RED
    number = _paragraph(document, "", align=WD_ALIGN_PARAGRAPH.CENTER, indent=0)
    _run(number, "{{ quarter }}　第{{ edition }}版", BODY, 16)
    _red_line(number)
    title = _paragraph(document, "", align=WD_ALIGN_PARAGRAPH.CENTER, indent=0)
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(18)
    _run(title, "{{ title }}", TITLE, 22)
    _paragraph(document, "各园区平台，各镇街，有关部门：", indent=0)


def _text(document: Document) -> None:
    _paragraph(document, "现将{{ quarter }}“双倍增”行动计划进展情况通报如下，数据截至{{ as_of }}，按证书日期口径统计。")
    _heading(document, "一、总体进展")
    _paragraph(document, "{%p for one in headlines %}")
    _paragraph(
        document,
        "{{ one.name }}{{ one.value }}家，本季度{{ one.net_in_words }}（期初{{ one.opening }}家"
        "{% if one.terms_in_words %}；{{ one.terms_in_words }}{% endif %}）。"
        "{% for goal in one.goals %}{{ goal }}。{% endfor %}"
        "{% if one.share is not none %}园区平台内占全区{{ one.share }}%。{% endif %}",
    )
    _paragraph(document, "{%p endfor %}")
    _heading(document, "二、园区平台情况")
    _chart(document, CHART_PARKS, "图1　各园区平台有效期内高新技术企业（家）")
    _chart(document, CHART_TECH, "图2　各园区平台科技型企业（家）")
    _table(document, PARK_COLUMNS, "parks", PARK_FIELDS, (1.4, 3.0, 1.8, 2.3, 2.3, 2.5, 2.3))
    _heading(document, "三、证书到期情况")
    _paragraph(
        document,
        "未来六个月内，全区有{{ expiring|length }}家高新技术企业证书到期且尚无新证书{{ expiring_in_words }}，"
        "名单见附件2。"
        "请所属单位逐户对接，督促企业及时重新认定。",
    )
    _heading(document, "四、名册报送情况")
    _paragraph(document, "本季度应报名册{{ expected }}份，已报{{ handed_in }}份，已审核入库{{ applied }}份。")
    _paragraph(document, "附件：1.各镇街情况表　2.即将到期高新技术企业名单", indent=32)
    for text in ("江津区科学技术局", "{{ released_on }}"):
        _paragraph(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT, indent=0)


def _annexes(document: Document) -> None:
    _annex(document, "附件1", "各镇街情况表")
    _table(document, TOWN_COLUMNS, "towns", TOWN_FIELDS, (1.5, 3.6, 2.3, 2.6, 2.9, 2.6))
    _annex(document, "附件2", "即将到期高新技术企业名单")
    _table(document, EXPIRING_COLUMNS, "expiring", EXPIRING_FIELDS, (1.2, 6.0, 2.2, 3.6, 2.6))


# --- pieces -----------------------------------------------------------------------------------------------------
def _paragraph(
    document: Document, text: str, *, align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY, indent: float = 32
) -> Paragraph:
    """Body text: size 3 (16 pt), 28.95 pt a line, first line two characters in."""
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.alignment, form.first_line_indent = align, Pt(indent)
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(28.95)
    if text:
        _run(paragraph, text, BODY, 16)
    return paragraph


def _heading(document: Document, text: str) -> None:
    paragraph = _paragraph(document, "")
    paragraph.paragraph_format.keep_with_next = True
    _run(paragraph, text, HEAD, 16)


def _run(paragraph: Paragraph, text: str, font: str, size: float) -> Run:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = FIGURES, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _field(run: Run, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            element.text = text
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


def _red_line(paragraph: Paragraph) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", str(RED))):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _chart(document: Document, mark: str, caption: str) -> None:
    chart = _paragraph(document, mark, align=WD_ALIGN_PARAGRAPH.CENTER, indent=0)
    chart.paragraph_format.keep_with_next = True
    _run(_paragraph(document, "", align=WD_ALIGN_PARAGRAPH.CENTER, indent=0), caption, SUB, 12)


def _annex(document: Document, number: str, title: str) -> None:
    head = _paragraph(document, "", indent=0)
    head.add_run().add_break(WD_BREAK.PAGE)
    _run(head, number, HEAD, 16)
    name = _paragraph(document, "", align=WD_ALIGN_PARAGRAPH.CENTER, indent=0)
    name.paragraph_format.space_after = Pt(10)
    _run(name, title, TITLE, 18)


def _table(
    document: Document, columns: Sequence[str], rows: str, fields: Sequence[str], widths: Sequence[float]
) -> None:
    """Head row (repeated on each page), and one row per entry of `rows`."""
    table = document.add_table(rows=4, cols=len(columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    _fill(table, 0, columns, widths, HEAD)
    _repeat(table)
    _fill(table, 1, [f"{{%tr for row in {rows} %}}", *[""] * (len(columns) - 1)], widths, BODY)
    _fill(table, 2, [f"{{{{ row.{field} }}}}" for field in fields], widths, BODY)
    _fill(table, 3, ["{%tr endfor %}", *[""] * (len(columns) - 1)], widths, BODY)


def _fill(table: Table, row: int, texts: Sequence[str], widths: Sequence[float], font: str) -> None:
    for cell, text, width in zip(table.rows[row].cells, texts, widths, strict=True):
        cell.width = Cm(width)
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        _run(paragraph, text, font, 11)


def _repeat(table: Table) -> None:
    for row in table.rows:
        unsplit = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(unsplit)
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(header)
