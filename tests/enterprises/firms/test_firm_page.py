"""The page of one firm: facts, a past day, and the ledger told in words."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.firms.timeline import validity_in_words
from enterprises.models import Enterprise, Qualification, SourceFile
from enterprises.registry import acts
from tests.firms import TODAY, firm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_day")]


@pytest.fixture
def moved(people) -> Enterprise:
    """德感 → 双福 on 1 May, renamed, certificate from a cell of a file."""
    known = firm(name="江津旧名制造有限公司")
    source = SourceFile.objects.create(
        kind="hnte_register", name="hnte.xlsx", sha256="a" * 64, size=1
    )
    grant = acts.Grant(
        uscc=known.uscc, kind="hnte", number="GR202451000001", valid_from=dt.date(2024, 10, 1),
        cells={"number": "Sheet1!D12", "valid_from": "Sheet1!E12"},
    )  # fmt: skip
    registry.apply([grant], by=people["小石"], source=source)
    changes = [
        acts.Move(uscc=known.uscc, park="shuangfu", town="500116004", on=dt.date(2026, 5, 1)),
        acts.Rename(uscc=known.uscc, name="江津新名制造有限公司", on=dt.date(2026, 5, 2)),
        acts.Register(uscc=known.uscc, name="江津新名制造有限公司", tech_field="materials"),
    ]
    registry.apply(changes, by=people["安安"], reason="企业来函")
    return Enterprise.objects.get(pk=known.pk)


def page(client, firm: Enterprise, **query: str):
    return client.get(reverse("firm", args=[firm.uscc]), query)


def test_the_ledger_is_told_in_words_newest_first(client, people, moved):
    client.force_login(people["老郑"])
    told = page(client, moved).context["timeline"]
    assert [entry.title for entry in told[:4]] == [
        "补充资料",
        "更名",
        "迁移",
        "取得资质：高企 GR202451000001",
    ]
    altered = {entry.title: {a.label: (a.before, a.after) for a in entry.altered} for entry in told}
    assert altered["补充资料"] == {"技术领域": ("空", "新材料")}
    assert altered["更名"] == {"企业名称": ("江津旧名制造有限公司", "江津新名制造有限公司")}
    assert altered["迁移"]["园区平台"] == ("德感工业园发展中心", "科学城江津管委会")
    assert altered["取得资质：高企 GR202451000001"]["有效期至"] == (None, "2027-10-01")


def test_every_entry_says_whence_and_by_whom(client, people, moved):
    client.force_login(people["审计"])
    text = " ".join(page(client, moved).content.decode().split())
    assert '由 小石 记入</li> <li class="long">来源 hnte.xlsx Sheet1!D12、Sheet1!E12<' in text
    assert "由 安安 记入" in text
    assert "说明：企业来函" in text


def test_a_past_day_shows_what_held_then(client, people, moved):
    client.force_login(people["老郑"])
    then = page(client, moved, on="2024-09-30").context["standing"]
    assert (then.name, then.placement.park.code, then.qualifications) == (
        "江津旧名制造有限公司",
        "degan",
        [],
    )
    assert "当时名称" in page(client, moved, on="2024-09-30").content.decode()
    now = page(client, moved).context["standing"]
    assert (now.placement.park.code, len(now.qualifications)) == ("shuangfu", 1)


@pytest.mark.parametrize("query", [{"on": "2026-02-30"}, {"on": "x"}, {"day": "2026-01-01"}])
def test_a_day_that_makes_no_sense_is_refused(client, people, moved, query):
    client.force_login(people["老郑"])
    answer = page(client, moved, **query)
    assert answer.status_code == 400
    assert "以下为今天的状态" in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("安安", 200), ("审计", 200), ("德感", 200), ("街道", 200)]
)
def test_a_unit_that_once_had_the_firm_still_sees_it(client, people, moved, who, status):
    client.force_login(people[who])
    assert page(client, moved).status_code == status
    assert client.get(
        reverse("firm", args=[firm(park="baisha", town="500116108").uscc])
    ).status_code == (200 if who in ("安安", "审计") else 404)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"valid_from": TODAY, "valid_until": None}, "有效"),
        ({"valid_from": dt.date(2023, 7, 1), "valid_until": TODAY}, "有效，当日到期"),
        (
            {"valid_from": dt.date(2023, 7, 1), "valid_until": dt.date(2026, 7, 10)},
            "有效，10天后到期",
        ),
        ({"valid_from": dt.date(2023, 7, 1), "valid_until": dt.date(2026, 6, 29)}, "已到期"),
        ({"valid_from": dt.date(2026, 7, 1)}, "尚未生效"),
        ({"valid_from": dt.date(2023, 7, 1), "revoked_on": TODAY}, "已于2026-06-30取消"),
        ({"class_year": 2025}, "仅知认定年度，按日期不计"),
    ],
)
def test_validity_in_words(facts, words):
    assert validity_in_words(Qualification(**facts), TODAY).words == words


def test_the_rule_of_validity_is_the_same_for_one_and_for_many(people):
    firm(hnte=True, tech=True, hnte_expiring=True, hnte_lapsed=True)
    for day in (
        dt.date(2020, 1, 1),
        TODAY - dt.timedelta(days=1),
        TODAY,
        dt.date(2026, 7, 30),
        dt.date(2026, 7, 31),
    ):
        held = {one.pk for one in Qualification.objects.all() if one.holds_on(day)}
        assert held == set(Qualification.objects.holding_on(day).values_list("pk", flat=True))


def test_a_long_life_takes_no_more_queries_than_a_short_one(
    client, people, moved, django_assert_num_queries
):
    client.force_login(people["老郑"])
    with django_assert_num_queries(36, exact=False):
        page(client, moved)
    years = [
        acts.RecordFigures(uscc=moved.uscc, year=year, values={"staff": 9})
        for year in range(2001, 2061)
    ]
    registry.apply(years, by=None)
    with django_assert_num_queries(36, exact=False):
        answer = page(client, moved)
    assert (len(answer.context["timeline"]), answer.context["page"].paginator.num_pages) == (50, 2)
    assert page(client, moved, page="2").context["timeline"][-1].title == "登记企业"
