"""The rules of a decision's steps, and how it is chased."""

import datetime as dt

import pytest

from enterprises import jobs
from enterprises.models import Notice
from targets.meetings import chasing
from targets.models import ChasingRung, DecisionReminder, StepFile
from tests.clock import noon_of
from tests.firms import TODAY
from tests.targets.meetings import scene
from tests.targets.meetings.scene import DUE, step
from tests.targets.page_text import text_of
from tests.targets.reporting import signed_in

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


@pytest.fixture
def today(people):
    with noon_of(TODAY):
        yield people


@pytest.fixture
def office(today):
    return scene.held(today)


@pytest.fixture
def degan(today):
    return signed_in(today["德感"])


@pytest.fixture
def decision(office):
    return scene.decide(office)


def refused(answer, sentence: str) -> None:
    assert answer.status_code == 422, answer.status_code
    assert sentence in answer.content.decode()


# --- closing ---
def test_nothing_is_closed_without_evidence(office, degan, decision):
    refused(step(degan, decision, "ask", "已办完"), "没有佐证材料")
    assert decision.steps.count() == 1
    assert step(degan, decision, "ask", "已办完", uploads=[scene.evidence()]).status_code == 302
    assert step(office, decision, "close", "").status_code == 302
    refused(step(degan, decision, "progress"), "已办结，不再办理")


def test_evidence_of_an_earlier_report_is_enough(degan, decision):
    step(degan, decision, "progress", uploads=[scene.evidence()])
    assert step(degan, decision, "ask").status_code == 302


def test_who_asked_does_not_close(today, office, decision):
    # The bureau asks in the place of a unit without an account.
    step(office, decision, "ask", uploads=[scene.evidence()])
    refused(step(office, decision, "close", ""), "不能是同一个人")
    assert step(signed_in(today["安安"]), decision, "close", "").status_code == 302


def test_only_what_was_asked_for_is_closed_or_sent_back(office, decision):
    refused(step(office, decision, "close", ""), "还没有申请办结")
    refused(step(office, decision, "send_back", "材料不全"), "还没有申请办结")


def test_what_is_sent_back_says_why_and_goes_on(today, office, degan, decision):
    step(degan, decision, "ask", uploads=[scene.evidence()])
    refused(step(degan, decision, "progress"), "待区科技局核对")
    refused(step(office, decision, "send_back", ""), "请写明退回原因")
    assert step(office, decision, "send_back", "缺认定文件").status_code == 302
    told = Notice.objects.filter(person=today["德感"]).order_by("pk").last()
    assert "缺认定文件" in told.text
    assert told.link == f"/meetings/decisions/{decision.pk}/"
    assert step(degan, decision, "progress", "已补").status_code == 302
    assert step(degan, decision, "ask").status_code == 302


# --- another lead, another day ---
def test_a_reassigned_decision_keeps_who_had_it(office, degan, decision):
    refused(step(office, decision, "reassign", "职能调整", lead="degan"), "另一个牵头单位")
    assert step(office, decision, "reassign", "职能调整", lead="baisha").status_code == 302
    page = text_of(degan.get(f"/meetings/decisions/{decision.pk}/"))
    assert "原为德感" in page
    assert "职能调整" in page
    assert step(degan, decision, "progress").status_code == 403
    assert "没有这样的决定" in text_of(degan.get("/meetings/?unit=degan"))


def test_a_moved_day_keeps_the_first_one(office, decision):
    later = DUE + 30 * DAY
    refused(step(office, decision, "move_due", "", due=later.isoformat()), "请写明改期原因")
    refused(step(office, decision, "move_due", "等批次", due=DUE.isoformat()), "与现在不同")
    refused(step(office, decision, "move_due", "等批次", due="2026-06-01"), "早于会议日期")
    assert step(office, decision, "move_due", "等批次", due=later.isoformat()).status_code == 302
    page = text_of(office.get(f"/meetings/decisions/{decision.pk}/"))
    assert f"{later} 原定 {DUE}" in page


def test_who_may_do_what(today, office, degan, decision):
    clients = {name: signed_in(today[name]) for name in ("小石", "老郑", "审计", "德感")}
    deeds = {
        name: [
            deed
            for deed in ("报进度", "申请办结", "改派", "改期")
            if f"<summary>{deed}"
            in client.get(f"/meetings/decisions/{decision.pk}/").content.decode()
        ]
        for name, client in clients.items()
    }
    assert deeds == {
        "小石": ["报进度", "申请办结", "改派", "改期"],
        "老郑": [],
        "审计": [],
        "德感": ["报进度", "申请办结"],
    }
    for name in ("老郑", "审计"):
        assert step(clients[name], decision, "progress").status_code == 403
    assert step(degan, decision, "move_due", due="2026-12-31").status_code == 403


