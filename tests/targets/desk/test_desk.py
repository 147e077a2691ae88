"""本周: each number is that of the list it opens; the bureau's, and each unit's own."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.announcements import intake
from enterprises.announcements.reading.reader import read_pasted
from enterprises.models import PoolEntry, SourceFile
from enterprises.registry import acts
from targets.desk.errands import errands_of
from targets.pool import rules
from tests.clock import noon_of
from tests.firms import TODAY, firm
from tests.targets.pool.pooled import HOPELESS, SOUND, enter, with_returns

pytestmark = pytest.mark.django_db
LIST = "2026年第一批高新技术企业备案公示\n1．重庆外区电子有限公司"


@pytest.fixture
def district(plan, people):
    """At 德感 one certificate that lapses soon, one that has lapsed, one claimed by a roster, and one
    application under way; at 白沙 one that lapses soon. A list that nobody has looked at."""
    with noon_of(TODAY):
        firm(hnte_expiring=True)
        firm(hnte_lapsed=True)
        firm(hnte_expiring=True, park="baisha", town="500116108")
        filed = {"kind": "hnte", "year": 2026, "stage": "filed", "on": dt.date(2026, 5, 1)}
        registry.apply([acts.Apply(uscc=firm().uscc, **filed)], by=None)
        roster = SourceFile.objects.create(kind="roster", name="名册.xlsx", sha256="a" * 64, size=1)
        claim = {"kind": "hnte", "number": "GR202551100001", "valid_from": dt.date(2025, 11, 3)}
        registry.apply([acts.Grant(uscc=firm().uscc, **claim)], by=None, source=roster)
        intake.receive_read([LIST.encode()], "名单.txt", read_pasted(LIST), by=people["小石"])
        yield


def errands(user):
    return {errand.label: errand for errand in errands_of(user, TODAY)}


def numbers(user):
    return {label: errand.count for label, errand in errands(user).items() if errand.count}


def test_the_bureau_sees_what_waits_in_the_whole_district(people, district):
    assert numbers(people["小石"]) == {
        "待对接名单": 1,
        "待确认自报": 1,
        "到期未申报": 3,
        "申报无下一步": 1,
        "高企年报未办": 4,
        **{label: n for label, n in numbers(people["小石"]).items() if "任务进展" in label},
    }
    assert errands(people["小石"])["到期未申报"].detail == "其中已失效可续1家"


def test_a_unit_sees_its_own(people, district):
    found = numbers(people["德感"])
    assert {label: found[label] for label in ("到期未申报", "申报无下一步", "待确认自报")} == {
        "到期未申报": 2,
        "申报无下一步": 1,
        "待确认自报": 1,
    }
    assert "待对接名单" not in errands(people["德感"])


@pytest.mark.parametrize("who", ["小石", "德感"])
def test_each_number_is_that_of_its_list(client, people, district, who):
    client.force_login(people[who])
    found = errands(people[who])
    renewals = client.get(found["到期未申报"].url).context["page"]
    assert renewals.paginator.count == found["到期未申报"].count
    applications = client.get(found["申报无下一步"].url).context
    assert len(applications["page"].listed) == found["申报无下一步"].count
    claims = client.get(found["待确认自报"].url).context["page"]
    assert claims.paginator.count == found["待确认自报"].count


POOLED = {"bureau": {"到期该动": 3, "建议入库待决": 2, "建议升级待决": 2, "建议退库待决": 1},
          "unit": {"到期该动": 2, "建议入库待决": 1, "建议升级待决": 2, "建议退库待决": 1}}  # fmt: skip


@pytest.fixture
def pool(plan, people):
    """At 德感 and at 白沙: to enter, to raise, to leave, due for a review, for its year and for its data."""
    with noon_of(TODAY):
        baisha = ("baisha", "500116108")
        with_returns(SOUND), with_returns(SOUND, baisha)
        enter(with_returns(SOUND)), enter(with_returns(HOPELESS))
        enter(with_returns(SOUND), next_review=TODAY, target_year=TODAY.year - 1)
        enter(with_returns(None)), enter(with_returns(None, baisha))
        yield


@pytest.mark.parametrize(("who", "scope"), [("小石", "bureau"), ("德感", "unit")])
def test_the_pool_s_work_stands_there_each_with_its_list(client, people, pool, who, scope):
    found = errands(people[who])
    assert {label: found[f"后备库{label}"].count for label in POOLED[scope]} == POOLED[scope]
    client.force_login(people[who])
    for label, number in POOLED[scope].items():
        answer = client.get(found[f"后备库{label}"].url)
        assert answer.context["listed"] == len(answer.context["lines"]) == number, label
    due = found["后备库到期该动"]
    assert due.detail.startswith("拟申报年度已过1家、到复核日1家、数据过旧")


def test_proposals_wait_for_who_decides_on_them(people, pool, monkeypatch):
    told = replace(rules.rules_on(TODAY), decided_by="bureau")
    monkeypatch.setattr(rules, "_shipped", lambda: [told])
    assert "后备库建议入库待决" not in errands(people["德感"])
    assert errands(people["德感"])["后备库到期该动"].count == 2
    assert errands(people["小石"])["后备库建议入库待决"].count == 2


def test_done_work_leaves_the_week(people, pool):
    for entry in PoolEntry.objects.select_related("enterprise"):
        left = {"on": TODAY, "because": "转产", "exit_kind": "given_up"}
        registry.apply([acts.LeavePool(uscc=entry.enterprise.uscc, **left)], by=None)
    assert errands(people["小石"])["后备库到期该动"].count == 0


@pytest.mark.parametrize("who", ["小石", "德感", "街道"])
def test_every_errand_leads_to_a_page_that_opens(client, people, quarter, district, who):
    client.force_login(people[who])
    for errand in errands_of(people[who], TODAY):
        assert client.get(errand.url).status_code == 200, errand


def test_what_is_due_first_comes_first_and_what_is_quiet_is_named_once(client, people, district):
    client.force_login(people["小石"])
    answer = client.get(reverse("desk"))
    days = [errand.due for errand, _, _ in answer.context["waiting"] if errand.due]
    assert days == sorted(days)
    assert "待审名册" in answer.context["quiet"]
    assert "待审名册" in answer.content.decode()


def test_the_page_asks_as_often_for_many_as_for_few(
    client, people, district, django_assert_max_num_queries
):
    client.force_login(people["小石"])
    client.get(reverse("desk"))
    for _ in range(5):
        firm(hnte_expiring=True)
    # Whoever reads first brings spans and judgements up to what was written.
    client.get(reverse("desk"))
    with django_assert_max_num_queries(62):
        client.get(reverse("desk"))


def test_leaders_have_no_desk(client, people, plan):
    client.force_login(people["老郑"])
    assert client.get(reverse("desk")).status_code == 403
