"""The goals through their front doors: the bureau's form, the page, its export, charts and API."""

import datetime as dt
import html
import io
import re

import openpyxl
import pytest
from django.db import DatabaseError, transaction

from enterprises import registry
from enterprises.models import SourceFile
from enterprises.registry import acts
from parks.models import Unit
from targets.goals import revisions as goal_revisions
from targets.models import GoalRevision, PaceRule, UnitGoal
from tests.firms import TODAY, firm
from tests.snapshots import Snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_day")]
EDIT, AT = "/goals/2026/edit/", "/goals/?year=2026"


def enter_district(people):
    """Twelve firms in parks, two outside; the registers reach to TODAY, the middle of 2026."""
    SourceFile.objects.create(kind="roster", name="名册", sha256="0" * 64, size=1, as_of=TODAY)
    for number in range(12):
        firm(hnte=True, tech=number % 2 == 0, park="degan" if number % 3 else "baisha")
    firm(hnte=True, outside_parks=True)
    return firm(hnte=True, tech=True, outside_parks=True, town="500116001")


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("goal_pages", enter_district, on=TODAY)


@pytest.fixture
def bureau(client, people, district):
    client.force_login(people["小石"])
    return client


@pytest.fixture
def leader(client, people, district):
    client.force_login(people["老郑"])
    return client


def filled(client, at=EDIT, **changes) -> dict[str, str]:
    """The form as it is offered, with changes by field."""
    form = client.get(at).context["form"]
    return {name: str(form[name].value()) for name in form.fields} | {"reason": ""} | changes


def allotted(people, year=2026, **stock) -> GoalRevision:
    """Goals by park or town: the year's stock, of both kinds; nothing for the others."""
    wanted = {
        (kind, unit.pk): goal_revisions.Wanted(stock.get(unit.code.replace("500116", "t"), 0), 2)
        for kind in ("hnte", "tech")
        for unit in Unit.objects.reporting()
    }
    return goal_revisions.save_revision(year, wanted, seen=0, reason="", by=people["小石"])


def said(answer) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


# --- the bureau's form ------------------------------------------------------------------------------------------------
def test_the_proposal_is_saved_as_offered_and_told_against_the_plan(bureau):
    offered = filled(bureau, "/goals/2027/edit/")
    assert (
        sum(
            int(value)
            for name, value in offered.items()
            if name.startswith("hnte") and "stock" in name
        )
        == 701
    )
    assert bureau.post("/goals/2027/edit/", offered).headers["Location"] == "/goals/?year=2027"
    page = said(bureau.get("/goals/?year=2027"))
    assert "合计701家，正好等于全区目标（2027年超过700家，即至少701家）。" in page
    assert "701家中最多可有35家" in page
    revision = GoalRevision.objects.get()
    assert (revision.number, revision.basis_day, revision.goals.count()) == (1, TODAY, 72)
    net = sum(revision.goals.filter(indicator__code="hnte").values_list("net", flat=True))
    assert net == 701 - 14


def test_a_revision_needs_a_reason_keeps_what_was_entered_and_leaves_the_old_one_readable(bureau):
    bureau.post(EDIT, filled(bureau))
    before = UnitGoal.objects.get(indicator__code="hnte", unit__code="degan").stock
    change = filled(bureau, **{"hnte-degan-stock": str(before + 5), "hnte-baisha-stock": "7"})
    refused = bureau.post(EDIT, change)
    assert refused.status_code == 422
    assert "修订须写明原因。" in said(refused)
    assert refused.context["form"]["hnte-baisha-stock"].value() == "7"
    assert bureau.post(EDIT, change | {"reason": "德感新引进5家"}).status_code == 302
    page = said(bureau.get("/goals/2026/2/"))
    assert "修订原因：德感新引进5家" in page
    assert f"{before} → {before + 5}" in page
    first = bureau.get("/goals/2026/1/")
    assert first.status_code == 200
    assert f"{before} → {before + 5}" not in said(first)
    assert [one.number for one in bureau.get(AT).context["page"].revisions] == [2, 1]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "不能空，没有任务填0。"),
        ("-1", "不能为负。"),
        ("3.5", "须为整数。"),
        ("多", "须为整数。"),
        ("100000", "不能大于99999。"),
    ],
)
def test_a_wrong_cell_is_named_where_it_stands_and_nothing_is_saved(bureau, value, sentence):
    answer = bureau.post(EDIT, filled(bureau, **{"tech-500116001-first": value}))
    assert answer.status_code == 422
    cell = re.search(
        r'id="id_tech-500116001-first_error">(.*?)</div>', answer.content.decode(), re.S
    )
    assert sentence in cell[1]
    assert "1格填写有误" in said(answer)
    assert not GoalRevision.objects.exists()
    assert not UnitGoal.objects.exists()


