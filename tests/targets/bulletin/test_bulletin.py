"""The bulletin read back: every number in the Word file and the workbook equals the release."""

import datetime as dt
import io
import re
import zipfile

import docx
import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from enterprises import registry
from enterprises.models import Enterprise
from enterprises.registry import acts
from parks.models import Unit, User
from targets.bulletin import content as bulletin_content
from targets.bulletin import document as bulletin_document
from targets.bulletin import headlines as bulletin_headlines
from targets.bulletin import template as bulletin_template
from targets.bulletin import workbook as bulletin_workbook
from targets.figures import indicators
from targets.models import BulletinTemplate, Release
from targets.releases import publishing
from tests import cast, clerk
from tests.firms import certificate, firm
from tests.snapshots import Snapshot

pytestmark = pytest.mark.django_db


def publish(people) -> None:
    """Two parks and a town; in the quarter one firm was recognised first, one lapsed, one was closed."""
    firm(name="江津<甲>&制造有限公司", hnte=True, tech=True)
    firm(name="江津乙制造有限公司", hnte=True, park="baisha", town="500116107", tech=True)
    firm(name="江津丙制造有限公司", hnte=True, outside_parks=True)
    first = firm(name="江津丁制造有限公司")
    lapsed = firm(name="江津戊制造有限公司")
    closed = firm(name="江津己制造有限公司", tech=True)
    soon = firm(name="=江津庚制造有限公司")
    registry.apply(
        [
            certificate(first.uscc, until=dt.date(2029, 8, 1)),
            certificate(lapsed.uscc, until=dt.date(2026, 7, 31)),
            certificate(soon.uscc, until=dt.date(2026, 12, 5)),
            acts.Close(uscc=closed.uscc, on=dt.date(2026, 9, 1)),
        ],
        by=None,
    )
    published_on(dt.datetime(2026, 11, 29, 10), people["小石"])


@pytest.fixture(scope="session")
def kept_release(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("bulletin", publish)


@pytest.fixture
def people(kept_release, db) -> dict[str, User]:
    """Those who are there when the quarter is published."""
    kept_release.restore()
    return cast.present()


@pytest.fixture
def release(people) -> Release:
    return Release.objects.get()


def published_on(day: dt.datetime, by):
    """Whatever day it is: a bulletin bears the day of publishing, and parts certificates by it."""
    with time_machine.travel(timezone.make_aware(day), tick=False):
        return publishing.publish(clerk.third_quarter(by), by=by)


def text_of(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def tables_of(content: bytes) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in table.rows]
        for table in docx.Document(io.BytesIO(content)).tables
    ]


def codes_of(kind: str) -> dict[str, str]:
    return {unit.told_apart: unit.code for unit in Unit.objects.filter(kind=kind)}


def figure(release, scope: str, indicator: str) -> int:
    return int(
        release.figures.get(definition="certificate", scope=scope, indicator=indicator).value
    )


def test_the_text_tells_the_frozen_figures_and_the_flows_that_explain_them(release):
    text = text_of(bulletin_document.fill(bulletin_content.build_bulletin(release)))
    hnte = figure(release, "district", "hnte")
    assert hnte == 5
    assert (
        f"有效期内高新技术企业{hnte}家，本季度持平（期初5家；其中首次认定1家、到期未续1家）" in text
    )
    tech = figure(release, "district", "tech")
    assert f"科技型企业{tech}家，本季度净减1家（期初3家；其中注销1家）" in text
    assert "2027年目标超过700家，距目标还差696家" in text
    assert (
        "至印发之日2026年11月29日，全区有1家高新技术企业证书已失效、未满180天，仍可续证，其中德感1家；"
        "此后六个月内，有1家证书到期且尚无新证书，其中德感1家；按到期月份，2026年12月1家。"
    ) in text
    assert "应报名册36份，已报0份" in text
    assert "{{" not in text
    assert "[[" not in text


def test_terms_add_up_to_the_net_change(release):
    known = indicators.live()
    for one in bulletin_content.build_bulletin(release).headlines:
        openings, closings = bulletin_headlines.reasons_for(of_register=known[one.code].is_register)
        up, down = openings.values(), closings.values()
        change = sum(firms if reason in up else -firms for reason, firms in one.terms)
        assert change == one.net
        assert {reason for reason, _ in one.terms} == {*up, *down}


