"""The sample district as of 2026Q3: published, put into the bulletin, corrected in one certificate, published again."""

import datetime as dt
import io
import json

import docx
import openpyxl
import pytest
import time_machine
from django.utils import timezone

from enterprises import registry
from enterprises.models import Quarter
from enterprises.registry import acts
from parks.models import Unit
from targets.bulletin import content as bulletin_content
from targets.bulletin import document as bulletin_document
from targets.bulletin import workbook as bulletin_workbook
from targets.figures.frozen import frozen_spans
from targets.models import Release
from targets.releases import publishing

DAY = dt.date(2026, 9, 30)


@pytest.mark.long
@pytest.mark.django_db
def test_a_published_quarter_its_bulletin_and_one_correction(client, third_quarter, samples):
    bureau, quarter = third_quarter["小石"], Quarter.objects.get()
    # The bulletin parts certificates by the day of publishing.
    with time_machine.travel(timezone.make_aware(dt.datetime(2026, 11, 29, 10)), tick=False):
        first = publishing.publish(quarter, by=bureau)
    truth = json.loads((samples / "truth.json").read_text())[str(DAY)]
    assert [figure(first, "district", kind) for kind in ("hnte", "tech")] == [
        truth["district"][kind] for kind in ("hnte", "tech")
    ]
    word, book = (
        bulletin_document.fill(bulletin_content.build_bulletin(first)),
        bulletin_workbook.build_workbook(bulletin_content.build_bulletin(first)),
    )
    parks, towns, _, _, lapsed, expiring = docx.Document(io.BytesIO(word)).tables
    by_name = {(unit.kind, unit.told_apart): unit for unit in Unit.objects.reporting()}
    for kind, table, tech in (("park", parks, 7), ("town", towns, 6)):
        for cells in [[cell.text for cell in row.cells] for row in table.rows[1:]]:
            unit = by_name[kind, cells[1]]
            told = {"hnte": int(cells[4]), "tech": int(cells[tech])}
            true = truth.get(f"park:{unit.code}" if kind == "park" else f"town:{unit.name}", {})
            assert told == {name: true.get(name, 0) for name in told}, unit
    running_out = bulletin_content.build_bulletin(first).running_out
    sheets = openpyxl.load_workbook(io.BytesIO(book))
    for name, table, firms in (
        ("失效可续", lapsed, running_out.lapsed),
        ("即将到期", expiring, running_out.expiring),
    ):
        assert sheets[name].max_row - 4 == len(table.rows) - 1 == len(firms) > 0

    kept = frozen(first)
    held = (
        first.spans.filter(kind="hnte", definition="certificate", valid_until__gt=DAY)
        .covering(DAY)
        .first()
    )
    wrong = acts.Extend(
        uscc=held.uscc, kind="hnte", number=held.number, valid_until=dt.date(2026, 9, 1)
    )
    registry.apply([wrong], by=bureau, reason="按证书原件更正")
    assert frozen(Release.objects.get(pk=first.pk)) == kept
    second = publishing.publish(quarter, by=bureau, reason="一家企业证书有效期录入有误")
    assert frozen(Release.objects.get(pk=first.pk)) == kept
    assert (
        bulletin_document.context_of(bulletin_content.build_bulletin(first))["headlines"][0].value
        == truth["district"]["hnte"]
    )
    assert figure(second, "district", "hnte") == truth["district"]["hnte"] - 1

    client.force_login(third_quarter["老郑"])
    page = client.get("/releases/2026Q3-2/")
    (line,) = page.context["apart"]
    assert (line.firm.name, line.firm.sign, line.after) == (held.name, -1, "不计入")
    (entry,) = page.context["page"].corrections
    assert entry.entry.reason == "按证书原件更正"


def figure(release: Release, scope: str, indicator: str) -> int:
    return int(
        release.figures.get(definition="certificate", scope=scope, indicator=indicator).value
    )


def frozen(release: Release) -> tuple:
    """Everything of a release: its own row with the digest, all figures, all spans."""
    figures = sorted(release.figures.values_list("definition", "scope", "indicator", "value"))
    row = Release.objects.filter(pk=release.pk).values().get()
    return row, figures, sorted(release.spans.values_list("id", *frozen_spans.FIELDS))
