"""A score sheet from its draft to the day on which its scores are final, through the pages."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises import registry
from enterprises.models import Notice
from parks.models import Unit, User
from targets.goals import revisions as goal_revisions
from targets.models import (
    AssessmentAnswer,
    AssessmentEntry,
    AssessmentEvent,
    AssessmentFile,
    AssessmentItem,
    AssessmentObjection,
    AssessmentScheme,
    AssessmentScore,
    AssessmentState,
)
from tests.clock import noon_of
from tests.firms import TODAY, certificate, firm
from tests.targets.assessment import scene
from tests.targets.page_text import text_of
from tests.targets.reporting import PDF, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.one_moment]
OVER = dt.date(2027, 2, 1)
BY_HAND = "培育计划和责任人"


@pytest.fixture
def district(people):
    """德感 has two firms of three to reach, of them one lapses in a month; 2026 is half over."""
    with noon_of(TODAY):
        firm(hnte=True)
        firm(hnte_expiring=True)
        wanted = {
            ("hnte", unit.pk): goal_revisions.Wanted(3 if unit.code == "degan" else 0, 0)
            for unit in Unit.objects.reporting()
        }
        goal_revisions.save_revision(2026, wanted, seen=0, reason="", by=people["小石"])
        people["另人"] = User.objects.create_user("另人", role="bureau_staff")
        yield people


@pytest.fixture
def office(district):
    return signed_in(district["小石"])


@pytest.fixture
def other(district):
    return signed_in(district["另人"])


def enter(client, points: dict[str, str], title: str = BY_HAND, **more: object):
    item = scene.item(title)
    last = AssessmentEntry.objects.filter(item=item).order_by("pk").last()
    sent = {"seen": last.pk if last else 0, "reason": "按计划走访记录"}
    sent |= {f"points-{code}": value for code, value in points.items()}
    sent["uploads"] = [SimpleUploadedFile("记录.pdf", PDF)]
    return client.post(f"/assessment/items/{item.pk}/", sent | more)


def all_parks(points: str) -> dict[str, str]:
    return {unit.code: points for unit in Unit.objects.parks()}


def test_the_shipped_sheets_are_drafts_that_say_so(district, office):
    for scheme in AssessmentScheme.objects.all():
        assert scheme.state == AssessmentState.DRAFT
        assert "未经下达" in scheme.basis
        assert sum(item.weight for item in scheme.items.all()) == scheme.total == 100
    shown = text_of(office.get("/assessment/"))
    assert "模拟 方案是草案，尚未下达，不作为考核结果" in shown


def test_a_unit_sees_nothing_of_a_draft_until_it_is_opened(district, office):
    degan = signed_in(district["德感"])
    assert "考核方案尚未下达" in text_of(degan.get("/assessment/"))
    assert "尚未下达" in text_of(degan.get("/assessment/units/degan/"))
    item = scene.item("高企续证")
    assert degan.get(f"/assessment/items/{item.pk}/degan/").status_code == 404
    sent = scene.draft_as_sent(office, open_to_units="on")
    assert office.post(f"{scene.SHEET}/edit/", sent).status_code == 302
    assert "模拟" in text_of(degan.get("/assessment/units/degan/"))
    assert degan.get("/assessment/units/baisha/").status_code == 403
    assert degan.get(f"/assessment/items/{item.pk}/baisha/").status_code == 403


def test_trying_a_change_shows_each_unit_before_and_after_and_saves_nothing(district, office):
    sent = scene.draft_as_sent(office)
    stock, renewals = scene.place_of(sent, "高企年末存量"), scene.place_of(sent, "高企续证")
    sent |= {f"{stock}-weight": "40", f"{stock}-cap": "40", f"{renewals}-weight": "5"}
    before = scene.of_unit(office)["points"]
    shown = office.post(f"{scene.SHEET}/edit/", sent | {"preview": "1"})
    assert shown.status_code == 200
    told = text_of(shown)
    row = told.partition("试算：改动前后")[2].partition("方案")[0]
    assert "德感" in row
    assert before in row
    assert scene.item("高企年末存量").weight == 30
    assert office.post(f"{scene.SHEET}/edit/", sent).status_code == 302
    assert scene.item("高企年末存量").weight == 40
    # The preview foretold what the sheet now gives.
    assert scene.of_unit(office)["points"] in row


def test_weights_that_do_not_make_up_the_total_are_said_and_not_proposed(district, office):
    sent = scene.draft_as_sent(office)
    place = scene.place_of(sent, "高企年末存量")
    assert office.post(f"{scene.SHEET}/edit/", sent | {f"{place}-weight": "28"}).status_code == 302
    assert "各项分值合计98，比总分100少2" in text_of(office.get("/assessment/"))
    answer = scene.deed(office, "propose", document="甲")
    assert answer.status_code == 422
    assert "少2" in text_of(answer, 422)
    assert scene.sheet().state == AssessmentState.DRAFT


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("weight", "", "必填"),
        ("weight", "很多", "数字"),
        ("cap", "1", "封顶分不得低于分值"),
        ("floor", "100", "应小于满分值"),
        ("indicator", "", "请选择指标"),
        ("title", "高企续证", "项目名称重复"),
    ],
)
def test_a_wrong_item_is_marked_and_nothing_is_lost(district, office, field, value, sentence):
    sent = scene.draft_as_sent(office)
    place = scene.place_of(sent, "高企年末存量")
    answer = office.post(
        f"{scene.SHEET}/edit/", sent | {f"{place}-{field}": value, f"{place}-note": "写了一半"}
    )
    assert answer.status_code == 422
    assert sentence in text_of(answer, 422)
    assert 'value="写了一半"' in answer.content.decode()
    assert scene.item("高企年末存量").note == ""


def test_an_item_is_added_and_another_dropped(district, office):
    sent = scene.draft_as_sent(office)
    stock = scene.place_of(sent, "先入库后认定")
    blank = f"items-{len(scene.sheet().items.all())}"
    sent |= {f"{stock}-DELETE": "on"}
    sent |= {f"{blank}-title": "走访", f"{blank}-source": "hand", f"{blank}-weight": "5"}
    sent |= {f"{blank}-cap": "5", f"{blank}-order": "95"}
    assert office.post(f"{scene.SHEET}/edit/", sent).status_code == 302
    titles = [item.title for item in scene.sheet().items.all()]
    assert "先入库后认定" not in titles
    assert titles[-2:] == ["走访", BY_HAND]


def test_two_persons_decree_a_sheet(district, office, other):
    assert scene.deed(office, "propose", document="").status_code == 422
    assert scene.deed(office, "decree").status_code == 422
    assert scene.deed(office, "propose", document="江津府办发〔2026〕12号").status_code == 302
    answer = scene.deed(office, "decree")
    assert answer.status_code == 422
    assert "提请和下达不能是同一个人" in text_of(answer, 422)
    assert office.get(f"{scene.SHEET}/edit/").status_code == 302  # no longer a draft
    assert scene.deed(other, "withdraw").status_code == 302
    scheme = scene.decree(office, other)
    assert (scheme.proposed_by, scheme.decreed_by) == (district["小石"], district["另人"])
    assert "已下达" in Notice.objects.get(person=district["德感"]).text
    assert "按江津府办发〔2026〕12号" in text_of(
        signed_in(district["德感"]).get("/assessment/units/degan/")
    )
    kinds = [event.kind for event in scheme.events.all()]
    assert kinds == ["proposed", "withdrawn", "proposed", "decreed"]
    assert scheme.events.last().items[0]["weight"] == "30.00"


def test_of_two_who_act_on_the_same_version_the_second_is_told(district, office, other):
    seen = scene.sheet().version
    assert scene.deed(office, "propose", document="甲", seen=seen).status_code == 302
    answer = scene.deed(other, "decree", seen=seen)
    assert answer.status_code == 422
    assert "别人刚改过这份方案" in text_of(answer, 422)


def test_a_decreed_sheet_is_mended_through_a_draft_with_a_reason(district, office, other):
    scene.decree(office, other)
    assert scene.deed(office, "reopen", reason=" ").status_code == 422
    assert scene.deed(office, "reopen", reason="分值有误").status_code == 302
    scheme = scene.sheet()
    assert (scheme.state, scheme.document, scheme.decreed_by) == ("draft", "", None)
    assert scheme.events.last().text == "分值有误"


def test_points_are_entered_with_evidence_and_only_ever_added(district, office, other):
    assert enter(office, {"degan": "4"}).status_code == 302  # a draft: led back with the reason
    assert not AssessmentEntry.objects.exists()
    scene.decree(office, other)
    assert enter(office, {"degan": "4"}, uploads=[]).status_code == 422
    for wrong in ("6", "-1", "许多"):
        assert enter(office, {"degan": wrong}).status_code == 422
    assert not AssessmentEntry.objects.exists()
    assert enter(office, {"degan": "4", "baisha": "3.5"}).status_code == 302
    assert enter(office, {"degan": "4", "baisha": ""}).status_code == 422  # cannot be unsaid
    assert enter(office, {"degan": "4.5", "baisha": "3.5"}).status_code == 302
    entries = AssessmentEntry.objects.filter(unit__code="degan").order_by("number")
    assert [entry.points for entry in entries] == [Decimal("4.00"), Decimal("4.50")]
    assert AssessmentEntry.objects.filter(unit__code="baisha").count() == 1
    assert scene.told(office, BY_HAND)["points"] == "4.50"
    file = AssessmentFile.objects.filter(entry__unit__code="degan").first()
    assert signed_in(district["德感"]).get(f"/assessment/files/{file.pk}/").status_code == 200
    foreign = AssessmentFile.objects.get(entry__unit__code="baisha")
    assert signed_in(district["德感"]).get(f"/assessment/files/{foreign.pk}/").status_code == 404


def test_a_file_sent_with_a_refused_form_need_not_be_sent_again(district, office, other):
    scene.decree(office, other)
    refused = enter(office, {"degan": "4"}, reason="")
    assert refused.status_code == 422
    claim = refused.context["form"].claims[0][0]
    assert enter(office, {"degan": "4"}, uploads=[], received=[claim]).status_code == 302
    assert AssessmentFile.objects.get().name == "记录.pdf"


def test_an_objection_is_recorded_answered_once_and_stays(district, office, other):
    scene.decree(office, other)
    degan, town = signed_in(district["德感"]), signed_in(district["街道"])
    address = "/assessment/units/degan/object/?year=2026"
    item = scene.item("高企续证")
    for client in (office, town, signed_in(district["老郑"])):
        assert client.post(address, {"words": "不对"}).status_code == 403
    assert degan.post(address, {"words": " "}).status_code == 422
    foreign = scene.item("高企续证", "town")
    assert degan.post(address, {"words": "不对", "item": foreign.pk}).status_code == 422
    sent = {"words": "有1家已迁出", "item": item.pk}
    sent["uploads"] = [SimpleUploadedFile("证明.pdf", PDF)]
    assert degan.post(address, sent).status_code == 302
    degan.post(address, {"words": "有1家已迁出", "item": item.pk})  # sent twice
    objection = AssessmentObjection.objects.get()
    assert "待答复的异议 1" in text_of(office.get("/assessment/"))
    assert "考核异议" in text_of(office.get("/week/"))
    answer = f"/assessment/objections/{objection.pk}/"
    assert degan.post(answer, {"outcome": "upheld", "words": "好"}).status_code == 403
    assert office.post(answer, {"outcome": "upheld", "words": ""}).status_code == 422
    assert office.post(answer, {"outcome": "refused", "words": "迁出在到期之后"}).status_code == 302
    second = office.post(answer, {"outcome": "upheld", "words": "改"})
    assert second.status_code == 422
    assert "已经答复" in text_of(second, 422)
    assert AssessmentAnswer.objects.get().outcome == "refused"
    shown = text_of(degan.get("/assessment/units/degan/"))
    assert "不采纳" in shown
    assert "迁出在到期之后" in shown
    assert "迁出在到期之后" in Notice.objects.filter(person=district["德感"]).first().text


def test_a_frozen_year_stays_when_facts_change(district, office, other):
    scene.decree(office, other)
    answer = scene.deed(office, "ask-freeze", checked="on")
    assert answer.status_code == 422
    told = text_of(answer, 422)
    assert "2026年还没有结束" in told
    assert "还有6项没有评分" in told
    enter(office, all_parks("4"))
    degan = signed_in(district["德感"])
    degan.post("/assessment/units/degan/object/?year=2026", {"words": "不对"})
    with noon_of(OVER):
        office = signed_in(district["小石"])
        assert "还有1条异议没有答复" in text_of(office.get("/assessment/?year=2026"))
        objection = AssessmentObjection.objects.get()
        office.post(
            f"/assessment/objections/{objection.pk}/", {"outcome": "refused", "words": "无误"}
        )
        assert scene.deed(office, "ask-freeze").status_code == 422  # not ticked
        live = scene.of_unit(office)
        assert scene.deed(office, "ask-freeze", checked="on").status_code == 302
        assert scene.deed(signed_in(district["另人"]), "freeze", checked="on").status_code == 302
        frozen = scene.of_unit(office)
        assert frozen["state"] == "frozen"
        without_hints = [
            {name: one[name] for name in ("item", "points", "part", "whole", "cases")}
            for one in live["items"]
        ]
        assert [
            {name: one[name] for name in without_hints[0]} for one in frozen["items"]
        ] == without_hints
        # The firm that lapsed in July is renewed after all, and two more come in.
        lapsed = firm(hnte_lapsed=True)
        firm(hnte=True)
        registry.apply(
            [certificate(lapsed.uscc, until=OVER + dt.timedelta(days=700))],
            by=None,
        )
        assert scene.of_unit(office) == frozen
        shown = text_of(office.get("/assessment/units/degan/?year=2026"))
        assert "已定分 2027-02-01" in shown
        assert frozen["points"] in shown
        assert scene.deed(office, "reopen", reason="改").status_code == 422
        degan = signed_in(district["德感"])
        late = degan.post("/assessment/units/degan/object/?year=2026", {"words": "还是不对"})
        assert late.status_code == 422
        assert "不再受理异议" in text_of(late, 422)
    assert AssessmentScore.objects.filter(item=None).count() == 6


def test_two_persons_freeze_the_scores(district, office, other):
    scene.decree(office, other)
    enter(office, all_parks("4"))
    with noon_of(OVER):
        office, other = signed_in(district["小石"]), signed_in(district["另人"])
        answer = scene.deed(office, "freeze", checked="on")
        assert "请先由一人提请定分" in text_of(answer, 422)
        assert scene.deed(office, "ask-freeze", checked="on").status_code == 302
        assert "已提请定分" in text_of(scene.deed(other, "ask-freeze", checked="on"), 422)
        assert "您已提请定分" in text_of(office.get("/assessment/?year=2026"))
        answer = scene.deed(office, "freeze", checked="on")
        assert "提请定分和定分不能是同一个人" in text_of(answer, 422)
        assert "提请2026年" in Notice.objects.filter(person=district["另人"]).first().text
        assert "核对无误，定分" in text_of(other.get("/assessment/?year=2026"))
        # What was asked can be taken back, and a sheet that is sent back forgets it.
        assert scene.deed(other, "withdraw").status_code == 302
        assert scene.deed(office, "ask-freeze", checked="on").status_code == 302
        assert scene.deed(other, "reopen", reason="分值有误").status_code == 302
        scene.decree(office, other)
        assert scene.deed(other, "freeze", checked="on").status_code == 422
        assert scene.deed(office, "ask-freeze", checked="on").status_code == 302
        assert scene.deed(other, "freeze", checked="on").status_code == 302
    scheme = scene.sheet()
    assert (scheme.freeze_asked_by, scheme.frozen_by) == (district["小石"], district["另人"])
    kinds = [event.kind for event in scheme.events.all()]
    assert kinds[2:6] == ["asked", "withdrawn", "asked", "reopened"]
    assert kinds[-2:] == ["asked", "frozen"]


def test_it_is_not_frozen_before_the_last_roster_of_the_year_is_due(district, office, other):
    scene.decree(office, other)
    enter(office, all_parks("5"))
    scene.quarter(4, OVER)
    with noon_of(OVER):
        office = signed_in(district["小石"])
        answer = scene.deed(office, "ask-freeze", checked="on")
        assert answer.status_code == 422
        assert "2026年四季度名册2027-02-01截止" in text_of(answer, 422)


def test_an_item_with_points_is_not_dropped(district, office, other):
    scene.decree(office, other)
    enter(office, {"degan": "4"})
    scene.deed(office, "reopen", reason="改分值")
    sent = scene.draft_as_sent(office)
    place = scene.place_of(sent, BY_HAND)
    answer = office.post(f"{scene.SHEET}/edit/", sent | {f"{place}-DELETE": "on"})
    assert answer.status_code == 422
    assert "已有评分或异议，不能删除" in text_of(answer, 422)
    assert AssessmentItem.objects.filter(title=BY_HAND, scheme__kind="park").exists()


def test_places_are_shown_to_units_where_the_sheet_says_so(district, office, other):
    firm(hnte=True, park="baisha", town="500116108")
    scene.decree(office, other)
    degan = signed_in(district["德感"])
    shown = text_of(degan.get("/assessment/?year=2026"))
    assert "白沙" not in shown
    assert "名次" not in shown
    rows = degan.get("/api/v1/assessment/?year=2026").json()["rows"]
    assert [(row["unit"], row["rank"]) for row in rows] == [("degan", None)]
    scene.deed(office, "reopen", reason="公开名次")
    office.post(f"{scene.SHEET}/edit/", scene.draft_as_sent(office, shows_ranking="on"))
    scene.decree(office, other)
    shown = text_of(degan.get("/assessment/?year=2026"))
    assert "白沙" in shown
    assert "名次" in shown
    rows = {row["unit"]: row for row in degan.get("/api/v1/assessment/?year=2026").json()["rows"]}
    assert len(rows) == 6
    assert rows["baisha"]["items"] == []  # the total, and no more
    assert rows["degan"]["items"] != []


def test_a_further_year_begins_with_the_items_of_the_one_before(district, office):
    assert office.post("/assessment/2028/park/new/").status_code == 302
    assert office.post("/assessment/2028/park/new/").status_code == 302  # there already
    made = scene.sheet(year=2028)
    assert made.basis.startswith("参照2027年方案")
    assert made.items.count() == scene.sheet(year=2027).items.count()
    assert AssessmentEvent.objects.count() == 0


def test_a_misspelt_question_is_a_400_and_says_so(district, office):
    for query in ("year=1999", "year=abc", "kind=department", "unit=degan"):
        assert office.get(f"/assessment/?{query}").status_code == 400
        assert office.get(f"/api/v1/assessment/?{query}").status_code == 400
    assert office.get("/assessment/units/jw/").status_code == 404
    assert office.get("/assessment/export.xlsx?year=1999").status_code == 404


def test_more_firms_and_reports_take_no_more_queries(
    district, office, other, django_assert_max_num_queries
):
    scene.decree(office, other)
    for number in (1, 2):
        one = scene.quarter(number, TODAY - dt.timedelta(days=40 - number))
        scene.roster(one, district["德感"], one.due_on)
    firm(hnte=True, hnte_lapsed=True)
    enter(office, {"degan": "4"})
    addresses = (
        "/assessment/?year=2026",
        "/assessment/?year=2026&kind=town",
        "/assessment/units/degan/?year=2026",
    )

    def queries(address: str) -> int:
        office.get(address)  # what is kept is kept
        with django_assert_max_num_queries(60) as counted:
            assert office.get(address).status_code == 200
        return len(counted.captured_queries)

    few = [queries(address) for address in addresses]
    for place in ("degan", "baisha", "luohuang"):
        for _ in range(4):
            firm(park=place, hnte=True, hnte_lapsed=True, tech=True)
    enter(office, all_parks("5"))
    assert [queries(address) for address in addresses] == few
    assert max(few) <= 36, few
