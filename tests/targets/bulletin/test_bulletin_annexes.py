"""The annexes read back: every number in the Word file and on every sheet of the workbook equals the release."""

import datetime as dt
import io
import re
from decimal import Decimal

import docx
import openpyxl
import pytest
import time_machine
from django.utils import timezone

from enterprises import registry
from enterprises.models import Enterprise, Period
from enterprises.registry import acts
from parks.models import Unit, User
from targets.bulletin import content as bulletin_content
from targets.bulletin import document as bulletin_document
from targets.bulletin import sheets as bulletin_sheets
from targets.bulletin import workbook as bulletin_workbook
from targets.goals import revisions as goal_revisions
from targets.key_tasks import entries as task_entries
from targets.models import FrozenSpan, KeyTask, Release
from targets.releases import publishing
from targets.releases import tasks as release_tasks
from targets.renewals.term import RENEWAL_DAYS
from tests import cast, clerk
from tests.clock import AUTUMN, noon_of
from tests.firms import certificate, firm
from tests.snapshots import Snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_day")]
JUNE, DAY = dt.date(2026, 6, 30), dt.date(2026, 9, 30)
COLOURS = {"ahead": "蓝 超前", "normal": "绿 正常", "overdue": "黄 偏慢", "lagging": "红 滞后"}


def publish_twice(people) -> None:
    """Goals for three units, a task reported, a release of June, and a certificate put right since."""
    firm(name="江津甲制造有限公司", hnte=True, tech=True)
    firm(name="江津乙制造有限公司", hnte=True, tech=True, park="baisha", town="500116107")
    firm(name="江津丙制造有限公司", hnte=True, tech=True, outside_parks=True)
    soon = [
        firm(name="江津丁制造有限公司"),
        firm(name="江津戊制造有限公司", park="shuangfu"),
        firm(),
    ]
    days = [dt.date(2026, 12, 5), dt.date(2027, 1, 9), dt.date(2026, 11, 30)]
    registry.apply(
        [certificate(one.uscc, until=day) for one, day in zip(soon, days, strict=True)], by=None
    )
    allot(people["小石"], degan=9, baisha=1, **{"500116002": 2})
    publish(2, people["小石"])
    by = people["小石"]
    late = Enterprise.objects.get(name="江津甲制造有限公司")
    registry.apply(
        [
            acts.Close(
                uscc=Enterprise.objects.get(name="江津乙制造有限公司").uscc,
                on=dt.date(2026, 6, 1),
                confirmed=True,
            )
        ],
        by=by,
        reason="补报注销",
    )
    registry.apply([certificate(late.uscc, until=dt.date(2029, 9, 2))], by=by)
    task = KeyTask.objects.get(kind="task", number=1)
    for body in task.bodies.filter(role="lead"):
        task_entries.add(
            task,
            body.unit,
            Period(2026, 3),
            task_entries.TaskReport("behind", "滞后于计划。"),
            by=by,
        )
    # The bulletin parts certificates by the day of publishing.
    with time_machine.travel(timezone.make_aware(dt.datetime(2026, 11, 29, 10)), tick=False):
        publish(3, by)


@pytest.fixture(scope="session")
def kept_release(snapshot_with_people) -> Snapshot:
    with noon_of(AUTUMN):
        return snapshot_with_people("annexes", publish_twice)


@pytest.fixture
def people(kept_release, db) -> dict[str, User]:
    """Those who are there when the quarter is published."""
    kept_release.restore()
    return cast.present()


@pytest.fixture
def release(people) -> Release:
    return Release.objects.latest("pk")


def publish(number: int, by, reason: str = "") -> Release:
    period = Period(2026, number)
    quarter = clerk.Quarter.objects.coded(period.code).first() or clerk.quarters.open_quarter(
        period, by=by
    )
    return publishing.publish(quarter, by=by, reason=reason)


