"""The bulletin of the sample quarter read back: the page says what the Word file says, and every number of the
words is counted once more from what the release froze or from the facts."""

import datetime as dt
import io
import re
from collections import Counter

import docx
import lxml.html
import pytest
import time_machine
from django.utils import timezone

from enterprises import registry
from enterprises.models import Application, Enterprise, Qualification, Quarter, RosterVersion
from enterprises.registry import acts
from parks.models import Unit
from targets.goals import revisions as goal_revisions
from targets.models import Decision, Release, TaskFigure
from targets.releases import publishing
from tests.targets.meetings.scene import decide, hold, open_meeting
from tests.targets.reporting import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.once]
TODAY = dt.date(2026, 11, 29)
AHEAD = TODAY + dt.timedelta(days=90)


@pytest.fixture
def release(third_quarter) -> Release:
    """Goals for four units, applications rejected, a decision overdue, one to come."""
    by = third_quarter["小石"]
    with time_machine.travel(timezone.make_aware(dt.datetime(2026, 11, 29, 10)), tick=False):
        units = {unit.code: unit.pk for unit in Unit.objects.all()}
        stocks = {"shuangfu": 300, "degan": 190, "luohuang": 20, "500116107": 9}
        wanted = {
            (kind, units[code]): goal_revisions.Wanted(stock, 3)
            for kind in ("hnte", "tech")
            for code, stock in stocks.items()
        }
        if not goal_revisions.all_revisions(2026):
            goal_revisions.save_revision(2026, wanted, seen=0, reason="", by=by)
        told = {"kind": "hnte", "year": 2026, "stage": "rejected", "on": dt.date(2026, 9, 3)}
        without = Enterprise.objects.exclude(qualifications__kind__code="hnte")
        refused = without.exclude(applications__year=2026).order_by("uscc")[:5]
        registry.apply([acts.Apply(uscc=one.uscc, **told) for one in refused], by=None)
        office = signed_in(by)
        open_meeting(office, day=dt.date(2026, 10, 8))
        hold(office)
        decide(office, due="2026-10-31", lead="shuangfu", words="十月底前建立台账")
        decide(office, due="2026-12-20", lead="degan", words="年内完成培训")
        quarter = Quarter.objects.get(year=2026, number=3)
        return publishing.publish(quarter, by=by)


@pytest.fixture
def page(release, third_quarter) -> lxml.html.HtmlElement:
    answer = signed_in(third_quarter["老郑"]).get("/releases/2026Q3-1/bulletin/")
    assert answer.status_code == 200
    return lxml.html.fromstring(answer.content.decode()).find_class("paper")[0]


@pytest.fixture
def word(release, third_quarter) -> docx.document.Document:
    answer = signed_in(third_quarter["老郑"]).get("/releases/2026Q3-1/bulletin.docx")
    return docx.Document(io.BytesIO(b"".join(answer.streaming_content)))


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def paragraph(release: Release, part: str, key: str) -> str:
    (found,) = [one for one in release.bulletin["drafted"][part] if one["key"] == key]
    return found["text"]


def named(text: str, measure: str = "家") -> dict[str, int]:
    return {
        name: int(number) for name, number in re.findall(rf"([^、（；，：]+?)(\d+){measure}", text)
    }


def test_the_page_says_what_the_word_file_says(page, word):
    said = plain(page.text_content())
    # Marks of charts, their captions and the names of a page's tables stand in the Word file alone.
    lines = [plain(one.text) for one in word.paragraphs if one.text.strip()]
    apart = re.compile(r"图\d|失效可续（|即将到期（|各园区平台高新技术企业、")
    assert [line for line in lines if line not in said and not apart.match(line)] == []
    assert len(lines) > 40


def test_every_cell_of_the_page_is_that_of_the_word_file(page, word):
    def rows(table) -> list[list[str]]:
        return [[plain(cell.text) for cell in row.cells] for row in table.rows]

    in_word = [rows(table) for table in word.tables]
    on_page = [
        [
            [plain(cell.text_content()) for cell in row.xpath("./td|./th")]
            for row in table.xpath("./tbody/tr")
            if not row.find_class("paper-foot-cell")
        ]
        for table in page.xpath(".//table")
    ]
    assert len(in_word) == len(on_page) >= 7
    for told, shown in zip(in_word, on_page, strict=True):
        assert told[len(told) - len(shown) :] == shown


@pytest.mark.parametrize("kind", ["hnte", "tech"])
def test_who_is_behind_is_as_the_release_froze_it(release, kind):
    rows = [row for row in release.completion["rows"] if row["kind"] == kind]
    stocks = {row["name"]: row["measures"]["stock"] for row in rows if row["group"] != "sum"}
    behind = {
        name: stock
        for name, stock in stocks.items()
        if stock["still_missing"] and stock["state"] in ("overdue", "lagging")
    }
    keys = [one["key"] for one in release.bulletin["drafted"]["problems"]]
    assert bool(behind) == (f"behind-{kind}" in keys)
    if not behind:
        return
    text = paragraph(release, "problems", f"behind-{kind}")
    told = re.findall(r"([^、：]+?)仍缺(\d+)家（落后序时(\d+)家(?:、在途(\d+)家)?）", text)
    assert {name: tuple(map(int, (a, b, c or 0))) for name, a, b, c in told} == {
        name: (stock["still_missing"], stock["behind"], stock["in_flight"] or 0)
        for name, stock in behind.items()
    }
    total = sum(stock["still_missing"] for stock in behind.values())
    assert f"{len(behind)}个单位落后序时进度，在途企业全部通过后仍缺{total}家" in text
    step = paragraph(release, "steps", f"behind-{kind}")
    assert f"补上仍缺的{total}家" in step


