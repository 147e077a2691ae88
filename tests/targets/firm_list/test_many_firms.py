"""Many firms of the list at once: ticked or all of a filter, looked at, written with a reason, taken back."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises import registry
from enterprises.models import BulkRun, Enterprise, LedgerEntry, PoolEntry
from enterprises.registry import acts
from tests.firms import TODAY, certificate, firm
from tests.targets.page_text import text_of

pytestmark = pytest.mark.django_db
LIST, START = reverse("firm_list"), reverse("firms_bulk")
DAY = "2026-06-30"


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def start(client, act: str, *firms: Enterprise, **more):
    """The page to which the choice leads: the preview."""
    sent = {"act": act, "scope": "ticked", "on": DAY, "firm": [one.uscc for one in firms]}
    return client.post(START, sent | more, follow=True)


def run() -> BulkRun:
    return BulkRun.objects.latest("pk")


def page_of(run_: BulkRun) -> str:
    return reverse("firms_bulk_run", args=[run_.pk])


def confirm(client, **more):
    sent = {"confirm": "1", "reason": "联席会议纪要"} | more
    return client.post(page_of(run()), sent, follow=True)


def in_pool(one: Enterprise, stage: str = "seed", year: int | None = None) -> Enterprise:
    entered = acts.EnterPool(uscc=one.uscc, stage=stage, target_year=year, on=dt.date(2026, 1, 5))
    registry.apply([entered], by=None)
    return one


def stages(*firms: Enterprise) -> list[tuple]:
    found = {row.enterprise_id: row for row in PoolEntry.objects.filter(until=None)}
    rows = [found.get(one.pk) for one in firms]
    return [(row.stage, row.target_year) if row else None for row in rows]


def test_the_bureau_ticks_firms_into_the_pool_and_takes_them_back(bureau):
    new, seed, same, certified, closed, gone = (
        firm(),
        in_pool(firm(), "seed", 2027),
        in_pool(firm(), "cultivation", 2027),
        firm(hnte=True),
        firm(struck_off=True),
        firm(),
    )
    registry.apply([acts.Leave(uscc=gone.uscc, on=dt.date(2026, 5, 1))], by=None)
    shown = text_of(bureau.get(LIST))
    assert "本次筛选全部 6 家" in shown
    every = (new, seed, same, certified, closed, gone)
    preview = text_of(start(bureau, "enter_pool", *every, stage="cultivation", target_year="2027"))
    assert "将写入 2 家" in preview
    assert "层级：种子库 → 培育库" in preview
    for one, why in (
        (same, "已是如此，没有变化"),
        (certified, "企业在该日已取得认定"),
        (closed, "企业在该日已注销"),
        (gone, "企业在该日不在本区"),
    ):
        assert f"{one.name}：{why}" in preview
    entries = LedgerEntry.objects.count()
    # Without a reason nothing is written, and what was chosen stays.
    refused = confirm(bureau, reason=" ")
    assert "请写明理由" in text_of(refused, 422)
    assert LedgerEntry.objects.count() == entries
    receipt = text_of(confirm(bureau))
    assert "已写入 2 家" in receipt
    assert stages(new, seed, same) == [("cultivation", 2027)] * 3
    written = LedgerEntry.objects.filter(enterprise=new).latest("pk")
    assert (written.act, written.by.username, written.reason) == ("pooled", "小石", "联席会议纪要")
    # Sent again it is the same receipt.
    confirm(bureau)
    assert LedgerEntry.objects.count() == entries + 2
    bureau.post(reverse("firms_bulk_undo", args=[run().pk]))
    assert stages(new, seed, same) == [None, ("seed", 2027), ("cultivation", 2027)]


def test_what_is_left_empty_stays(bureau):
    one, other = in_pool(firm(), "seed", 2027), firm()
    start(bureau, "enter_pool", one, other, target_year="2028")
    receipt = text_of(confirm(bureau))
    assert f"{other.name}：不在后备库中" in receipt
    assert stages(one) == [("seed", 2028)]
    start(bureau, "enter_pool", one, stage="application", on="2026-07-01")
    confirm(bureau)
    assert stages(one) == [("application", 2028)]


def test_a_year_alone_brings_nobody_back_into_the_pool(bureau):
    """The firm was certified out of it, and its certificate has run out since."""
    one = in_pool(firm())
    ended = dt.date(2026, 2, 1)
    registry.apply([certificate(one.uscc, until=TODAY.replace(year=2028))], by=None)
    held = one.qualifications.get()
    revoked = acts.Revoke(uscc=one.uscc, kind="hnte", number=held.number, on=ended)
    registry.apply([revoked], by=None)
    preview = text_of(start(bureau, "enter_pool", one, target_year="2028"))
    assert f"{one.name}：不在后备库中" in preview


def test_firms_leave_the_pool_with_their_reason(bureau):
    one, other = in_pool(firm()), firm()
    start(bureau, "leave_pool", one, other, because="转为商贸")
    receipt = text_of(confirm(bureau))
    assert f"{other.name}：不在后备库中" in receipt
    left = PoolEntry.objects.get()
    assert (left.until, left.exit_reason) == (TODAY, "转为商贸")
    bureau.post(reverse("firms_bulk_undo", args=[run().pk]))
    assert stages(one) == [("seed", None)]


def test_all_of_the_filter_get_their_field(bureau):
    inside, outside = [firm() for _ in range(3)], firm(outside_parks=True)
    query = urlencode({"park": "degan"})
    assert 'name="filter" value="park=degan"' in bureau.get(f"{LIST}?{query}").content.decode()
    start(bureau, "tech_field", scope="filtered", filter=query, tech_field="electronics")
    assert "已写入 3 家" in text_of(confirm(bureau))
    told = {one.pk: one.tech_field and one.tech_field.code for one in Enterprise.objects.all()}
    assert [told[one.pk] for one in [*inside, outside]] == ["electronics"] * 3 + [None]
    bureau.post(reverse("firms_bulk_undo", args=[run().pk]))
    assert not Enterprise.objects.exclude(tech_field=None).exists()


def test_fields_are_asked_on_the_preview_and_mistakes_told(bureau):
    one = firm()
    asked = start(bureau, "tech_field", one)
    assert "技术领域" in text_of(asked)
    assert "将写入" not in text_of(asked)
    bare = bureau.post(page_of(run()), {"recheck": "1", "tech_field": ""}, follow=True)
    assert "必填" in bare.content.decode()
    shown = bureau.post(page_of(run()), {"recheck": "1", "tech_field": "electronics"}, follow=True)
    assert "技术领域：" in text_of(shown)
    for values, said in (
        ({}, "请选层级，或填拟申报年度"),
        ({"stage": "gold"}, "有效的选项"),
        ({"stage": "seed", "on": "2099-01-01"}, "日期不得晚于今天"),
        ({"stage": "seed", "target_year": "1900"}, "2000"),
    ):
        start(bureau, "enter_pool", one)
        sent = {"recheck": "1", "on": DAY} | values
        assert said in bureau.post(page_of(run()), sent, follow=True).content.decode(), values


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"act": "tech_field"}, "还没有选企业"),
        ({"act": "win", "firm": "x"}, "没有这个动作"),
        ({"act": "tech_field", "scope": "filtered", "filter": "park=nowhere"}, "园区平台"),
        ({"act": "tech_field", "scope": "filtered", "filter": "magic=1"}, "不认识的参数"),
        (
            {"act": "tech_field", "scope": "filtered", "filter": "q=没有这样的企业"},
            "名单里没有企业",
        ),
    ],
)
def test_a_choice_of_nothing_is_told(bureau, sent, said):
    answer = bureau.post(START, {"scope": "ticked"} | sent)
    assert said in text_of(answer, 422)
    assert not BulkRun.objects.exists()


@pytest.mark.parametrize("who", ["老郑", "审计", "德感"])
def test_others_see_no_ticks_and_may_not(client, people, who):
    client.force_login(people[who])
    one = firm()
    page = client.get(LIST).content.decode()
    assert 'name="firm"' not in page
    assert start(client, "tech_field", one).status_code == 403


def test_the_part_below_the_filters_carries_the_bar(bureau):
    firm()
    part = bureau.get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'name="csrfmiddlewaretoken"' in part
    assert 'name="firm"' in part


def test_many_cost_as_many_queries_as_few(bureau):
    def queries_of(firms: list[Enterprise]) -> tuple[int, int]:
        start(bureau, "enter_pool", *firms, stage="seed")
        with CaptureQueriesContext(connection) as looked:
            bureau.get(page_of(run()))
        with CaptureQueriesContext(connection) as wrote:
            confirm(bureau)
        return len(looked), len(wrote)

    few = queries_of([firm(), in_pool(firm(), "cultivation"), firm(hnte=True)])
    many = [*(firm() for _ in range(8)), *(in_pool(firm(), "cultivation") for _ in range(3))]
    assert queries_of([*many, firm(hnte=True)]) == few
