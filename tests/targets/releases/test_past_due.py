"""A target past its day is told in release and bulletin by that day, and by the release's day beside it."""

import datetime as dt
import io

import docx
import openpyxl
import pytest

from enterprises import registry
from enterprises.models import Qualification
from enterprises.registry import acts
from targets.models import Target
from targets.releases import differences, publishing, verdicts
from tests import clerk
from tests.firms import certificate, firm
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
DUE = dt.date(2025, 12, 31)


@pytest.fixture
def quarter(people):
    """Three firms on the due day, one of them gone by the end of the quarter; more than two were wanted."""
    firm(name="江津甲制造有限公司", hnte=True)
    firm(name="江津乙制造有限公司", hnte=True)
    lapsed = firm(name="江津丙制造有限公司")
    registry.apply([certificate(lapsed.uscc, until=dt.date(2026, 5, 31))], by=None)
    Target.objects.filter(indicator__code="hnte", due=DUE).update(value=2, wording="突破2家")
    return clerk.third_quarter(people["小石"])


@pytest.fixture
def published(quarter, people):
    return publishing.publish(quarter, by=people["小石"])


def row_of(release) -> verdicts.ReleasedVerdict:
    (row,) = (
        one
        for one in verdicts.verdicts_of_release(release)
        if (one.indicator, one.due) == ("hnte", DUE)
    )
    return row


def test_the_page_tells_both_days_and_opens_both_lists(client, people, published):
    client.force_login(people["老郑"])
    told = client.get("/releases/2026Q3-1/")
    assert "突破2家 3 2025-12-31 2 0 到期已达到 统计日又低于目标" in text_of(told)
    (row,) = (row for row in told.context["page"].verdicts if row.verdict == row_of(published))
    for url, firms in ((row.at_due_url, 3), (row.url, 2)):
        assert client.get(url).context["page"].paginator.count == firms
    assert "目标判断" in text_of(told)
    assert "2027年 超过700家 未到期 2 699 未到期" in text_of(told)


def test_home_of_the_release_judges_the_same_target_alike(client, people, published):
    client.force_login(people["老郑"])
    page = client.get("/targets/?release=2026Q3-1").context["page"]
    goals = [goal for row in page.indicators for goal in row.goals]
    at_home = {
        (goal.now.target.indicator.code, goal.now.target.due): goal
        for goal in goals
        if goal.at_due is not None
    }
    told = [one for one in verdicts.verdicts_of_release(published) if one.at_due]
    assert len(told) == len(at_home) == 2
    for one in told:
        goal = at_home[one.indicator, one.due]
        assert (one.at_due.value, one.at_due.met) == (goal.at_due.value, goal.at_due.met)
        assert (one.now.value, one.now.met) == (goal.now.value, goal.now.met)


def test_a_reporter_sees_the_numbers_without_lists(client, people, published):
    client.force_login(people["德感"])
    rows = client.get("/releases/2026Q3-1/").context["page"].verdicts
    assert {(row.url, row.at_due_url) for row in rows} == {("", "")}
    assert row_of(published) in [row.verdict for row in rows]


def test_the_api_tells_the_due_day_beside_the_release_day(client, people, published):
    client.force_login(people["老郑"])
    for told in (
        client.get("/api/v1/releases/").json()[0],
        client.get("/api/v1/releases/2026Q3-1/").json(),
    ):
        by_target = {(one["indicator"], one["due"]): one for one in told["verdicts"]}
        past = by_target["hnte", "2025-12-31"]
        assert (past["value"], past["met"]) == (2, False)
        assert past["at_due"] == {
            "value": 3, "goal": "2.00", "met": True, "missing": 0, "doubled": None,
        }  # fmt: skip
        assert by_target["hnte", "2027-12-31"]["at_due"] is None


def test_the_bulletin_tells_both_days_in_word_and_excel(client, people, published):
    client.force_login(people["老郑"])
    answer = client.get("/releases/2026Q3-1/bulletin.docx")
    document = docx.Document(io.BytesIO(b"".join(answer.streaming_content)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    said = "2025年目标突破2家，到期日（2025年12月31日）3家，已达到；统计日为2家，又低于目标。"
    assert said in text
    answer = client.get("/releases/2026Q3-1/bulletin.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    rows = list(book["目标判断"].iter_rows(min_row=5, values_only=True))
    assert len(rows) == len(published.verdicts)
    assert rows[0][1:] == (
        "突破2家", dt.datetime(2025, 12, 31), 3, 2, 2, 0, "到期已达到", "统计日又低于目标",
    )  # fmt: skip


def test_a_correction_of_the_due_day_is_told_by_the_next_edition(published, people):
    """The firm counts on no day of the quarter: only the due day's number changes."""
    held = Qualification.objects.get(enterprise__name="江津丙制造有限公司")
    gone = acts.Extend(
        uscc=held.enterprise.uscc, kind="hnte", number=held.number, valid_until=dt.date(2025, 6, 1)
    )
    registry.apply([gone], by=None)
    second = publishing.publish(published.quarter, by=people["小石"], reason="按原件更正")
    (sentence,) = differences.difference_to_before(second).beside
    assert sentence == (
        "有效期内高新技术企业数量（2025年突破2家）：2（目标2），到期日3到期已达到 "
        "→ 2（目标2），到期日2到期未达到"
    )
    assert row_of(published).at_due.value == 3


def test_what_decides_nothing_after_the_due_day_is_no_other_judgement(published, people):
    """Two firms are now enough on the release's day too; the due day's verdict stands as it did."""
    Target.objects.filter(indicator__code="hnte", due=DUE).update(operator="gte")
    second = publishing.publish(published.quarter, by=people["小石"], reason="目标登记有误")
    assert (row_of(published).now.met, row_of(second).now.met) == (False, True)
    assert differences.difference_to_before(second).beside == [
        "目标、基期或填报指标的登记有更正，各项判断不变"
    ]


# --- releases of the first years keep no due days ---------------------------------------------------------------------
@pytest.fixture
def of_before(quarter, people):
    draft = publishing.make_draft(quarter, by=people["小石"])
    draft.release.verdicts = verdicts.without_due_days(draft.release.verdicts)
    kept = {
        name: getattr(draft.release, name) for name in ("verdicts", "plan", "completion", "tasks")
    }
    draft.release.bulletin = {}
    draft.release.digest = publishing._digest(draft.rows, draft.figures, kept)
    return publishing.store(draft)


def test_a_release_of_before_tells_its_due_days_from_what_it_froze(client, people, of_before):
    assert not verdicts.knows_due_days(of_before)
    lapsed = Qualification.objects.get(enterprise__name="江津丙制造有限公司")
    gone = acts.Close(uscc=lapsed.enterprise.uscc, on=dt.date(2025, 1, 1))
    registry.apply([gone], by=None)  # the release knows nothing of it
    row = row_of(of_before)
    assert (row.at_due.value, row.at_due.met, row.now.value) == (3, True, 2)
    client.force_login(people["老郑"])
    assert "突破2家 3 2025-12-31 2 0 到期已达到" in text_of(client.get("/releases/2026Q3-1/"))
    past = client.get("/api/v1/releases/").json()[0]["verdicts"][0]["at_due"]
    assert (past["value"], past["met"]) == (3, True)


def test_keeping_due_days_is_itself_no_difference(of_before, people):
    with pytest.raises(publishing.NotPublished, match="没有任何差别"):
        publishing.publish(of_before.quarter, by=people["小石"], reason="再发一次")
