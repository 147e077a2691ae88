"""Many renewals at once: from the list to the receipt, and back."""

import datetime as dt

import pytest

from enterprises import registry
from enterprises.models import Application, BulkRun, LedgerEntry
from enterprises.registry import acts
from tests.clock import AUTUMN
from tests.firms import certificate, firm
from tests.targets.page_text import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_day")]
START = "/renewals/bulk/"
NOW = AUTUMN
DAY = dt.timedelta(1)


def due(days: int = 60, **place):
    """A firm whose certificate runs out so many days from now, with the application it came of."""
    one = firm(**place)
    year = NOW.year - 3
    first = acts.Apply(
        uscc=one.uscc, kind="hnte", year=year, stage="publicity", on=dt.date(year, 8, 1),
        confirmed=True,
    )  # fmt: skip
    registry.apply([first, certificate(one.uscc, until=NOW + days * DAY)], by=None)
    return one


def present(one) -> Application:
    return one.applications.get(until=None)


def start(client, act: str, **more):
    given = {"act": act, "scope": "ticked", "on": str(NOW), "kind": "hnte"}
    return client.post(START, given | more, follow=True)


def run_url() -> str:
    return f"{START}{BulkRun.objects.latest('pk').pk}/"


def recheck(client, **values):
    return client.post(run_url(), {"recheck": "1", "kind": "hnte"} | values, follow=True)


def confirm(client, **more):
    return client.post(run_url(), {"confirm": "1"} | more, follow=True)


@pytest.fixture
def bureau(client, people):
    client.force_login(people["小石"])
    return client


def test_all_of_the_filter_are_begun_after_a_preview_and_taken_back(bureau):
    firms = [due() for _ in range(3)]
    other = due(park="baisha", town="500116108")
    entries = LedgerEntry.objects.count()
    page = bureau.get("/renewals/?state=unfiled&unit=degan")
    bar = page.context["bulk"]
    assert bar.total == 3
    shown = text_of(start(bureau, "preparing", scope="filtered", filter=bar.query, back=bar.back))
    assert "将写入 3 家" in shown
    assert LedgerEntry.objects.count() == entries
    receipt = confirm(bureau)
    assert "已写入 3 家" in text_of(receipt)
    assert bar.back.replace("&", "&amp;") in receipt.content.decode()
    assert {(present(one).stage, present(one).year) for one in firms} == {("preparing", NOW.year)}
    assert present(other).year == NOW.year - 3
    assert bureau.get("/renewals/?state=preparing").context["listed"] == 3
    bureau.post(f"{run_url()}undo/")
    assert {present(one).year for one in firms} == {NOW.year - 3}
    assert bureau.get("/renewals/?state=not_started").context["listed"] == 4


def test_a_next_step_is_no_part_of_an_application_that_is_over(bureau, people):
    idle, begun = due(), due()
    told = acts.Apply(uscc=begun.uscc, kind="hnte", year=NOW.year, stage="preparing", on=NOW)
    registry.apply([told], by=None)
    usccs = [idle.uscc, begun.uscc]
    day = str(NOW + 5 * DAY)
    start(bureau, "next_step", firm=usccs)
    step = {"next_action": "催材料", "next_on": day, "owner": "小石"}
    shown = text_of(recheck(bureau, **step))
    assert "将写入 1 家" in shown
    assert f"{idle.name}：未启动，还没有申报记录" in shown
    confirm(bureau)
    assert present(begun).next_action == "催材料"
    assert idle.applications.get().next_action == ""


def test_a_next_step_begins_renewals_where_that_is_asked_for(bureau, people):
    idle = due()
    start(bureau, "next_step", firm=[idle.uscc])
    day = NOW + 5 * DAY
    step = {"next_action": "催材料", "next_on": str(day), "owner": "小石", "begins": "on"}
    shown = text_of(recheck(bureau, **step))
    begins = f"申报状态：公示中 → 准备中；申报年度：{NOW.year - 3} → {NOW.year}"
    assert f"{begins}；下一步：催材料；下一步日期：{day}；责任人：小石" in shown
    confirm(bureau)
    row = present(idle)
    assert (row.stage, row.year, row.next_action) == ("preparing", NOW.year, "催材料")
    assert (row.next_on, row.owner) == (day, "小石")
    page = text_of(bureau.get("/renewals/"))
    assert f"催材料 {day:%m-%d} 还有5天 {people['小石']}" in page
    bureau.post(f"{run_url()}undo/")
    assert present(idle).year == NOW.year - 3


