"""A joint meeting from its draft to the closing of its decisions, through the pages."""

import datetime as dt
import io

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from enterprises.models import Notice, SourceFile
from parks.models import Unit
from targets.goals import revisions as goal_revisions
from targets.meetings import chasing
from targets.models import Decision, DecisionStep, Meeting, MeetingTemplate
from tests.clock import noon_of
from tests.firms import TODAY, firm
from tests.targets.bulletin.bombs import of_text
from tests.targets.meetings import scene
from tests.targets.page_text import text_of
from tests.targets.reporting import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(people):
    """On TODAY 德感 has two firms of each kind and ten to reach by the year's end; a certificate of it lapses soon."""
    with noon_of(TODAY):
        SourceFile.objects.create(kind="roster", name="名册", sha256="0" * 64, size=1, as_of=TODAY)
        firm(hnte=True, tech=True)
        firm(hnte_expiring=True, tech=True)
        wanted = {
            ("tech", unit.pk): goal_revisions.Wanted(10 if unit.code == "degan" else 0, 0)
            for unit in Unit.objects.reporting()
        }
        goal_revisions.save_revision(2026, wanted, seen=0, reason="", by=people["小石"])
        yield people


@pytest.fixture
def office(district):
    return signed_in(district["小石"])


def test_the_whole_life_of_a_meeting(district, office):
    people = district
    degan, leader = signed_in(district["德感"]), signed_in(district["老郑"])
    meeting = scene.open_meeting(office)
    by_key = {item.key: item for item in meeting.items.all()}
    assert by_key["behind-tech"].figure == 1
    assert by_key["behind-tech"].reason == "1个单位仍缺，合计3家：德感（落后序时3家）。"
    assert by_key["renewals"].figure == 1
    lines = [line for line in scene.as_arranged(meeting) if line["title"] != "高企证书到期未申报"]
    dropped = scene.as_arranged(meeting)[-1] | {"is_dropped": "on"}
    lines = [line for line in lines if line["pk"] != dropped["pk"]]
    assert (
        scene.arrange(office, {"title": "传达文件", "order": 1}, *lines, dropped).status_code == 302
    )
    shown = text_of(leader.get("/meetings/7/"))
    assert shown.index("1. 传达文件") < shown.index("科技型企业任务进度落后的单位")
    assert "草案（据数据拟）" in shown
    scene.hold(office)
    item = meeting.items.get(key="behind-tech")
    minutes = {"seen": scene.version(), f"text-{item.pk}": "会议要求德感逐户摸排。"}
    assert office.post("/meetings/7/minutes/", minutes).status_code == 302
    decision = scene.decide(
        office, item=item.pk, supporting=["jw"], quantity="still_missing", indicator="tech", value=0
    )
    assert (decision.code, decision.unit.code, decision.began_at) == ("7-1", "degan", 3)
    assert "由您单位牵头" in Notice.objects.get(person=people["德感"]).text
    with noon_of(scene.DUE - dt.timedelta(days=14)):
        assert chasing.remind(scene.DUE - dt.timedelta(days=14)) == 1
    assert scene.step(degan, decision, "ask", "已完成").status_code == 422  # without evidence
    answer = scene.step(degan, decision, "progress", "已摸排30家", uploads=[scene.evidence()])
    assert answer.status_code == 302
    assert scene.step(degan, decision, "ask", "已完成").status_code == 302
    assert scene.step(degan, decision, "close").status_code == 403
    assert scene.step(office, decision, "close", "").status_code == 302
    assert chasing.remind(scene.DUE) == 0
    page = text_of(leader.get(f"/meetings/decisions/{decision.pk}/"))
    assert "已办结" in page
    assert "来文.pdf" in page
    assert "德感科技型企业仍缺" in page
    assert [one.kind for one in decision.steps.all()] == ["made", "progress", "ask", "close"]
    assert "决定7-1" in text_of(leader.get("/meetings/?state=closed"))


def test_a_measure_is_judged_from_the_figure(district, office):
    held = scene.held(district)
    missing = scene.decide(held, quantity="still_missing", indicator="tech", value=0)
    reached = scene.decide(held, quantity="stock", indicator="tech", value=2)
    none = scene.decide(held)
    board = text_of(office.get("/meetings/"))
    assert "还没有达到" in board
    assert "已达到" in board
    for _ in range(8):
        firm(tech=True)
    assert "还没有达到" not in text_of(office.get("/meetings/"))
    page = text_of(office.get(f"/meetings/decisions/{missing.pk}/"))
    assert f"仍缺 {missing.began_at}→0，现0" in page
    assert reached.began_at == 2
    assert "不按数字衡量" in text_of(office.get(f"/meetings/decisions/{none.pk}/"))