def test_the_tables_equal_the_release_unit_by_unit(release):
    parks, towns, tasks, _, lapsed, expiring = tables_of(
        bulletin_document.fill(bulletin_content.build_bulletin(release))
    )
    park, town = codes_of("park"), codes_of("town")
    assert (len(parks), len(towns), len(tasks)) == (7, 31, 17)
    for line in parks[1:]:
        assert int(line[4]) == figure(release, park[line[1]], "hnte")
        assert int(line[7]) == figure(release, park[line[1]], "tech")
    for line in towns[1:]:
        assert int(line[4]) == figure(release, town[line[1]], "hnte")
        assert int(line[6]) == figure(release, town[line[1]], "tech")
    # A loss has a real minus sign; 德感 lost a tech enterprise.
    assert "−1" in next(line for line in parks if line[1] == "德感")
    assert not any(cell.startswith("-") for line in (*parks, *towns) for cell in line)
    assert {line[0] for line in (*parks[1:], *towns[1:])} == {"—"}  # no goals, hence no ranking
    assert [(line[1], line[4]) for line in lapsed[1:]] == [("江津戊制造有限公司", "2026-07-31")]
    assert [line[1] for line in expiring[1:]] == ["=江津庚制造有限公司"]
    assert expiring[1][4] == "2026-12-05"


def test_the_charts_show_the_same_numbers(release):
    content = bulletin_document.fill(bulletin_content.build_bulletin(release))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        charts = [
            package.read(name).decode()
            for name in sorted(package.namelist())
            if "charts/chart" in name
        ]
    drawn = [[int(value) for value in re.findall(r"<v>(\d+)</v>", chart)] for chart in charts]
    page = bulletin_content.build_bulletin(release)
    assert sorted(drawn) == sorted([line[kind] for line in page.parks] for kind in ("hnte", "tech"))


def test_the_workbook_equals_the_release_and_holds_native_charts(release):
    book = openpyxl.load_workbook(
        io.BytesIO(bulletin_workbook.build_workbook(bulletin_content.build_bulletin(release)))
    )
    codes = codes_of("park")
    for row in book["园区平台"].iter_rows(min_row=5, values_only=True):
        assert row[4] == figure(release, codes[row[1]], "hnte")
    assert len(book["园区平台"]._charts) == 2
    district = {
        (row[0], row[1]): row[2] for row in book["全区"].iter_rows(min_row=5, values_only=True)
    }
    assert district["有效期内高新技术企业", "期末"] == figure(release, "district", "hnte")
    name = book["即将到期"]["B5"]
    assert (name.value, name.data_type) == ("=江津庚制造有限公司", "s")


def test_a_later_correction_does_not_reach_the_bulletin_of_the_first_edition(release):
    before = text_of(bulletin_document.fill(bulletin_content.build_bulletin(release)))
    for one in Enterprise.objects.filter(name__contains="丙"):
        registry.apply([acts.Close(uscc=one.uscc, on=dt.date(2026, 9, 2))], by=None)
    assert text_of(bulletin_document.fill(bulletin_content.build_bulletin(release))) == before


# --- the template -----------------------------------------------------------------------------------------------------
def sent(content: bytes) -> dict[str, SimpleUploadedFile]:
    return {"template": SimpleUploadedFile("我的模板.docx", content)}


def edited(text: str) -> bytes:
    document = docx.Document(
        io.BytesIO(bulletin_template.default_template(indicators.live().headlines))
    )
    document.add_paragraph(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_the_bureau_uses_its_own_template(client, people, release):
    client.force_login(people["小石"])
    client.post("/releases/2026Q3-1/template/", sent(edited("联系人：小石，{{ quarter }}")))
    answer = client.get("/releases/2026Q3-1/bulletin.docx")
    assert text_of(b"".join(answer.streaming_content)).endswith("联系人：小石，2026年三季度")
    client.post("/releases/2026Q3-1/template/")
    answer = client.get("/releases/2026Q3-1/bulletin.docx")
    assert "联系人：小石" not in text_of(b"".join(answer.streaming_content))


@pytest.mark.one_moment
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK not a zip", "不是可用的 Word 文件"),
        (b"", "不是可用的 Word 文件"),
        (b"x" * 2_000_001, "超过2 MB"),
        ("{% for one in %}", "标记有误"),
        ("{{ quater }}，{{ 联系人 }}", "不认识的标记：quater、联系人。可用的有"),
        ("{% for one in parks %}{{ one.shares }}{% endfor %}", "“shares”没有对应的内容"),
        ("[[图：各镇街]]", "不认识的图表标记：[[图：各镇街]]"),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", "标记有误"),
    ],
)
def test_a_template_that_cannot_be_filled_is_not_taken(client, people, release, content, said):
    client.force_login(people["小石"])
    template = content if isinstance(content, bytes) else edited(content)
    page = client.post("/releases/2026Q3-1/template/", sent(template), follow=True).content.decode()
    assert said in page
    assert not BulletinTemplate.objects.exists()


def test_a_template_of_before_is_filled_without_what_is_new_since(client, people, release):
    """One that was taken when marks were fewer, and one with a mark that has gone since."""
    document = docx.Document()
    document.add_paragraph(
        "{{ title }}，{{ one_that_was }}期初{{ headlines[0].opening }}家{{ expiring_in_words }}"
    )
    buffer = io.BytesIO()
    document.save(buffer)
    BulletinTemplate.objects.create(
        name="旧.docx", content=buffer.getvalue(), uploaded_by=people["小石"]
    )
    client.force_login(people["小石"])
    answer = client.get("/releases/2026Q3-1/bulletin.docx")
    assert text_of(b"".join(answer.streaming_content)).endswith(
        "进展情况的通报，期初5家，其中德感1家"
    )