def test_only_an_owner_is_told_and_the_step_stays(bureau, people):
    one = due()
    on = NOW + 9 * DAY
    registry.apply(
        [
            acts.Apply(uscc=one.uscc, kind="hnte", year=NOW.year, stage="filed", on=NOW),
            acts.NextStep(uscc=one.uscc, kind="hnte", next_action="等公示", next_on=on),
        ],
        by=None,
    )
    start(bureau, "next_step", firm=[one.uscc])
    recheck(bureau, owner="德感")
    confirm(bureau)
    row = present(one)
    assert (row.next_action, row.next_on, row.owner) == ("等公示", on, "德感")


def test_who_is_renewed_is_left_out_and_giving_up_needs_its_reason(bureau):
    idle, renewed = due(), due()
    new = acts.Grant(
        uscc=renewed.uscc, kind="hnte", number=f"GR{NOW.year}51009999", valid_from=NOW,
        class_year=NOW.year,
    )  # fmt: skip
    registry.apply([new], by=None)
    usccs = [idle.uscc, renewed.uscc]
    start(bureau, "next_step", firm=usccs)
    shown = text_of(recheck(bureau, next_action="催", next_on=str(NOW + DAY), begins="on"))
    assert f"{renewed.name}：已有{NOW.year}年度或以后的证书" in shown
    start(bureau, "given_up", firm=usccs)
    missing = recheck(bureau, on=str(NOW))
    assert "确认写入" not in text_of(missing)
    assert "将写入 1 家" in text_of(recheck(bureau, on=str(NOW), note="已停产"))
    confirm(bureau)
    assert (present(idle).stage, present(idle).note) == ("given_up", "已停产")


def test_all_of_a_filter_never_fall_back_a_stage(bureau):
    idle, filed, public = due(), due(), due()
    for one, stage in ((filed, "filed"), (public, "publicity")):
        told = acts.Apply(uscc=one.uscc, kind="hnte", year=NOW.year, stage=stage, on=NOW - DAY)
        registry.apply([told], by=None)
    shown = text_of(start(bureau, "preparing", scope="filtered", filter=""))
    assert "将写入 1 家" in shown
    assert f"{filed.name}：已是“已申报”，不退回准备中" in shown
    assert f"{public.name}：已是“公示中”，不退回准备中" in shown
    confirm(bureau)
    assert [present(one).stage for one in (idle, filed, public)] == [
        "preparing", "filed", "publicity",
    ]  # fmt: skip


def test_names_are_pasted_and_a_wrong_filter_is_told(bureau):
    one = due()
    page = bureau.get("/renewals/paste/?state=unfiled")
    assert "先核对，再写入" in text_of(page)
    assert "/renewals/?state=unfiled" in page.content.decode()
    shown = text_of(start(bureau, "filed", scope="pasted", pasted=one.name))
    assert "将写入 1 家" in shown
    confirm(bureau)
    assert present(one).stage == "filed"
    wrong = start(bureau, "filed", scope="filtered", filter="state=lost")
    assert (wrong.status_code, "没有这一续证状态" in wrong.content.decode()) == (422, True)


def test_a_unit_changes_its_own_firms_only(client, people):
    own, foreign = due(), due(park="baisha", town="500116108")
    client.force_login(people["德感"])
    bar = client.get("/renewals/").context["bulk"]
    assert bar.total == 1
    shown = text_of(start(client, "filed", firm=[own.uscc, foreign.uscc]))
    assert "将写入 1 家" in shown
    assert foreign.name not in shown
    confirm(client)
    assert present(own).stage == "filed"
    assert present(foreign).year == NOW.year - 3
    client.force_login(people["老郑"])
    assert client.get("/renewals/").context["bulk"] is None
    assert start(client, "filed", firm=[own.uscc]).status_code == 403


def test_a_hundred_get_a_next_step_with_as_many_queries_as_ten(
    bureau, django_assert_max_num_queries
):
    firms = [due() for _ in range(110)]
    counts = []
    for chosen in (firms[:10], firms[10:]):
        start(bureau, "next_step", firm=[each.uscc for each in chosen])
        recheck(bureau, next_action="催材料", next_on=str(NOW + DAY), begins="on")
        with django_assert_max_num_queries(60) as seen:
            bureau.get(run_url())
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert "已写入 100 家" in text_of(confirm(bureau))