def test_checking_the_sums_saves_nothing(bureau):
    answer = bureau.post(EDIT, filled(bureau, act="check", **{"hnte-degan-stock": "1000"}))
    assert answer.status_code == 200
    assert re.search(r"合计\d{4}家，比全区目标多\d+家", said(answer))
    assert not GoalRevision.objects.exists()


def test_too_many_outside_are_told_before_and_after_saving(bureau):
    numbers = {name: "0" for name in filled(bureau) if name.endswith("stock")}
    wrong = filled(bureau, **numbers | {"hnte-degan-stock": "600", "hnte-500116001-stock": "40"})
    assert "园区平台以外40家，640家中最多可有32家，超出8家，不符合95%以上。" in said(
        bureau.post(EDIT, wrong | {"act": "check"})
    )
    bureau.post(EDIT, wrong)
    assert "超出8家，不符合95%以上" in said(bureau.get(AT))


def test_of_two_who_save_at_once_the_second_is_told_and_loses_nothing(bureau):
    bureau.post(EDIT, filled(bureau))
    mine = filled(bureau, reason="甲", **{"hnte-degan-stock": "111"})
    bureau.post(EDIT, filled(bureau, reason="乙", **{"hnte-degan-stock": "222"}))
    refused = bureau.post(EDIT, mine)
    assert "他人已保存了新的一版" in said(refused)
    form = refused.context["form"]
    assert (form["hnte-degan-stock"].value(), form["reason"].value(), form["seen"].value()) == (
        "111",
        "甲",
        "2",
    )
    assert GoalRevision.objects.count() == 2
    assert bureau.post(EDIT, mine | {"seen": "2"}).status_code == 302


def test_checking_the_sums_does_not_hide_that_another_has_saved(bureau):
    bureau.post(EDIT, filled(bureau))
    mine = filled(bureau, reason="甲", **{"hnte-degan-stock": "111"})
    bureau.post(EDIT, filled(bureau, reason="乙", **{"hnte-degan-stock": "222"}))
    checked = bureau.post(EDIT, mine | {"act": "check"}).context["form"]
    assert checked["seen"].value() == "1"
    assert "他人已保存了新的一版" in said(bureau.post(EDIT, mine))


def test_what_differs_in_nothing_is_no_revision(bureau):
    bureau.post(EDIT, filled(bureau))
    assert "没有差别" in said(bureau.post(EDIT, filled(bureau, reason="无")))
    assert GoalRevision.objects.count() == 1


def test_the_database_refuses_to_rewrite_an_allocation(people, district):
    revision = allotted(people, degan=10)
    with pytest.raises(DatabaseError, match="release_is_frozen"), transaction.atomic():
        GoalRevision.objects.filter(pk=revision.pk).update(reason="改")
    with pytest.raises(DatabaseError, match="release_is_frozen"), transaction.atomic():
        UnitGoal.objects.filter(revision=revision).update(stock=1)


# --- the page ---------------------------------------------------------------------------------------------------------
def test_every_linked_number_opens_a_list_of_that_length(leader, people):
    allotted(people, degan=10)
    link = r'<a [^>]*href="(/firms/\?[^"]+)"[^>]*>\s*(?:园区外 )?(\d+)(?: 家名单)?</a>'
    found = re.findall(link, leader.get(AT).content.decode())
    assert len(found) == 41
    for address, number in found:
        assert leader.get(html.unescape(address)).context["page"].paginator.count == int(number), (
            address
        )


def test_units_are_parks_and_towns_outside_them_and_add_up_to_the_district(leader, people):
    allotted(people, degan=10, baisha=5, t001=1)
    page = leader.get(AT).context["page"]
    for measure in page.district.measures:
        for part in ("done", "goal"):
            rows = [getattr(row.measures[measure], part) for row in page.rows]
            totals = [getattr(group.total.measures[measure], part) for group in page.groups]
            assert sum(rows) == sum(totals) == getattr(page.district.measures[measure], part)
    assert page.district.stock.done == 14
    assert {row.name: row.stock.done for row in page.groups[1].rows if row.stock.done} == {
        "几江街道": 1,
        "德感街道": 1,
    }


