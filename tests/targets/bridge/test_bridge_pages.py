"""The page of changes between two days, its lists, exports and API, through the front doors."""

import csv
import datetime as dt
import io
import itertools
from dataclasses import replace

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import Enterprise, Qualification, SourceFile
from enterprises.models.qualification import first_counted_on
from enterprises.registry import acts
from parks.models import User
from targets.bridge import chart as bridge_chart
from targets.bridge import page as bridge_page
from targets.bridge.form import BridgeForm
from targets.figures.flows import GAINS, LOSSES, FlowTerm
from tests.clock import noon_of
from tests.effort import examples
from tests.firms import TODAY, certificate, code, firm
from tests.histories import lives
from tests.snapshots import Snapshot
from tests.targets.figures.test_counting import enter, granted, on_the_database, rolled_back

pytestmark = pytest.mark.django_db
SINCE, SPRING = dt.date(2025, 12, 31), dt.date(2026, 3, 1)
ASKED = {"kind": "hnte", "since": str(SINCE), "until": str(TODAY), "definition": "certificate"}
API = "/api/v1/flows/"


def enter_district(people) -> dict[str, Enterprise]:
    """In 德感 one firm for every way to change in the half-year, and one that stays."""
    firms = {
        name: firm(hnte=True)
        for name in ("moved", "left", "closed", "restored", "revoked", "stays")
    }
    firms |= {
        "expired": firm(hnte_lapsed=True),
        "regained": firm(),
        "first": firm(name="=1+1有限公司"),
    }
    revoked = Qualification.objects.get(enterprise=firms["revoked"]).number
    registry.apply(
        [
            acts.Move(uscc=firms["moved"].uscc, park="luohuang", town="500116117", on=SPRING),
            acts.Leave(uscc=firms["left"].uscc, on=SPRING),
            acts.Close(uscc=firms["closed"].uscc, on=SPRING),
            acts.Close(uscc=firms["restored"].uscc, on=SPRING),
            acts.Reopen(uscc=firms["restored"].uscc, on=dt.date(2026, 3, 10)),
            acts.Revoke(uscc=firms["revoked"].uscc, kind="hnte", number=revoked, on=SPRING),
            certificate(firms["regained"].uscc, until=SPRING),
            certificate(firms["regained"].uscc, until=dt.date(2029, 5, 5)),
            certificate(firms["first"].uscc, until=dt.date(2029, 5, 6)),
            acts.Register(uscc=code(9_000_800), name="江津迁入有限公司"),
            acts.Place(
                uscc=code(9_000_800),
                park="degan",
                town="500116002",
                since=SPRING,
                from_outside=True,
            ),
            granted(code(9_000_800), "GR202451100800", "2024-11-01", "2027-10-31"),
            acts.Register(uscc=code(9_000_801), name="江津区内迁入有限公司"),
            acts.Place(
                uscc=code(9_000_801), park="baisha", town="500116108", since=dt.date(2020, 1, 1)
            ),
            granted(code(9_000_801), "GR202451100801", "2024-11-01", "2027-10-31"),
            acts.Move(uscc=code(9_000_801), park="degan", town="500116002", on=SPRING),
        ],
        by=None,
    )
    return firms


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("changes", enter_district)


def open_page(client, **asked: str):
    return client.get(reverse("bridge"), ASKED | asked)


def test_every_number_of_the_page_opens_a_list_of_that_length(leader, district):
    page = open_page(leader, scope="degan").context["page"]
    assert [number.firms for number in page.numbers] == [8, 1, 1, 1, 1, 1, 0, 2, 1, 1, 1, 2, 6]
    rows = {row.bridge.scope: row for group in page.groups for row in group.rows}
    assert len(rows) == 36 + 3
    every = page.numbers + [number for row in rows.values() for number in row.numbers]
    for number in every:
        if number.firms or number in page.numbers:
            shown = leader.get(number.url).context
            paginator = shown["shown" if "shown" in shown else "page"].paginator
            assert paginator.count == number.firms, number


def test_the_page_says_net_and_new_apart_and_what_each_is(leader, district):
    html = open_page(leader, scope="degan").content.decode()
    for words in (
        "−2<span>家",
        "2<span>家次",
        "净增 = 期末 − 期初",
        "首次认定与失效后再认定之和",
        "2025年12月31日至2026年6月30日",
    ):
        assert words in html
    assert "首次入库与退库后再入库之和" in open_page(leader, kind="tech").content.decode()