def test_each_item_tells_the_figure_and_opens_a_page(district, office):
    meeting = scene.open_meeting(office)
    items = list(meeting.items.exclude(key=""))
    assert {item.key for item in items} >= {"behind-tech", "renewals"}
    for item in items:
        assert office.get(item.url).status_code == 200, item.url
        assert item.as_of == TODAY
    renewals = text_of(office.get(next(item.url for item in items if item.key == "renewals")))
    assert "未申报" in renewals


def test_an_agenda_is_brought_up_to_date_without_losing_the_offices_words(district, office):
    meeting = scene.open_meeting(office)
    lines = scene.as_arranged(meeting)
    lines[0] |= {"title": "德感进度", "is_dropped": "on"}
    scene.arrange(office, *lines, {"title": "其他"})
    count = meeting.items.count()
    for _ in range(8):
        firm(tech=True)
    answer = office.post("/meetings/7/propose/", {"seen": scene.version()}, follow=True)
    assert "新增0项" in text_of(answer)
    first = meeting.items.get(title="德感进度")
    assert (first.is_dropped, first.figure, meeting.items.count()) == (True, 0, count)
    assert "此项已无滞后" in first.reason


def test_two_writers_notice_each_other_and_nothing_is_lost(district, office):
    meeting = scene.open_meeting(office)
    seen = scene.version()
    scene.arrange(office, *scene.as_arranged(meeting), {"title": "甲"})
    answer = scene.arrange(office, *scene.as_arranged(meeting), {"title": "乙的议题"}, seen=seen)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "别人刚改过这次会议" in page
    assert "乙的议题" in page
    assert not meeting.items.filter(title="乙的议题").exists()
    assert office.post("/meetings/7/held/", {}).status_code == 422