def test_who_has_not_filed_is_counted_from_the_certificates(release):
    """In the plain way: the last certificate of each firm that stands here, and no application for this year."""
    last: dict[int, Qualification] = {}
    held = Qualification.objects.filter(
        kind__code="hnte", revoked_on=None, valid_until__isnull=False
    )
    for one in held.select_related("enterprise").order_by("valid_until", "valid_from"):
        last[one.enterprise_id] = one
    waits, soon, lapsed = [], Counter(), Counter()
    for firm, one in last.items():
        if one.valid_until > AHEAD or one.valid_until < TODAY - dt.timedelta(days=180):
            continue
        here = one.enterprise.placements.filter(since__lte=TODAY).order_by("since").last()
        if here is None or (here.until and here.until <= TODAY):
            continue
        if one.enterprise.closures.exists():
            continue
        waits.append(firm)
        stage = (
            Application.objects.filter(
                enterprise=firm, kind__code="hnte", year__gt=one.valid_from.year, since__lte=TODAY
            )
            .order_by("since")
            .last()
        )
        if stage is None or stage.stage == "preparing":
            (lapsed if one.valid_until < TODAY else soon)[firm] += 1
    text = paragraph(release, "problems", "unfiled")
    for words, firms in (("失效可续的", lapsed), ("天内到期的", soon)):
        told = re.search(rf"{words}(\d+)家（(.+?)家(?:），|）。)", text)
        assert (int(told[1]) if told else 0) == firms.total(), words
        if told:
            assert sum(map(int, re.findall(r"(\d+)家", f"{told[2]}家"))) == firms.total()
    assert waits


def test_rejected_rosters_and_decisions_are_counted_from_the_rows(release):
    rejected = Application.objects.filter(
        kind__code="hnte", year=2026, stage="rejected", since__lte=TODAY, until=None
    )
    here = rejected.filter(enterprise__placements__until=None)
    parks = Counter(
        one.enterprise.placements.get(until=None).park
        or one.enterprise.placements.get(until=None).town
        for one in here
    )
    text = next(
        one["text"]
        for one in release.bulletin["drafted"]["problems"]
        if one["key"].startswith("rejected")
    )
    assert f"申报未通过{parks.total()}家：" in text
    assert named(text.partition("：")[2]) == {
        unit.told_apart: number for unit, number in parks.items()
    }
    handed_in = RosterVersion.objects.filter(
        roster__quarter=release.quarter, state__in=("submitted", "approved", "applied")
    )
    units = handed_in.values("roster__unit").distinct().count()
    owed = Unit.objects.reporting().count()
    assert (release.expected, release.handed_in) == (owed, units)
    decided = paragraph(release, "problems", "decisions")
    assert (
        f"未办结{Decision.objects.count()}项，其中逾期1项：7-1（双福，期限2026年10月31日）"
        in decided
    )
    step = paragraph(release, "steps", "decisions")
    assert "逾期的1项由双福抓紧办结；今后90天到期的1项：7-2（德感，2026年12月20日前）" in step


def test_no_drafted_number_is_without_a_figure_behind_it(release):
    """What is left of a paragraph without its days and codes are numbers of its figures."""
    days = re.compile(r"\d{4}年(?:\d+月(?:\d+日)?|[一二三四]季度|度|任务|第\d批)?|\d+-\d+")
    for part in ("problems", "steps"):
        for one in release.bulletin["drafted"][part]:
            told = {int(number) for number in re.findall(r"\d+", days.sub("", one["text"]))}
            assert told <= set(one["figures"].values()), one


def test_tasks_figures_and_decisions_stand_in_the_annexes(release, page):
    text = plain(page.text_content())
    shown = [figure for task in release.tasks for figure in task["figures"]]
    assert len(shown) == TaskFigure.objects.filter(is_shown=True).count() > 40
    for figure in shown:
        assert f"{plain(figure['label'])}{plain(figure['words'])}" in text
    assert "联席会议决定未办结2项，其中逾期1项；本季度以来办结0项" in text
    assert "7-1十月底前建立台账双福2026-10-31办理中，逾期" in text
    assert "7-2年内完成培训德感2026-12-20办理中" in text


def test_the_forecast_says_its_own_figures(release, page):
    text = plain(page.text_content())
    for row in release.bulletin["forecast"]:
        for sentence in row["said"]:
            assert plain(sentence) in text
            days = re.compile(r"\d{4}年(?:\d+月\d+日)?")
            told = {int(number) for number in re.findall(r"\d+", days.sub("", sentence))}
            kept = {value for value in row.values() if type(value) is int}
            if row.get("goal") is not None:
                kept.add(abs(row["goal"] - row["expected"]))
            assert told <= kept
