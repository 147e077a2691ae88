"""What a firm did for a year, by hand: form, ledger, page, API, correcting, withdrawing."""

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import DutyDone
from enterprises.registry import undoing
from tests.firms import firm
from tests.targets.by_hand.test_firm_change import (  # noqa: F401 - a fixture
    address,
    clerk,
    register,
    written,
)

pytestmark = pytest.mark.django_db
TOLD = {"duty": "hnte_report", "year": 2025, "on": "2026-05-12", "source": "系统导出名单"}


def test_it_is_recorded_shown_told_by_the_api_and_undone(clerk):  # noqa: F811
    one = firm(hnte=True)
    register(clerk, one, "duty", **TOLD)
    entry = written(one)
    assert (entry.act, entry.fact, str(entry.effective_on)) == ("duty", "dutydone", "2026-05-12")
    assert entry.after["duty"] == "hnte_report"
    page = " ".join(clerk.get(reverse("firm", args=[one.uscc])).content.decode().split())
    assert "登记年度义务" in page
    assert "高企年报" in page
    again = register(clerk, one, "duty", **TOLD)
    assert "没有变化" in again.content.decode()
    # Told once more it is put right: there is one answer for a year.
    register(clerk, one, "duty", **TOLD | {"on": "2026-05-20"})
    row = DutyDone.objects.get()
    told = clerk.get(f"/api/v1/enterprises/{one.uscc}/").json()["duties_done"]
    assert told == [
        {
            "id": row.pk,
            "duty": "hnte_report",
            "year": 2025,
            "done_on": "2026-05-20",
            "source": "系统导出名单",
            "withdrawn_on": None,
        }
    ]
    last = one.ledger.latest("pk")
    plan = undoing.plan_undoing([(entry.pk, last.pk)])
    assert not plan.blockers
    registry.apply(plan.acts, by=None)
    assert not DutyDone.objects.exists()


def test_a_wrong_one_is_withdrawn_and_stands_again_when_told_again(clerk):  # noqa: F811
    one, other = firm(hnte=True), firm(hnte=True)
    register(clerk, one, "duty", **TOLD)
    row = DutyDone.objects.get()
    refused = register(clerk, other, "withdraw_duty", done=str(row.pk))
    assert refused.status_code == 422
    form = clerk.get(address(one, "withdraw_duty")).content.decode()
    assert "高企年报 2025年度，2026-05-12（系统导出名单）" in form
    register(clerk, one, "withdraw_duty", done=str(row.pk))
    assert not DutyDone.objects.in_force().exists()
    assert one.ledger.latest("pk").act == "duty_back"
    register(clerk, one, "duty", **TOLD)
    assert DutyDone.objects.in_force().count() == DutyDone.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"on": "2099-01-01"}, "日期不得晚于今天"),
        ({"on": "2025-12-31"}, "日期不得早于该日"),
        ({"year": 2020}, "从2025年度起登记"),
        ({"source": "  "}, "必填"),
        ({"duty": "none"}, "有效的选项"),
    ],
)
def test_what_cannot_be_is_refused(clerk, values, said):  # noqa: F811
    one = firm(hnte=True)
    answer = register(clerk, one, "duty", **TOLD | values)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not DutyDone.objects.exists()


def test_who_does_not_hold_it_is_looked_at_once_more(clerk):  # noqa: F811
    one = firm()
    asked = clerk.post(address(one, "duty"), {"reason": "名单", **TOLD})
    assert asked.status_code == 422
    assert asked.context["look"].doubts == [
        "2026-05-31（截止日）不计入高新技术企业，没有高企年报义务，请核对。"
    ]
    assert not DutyDone.objects.exists()


def test_the_api_takes_both(client, people):
    one = firm(hnte=True)
    client.force_login(people["小石"])
    path = f"/api/v1/enterprises/{one.uscc}/changes/"
    sent = {"act": "duty", "reason": "名单", **TOLD}
    done = client.post(path, sent, content_type="application/json")
    assert (done.status_code, len(done.json())) == (200, 1), done.json()
    row = DutyDone.objects.get()
    sent = {"act": "withdraw_duty", "reason": "错了", "done": row.pk}
    done = client.post(path, sent, content_type="application/json")
    assert done.status_code == 200, done.json()
    assert not DutyDone.objects.in_force().exists()