# --- forms ---
def test_what_came_with_a_refused_form_is_not_lost(degan, decision):
    answer = step(degan, decision, "progress", "", uploads=[scene.evidence("附件.pdf")])
    refused(answer, "请写明进度")
    page = answer.content.decode()
    assert "附件.pdf" in page
    claim = page.split('name="received"')[1].split('value="')[1].split('"')[0]
    assert step(degan, decision, "progress", "已办", received=claim).status_code == 302
    file = StepFile.objects.get()
    kept = degan.get(f"/meetings/files/{file.pk}/")
    assert b"".join(kept.streaming_content).startswith(b"%PDF")


def test_what_no_evidence_can_be_is_refused(degan, decision):
    answer = step(degan, decision, "ask", uploads=[scene.evidence("程序.exe")])
    refused(answer, "不能作为附件")
    assert not StepFile.objects.exists()


def test_of_two_writers_the_second_is_told_and_twice_the_same_is_once(office, degan, decision):
    sent = {"seen": 1, "text": "甲"}
    path = f"/meetings/decisions/{decision.pk}/progress/"
    assert [degan.post(path, sent).status_code for _ in range(2)] == [302, 302]
    assert decision.steps.count() == 2
    answer = office.post(path, {"seen": 1, "text": "乙写的"})
    refused(answer, "刚办理过这一项")
    assert "乙写的" in answer.content.decode()


# --- chasing ---
def chased(decision) -> list[int]:
    return list(decision.reminders.order_by("rung").values_list("rung", flat=True))


def test_each_rung_speaks_once_however_often_it_runs(today, decision):
    day = DUE - 20 * DAY
    before = Notice.objects.count()
    while day <= DUE + 22 * DAY:
        for _ in range(3):
            chasing.remind(day)
        day += DAY
    assert chased(decision) == [-14, -7, -1, 0, 7, 14, 21]
    # To the lead's person, and to the two of the office.
    assert Notice.objects.count() - before == 7 * 3
    for _ in range(100):
        assert chasing.remind(DUE + 22 * DAY) == 0
    assert DecisionReminder.objects.count() == 7


def test_a_late_start_speaks_at_the_last_rung_only(today, decision):
    assert chasing.remind(DUE + 9 * DAY) == 1
    assert chased(decision) == [7]
    told = Notice.objects.filter(person=today["德感"]).order_by("pk").last()
    assert "已过9天" in told.text


def test_closing_ends_it_and_who_has_asked_is_left_alone(today, office, degan, decision):
    step(degan, decision, "ask", uploads=[scene.evidence()])
    told = Notice.objects.filter(person=today["德感"]).count()
    assert chasing.remind(DUE - DAY) == 1
    assert Notice.objects.filter(person=today["德感"]).count() == told
    assert "待核对" in Notice.objects.filter(person=today["小石"]).order_by("pk").last().text
    step(office, decision, "close", "")
    assert chasing.remind(DUE) == 0


def test_a_moved_day_begins_the_ladder_anew(office, decision):
    assert chasing.remind(DUE) == 1
    step(office, decision, "move_due", "等批次", due=(DUE + 7 * DAY).isoformat())
    assert chasing.remind(DUE) == 1
    assert set(decision.reminders.values_list("due", "rung")) == {(DUE, 0), (DUE + 7 * DAY, -7)}


def test_the_ladder_is_data(today, decision):
    ChasingRung.objects.all().update(until=TODAY - DAY)
    assert chasing.remind(DUE) == 0
    ChasingRung.objects.create(days=-3, since=TODAY, source="会议要求")
    assert chasing.remind(DUE - 3 * DAY) == 1


def test_the_office_learns_whom_a_notice_does_not_reach(today, office):
    scene.decide(office, lead="baisha")
    chasing.remind(DUE)
    assert "没有可用账号" in Notice.objects.filter(person=today["小石"]).order_by("pk").last().text


def test_the_nightly_job_chases(today, decision):
    with noon_of(DUE):
        job = jobs.run_inline(jobs.submit(kind="decision_reminders"))
    assert (job.state, job.result) == ("done", {"reminded": 1})
