"""The list behind a figure, its filters, and what happens with filters that make no sense."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import Enterprise
from enterprises.registry import acts
from targets.figures import counting
from targets.models import Definition
from tests.effort import drawn
from tests.firms import TODAY, certificate, firm
from tests.snapshots import Snapshot

pytestmark = pytest.mark.django_db
LIST = reverse("firm_list")


def enter_district(people) -> dict[str, Enterprise]:
    """A firm per situation; the mover stood in 双福 until May and stands in 德感 since."""
    firms = {
        "valid": firm(hnte=True, tech=True),
        "outside": firm(hnte=True, outside_parks=True, town="500116001"),
        "expiring": firm(hnte_expiring=True, park="baisha", town="500116108"),
        "lapsed": firm(hnte_lapsed=True),
        "closed": firm(hnte=True, tech=True, struck_off=True),
        "mover": firm(
            hnte=True, tech=True, park="shuangfu", town="500116004", name="江津搬家制造有限公司"
        ),
    }
    mover = firms["mover"].uscc
    moves = [
        acts.Move(uscc=mover, park="degan", town="500116002", on=dt.date(2026, 5, 1)),
        acts.Rename(uscc=mover, name="江津安家制造有限公司", on=dt.date(2026, 5, 2)),
    ]
    registry.apply(moves, by=None)
    return firms


@pytest.fixture(scope="session")
def kept_district(snapshot_with_people) -> Snapshot:
    return snapshot_with_people("filters", enter_district)


def listed(client, **query: str) -> list[str]:
    answer = client.get(LIST, query | {"page_size": "100"})
    assert answer.status_code == 200, answer.context["wrong"]
    return [row.uscc for row in answer.context["rows"]]


@pytest.mark.parametrize(
    "day", [TODAY, TODAY - dt.timedelta(days=1), dt.date(2026, 4, 30), dt.date(2023, 1, 1)]
)
@pytest.mark.parametrize("definition", Definition.values)
def test_every_figure_opens_a_list_of_exactly_that_length(
    client, people, district, day, definition
):
    client.force_login(people["老郑"])
    told = counting.count([day], definition).figures(day)
    figures = [figure for figure in told if figure["indicator"] in ("hnte", "tech")]
    # Most units have no firm: of their empty lists a few are enough.
    empty = [figure for figure in figures if not figure["value"]]
    for figure in [*(one for one in figures if one["value"]), *drawn(6, empty)]:
        query = {"indicator": figure["indicator"], "scope": figure["scope"], "on": str(day)}
        assert len(listed(client, **query, definition=definition)) == figure["value"], figure


def test_the_list_shows_the_place_of_the_day_asked_for(client, people, district):
    client.force_login(people["老郑"])
    before = {
        "indicator": "hnte",
        "on": "2026-04-30",
        "scope": "shuangfu",
        "definition": "certificate",
    }
    row = client.get(LIST, before).context["rows"][0]
    assert (row.uscc, row.park_name, row.town_name) == (district["mover"].uscc, "双福", "双福街道")
    assert listed(client, **before | {"scope": "degan", "park": "shuangfu"}) == []
    assert listed(client, **before | {"scope": "district", "park": "shuangfu"}) == [row.uscc]
    assert listed(client, park="shuangfu") == []


def test_the_certificate_shown_is_the_one_that_counted_on_that_day(client, people, district):
    client.force_login(people["老郑"])
    uscc = district["expiring"].uscc
    registry.apply([certificate(uscc, until=dt.date(2029, 7, 15))], by=None)
    figure = {"indicator": "hnte", "on": "2026-06-30", "scope": "district", "q": uscc}
    for query, issued in (
        ({}, dt.date(2023, 7, 30)),
        ({"on": "2026-08-01"}, dt.date(2026, 7, 15)),
        ({"on": "2026-01-01", "definition": "class_year"}, dt.date(2023, 7, 30)),
    ):
        (row,) = client.get(LIST, figure | query).context["rows"]
        assert row.issued_on == issued


def test_what_lapses_in_a_span_of_days_ends_before_its_last_day(client, people, district):
    client.force_login(people["老郑"])
    lapsing = {
        "indicator": "hnte",
        "scope": "district",
        "definition": "certificate",
        "lapsing_from": "2026-07-01",
    }
    assert listed(client, **lapsing, lapsing_to="2026-08-01") == [district["expiring"].uscc]
    assert listed(client, **lapsing, lapsing_to="2026-07-31") == []


def test_the_figure_is_said_in_words_with_its_number(client, people, district):
    client.force_login(people["老郑"])
    query = {"indicator": "hnte", "on": "2026-06-30", "scope": "degan", "definition": "certificate"}
    page = client.get(LIST, query).content.decode()
    assert "德感工业园发展中心 · 高新技术企业 · 2026-06-30 · 证书日期口径" in page
    narrowed = client.get(LIST, query | {"q": "搬家"}).context
    assert (narrowed["figure_total"], narrowed["total"]) == (2, 1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "搬家"}, ["mover"]),
        ({"q": "安家制造"}, ["mover"]),
        ({"q": " 安 家"}, ["mover"]),
        ({"q": "%"}, []),
        ({"park": "outside"}, ["outside"]),
        ({"park": "degan"}, ["valid", "lapsed", "closed", "mover"]),
        ({"town": "500116108"}, ["expiring"]),
        ({"kind": "hnte", "valid_on": "2026-06-30"}, ["valid", "outside", "expiring", "mover"]),
        ({"kind": "hnte", "valid_on": "2026-06-29", "park": "degan", "status": "active"}, ["valid", "lapsed", "mover"]),
        ({"status": "closed"}, ["closed"]),
        ({"status": "left"}, []),
        ({"stage": "seed"}, []),
    ],
)  # fmt: skip
def test_filters_on_facts(client, people, district, query, found):
    client.force_login(people["小石"])
    assert sorted(listed(client, **query)) == sorted(district[name].uscc for name in found)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("indicator=hnte", "须指定统计日期"),
        ("on=2026-06-30", "须指定指标"),
        ("indicator=hnte&on=2026-02-30", "有效的日期"),
        ("indicator=hnte&on=2026-06-30&scope=nowhere", "nowhere"),
        ("indicator=rd_intensity&on=2026-06-30", "rd_intensity"),
        ("indicator=hnte&on=2026-06-30&lapsing_from=2026-01-01&lapsing_to=2026-02-01", "择一"),
        ("indicator=hnte&lapsing_from=2026-02-01&lapsing_to=2026-01-01", "须晚于起日"),
        ("valid_on=2026-06-30", "须同时指定资质类别"),
        ("status=maybe", "maybe"),
        ("q=%E2%80%8B", "没有可检索的文字"),
        ("qq=1", "不认识的参数：qq"),
        ("park=degan&park=baisha", "参数重复：park"),
        ("sort=contact_phone", "不能按"),
        ("page_size=7", "每页条数"),
        ("q=%00", "空字符"),
    ],
)
def test_a_filter_that_makes_no_sense_lists_nothing_and_says_why(
    client, people, district, query, said
):
    client.force_login(people["小石"])
    for name in ("firm_list", "firm_export"):
        answer = client.get(f"{reverse(name)}?{query}")
        assert answer.status_code == 400
        assert said in answer.content.decode()
        assert "有限公司" not in answer.content.decode()


def test_reporters_see_the_firms_that_stand_or_stood_in_their_unit(client, people, district):
    client.force_login(people["街道"])
    mine = [district[name].uscc for name in ("valid", "lapsed", "closed", "mover")]
    assert sorted(listed(client)) == sorted(mine)
    then = {
        "indicator": "hnte",
        "on": "2026-04-30",
        "definition": "certificate",
        "scope": "district",
    }
    assert sorted(listed(client, **then)) == sorted([mine[0], mine[1], mine[2]])
    assert listed(client, **then | {"scope": "shuangfu"}) == []
    assert "中的本单位企业" in client.get(LIST, then).content.decode()


def test_htmx_gets_the_rows_and_the_address_to_show(client, people, district):
    client.force_login(people["小石"])
    query = urlencode({"q": "", "park": "degan", "kind": "hnte", "sort": "uscc", "page_size": "20"})
    rows = client.get(f"{LIST}?{query}", headers={"HX-Request": "true"})
    assert rows["HX-Push-Url"] == f"{LIST}?park=degan&kind=hnte"
    assert "<html" not in rows.content.decode()
    restored = client.get(
        LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )
    assert "<html" in restored.content.decode()


def test_sorting_is_total_and_puts_the_empty_last(client, people, district):
    client.force_login(people["小石"])
    by_name = listed(client, sort="name")
    assert listed(client, sort="-name") == by_name[::-1]
    down = [row.issued_on for row in client.get(LIST, {"sort": "-issued_on"}).context["rows"]]
    dated = [day for day in down if day]
    assert dated == sorted(dated, reverse=True)
    assert not any(down[len(dated) :])


def test_a_page_takes_the_same_number_of_queries_for_few_firms_and_many(
    client, people, district, django_assert_num_queries
):
    client.force_login(people["老郑"])
    figure = {"indicator": "hnte", "on": "2026-06-30", "scope": "district", "page_size": "100"}
    client.get(LIST, figure)
    with django_assert_num_queries(17):
        client.get(LIST, figure)
    for _ in range(60):
        firm(hnte=True, tech=True)
    client.get(LIST, figure)
    with django_assert_num_queries(17):
        assert len(listed(client, **figure)) == 64