def test_terms_without_a_firm_and_towns_without_a_change_are_out_of_sight(leader, district):
    answer = open_page(leader)
    parks, towns = answer.context["page"].groups
    for group in (parks, towns):
        shown = [head.label for head in group.heads]
        for place, label in enumerate(answer.context["page"].titles):
            moved = any(row.numbers[place].firms for row in group.rows)
            assert (label in shown) == (moved or label in ("期初", "期末"))
    assert parks.folded == []
    assert towns.folded
    assert not any(row.moved for row in towns.folded)
    assert f"其余{len(towns.folded)}个镇街没有增减" in answer.content.decode()
    still = towns.folded[0].bridge.scope
    asked = open_page(leader, scope=still).context["page"].groups[1]
    assert still in [row.bridge.scope for row in asked.open]


def test_parks_and_towns_stand_in_two_tables_that_both_end_with_the_district(leader, district):
    parks, towns = open_page(leader).context["page"].groups
    assert [row.name for row in parks.rows[-3:]] == ["六大园区平台合计", "园区平台以外", "全区"]
    assert (len(parks.rows), len(towns.rows), towns.rows[-1].name) == (9, 31, "全区")
    moves = [row.bridge.flows[FlowTerm.MOVED_IN] for row in parks.rows]
    assert (sum(moves[:6]), moves[6:]) == (2, [0, 0, 0])


def test_without_a_question_it_tells_of_this_years_data(leader, people):
    SourceFile.objects.create(kind="roster", name="六月名册", sha256="0" * 64, size=1, as_of=TODAY)
    with noon_of(TODAY, tick=False):
        page = leader.get(reverse("bridge")).context["page"]
    assert (page.question.since, page.question.until, page.question.scope) == (
        SINCE,
        TODAY,
        "district",
    )
    years, quarters = page.periods
    assert [one.label for one in years] == [
        "2023年",
        "2024年",
        "2025年",
        "2026年至今",
        "计划实施以来",
    ]
    assert [one.label for one in quarters][-1] == "2026年二季度"
    assert [one.label for one in years if one.chosen] == ["2026年至今"]
    for one in (*years, *quarters):
        assert leader.get(one.url).status_code == 200


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"since": "2026-06-31"}, "期初日：输入一个有效的日期"),
        (
            {"since": "2026-06-30", "until": "2026-06-30"},
            "期末日（2026-06-30）应晚于期初日（2026-06-30）",
        ),
        ({"until": "1900-01-01"}, "日期应在2009年至2040年之间"),
        ({"scope": "nowhere"}, "没有“nowhere”这一统计范围"),
        ({"scope": "\0"}, "统计范围："),
        ({"scope": "kjj"}, "没有“kjj”这一统计范围"),
        ({"kind": "no_kind"}, "资质："),
        ({"definition": "guess"}, "统计口径："),
        ({"unit": "degan"}, "不认识的参数：unit"),
    ],
)
def test_what_is_not_understood_is_said_in_chinese_and_stays_in_the_form(leader, asked, said):
    answer = leader.get(reverse("bridge"), asked)
    assert answer.status_code == 400
    html = answer.content.decode()
    assert said in html
    assert "各单位" not in html
    assert f'value="{asked.get("since", "")}"' in html
    for name in ("bridge_export", "bridge_firms_export"):
        path = reverse(name, args=["csv"])
        assert (
            leader.get(path, asked | ({"term": "first"} if "firms" in name else {})).status_code
            == 400
        )
    api = leader.get(API, asked)
    assert (api.status_code, api.json()["code"]) == (400, "invalid")


def test_a_list_needs_a_term_that_there_is(leader):
    for term in ({}, {"term": "lost"}):
        assert leader.get(reverse("bridge_firms"), term).status_code == 400
        assert leader.get(API + "firms/", term).status_code == 400
    assert "须指定变动" in leader.get(reverse("bridge_firms")).content.decode()


def test_a_day_to_come_says_that_its_losses_are_reckoned(leader, people):
    firm(hnte_expiring=True)
    html = open_page(leader, until=f"{timezone.localdate().year + 1}-12-31").content.decode()
    assert "尚未到来：此后的减少按现有证书推算" in html
    assert "尚未到来" not in open_page(leader).content.decode()


