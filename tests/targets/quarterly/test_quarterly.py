"""A quarter's work on one page: what is to be done, how long it takes, and the tables of it."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.urls import reverse

from enterprises.models import RecordKind
from targets.models import TaskProgress
from targets.quarterly import tables
from targets.quarterly.rules import rules
from tests.clock import noon_of
from tests.firms import firm
from tests.test_access import signed_in

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 10, 8)
PAGE = "/quarterly/?quarter=2026Q3"


@pytest.fixture(autouse=True)
def october():
    with noon_of(TODAY):
        yield


def test_a_town_sees_all_it_owes_and_how_long_it_takes(people):
    town = signed_in(people, "街道")
    before = town.get(PAGE)
    found = before.context["found"]
    owed = found.duties[0]
    assert owed.label == "重点任务进展"
    assert (owed.done, owed.minutes) == (0, owed.expected * rules().minutes["task"])
    assert f"还需约 <strong>{found.minutes}</strong> 分钟" in before.content.decode()
    codes = [each.line.duty.task.code for each in before.context["owed"]]
    town.post(reverse("tasks_confirm", args=["2026Q3"]), {"task": codes})
    after = town.get(PAGE).context["found"]
    assert (after.left, after.minutes) == (0, 0)
    assert TaskProgress.objects.filter(unit=people["街道"].unit).count() == len(codes)


def test_registers_that_it_keeps_are_by_need(people):
    kind = RecordKind.objects.get(code="member")
    kind.keepers.add(people["德感"].unit)
    page = signed_in(people, "德感").get(PAGE)
    duty = next(each for each in page.context["found"].duties if each.is_by_need)
    assert (duty.label, duty.left, duty.minutes) == (f"台账：{kind.name}", 0, 0)
    assert "无变化不用报" in page.content.decode()


def test_the_whole_district_sees_every_body_and_opens_it(people, django_assert_max_num_queries):
    leader = signed_in(people, "老郑")
    leader.get(PAGE)
    with django_assert_max_num_queries(30):
        page = leader.get(PAGE)
    rows = {each.unit.code: each for each in page.context["bodies"]}
    left = [each.left for each in rows.values()]
    done, minutes = left.count(0), sum(each.minutes for each in rows.values())
    told = page.context["together"].in_words
    assert told.startswith(
        f"{len(rows)}个单位中{done}个已办完，{len(rows) - done}个还有{sum(left)}件未办"
    )
    hours, rest = re.search(r"约(?:(\d+)小时)?(?:(\d+)分钟)?。", told).groups(default="0")
    assert minutes == 60 * int(hours) + int(rest)
    assert told in page.content.decode()
    assert {"degan", "500116002", "jxw"} <= set(rows)
    for code in ("degan", "jxw"):
        own = leader.get(f"{PAGE}&unit={code}").context["found"]
        assert (own.left, own.minutes) == (rows[code].left, rows[code].minutes)


def test_nobody_reads_another_bodys_page(people):
    town = signed_in(people, "街道")
    assert town.get(f"{PAGE}&unit=degan").status_code == 400
    assert town.get(f"{PAGE}&unit=nowhere").status_code == 400
    address = reverse("quarterly_table", args=["exchange", "xlsx"])
    assert town.get(f"{address}?quarter=2026Q3&unit=degan").status_code == 404
    assert town.get(f"{address}?quarter=2026Q3").status_code == 200
    assert signed_in(people, "老郑").get(f"{address}?quarter=2026Q3").status_code == 404


@pytest.mark.parametrize("form", rules().forms, ids=lambda form: form.code)
def test_a_table_has_the_wanted_columns_and_the_figures_of_the_page(people, form):
    firm(hnte=True)
    park = signed_in(people, "德感")
    address = reverse("quarterly_table", args=[form.code, "xlsx"])
    answer = park.get(f"{address}?quarter=2026Q3")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [row for row in sheet.iter_rows(values_only=True) if row[1] is not None]
    assert list(rows[0][1:]) == [column.title for column in form.columns]
    owed = park.get(PAGE).context["owed"]
    assert owed
    if form.rows == "tasks":
        assert [row[1] for row in rows[1:]] == [each.line.duty.task.name for each in owed]
        return
    told = {row[5]: row[7] for row in rows[1:]}
    shown = {found.figure.code: found.value for each in owed for found in each.figures}
    assert shown["hnte_stock"] == 1
    # Over nothing there is no ratio: an empty cell.
    assert {code: value and float(value) for code, value in told.items()} == {
        code: value and float(value) for code, value in shown.items()
    }


def test_the_data_name_only_columns_that_there_are():
    named = {column.field for form in rules().forms for column in form.columns}
    assert named <= tables.FIELDS.keys()