def test_reporters_do_not_get_the_lists_of_other_units(client, people, release):
    client.force_login(people["德感"])
    for name in ("bulletin.docx", "bulletin.xlsx"):
        assert client.get(f"/releases/2026Q3-1/{name}").status_code == 403


# --- a bulletin before bulletins had a head and words of their own, and what is required since ---
def of_before(people):
    """The same quarter as releases of before kept it."""
    firm(name="江津甲制造有限公司", hnte=True)
    day = timezone.make_aware(dt.datetime(2026, 11, 29, 10))
    with time_machine.travel(day, tick=False):
        draft = publishing.make_draft(clerk.third_quarter(people["小石"]), by=people["小石"])
        draft.release.bulletin = {}
        return publishing.store(draft)


def test_a_release_that_kept_no_words_looks_as_it_did(client, plan):
    people = cast.enter_cast()
    of_before(people)
    client.force_login(people["老郑"])
    text = text_of(b"".join(client.get("/releases/2026Q3-1/bulletin.docx").streaming_content))
    headings = re.findall(r"(?m)^[一二三四五六七八]、.*$", text)
    assert headings == [
        "一、总体进展",
        "二、目标完成情况",
        "三、园区平台情况",
        "四、重点任务推进情况",
        "五、证书到期情况",
        "六、名册报送情况",
    ]
    assert "各园区平台，各镇街，有关部门：" in text
    for new in ("存在问题", "下一步工作", "抄送", "照现有趋势", "重点任务数据"):
        assert new not in text
    page = client.get("/releases/2026Q3-1/bulletin/").content.decode()
    assert "存在问题" not in page
    book = io.BytesIO(b"".join(client.get("/releases/2026Q3-1/bulletin.xlsx").streaming_content))
    assert "预测" not in openpyxl.load_workbook(book).sheetnames
    told = client.get("/api/v1/releases/2026Q3-1/").json()
    assert told["bulletin"] is None


def test_a_template_without_what_no_bulletin_can_lack_is_refused_by_name(client, people, release):
    client.force_login(people["小石"])
    document = docx.Document()
    document.add_paragraph(
        "{{ title }}{{ as_of }}{% for one in headlines %}{{ one.name }}{% endfor %}"
    )
    buffer = io.BytesIO()
    document.save(buffer)
    page = client.post("/releases/2026Q3-1/template/", sent(buffer.getvalue()), follow=True)
    said = page.content.decode()
    assert (
        "没有采用：模板中缺少标记：symbol（发文字号）、problems（存在问题）、steps（下一步工作）"
        in said
    )
    assert not BulletinTemplate.objects.exists()


def test_the_page_says_what_an_old_template_of_the_bureau_lacks(client, people, release):
    document = docx.Document()
    document.add_paragraph("{{ title }}")
    buffer = io.BytesIO()
    document.save(buffer)
    BulletinTemplate.objects.create(
        name="旧.docx", content=buffer.getvalue(), uploaded_by=people["小石"]
    )
    client.force_login(people["小石"])
    page = client.get("/releases/2026Q3-1/bulletin/").content.decode()
    assert "按科技局的模板“旧.docx”生成，其中没有的内容不会出现：模板中缺少标记：symbol" in page
    client.force_login(people["老郑"])
    assert "旧.docx" not in client.get("/releases/2026Q3-1/bulletin/").content.decode()


def test_the_head_the_foot_and_the_ends_of_tables_are_laid_out(release):
    """By structure, as Word and WPS read it: no row broken, heads repeated, ends kept together."""
    document = docx.Document(
        io.BytesIO(bulletin_document.fill(bulletin_content.build_bulletin(release)))
    )
    section = document.sections[0]
    page = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(length.cm, 1) for length in page] == [21.0, 29.7, 3.7, 2.8]
    for table in document.tables:
        rows = table._tbl.tr_lst
        assert all(row.xpath("./w:trPr/w:cantSplit") for row in rows)
        assert rows[0].xpath("./w:trPr/w:tblHeader")
        kept = [row.xpath(".//w:keepNext") for row in rows[-5:-1]]
        assert all(kept)
    ruled = [one for one in document.paragraphs if one._p.xpath("./w:pPr/w:pBdr")]
    assert [one.text.strip() for one in ruled][1].startswith("抄送：")
    assert ruled[-1].text.strip().endswith("2026年11月29日印发")
    # The foot stands with the last rows above it.
    assert document.tables[-1].rows[-1]._tr.xpath(".//w:keepNext")