@pytest.mark.parametrize(
    ("term", "name", "day", "before", "after"),
    [
        ("moved_in", "9000801", "2026-03-01", "白沙", "德感"),
        ("arrived", "9000800", "2026-03-01", "区外", "德感"),
        ("moved_out", "moved", "2026-03-01", "德感", "珞璜"),
        ("left", "left", "2026-03-01", "德感", "区外"),
        ("expired", "expired", "2026-06-30", "德感", "—"),
        ("reopened", "restored", "2026-03-10", "—", "德感"),
    ],
)
def test_a_list_tells_who_when_from_where_and_where_to(
    leader, district, term, name, day, before, after
):
    uscc = district[name].uscc if name in district else code(int(name))
    rows = leader.get(reverse("bridge_firms"), ASKED | {"scope": "degan", "term": term}).context[
        "events"
    ]
    (row,) = [row for row in rows if row["event"].uscc == uscc]
    assert (str(row["event"].day), row["before"][0], row["after"][0]) == (day, before, after)
    html = leader.get(
        reverse("bridge_firms"), ASKED | {"scope": "degan", "term": term}
    ).content.decode()
    assert reverse("firm", args=[uscc]) in html
    assert row["event"].certificate.number in html


def test_a_list_shows_the_certificate_that_counted_then_and_not_a_later_one(leader, people):
    one = firm()
    old, new = (
        certificate(one.uscc, until=dt.date(2027, 2, 28)),
        certificate(one.uscc, until=dt.date(2028, 1, 1)),
    )
    registry.apply([old, new], by=None)
    asked = ASKED | {"since": "2023-12-31", "until": "2024-12-31", "term": "first"}
    (row,) = leader.get(reverse("bridge_firms"), asked).context["events"]
    assert row["event"].certificate.number == old.number


def test_by_class_year_a_list_shows_the_certificate_of_that_class(leader, people):
    uscc = firm().uscc
    grants = [
        ("GR202151100001", 2021, "2021-11-12", "2024-11-11"),
        ("GR202451100001", 2024, "2024-10-28", "2027-10-27"),
    ]
    dated = [granted(uscc, number, since, until) for number, _, since, until in grants]
    registry.apply(
        [replace(one, class_year=year) for one, (_, year, *_) in zip(dated, grants, strict=True)],
        by=None,
    )
    asked = ASKED | {
        "since": "2020-12-31",
        "until": "2021-12-31",
        "definition": "class_year",
        "term": "first",
    }
    (row,) = leader.get(reverse("bridge_firms"), asked).context["events"]
    assert (row["event"].day, row["event"].certificate.number) == (
        dt.date(2021, 1, 1),
        "GR202151100001",
    )


@settings(on_the_database, max_examples=examples(60))
@given(
    st.lists(
        lives(dt.date(2019, 1, 1), dt.date(2026, 12, 31), kinds=("hnte",)), min_size=1, max_size=4
    ),
    st.data(),
)
def test_the_certificate_at_hand_is_the_one_the_database_names(plan, firms, data):
    with rolled_back():
        enter(firms)
        for one in Enterprise.objects.all():
            held = one.qualifications.all()
            dates = [
                day
                for row in held
                for day in (row.valid_from, row.valid_until, row.revoked_on)
                if day
            ]
            day = data.draw(st.sampled_from([*dates, dt.date(2023, 1, 1)]))
            assert first_counted_on(list(held), day) == held.counted_on(day).first()


# --- the exports ------------------------------------------------------------
def exported(client, name: str, form_at: str, **asked: str) -> bytes:
    answer = client.get(reverse(name, args=[form_at]), ASKED | asked)
    assert answer.status_code == 200
    assert f".{form_at}" in answer.headers["Content-Disposition"]
    return b"".join(answer.streaming_content)