def test_rows_are_ranked_by_rate_and_by_gap_with_the_unjudged_last(leader, people):
    allotted(people, degan=10, baisha=16, t001=1)
    by_rate = [
        row.asked.rate for row in leader.get(f"{AT}&sort=rate").context["page"].groups[0].rows
    ]
    by_gap = [row.asked.gap for row in leader.get(f"{AT}&sort=gap").context["page"].groups[0].rows]
    judged = [rate for rate in by_rate if rate is not None]
    assert judged == sorted(judged, reverse=True) == [80, 25]
    assert by_rate[2:] == [None] * 4
    assert by_gap == sorted(by_gap, reverse=True)
    assert by_gap[0] == 12


def test_what_is_in_flight_awaits_publication_and_the_rest_is_coloured(leader, people):
    allotted(people, degan=30)
    # Half of the year is over: ten of the 22 firms that 德感 needs are due and not there.
    for _ in range(10):
        told = {"kind": "hnte", "year": 2026, "stage": "filed", "on": dt.date(2026, 5, 6)}
        registry.apply([acts.Apply(uscc=firm().uscc, **told)], by=None)
    high, tech = (leader.get(f"{AT}&kind={kind}") for kind in ("hnte", "tech"))
    waiting, lagging = (one.context["page"].groups[0].rows[0].asked for one in (high, tech))
    assert (waiting.behind, waiting.in_flight, waiting.state) == (10, 10, "awaiting")
    assert "全部在途的记“尚待公布”，到12月31日为止" in said(high)
    assert (lagging.in_flight, lagging.state) == (None, "lagging")
    assert re.search(r'tone-bad"><svg[^>]*>.*?</svg>滞后', tech.content.decode())


def test_the_thresholds_are_data_and_the_page_says_those_in_force(leader, people):
    allotted(people, degan=30)
    PaceRule.objects.filter(state="overdue").update(at_least=-200)
    PaceRule.objects.filter(state="ahead").update(at_least="12.5")
    answer = leader.get(f"{AT}&kind=tech")
    assert answer.context["page"].groups[0].rows[0].asked.state == "overdue"
    assert "领先12.5个百分点及以上" in said(answer)
    assert "落后超过200个百分点" in said(answer)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("year=1999", "只有2023年至2027年有任务分解。"),
        ("year=二", "请填四位年份"),
        ("kind=srdi", "只有高新技术企业"),
        ("measure=x", "考核项只能是"),
        ("sort=x", "只能按完成率（rate）、全年还差（gap）或单位顺序（unit）排序。"),
        ("yaer=2026", "不认识的参数：yaer。"),
    ],
)
def test_what_is_not_understood_is_said_and_answered_by_default(leader, query, sentence):
    answer = leader.get(f"/goals/?{query}")
    assert answer.status_code == 400
    assert sentence in said(answer)
    assert "统计日 2026年6月30日" in said(answer)
    assert leader.get(f"/goals/export.csv?{query}").status_code == 404


def test_without_an_allocation_or_a_plan_the_page_says_what_to_do(
    client, people, django_user_model
):
    client.force_login(people["小石"])
    assert "按建议方案编制" in said(client.get("/goals/?year=2027"))
    client.force_login(people["老郑"])
    assert "按建议方案编制" not in said(client.get("/goals/?year=2027"))


def test_without_a_plan_the_page_says_so(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("长", role="leader"))
    assert "指标尚未载入" in said(client.get("/goals/"))
    assert client.get("/api/v1/goals/").status_code == 404


def test_a_reporter_sees_the_own_row_and_the_districts_line(client, people, district):
    allotted(people, degan=10, baisha=5)
    for who, name, other in (("德感", "degan", "白沙"), ("街道", "500116002", "几江街道")):
        client.force_login(people[who])
        page = client.get(AT).context["page"]
        assert [row.unit.code for row in page.rows] == [name]
        assert page.district.stock.done == 14
        assert all(group.total is None for group in page.groups)
        revision = client.get("/goals/2026/1/").context
        assert [unit.code for unit, _ in revision["rows"]] == [name]
        assert other not in said(client.get(AT)).replace("白沙工业园", "")
        reply = client.get("/api/v1/goals/?year=2026").json()
        assert [row["scope"] for row in reply["rows"]] == ["district", name]


