"""Review through its pages: the queue, approving, returning, remarks both sides see, undoing."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import Case, Job, LedgerEntry, Notice, Remark
from enterprises.models.job import JobState
from enterprises.registry import acts
from parks.models import Unit
from tests import clerk
from tests.enterprises.handed_in import (
    arrived,
    checked,
    handed_in,
    registered,
    reporter,
    shown,
    state,
)
from tests.enterprises.workbooks import code

pytestmark = pytest.mark.django_db
QUEUE = "/rosters/queue/"


def act(client, version, name, **sent):
    return client.post(reverse("roster_review", args=[version.pk, name]), sent, follow=True)


def test_the_queue_shows_the_oldest_first_with_what_it_waits_for(desk, quarter, people):
    registered(1)
    first = handed_in(quarter, "500116002", 5)
    second = handed_in(quarter, "baisha", 1, said=arrived(1, "2026-08-20"))
    checked(quarter, "degan", 7)
    answer = desk.get(QUEUE)
    assert [waiting.version for waiting in answer.context["waiting"]] == [first, second]
    assert [waiting.awaits for waiting in answer.context["waiting"]] == ["待审核", "归属事项1件"]
    assert answer.context["waiting"][1].counts == [0, 0, 1, 0]
    desk.force_login(people["老郑"])
    assert desk.get(QUEUE).status_code == 403


def test_the_queue_costs_a_constant_number_of_queries(desk, quarter, django_assert_max_num_queries):
    for number, unit in enumerate(Unit.objects.towns()[:10], 1):
        handed_in(quarter, unit.code, number)
    with django_assert_max_num_queries(11):
        assert len(desk.get(QUEUE).context["waiting"]) == 10


def test_an_approved_roster_is_written_and_a_failed_job_is_told(desk, quarter, people):
    version = handed_in(quarter, "degan", 1)
    assert "已审核通过，正在入库" in act(desk, version, "approve").content.decode()
    version.refresh_from_db()
    assert (version.state, version.decided_by) == ("approved", people["小石"])
    assert [waiting.version for waiting in desk.get(QUEUE).context["applying"]] == [version]
    Job.objects.filter(pk=version.job_id).update(
        state=JobState.FAILED, error="x", finished_at=version.created_at
    )
    assert "入库任务失败" in desk.get(QUEUE).content.decode()


def test_when_the_job_has_failed_the_page_offers_to_approve_again(desk, quarter):
    version = handed_in(quarter, "degan", 1)
    act(desk, version, "approve")
    again = reverse("roster_review", args=[version.pk, "approve"])
    assert again not in shown(desk, version)
    version.refresh_from_db()
    Job.objects.filter(pk=version.job_id).update(
        state=JobState.FAILED, error="x", finished_at=version.created_at
    )
    page = shown(desk, version)
    assert "入库任务失败，没有写入任何内容" in page
    assert again in page
    assert reverse("roster_review", args=[version.pk, "return"]) in page
    act(desk, version, "approve")
    clerk.run_waiting()
    assert state(version) == "applied"


def test_of_two_who_approve_the_second_gets_a_clear_sentence(desk, quarter, people):
    version = handed_in(quarter, "degan", 1)
    act(desk, version, "approve")
    desk.force_login(people["安安"])
    second = act(desk, version, "approve")
    assert second.status_code == 422
    assert "现在的状态是“审核通过”，不能进行这一步" in second.content.decode()
    version.refresh_from_db()
    assert version.decided_by == people["小石"]


def test_an_undecided_case_stands_in_the_way_and_is_linked(desk, quarter):
    registered(1)
    version = handed_in(quarter, "baisha", 1, said=arrived(1, "2026-08-20"))
    link = reverse("case", args=[Case.objects.get().pk])
    panel = shown(desk, version)
    assert link in panel
    assert reverse("roster_review", args=[version.pk, "approve"]) not in panel
    refused = act(desk, version, "approve")
    assert refused.status_code == 422
    assert "还有1件归属事项没有决定" in refused.content.decode()
    assert link in refused.content.decode()
    assert state(version) == "submitted"


def test_returning_needs_a_remark(desk, quarter, people):
    version = handed_in(quarter, "degan", 1)
    refused = act(desk, version, "return", text="  ")
    assert "退回前请写明意见" in refused.content.decode()
    assert state(version) == "submitted"
    assert "已退回，并通知了单位" in act(desk, version, "return", text="K列请核对").content.decode()
    assert state(version) == "returned"
    desk.force_login(people["德感"])
    assert "K列请核对" in shown(desk, version)


def test_remarks_on_a_firm_or_cell_are_seen_and_answered_by_the_unit(desk, quarter, people):
    version = handed_in(quarter, "degan", 1, 2)
    act(desk, version, "remark", text="人数请核对", uscc=f" {code(2).lower()} ", cell="")
    act(desk, version, "remark", text="日期请核对", cell="E3")
    assert list(Remark.objects.values_list("uscc", "cell")) == [
        (code(2), version.firms.get(uscc=code(2)).cell),
        ("", "E3"),
    ]
    desk.force_login(people["德感"])
    panel = shown(desk, version)
    assert "人数请核对" in panel
    assert "重庆测试2号机械有限公司" in panel
    assert reverse("roster_review", args=[version.pk, "approve"]) not in panel
    act(desk, version, "remark", text="已核对无误")
    assert (
        "对2026年三季度名册的意见：已核对无误"
        in Notice.objects.filter(person=people["小石"]).first().text
    )
    assert Notice.objects.filter(person=people["德感"], text__contains="人数请核对").count() == 1
    desk.force_login(people["小石"])
    assert "已核对无误" in shown(desk, version)


def test_a_remark_on_a_firm_that_is_not_in_it_keeps_the_text(desk, quarter):
    version = handed_in(quarter, "degan", 1)
    refused = act(desk, version, "remark", text="人数请核对", uscc=code(9))
    assert refused.status_code == 422
    assert "所提企业不在这一版名册中" in refused.content.decode()
    assert "人数请核对" in refused.content.decode()
    assert not Remark.objects.exists()


def test_a_roster_that_could_not_be_written_is_back_with_the_reasons(desk, quarter, people):
    registered(1)
    version = handed_in(quarter, "degan", 1)
    registry.apply([acts.Leave(uscc=code(1), on=dt.date(2026, 7, 1))], by=None)
    clerk.approve(version, people["小石"])
    assert "已于2026-07-01迁出" in shown(desk, version)
    assert [waiting.awaits for waiting in desk.get(QUEUE).context["waiting"]] == [
        "未能入库，需再审"
    ]


def test_undoing_needs_a_reason_and_names_what_was_built_on_it(desk, quarter, people):
    version = clerk.approve(handed_in(quarter, "degan", 1), people["小石"])
    assert reverse("roster_review", args=[version.pk, "undo"]) in shown(desk, version)
    assert act(desk, version, "undo", reason="").status_code == 422
    registry.apply(
        [acts.Move(uscc=code(1), park="baisha", town="500116107", on=dt.date(2026, 10, 9))], by=None
    )
    blocked = act(desk, version, "undo", reason="误批").content.decode()
    assert "重庆测试1号机械有限公司（迁移" in blocked
    assert "误批" in blocked
    assert state(version) == "applied"


def test_an_undone_roster_says_who_and_why(desk, quarter, people):
    version = clerk.approve(handed_in(quarter, "degan", 1), people["小石"])
    entries = LedgerEntry.objects.count()
    act(desk, version, "undo", reason="误批，单位要求重报")
    assert LedgerEntry.objects.count() == 2 * entries
    desk.force_login(people["德感"])
    assert "误批，单位要求重报" in shown(desk, version)


@pytest.mark.parametrize("name", ["approve", "return", "undo"])
def test_only_the_bureau_decides(client, quarter, people, name):
    version = handed_in(quarter, "degan", 1)
    for who in ("德感", "老郑", "审计"):
        client.force_login(people[who])
        assert act(client, version, name, text="好", reason="好").status_code == 403
    client.force_login(reporter("baisha"))
    assert act(client, version, "remark", text="好").status_code == 404
    client.force_login(people["老郑"])
    assert act(client, version, "remark", text="好").status_code == 403
    assert state(version) == "submitted"
