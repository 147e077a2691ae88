"""Native charts for Word: drawn by the reader's own program, from data inside the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Cm
from docx.text.paragraph import Paragraph
from openpyxl.chart import BarChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumVal, StrData, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.xml.functions import tostring

CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
WIDTH, HEIGHT = Cm(15.2), Cm(5.3)
BLUE = "0B4A8F"

_FRAME = """<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:drawing>
<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 distT="0" distB="0" distL="0" distR="0">
<wp:extent cx="{width}" cy="{height}"/>
<wp:docPr id="{number}" name="图{number}" descr="{description}"/>
<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">
<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="{relation}"/>
</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"""


@dataclass(frozen=True)
class Bars:
    """Upright bars: one number per label, with the number written on it.

    `description`: for readers who cannot see the chart.
    """

    title: str
    labels: Sequence[str]
    values: Sequence[int]
    description: str


def insert_chart(document: Document, paragraph: Paragraph, bars: Bars) -> None:
    """Put the chart into the paragraph, in place of what it says."""
    # The mark may be split over several runs, by Word's spelling check for instance.
    for run in list(paragraph.runs):
        run._r.getparent().remove(run._r)
    # Parts may not share a name, and a template may have charts of its own.
    package = document.part.package
    place = package.next_partname("/word/charts/chart%d.xml")
    part = Part(place, CHART_TYPE, draw_chart(bars), package)
    relation = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    frame = _FRAME.format(
        width=WIDTH,
        height=HEIGHT,
        number=document.part.next_id,
        relation=relation,
        description=escape(bars.description),
    )
    paragraph._p.append(parse_xml(frame))


def draw_chart(bars: Bars) -> bytes:
    """The chart part: data stands in it literally, so that no workbook needs to be embedded."""
    chart = BarChart()
    chart.type, chart.gapWidth = "col", 60
    chart.legend = None
    chart.title = None
    labels = [StrVal(idx=number, v=label) for number, label in enumerate(bars.labels)]
    values = [NumVal(idx=number, v=str(value)) for number, value in enumerate(bars.values)]
    categories = StrData(ptCount=len(labels), pt=labels)
    numbers = NumData(formatCode="General", ptCount=len(values), pt=values)
    series = Series(
        idx=0, order=0, val=NumDataSource(numLit=numbers), cat=AxDataSource(strLit=categories)
    )
    series.tx = SeriesLabel(v=bars.title)
    series.graphicalProperties.solidFill = BLUE
    series.dLbls = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
    )
    chart.series.append(series)
    # openpyxl leaves this open, and Word then takes the axes for deleted.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines = None
    return tostring(chart._write())