def csv_rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_the_exported_table_is_the_one_on_the_page(leader, district):
    page = open_page(leader).context["page"]
    expected = [
        [
            group.title,
            row.name,
            *(str(number.firms) for number in row.numbers),
            str(row.bridge.net),
            str(row.bridge.newly),
        ]
        for group in page.groups
        for row in group.rows
    ]
    rows = csv_rows(exported(leader, "bridge_export", "csv"))
    assert [list(row.values())[:-4] for row in rows] == expected
    assert list(rows[0].values())[-4:] == [
        "高新技术企业",
        "证书日期口径",
        "2025-12-31",
        "2026-06-30",
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(exported(leader, "bridge_export", "xlsx"))).active
    cells = [
        [str(cell) for cell in row[1:]]
        for row in sheet.iter_rows(values_only=True)
        if isinstance(row[0], int)
    ]
    assert cells == expected
    head = "".join(str(row[0]) for row in sheet.iter_rows(max_row=5, values_only=True))
    assert "证书日期口径；2025-12-31（日终）至 2026-06-30（日终）" in head
    assert "导出人：老郑" in head


def test_the_exported_list_is_the_one_on_the_page_and_calculates_nothing(leader, district):
    asked = {"term": "first", "scope": "degan"}
    shown = leader.get(reverse("bridge_firms"), ASKED | asked).context["events"]
    rows = csv_rows(exported(leader, "bridge_firms_export", "csv", **asked))
    assert [row["统一社会信用代码"] for row in rows] == [row["event"].uscc for row in shown]
    assert [row["企业名称"] for row in rows] == ["'=1+1有限公司"]
    sheet = openpyxl.load_workbook(
        io.BytesIO(exported(leader, "bridge_firms_export", "xlsx", **asked))
    ).active
    (named,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1有限公司"]
    assert (named.data_type, named.quotePrefix) == ("s", True)
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


# --- the chart ------------------------------------------------------------
def page_for(user: User, **asked: str) -> bridge_page.BridgePage:
    form = BridgeForm(ASKED | asked, user=user)
    assert form.is_valid()
    return bridge_page.build_page(form)


def test_the_waterfall_steps_from_opening_to_closing_and_says_what_it_shows(people, district):
    page = page_for(people["老郑"], scope="degan")
    steps = bridge_chart.bridge_steps(page)
    assert [end for _, _, end in steps][-2:] == [6, 6]
    assert all(before == level for (_, _, level), (_, before, _) in itertools.pairwise(steps[:-1]))
    assert bridge_chart.bridge_sentence(page) == (
        "2025年12月31日至2026年6月30日，德感工业园发展中心高新技术企业由8家变为6家，净减2家："
        "增加5家次（其中首次认定1），减少7家次（其中到期未续2）。"
    )
    low, bars, levels = (one["data"] for one in bridge_chart.waterfall(steps)["series"])
    # A stock is a line at its level: no bar of it could begin elsewhere than at zero.
    assert [level and level["value"] for level in (levels[-1], levels[0])] == [8, 6]
    assert (bars[0], bars[-1], low[0], low[-1]) == (None, None, None, None)
    for beneath, bar in zip(low[1:-1], bars[1:-1], strict=True):
        assert beneath >= 0
        assert bar["value"] > 0


@pytest.mark.parametrize(
    ("stocks", "begins"), [((0, 0), 0), ((5, 9), 0), ((567, 562), 555), ((1685, 2826), 0)]
)
def test_the_axis_leaves_zero_only_where_steps_could_not_be_seen(stocks, begins):
    bars = [(bridge_page.BridgeNumber("", end, ""), 0, end) for end in stocks]
    assert bridge_chart.axis_begins(bars) == begins
    assert (f"横轴从{begins}家起" in str(bridge_chart.waterfall(bars))) == bool(begins)


def test_the_chart_is_drawn_on_the_server(leader, district):
    answer = leader.get(reverse("bridge_image"), ASKED)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "首次认定" in answer.content.decode()
    assert leader.get(reverse("bridge_image"), {"since": "x"}).status_code == 404


# --- who sees what, and at what cost ------------------------------------------------------------
def test_a_reporter_sees_the_district_and_the_own_unit_and_lists_of_the_own_firms(
    client, people, district
):
    elsewhere = firm(hnte_lapsed=True, park="baisha", town="500116108")
    client.force_login(people["德感"])
    page = client.get(reverse("bridge"), ASKED).context["page"]
    assert page.question.scope == "degan"
    assert [[row.bridge.scope for row in group.rows] for group in page.groups] == [
        ["degan", "district"]
    ]
    assert page.groups[0].rows[1].bridge.flows[FlowTerm.EXPIRED] == 3
    listed = client.get(reverse("bridge_firms"), ASKED | {"scope": "district", "term": "expired"})
    assert "全区中的本单位企业" in listed.context["headline"]
    assert elsewhere.uscc not in [row["event"].uscc for row in listed.context["events"]]
    assert listed.context["shown"].paginator.count == 2
    told = client.get(API, ASKED).json()["bridges"]
    assert {one["scope"] for one in told} == {"degan"} | {"district"}


def test_the_api_tells_the_numbers_of_the_page_and_walks_the_lists(leader, district):
    page = open_page(leader).context["page"]
    rows = {row.bridge.scope: row.bridge for group in page.groups for row in group.rows}
    told = leader.get(API, ASKED).json()
    assert (told["since"], told["until"], told["definition"]) == (
        str(SINCE),
        str(TODAY),
        "certificate",
    )
    assert {one["scope"] for one in told["bridges"]} == set(rows)
    for one in told["bridges"]:
        bridge = rows[one["scope"]]
        assert one["flows"] == {term.value: number for term, number in bridge.flows.items()}
        gains, losses = (
            sum(one["flows"][term] for term in terms.values()) for terms in (GAINS, LOSSES)
        )
        assert one["closing"] == one["opening"] + gains - losses == bridge.closing
        assert (one["net"], one["newly"]) == (bridge.net, bridge.newly)
    for sort in ("uscc", "-uscc", "day", "-day"):
        found, path = (
            [],
            f"{API}firms/?kind=hnte&term=expired&since={SINCE}&until={TODAY}&page_size=1&sort={sort}",
        )
        while path:
            answer = leader.get(path).json()
            found, path = found + answer["results"], answer["next"]
        names = [one["uscc"] for one in found]
        assert sorted(names) == sorted([district["expired"].uscc, district["regained"].uscc])
        assert [one[sort.strip("-")] for one in found] == sorted(
            (one[sort.strip("-")] for one in found), reverse=sort.startswith("-")
        )
    (moved,) = leader.get(f"{API}firms/", ASKED | {"scope": "luohuang", "term": "moved_in"}).json()[
        "results"
    ]
    assert (moved["before"], moved["after"]) == (
        {"park": "degan", "town": "500116002"},
        {"park": "luohuang", "town": "500116117"},
    )
    every = leader.get(API, {"since": str(SINCE), "until": str(TODAY)}).json()["bridges"]
    assert len(every) == 4 * 39


@pytest.mark.one_moment
@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/bridge/", 14),
        ("/bridge/list/?term=first&", 14),
        ("/api/v1/flows/", 17),
        ("/api/v1/flows/firms/?term=first", 11),
    ],
)
def test_many_firms_take_as_many_queries_as_one(leader, path, most, django_assert_max_num_queries):
    path += ("" if "?" in path else "?") + f"&kind=hnte&since=2019-12-31&until={TODAY}"
    firm(hnte=True)
    leader.get(path)
    with django_assert_max_num_queries(most) as few:
        assert leader.get(path).status_code == 200
        taken = len(few)
    for _ in range(12):
        firm(hnte=True, hnte_lapsed=True)
    leader.get(path)
    with django_assert_max_num_queries(taken):
        leader.get(path)


def test_a_unit_page_leads_to_its_changes(leader, people):
    assert 'href="/bridge/?scope=degan"' in leader.get("/units/degan/").content.decode()
    assert leader.get("/bridge/?scope=degan").context["page"].unit.code == "degan"


def test_home_and_unit_page_lead_to_what_changed_in_the_year(leader, district):
    for path, scope in (("/", "district"), ("/units/degan/", "degan")):
        html = leader.get(path, {"on": str(TODAY)}).content.decode().replace("&amp;", "&")
        address = f"/bridge/?kind=hnte&scope={scope}&since=2025-06-30&until={TODAY}&definition=certificate"
        assert f'href="{address}"' in html
        page = leader.get(path, {"on": str(TODAY)}).context["page"]
        (change,) = [one.change for one in (getattr(page, "figures", None) or [h.figure for h in page.headlines])
                     if one.indicator.code == "hnte"]  # fmt: skip
        assert leader.get(address).context["page"].bridge.net == change