def test_what_is_wrong_with_a_meeting_is_said(district, office):
    scene.open_meeting(office)
    again = {"seen": 0, "number": 7, "day": TODAY.isoformat()}
    assert "已经登记" in office.post("/meetings/new/", again).content.decode()
    early = office.post("/meetings/new/", again | {"number": 8, "day": "7月"})
    assert (early.status_code, "请填日期" in early.content.decode()) == (422, True)
    scene.open_meeting(office, 9, TODAY + dt.timedelta(days=9))
    later = office.post("/meetings/9/held/", {"seen": scene.version(9)})
    assert "还没有到" in later.content.decode()
    before = {"words": "甲", "lead": "degan", "due": scene.DUE.isoformat()}
    assert "还没有召开" in office.post("/meetings/7/decide/", before).content.decode()
    scene.hold(office)
    wrong = office.post("/meetings/7/decide/", {"words": "甲", "quantity": "stock"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    for sentence in ("请选择牵头单位", "请填日期", "请选择指标", "请填要达到的数"):
        assert sentence in page
    past = before | {"due": "2026-01-01"}
    assert "早于会议日期" in office.post("/meetings/7/decide/", past).content.decode()
    fixed = scene.arrange(office, {"title": "迟到的议题"})
    assert "议程不再改动" in fixed.content.decode()
    assert not Decision.objects.exists()


def test_agenda_and_minutes_are_word_files(district, office):
    meeting = scene.open_meeting(office)
    agenda = word(office.get("/meetings/7/agenda.docx"))
    assert "第7次会议议程" in agenda
    assert "科技型企业任务进度落后的单位" in agenda
    scene.hold(office)
    item = meeting.items.get(key="behind-tech")
    said = {"seen": scene.version(), f"text-{item.pk}": "逐户摸排。\n每周一报。"}
    office.post("/meetings/7/minutes/", said)
    scene.decide(office, supporting=["jw"], quantity="stock", indicator="tech", value=5)
    minutes = word(signed_in(district["老郑"]).get("/meetings/7/minutes.docx"))
    for text in (
        "逐户摸排。",
        "每周一报。",
        "决定7-1：年底前新增认定12家。牵头单位：德感；配合单位：",
        "2→5，现2",
    ):
        assert text in minutes, text


def test_the_bureau_replaces_the_template_and_a_bad_one_is_refused(district, office):
    scene.open_meeting(office)
    send = lambda content: office.post(  # noqa: E731
        "/meetings/7/agenda/template/",
        {"template": SimpleUploadedFile("本局.docx", content)},
        follow=True,
    )
    assert "没有采用" in text_of(send(of_text("{{ unknown_mark }}")))
    assert "没有采用" in text_of(send(b"no word file"))
    assert not MeetingTemplate.objects.exists()
    assert "已采用“本局.docx”" in text_of(send(of_text("我局议程 {{ number }}")))
    assert word(office.get("/meetings/7/agenda.docx")) == "我局议程 7"
    assert office.get("/meetings/templates/agenda.docx").status_code == 200
    office.post("/meetings/7/agenda/template/", {})
    assert "第7次会议议程" in word(office.get("/meetings/7/agenda.docx"))


def word(answer) -> str:
    assert answer.status_code == 200
    return "\n".join(p.text for p in docx.Document(io.BytesIO(answer.getvalue())).paragraphs)


def test_a_list_asks_no_more_for_more_decisions(district, django_assert_max_num_queries):
    office = scene.held(district)

    def queries() -> int:
        with django_assert_max_num_queries(200) as counted:
            office.get("/meetings/")
            office.get("/meetings/7/")
        return len(counted)

    for _ in range(2):
        scene.decide(office, supporting=["jw"], quantity="stock", indicator="tech", value=5)
    few = queries()
    for number in range(8):
        decision = scene.decide(office, lead=("degan", "baisha")[number % 2], supporting=["jw"])
        scene.step(office, decision, "progress", uploads=[scene.evidence()])
    assert queries() == few


def test_reporters_see_their_own_decisions_and_no_agenda(district, office):
    held = scene.held(district)
    own = scene.decide(held)
    supported = scene.decide(held, lead="baisha", supporting=["degan"], words="配合事项")
    other = scene.decide(held, lead="baisha", words="别家的事")
    degan = signed_in(district["德感"])
    board = text_of(degan.get("/meetings/"))
    assert "年底前新增认定12家" in board
    assert "配合事项" in board
    assert "别家的事" not in board
    assert "历次会议" not in board
    for pk, status in ((own.pk, 200), (supported.pk, 200), (other.pk, 404)):
        assert degan.get(f"/meetings/decisions/{pk}/").status_code == status
    assert degan.get("/meetings/7/").status_code == 404
    assert degan.get("/meetings/7/agenda.docx").status_code == 404
    assert scene.step(degan, supported, "progress").status_code == 302
    assert scene.step(degan, supported, "ask").status_code == 403


def test_they_stand_on_the_desk_on_home_and_on_the_units_page(district, office):
    held = scene.held(district)
    soon = scene.decide(held, due=(TODAY + dt.timedelta(days=5)).isoformat())
    scene.decide(held, due=(TODAY + dt.timedelta(days=60)).isoformat())
    assert "决定临近" in text_of(office.get("/week/"))
    with noon_of(TODAY + dt.timedelta(days=6)):
        office, degan = signed_in(district["小石"]), signed_in(district["德感"])
        for client in (office, degan):
            desk = text_of(client.get("/week/"))
            assert "决定逾期" in desk
            assert f"{soon.code}（德感）" in desk
        listed = text_of(degan.get("/meetings/?unit=degan&state=overdue"))
        assert listed.count("年底前新增认定12家") == 1
        home = text_of(office.get("/"))
        assert "2 项未办结" in home
        assert "逾期 1 项" in home
        unit = text_of(degan.get("/units/degan/"))
        assert "未办结 2 项" in unit
        assert "逾期 1 项" in unit
        scene.step(degan, soon, "ask", uploads=[scene.evidence()])
        assert "申请办结 1" in text_of(office.get("/meetings/?state=asked"))
        assert "去核对" in text_of(office.get("/week/"))


def test_a_misspelt_question_is_a_400(district, office):
    answer = office.get("/meetings/?status=overdue")
    assert answer.status_code == 400
    assert "不认识的参数" in answer.content.decode()


def test_nothing_of_a_decision_is_rewritten(district, office):
    decision = scene.decide(scene.held(district))
    for rows, change in (
        (Decision.objects.all(), {"words": "改"}),
        (DecisionStep.objects.all(), {"text": "改"}),
    ):
        with pytest.raises(IntegrityError, match="_is_kept"), transaction.atomic():
            rows.update(**change)
    assert decision.words == "年底前新增认定12家"
    assert Meeting.objects.count() == 1
