"""What a firm is, and answers about grave incidents, by hand: form, ledger, page, API, undoing."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises import registry
from enterprises.eligibility.rule_sets import rule_book
from enterprises.firms.self_check.page import self_check_of
from enterprises.models import Enterprise, Incident, LedgerEntry
from enterprises.registry import acts, undoing
from tests.firms import firm
from tests.targets.by_hand.test_firm_change import (  # noqa: F401 - a fixture
    address,
    clerk,
    register,
    written,
)

pytestmark = pytest.mark.django_db
PRINTED = "有限责任公司（自然人投资或控股）"


def page_of(client, one: Enterprise) -> str:
    return client.get(reverse("firm", args=[one.uscc])).content.decode()


# --- the firm itself ---
def test_the_form_is_amended_and_what_is_left_empty_stays(clerk):  # noqa: F811
    one = firm()
    founded = one.registered_on
    shown = clerk.get(address(one, "details")).context["form"]
    assert shown["registered_on"].value() == founded
    register(clerk, one, "details", legal_form=PRINTED, industry_code="C3670")
    told = Enterprise.objects.get(pk=one.pk)
    assert (told.legal_form, told.industry_code, told.registered_on) == (PRINTED, "C3670", founded)
    entry = written(one)
    assert (entry.act, entry.after) == (
        "detailed",
        {"legal_form": PRINTED, "industry_code": "C3670"},
    )
    page = page_of(clerk, one)
    assert PRINTED in page
    # A person's word stays where a list of that day says otherwise.
    listing = acts.Listing("名单", dt.date(2026, 6, 30))
    listed = acts.Amend(uscc=one.uscc, legal_form="分公司", listing=listing)
    report = registry.apply([listed], by=None)
    assert [notice.field for notice in report.notices] == ["legal_form"]
    assert Enterprise.objects.get(pk=one.pk).legal_form == PRINTED


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"industry_code": "3670"}, "门类字母"),
        ({"legal_form": "有" * 41}, "40"),
        ({"registered_on": "2099-01-01"}, "日期不得晚于今天"),
        ({"tech_field": "magic"}, "有效的选项"),
    ],
)
def test_details_that_are_none_are_refused(clerk, values, said):  # noqa: F811
    one = firm()
    answer = register(clerk, one, "details", **values)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not LedgerEntry.objects.filter(enterprise=one, act="detailed").exists()


# --- incidents ---
def test_an_answer_is_recorded_shown_told_by_the_api_and_undone(clerk):  # noqa: F811
    one = firm()
    assert "没有登记过答复" in page_of(clerk, one)
    register(clerk, one, "incident", kind="none", on="2026-06-30", source="区应急管理局")
    entry = written(one)
    assert (entry.act, entry.fact, entry.effective_on) == (
        "incident",
        "incident",
        dt.date(2026, 6, 30),
    )
    page = page_of(clerk, one)
    assert "截至2026-06-30无（区应急管理局）" in page
    assert "登记事故和违法" in page
    # The same answer once more says nothing new.
    again = register(clerk, one, "incident", kind="none", on="2026-06-30", source=" 区应急管理局 ")
    assert "没有变化" in again.content.decode()
    register(clerk, one, "incident", kind="none", on="2026-06-30", source="区生态环境局")
    told = clerk.get(f"/api/v1/enterprises/{one.uscc}/").json()
    assert [
        (row["kind"], row["on"], row["source"], row["withdrawn_on"]) for row in told["incidents"]
    ] == [("none", "2026-06-30", source, None) for source in ("区应急管理局", "区生态环境局")]
    assert told["legal_form"] == ""
    plan = undoing.plan_undoing([(entry.pk, entry.pk)])
    assert not plan.blockers
    registry.apply(plan.acts, by=None)
    assert [row.source for row in Incident.objects.all()] == ["区生态环境局"]


def test_an_incident_that_somebody_denied_is_looked_at_once_more(clerk):  # noqa: F811
    one = firm()
    register(clerk, one, "incident", kind="none", on="2026-06-30", source="区应急管理局")
    sent = {"reason": "通报", "kind": "safety", "on": "2026-05-01", "source": "市应急局"}
    asked = clerk.post(address(one, "incident"), sent)
    assert asked.status_code == 422
    assert asked.context["look"].doubts == ["区应急管理局曾答复截至2026-06-30无，请核对。"]
    assert Incident.objects.happened().count() == 0
    register(clerk, one, "incident", **sent)
    assert Incident.objects.happened().get().kind == "safety"
    assert "2026-05-01 重大安全事故（市应急局）" in " ".join(page_of(clerk, one).split())


def clean(one) -> str:
    found = self_check_of(one, dt.date(2026, 7, 1), rule_book()).found
    return found.clean.state.value


def test_a_wrong_incident_is_withdrawn_stays_on_record_and_can_come_back(clerk):  # noqa: F811
    one = firm()
    wrong = {"kind": "safety", "on": "2026-05-01", "source": "市应急局"}
    register(clerk, one, "incident", **wrong)
    assert clean(one) == "不符合"
    answer = Incident.objects.get()
    register(clerk, one, "withdraw_incident", answer=str(answer.pk))
    entry = written(one)
    assert entry.act == "retracted"
    assert clean(one) == "缺数据"
    page = " ".join(page_of(clerk, one).split())
    assert f"2026-05-01 重大安全事故（市应急局），{timezone.localdate()}撤回" in page
    gone = register(clerk, one, "withdraw_incident", answer=str(answer.pk))
    assert gone.status_code == 422
    registry.apply(undoing.plan_undoing([(entry.pk, entry.pk)]).acts, by=None)
    assert clean(one) == "不符合"
    told = {"act": "withdraw_incident", "answer": answer.pk, "reason": "来函更正"}
    path = f"/api/v1/enterprises/{one.uscc}/changes/"
    assert clerk.post(path, told, content_type="application/json").status_code == 200
    assert clean(one) == "缺数据"
    register(clerk, one, "incident", **wrong)
    assert clean(one) == "不符合"
    assert Incident.objects.count() == 1


def test_an_answer_of_another_firm_is_not_withdrawn(clerk):  # noqa: F811
    one, other = firm(), firm()
    register(clerk, other, "incident", kind="none", on="2026-06-30", source="区应急管理局")
    answer = register(clerk, one, "withdraw_incident", answer=str(Incident.objects.get().pk))
    assert answer.status_code == 422
    assert Incident.objects.in_force().exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"kind": "flood", "on": "2026-06-30", "source": "局"}, "有效的选项"),
        ({"kind": "none", "on": "2099-06-30", "source": "局"}, "日期不得晚于今天"),
        ({"kind": "none", "on": "2026-06-30", "source": "  "}, "必填"),
    ],
)
def test_an_answer_that_lacks_something_is_refused(clerk, values, said):  # noqa: F811
    one = firm()
    answer = register(clerk, one, "incident", **values)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Incident.objects.exists()


def test_the_api_takes_both(client, people):
    one = firm()
    client.force_login(people["小石"])
    path = f"/api/v1/enterprises/{one.uscc}/changes/"
    bodies = [
        {"act": "incident", "kind": "none", "on": "2026-06-30", "source": "信用中国"},
        {"act": "details", "legal_form": PRINTED, "tech_field": "materials"},
    ]
    for body in bodies:
        done = client.post(path, body | {"reason": "查询"}, content_type="application/json")
        assert (done.status_code, len(done.json())) == (200, 1), done.json()
    told = Enterprise.objects.get(pk=one.pk)
    assert (told.legal_form, told.tech_field.code) == (PRINTED, "materials")
    assert Incident.objects.get().source == "信用中国"