def allot(by, *, seen: int = 0, **stocks: int) -> None:
    units = {unit.code: unit.pk for unit in Unit.objects.all()}
    wanted = {
        (kind, units[code]): goal_revisions.Wanted(stock, stock // 2)
        for kind in ("hnte", "tech")
        for code, stock in stocks.items()
    }
    goal_revisions.save_revision(2026, wanted, seen=seen, reason="调整" if seen else "", by=by)


def word_of(release: Release) -> docx.document.Document:
    return docx.Document(
        io.BytesIO(bulletin_document.fill(bulletin_content.build_bulletin(release)))
    )


def tables_of(document) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def text_of(document) -> str:
    return "\n".join(one.text for one in document.paragraphs)


def book_of(release: Release) -> openpyxl.Workbook:
    return openpyxl.load_workbook(
        io.BytesIO(bulletin_workbook.build_workbook(bulletin_content.build_bulletin(release)))
    )


def rows_of(book, name: str) -> list[tuple]:
    return list(book[name].iter_rows(min_row=5, values_only=True))


def stood(release: Release, scope: str, kind: str, day: dt.date = DAY) -> int:
    """Counted here by hand from the frozen spans: a town's are those in no park."""
    found = FrozenSpan.objects.filter(
        release=release, kind=kind, definition="certificate"
    ).covering(day)
    park = Unit.objects.filter(code=scope, kind="park").exists()
    if scope in ("district", "parks", "outside"):
        return {
            "district": found,
            "parks": found.exclude(park=""),
            "outside": found.filter(park=""),
        }[scope].count()
    return (found.filter(park=scope) if park else found.filter(park="", town=scope)).count()


# --- goals ----------------------------------------------------------------------------------------------------------
def test_what_is_frozen_of_each_unit_is_what_the_frozen_firms_add_up_to(release):
    rows = release.completion["rows"]
    assert len(rows) == 2 * (36 + 3)
    allotted = {"degan": 9, "baisha": 1, "500116002": 2, "district": 12, "parks": 10, "outside": 2}
    for row in rows:
        done, start = (
            stood(release, row["scope"], row["kind"], day) for day in (DAY, dt.date(2025, 12, 31))
        )
        stock, net, first = (row["measures"][name] for name in ("stock", "net", "first"))
        goal = allotted.get(row["scope"])
        assert (stock["goal"], stock["done"], net["done"]) == (goal, done, done - start)
        if goal:
            assert stock["gap"] == goal - done
            assert Decimal(stock["rate"]) == (Decimal(100) * done / goal).quantize(Decimal("0.1"))
            assert stock["state"] in COLOURS or stock["state"] == "awaiting"
        else:
            assert (row["rank"], stock["rate"], stock["state"]) == (None, None, "nothing")
    ranks = {row["scope"]: row["rank"] for row in rows if row["kind"] == "tech" and row["rank"]}
    assert ranks == {"degan": 1, "baisha": 2, "500116002": 1}
    assert first["goal"] == 5


def test_the_completion_table_equals_the_release_cell_by_cell(release):
    _, *annexes = tables_of(word_of(release))
    book = rows_of(book_of(release), "目标完成情况")
    for kind, table in zip(("hnte", "tech"), annexes[:2], strict=True):
        frozen = {row["name"]: row for row in release.completion["rows"] if row["kind"] == kind}
        parks_and_towns = [row for row in release.completion["rows"] if row["kind"] == kind]
        assert len(table) - 2 == len(parks_and_towns) == 39
        told = sorted((cells[1], *cells[2:8]) for cells in table[2:])
        assert told == sorted((row["name"], *plain(row)) for row in parks_and_towns)
        district = next(cells for cells in table if cells[1] == "全区合计")
        judged = frozen["全区合计"]["measures"]["stock"]
        assert district[8:] == [
            judged["rate"], str(judged["gap"]), str(judged["due"]),
            *("—" if judged[what] is None else str(judged[what]) for what in ("in_flight", "still_missing")),
            COLOURS.get(judged["state"], "尚待公布"),
        ]  # fmt: skip
    assert len(book) == 78
    names = dict(zip(("高新技术企业", "科技型企业"), ("hnte", "tech"), strict=True))
    kept = {(row["kind"], row["group"], row["name"]): row for row in release.completion["rows"]}
    groups = {"园区平台": "park", "镇街": "town", "合计": "sum"}
    for name, group, rank, unit, *values in book:
        row = kept[names[name], groups[group], unit]
        expected = [
            row["measures"][one][what]
            for one in ("stock", "net", "first")
            for what in ("goal", "done", "rate")
        ]
        judged = row["measures"]["stock"]
        expected += [
            judged[what]
            for what in ("gap", "due", "behind", "in_flight", "still_missing", "deviation")
        ]
        assert rank == row["rank"]
        assert [number(value) for value in values[:15]] == [number(value) for value in expected]
        assert values[15].endswith(
            {"nothing": "无任务", "awaiting": "尚待公布"}.get(judged["state"], values[15])
        )


def plain(row: dict) -> list[str]:
    measures = [row["measures"][name] for name in ("stock", "net", "first")]
    return [
        "—" if one[what] is None else str(one[what]).replace("-", "−")
        for one in measures
        for what in ("goal", "done")
    ]


def number(value) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def test_later_goals_reach_the_next_edition_only_and_it_says_so(client, people, release):
    before, digest = tables_of(word_of(release)), release.digest
    allot(people["小石"], seen=1, degan=12, baisha=1)
    kept = Release.objects.get(pk=release.pk)
    assert (tables_of(word_of(kept)), kept.digest) == (before, digest)
    again = publish(3, people["小石"], reason="任务调整")
    assert again.completion["revision"] == "2026年任务分解（第2版）"
    client.force_login(people["老郑"])
    page = client.get("/releases/2026Q3-2/").content.decode()
    assert "任务分解：上一版按2026年任务分解（第1版），本版按2026年任务分解（第2版）" in page
    assert "德感科技型企业完成情况：年末存量1/9" in page
    assert "统计日的数字没有差别" in page
    said = "按证书日期口径统计。本期为第2版，修订原因：任务调整；与上一版不同的，以本版为准。"
    assert said in text_of(word_of(again))


def test_without_goals_the_annex_is_left_out_with_a_sentence(plan):
    people = cast.enter_cast()
    firm(hnte=True)
    # Its certificate runs out in June 2028, more than half a year after this day of publishing.
    with time_machine.travel(timezone.make_aware(dt.datetime(2026, 11, 29, 10)), tick=False):
        document = word_of(publish(3, people["小石"]))
    text = text_of(document)
    assert "本年度尚未下达任务分解，本期不列目标完成情况。" in text
    assert "附件：1.各镇街情况表" in text
    assert "各单位目标完成情况表" not in text
    assert len(document.tables) == 4  # parks, towns, tasks, their figures; no certificate runs out


# --- tasks, expiring certificates -------------------------------------------------------------------------------------
def test_key_tasks_are_as_frozen_whatever_is_reported_later(people, release):
    told = tables_of(word_of(release))[4]
    assert [row[1] for row in told[1:]] == [str(task["number"]) for task in release.tasks]
    assert len(told) == 1 + 13 + 3
    assert told[1][4:] == ["滞后", f"{release.tasks[0]['reported']}/{release.tasks[0]['expected']}"]
    assert "13项重点任务和3项保障措施中，滞后1项、未报15项" in text_of(word_of(release))
    sheet = rows_of(book_of(release), "重点任务")
    assert [row[5:] for row in sheet] == [
        (task["reported"], task["expected"]) for task in release.tasks
    ]
    task = KeyTask.objects.get(kind="task", number=2)
    lead = task.bodies.filter(role="lead").first().unit
    task_entries.add(
        task, lead, Period(2026, 3), task_entries.TaskReport("done", "已完成。"), by=people["小石"]
    )
    assert tables_of(word_of(release))[4] == told
    again = publish(3, people["小石"], reason="任务补报")
    owed = release.tasks[1]["expected"]
    said = f"重点任务2（{task.name}）：未报，已报0/{owed} → 已完成，已报1/{owed}"
    assert release_tasks.task_differences(release, again) == [said]


def test_expiring_certificates_stand_unit_by_unit_with_their_last_day(release):
    told = tables_of(word_of(release))[6]
    assert [row[2] for row in told[1:]] == ["双福", "德感", "德感"]
    assert [row[4] for row in told[1:]] == ["2027-01-09", "2026-11-30", "2026-12-05"]
    for row in told[1:]:
        span = release.spans.get(name=row[1], kind="hnte", definition="certificate")
        assert (row[3], row[4]) == (span.number, str(span.end - dt.timedelta(days=1)))
    assert "按到期月份，2026年11月1家、12月1家、2027年1月1家。名单见附件4" in text_of(
        word_of(release)
    )
    sheet = rows_of(book_of(release), "即将到期")
    assert [[str(cell) for cell in row[:4]] for row in sheet] == [row[:4] for row in told[1:]]
    assert [f"{row[4]:%Y-%m-%d}" for row in sheet] == [row[4] for row in told[1:]]


# --- from the bulletin before -----------------------------------------------------------------------------------------
def test_the_bridge_sheet_adds_up_to_both_releases_and_names_the_corrected_firms(release):
    earlier = Release.objects.exclude(pk=release.pk).get()
    rows = rows_of(book_of(release), "与上期衔接")
    units = {unit.told_apart: unit.code for unit in Unit.objects.reporting()}
    assert len(rows) == 2 * (3 + 36)
    for name, scope, told, added, dropped, *terms, closing, net in rows:
        gains, losses = terms[:5], terms[5:]
        assert told + added - dropped + sum(gains) - sum(losses) == closing == told + net
        code = {
            "全区": "district",
            "六大园区平台合计": "parks",
            "园区平台以外": "outside",
            **units,
        }[scope]
        kind = {"高新技术企业": "hnte", "科技型企业": "tech"}[name]
        assert (told, closing) == (figure(earlier, code, kind), figure(release, code, kind))
    assert rows[0][2:5] == (6, 0, 1)
    firms = {row[1]: row for row in rows_of(book_of(release), "更正名单")}
    assert set(firms) == {"江津乙制造有限公司"}
    corrected = firms["江津乙制造有限公司"]
    assert corrected[3] == f"白沙 · {Unit.objects.get(code='500116107').name}"
    assert corrected[5] == "不计入"
    assert "说明：补报注销" in corrected[7]
    assert "上季度公布6家，其后更正减少1家，期初据此为5家。" in text_of(word_of(release))


def figure(release: Release, scope: str, indicator: str) -> int:
    return int(
        release.figures.get(definition="certificate", scope=scope, indicator=indicator).value
    )


KEPT = ("goal", "done", "gap", "rate", "behind", "in_flight", "still_missing")


def test_no_number_of_the_text_comes_from_elsewhere(release):
    """Every number in the sentences is a figure, a term, a goal, a count or a day of the release."""
    known = {number(value) for value in release.figures.values_list("value", flat=True)}
    measured = [one for row in release.completion["rows"] for one in row["measures"].values()]
    known |= {number(one[what]) for one in measured for what in KEPT}
    judged = [one["at_due"] or one for one in release.verdicts]
    known |= {number(one[what]) for one in judged for what in ("value", "goal", "missing")}
    known |= {
        number(one)
        for one in (release.expected, release.handed_in, release.applied, release.number)
    }
    months = {
        part
        for day in (2026, 2027, 11, 12, 1, 9, 30, 3, *day_of(release))
        for part in [number(day)]
    }
    counts = {
        number(one) for one in (13, 15, 16, 36, *range(7), RENEWAL_DAYS)
    }  # tasks, units by state, terms, annexes, charts
    text = text_of(word_of(release))
    days = r"\d{4}年(?:\d+月(?:\d+日)?|第\d批)"
    listed = re.sub(rf"(?m)^附件.*$|注：.*|完成率、全年还差.*|{days}", "", text)
    told = {Decimal(one) for one in re.findall(r"\d+(?:\.\d+)?", listed)}
    kept = release.bulletin
    known |= {
        number(value) for one in kept["forecast"] for value in one.values() if type(value) is int
    }
    drafted = [*kept["drafted"]["problems"], *kept["drafted"]["steps"]]
    known |= {number(one) for paragraph in drafted for one in paragraph["figures"].values()}
    plan = {
        Decimal(one)
        for one in re.findall(
            r"\d+", "".join(one["wording"] + str(one["due"]) for one in release.verdicts)
        )
    }
    assert told - known - months - counts - plan == set()


def day_of(release: Release) -> tuple[int, int, int]:
    """Where the bulletin is read; by the clock of UTC it is the day before until eight in the morning."""
    day = timezone.localdate(release.made_at)
    return day.year, day.month, day.day


def scale_of(sheet) -> float:
    """How much of its size a sheet keeps so that its columns fit: 7 pixels a digit, 96 an inch."""
    wide = sum(7 * column.width + 5 for column in sheet.column_dimensions.values()) / 96
    across = 11.69 if sheet.page_setup.orientation == "landscape" else 8.27
    return (across - sheet.page_margins.left - sheet.page_margins.right) / wide


def test_every_sheet_is_on_one_page_width_and_has_its_head_on_every_page(release):
    book = book_of(release)
    assert book.sheetnames == [
        sheet.name
        for sheet in bulletin_sheets.build_sheets(bulletin_content.build_bulletin(release))
    ]
    assert len(book.sheetnames) == 12
    for sheet in book:
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.page_setup.paperSize == int(sheet.PAPERSIZE_A4)
        assert scale_of(sheet) > 0.7
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$4:$4"