# --- other faces of the same numbers ----------------------------------------------------------------------------------
def test_page_export_and_api_tell_the_same_numbers(leader, people):
    allotted(people, degan=10, baisha=5, t001=1)
    page = leader.get(f"{AT}&measure=net").context["page"]
    shown = [
        (row.name, row.stock.done, row.stock.goal, row.net.done, row.first.done, row.asked.gap)
        for row in page.rows
    ]
    answer = leader.get("/goals/export.xlsx?year=2026&measure=net")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    table = [row[1:] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    exported = [(row[0], row[3], row[4], row[5], row[7], row[11]) for row in table]
    assert sorted(shown) == sorted(
        row for row in exported if "合计" not in row[0] and row[0] != "全区"
    )
    csv = b"".join(leader.get("/goals/export.csv?year=2026&measure=net").streaming_content).decode(
        "utf-8-sig"
    )
    assert len(csv.splitlines()) == 1 + len(table) == 1 + 36 + 3
    reply = leader.get("/api/v1/goals/?year=2026").json()
    units = {row["scope"]: row["measures"] for row in reply["rows"]}
    assert (reply["as_of"], reply["revision"], reply["needed"]) == ("2026-06-30", 1, 626)
    for row in page.rows:
        for measure, one in row.measures.items():
            told = units[row.unit.code][measure.value]
            assert (told["goal"], told["done"], told["gap"], told["state"]) == (
                one.goal,
                one.done,
                one.gap,
                one.state,
            )
    assert leader.get("/api/v1/goals/?measure=net").status_code == 400
    assert leader.get("/api/v1/goals/?year=1999").json()["errors"]["year"] == [
        "只有2023年至2027年有任务分解。"
    ]


def test_towns_without_a_gap_are_folded_and_none_is_lost(leader, people):
    allotted(people, degan=10, t001=1, t004=3)
    answer = leader.get(AT)
    parks, towns = answer.context["page"].groups
    # 几江 has reached its goal of one; the others but 双福街道 have none.
    assert ([row.name for row in towns.open], parks.folded) == (["双福街道"], [])
    assert len(towns.folded) == len(towns.rows) - 1
    assert f"其余{len(towns.folded)}个镇街无缺口" in said(answer)
    for row in towns.rows:
        assert f'href="{row.page}"' in answer.content.decode()


def test_a_loss_is_told_in_firms_and_never_in_percent(leader, people):
    gone = firm(hnte=True, park="baisha")
    allotted(people, baisha=10)
    registry.apply([acts.Close(uscc=gone.uscc, on=dt.date(2026, 3, 1))], by=None)
    answer = leader.get(f"{AT}&measure=net&sort=rate")
    row = next(row for row in answer.context["page"].rows if row.unit.code == "baisha")
    assert (row.asked.done, row.asked.rate, row.asked.rate_in_words) == (-1, None, "净减1家")
    assert "净减1家" in said(answer)
    assert "净减1家" in said(leader.get(f"/units/baisha/?on={TODAY}"))
    assert "-10.0%" not in said(answer)


def test_home_and_unit_page_lead_to_the_goals(leader, people):
    revision = allotted(people, degan=10)
    assert "/goals/?kind=tech" in leader.get(f"/?on={TODAY}").content.decode()
    page = leader.get(f"/units/degan/?on={TODAY}")
    assert [(one.indicator.code, one.year) for one in page.context["page"].goals] == [
        ("hnte", 2026),
        ("tech", 2026),
    ]
    assert page.context["page"].goals[0].measures["stock"].goal == 10
    assert "2026年任务" in said(page)
    assert "2025年任务" not in said(leader.get("/units/degan/?on=2025-06-30"))
    assert revision.year == 2026


@pytest.mark.one_moment
@pytest.mark.parametrize(
    ("address", "most"), [(AT, 30), (EDIT, 40), ("/goals/2026/1/", 16), ("/api/v1/goals/", 34)]
)
def test_many_firms_take_as_many_queries_as_few(
    bureau, people, address, most, django_assert_max_num_queries
):
    allotted(people, degan=10)
    bureau.get(address)
    for number in range(30):
        one = firm(hnte=True, tech=True, park="baisha", town="500116108")
        day = dt.date(2026, 2, 1)
        registry.apply(
            [acts.Move(uscc=one.uscc, park="degan", town="500116002", on=day)]
            if number % 2
            else [],
            by=None,
        )
    bureau.get(address)  # the spans catch up
    with django_assert_max_num_queries(most):
        assert bureau.get(address).status_code == 200
