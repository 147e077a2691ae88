"""The outlook through its front doors: numbers that open their lists, who sees whom, suppositions without a trace."""

import datetime as dt
import io
import math
import re
from collections import Counter

import openpyxl
import pytest
from django.apps import apps
from django.utils import timezone

from enterprises import registry
from enterprises.models import QualificationKind, SourceFile
from enterprises.registry import acts
from parks.models import Seal, SealedBook, SecurityEvent, Unit
from targets import seed
from targets.figures import counting
from targets.models import ApplicationBatch, Operator, Target
from targets.outlook import assembly as outlook_assembly
from targets.outlook import tables as outlook_tables
from targets.outlook import words as outlook_words
from targets.outlook.form import OutlookForm
from targets.outlook.model import (
    firm_history,
    needs,
    rates,
    reserve_pool,
    scenario,
)
from targets.outlook.model.supposition import Supposition
from tests.firms import TODAY, certificate, firm, founding

pytestmark = pytest.mark.django_db
ON = f"on={TODAY}"
AT = "/outlook/"


def district(years: range = range(2015, 2026), each: int = 12, renewed: int = 9) -> list[str]:
    """Every year so many firms are recognised for the first time; some renew in time, some of them 20 days late."""
    codes: list[str] = []
    todo: list[acts.Act] = []
    for year in years:
        for number in range(each):
            uscc, done = founding(
                park="degan" if number % 2 else "baisha",
                town="500116002" if number % 2 else "500116108",
            )
            ends = dt.date(year + 3, 10, 10)
            todo += [*done, certificate(uscc, until=ends)]
            while number < renewed and ends < dt.date(2025, 12, 1):
                ends = ends.replace(year=ends.year + 3) + dt.timedelta(
                    days=20 if number % 3 == 2 else 0
                )
                todo.append(certificate(uscc, until=ends))
            codes.append(uscc)
    registry.apply(todo, by=None)
    return codes


def page_of(user, **query) -> outlook_assembly.Outlook:
    form = OutlookForm({"on": str(TODAY), **query}, user=user)
    assert form.is_valid(), form.errors
    return outlook_assembly.build_outlook(form.outlook_question(), user)


def links_of(html: str) -> list[tuple[str, str]]:
    """(number, address) of every link to a list of firms."""
    found = re.findall(r'<a href="(/firms/\?[^"]+)">(\d+)</a>', html)
    return [(number, address.replace("&amp;", "&")) for address, number in found]


# --- numbers --------------------------------------------------------------------------------------------------------
def test_every_linked_number_opens_a_list_of_that_length(leader):
    district(range(2022, 2026), each=4, renewed=3)
    firm(hnte_expiring=True, outside_parks=True, town="500116001")
    html = leader.get(f"{AT}?{ON}").content.decode()
    links = links_of(html)
    assert len(links) > 20
    assert {"issued_year", "lapsing_from", "indicator"} <= set(
        re.findall(r"[?&](\w+)=", " ".join(a for _, a in links))
    )
    for number, address in links:
        assert leader.get(address).context["page"].paginator.count == int(number), address


def test_the_balance_adds_up_and_the_need_follows_from_it(people):
    district()
    firm(hnte_lapsed=True)  # its last day was yesterday: no stock, but it may still renew
    page = page_of(people["老郑"])
    balance, need = page.need.balance, page.need
    assert balance.stock == counting.count([TODAY]).stock(TODAY, "hnte", "district") > 0
    assert balance.kept == pytest.approx(
        balance.stock - balance.unrenewed - balance.gone + balance.returning + balance.others
    )
    assert balance.returning > 0
    expected = page.now.on(need.day)
    known = sum(expected.share(placing) for placing in expected.placings)
    assert balance.kept + balance.applied + balance.coming == pytest.approx(expected.mean)
    assert expected.from_outside == pytest.approx(expected.mean - known)
    assert need.goal == 701
    assert (
        need.firms == sum(year.firms for year in need.years) == sum(row.need for row in page.units)
    )
    assert need.firms == math.ceil(701 - balance.kept)
    by_unit = sum(row.expected for row in page.units)
    assert by_unit == round(page.now.on(page.now.year_end).mean)
    for year in need.years:
        assert not year.batches or sum(firms for _, firms in year.batches) == year.firms


def test_with_so_many_entries_the_target_is_met_with_the_promised_confidence(people):
    Target.objects.filter(indicator__code="hnte", due__year=2027).update(
        value=60, wording="超过60家"
    )
    district(range(2018, 2026), each=9, renewed=6)
    page = page_of(people["老郑"])
    share = page.now.record.calendar_share(TODAY, page.need.day)
    assert page.need.confident > page.need.firms > 0
    enough, short = (
        scenario.under(page.now, Supposition(wins=wins / share)).on(page.need.day).at_least(61)
        for wins in (page.need.confident, page.need.confident - 1)
    )
    assert short < 0.8 <= enough


def test_the_operator_of_the_target_decides_by_one_firm(people):
    district()
    for operator, smallest in ((Operator.GT, 61), (Operator.GTE, 60)):
        Target.objects.filter(indicator__code="hnte", due__year=2027).update(
            value=60, operator=operator
        )
        page = page_of(people["老郑"])
        assert page.verdicts[0].smallest == smallest
        assert page.verdicts[0].chance.probability == pytest.approx(
            page.now.on(page.need.day).at_least(smallest)
        )


def test_rates_add_up_over_years_and_units_and_the_back_test_uses_counted_numbers(people):
    district()
    page = page_of(people["老郑"])
    total = page.rates.total_renewals()
    assert total.tally.of == sum(row.tally.of for row in page.units) > 30
    assert total.tally == sum(
        (tally for row in page.units for tally in row.years.values()), rates.NOTHING
    )
    assert len(page.record.trials) >= 3
    counts = counting.count([one.day for one in page.record.trials])
    for trial in page.record.trials:
        assert trial.actual == counts.stock(trial.day, "hnte", "district")
        assert trial.day <= TODAY


@pytest.mark.proof
def test_a_back_test_does_not_change_when_later_facts_are_added(people):
    district(range(2015, 2024))
    first = {one.as_of: one.expected for one in page_of(people["老郑"]).record.trials}
    district(range(2024, 2026), each=30)
    second = {one.as_of: one.expected for one in page_of(people["老郑"]).record.trials}
    early = [day for day in first if day < dt.date(2024, 1, 1)]
    assert early
    assert all(first[day] == pytest.approx(second[day]) for day in early)


def test_a_firm_whose_later_certificate_covers_the_day_does_not_lapse(people):
    one = firm(hnte_expiring=True)
    assert sum(month.firms for month in page_of(people["老郑"]).lapses) == 1
    registry.apply([certificate(one.uscc, until=dt.date(2029, 4, 1))], by=None)
    assert (
        sum(month.firms for month in page_of(people["老郑"]).lapses) == 1
    )  # the new one, in three years
    assert not page_of(people["老郑"]).soon


# --- who sees whom --------------------------------------------------------------------------------------------------
def test_names_and_contacts_are_for_those_who_may_see_them(client, people):
    here = firm(name="德感到期公司", hnte_expiring=True)
    there = firm(name="白沙到期公司", hnte_expiring=True, park="baisha", town="500116108")
    told = [
        acts.Register(uscc=one.uscc, name=one.name, contact_name=f"联系{one.name[:2]}")
        for one in (here, there)
    ]
    registry.apply(told, by=None)
    sees = {
        "小石": (2, {"联系德感", "联系白沙"}),
        "老郑": (2, set()),
        "德感": (1, {"联系德感"}),
        "街道": (1, {"联系德感"}),
    }
    for who, (firms, known) in sees.items():
        client.force_login(people[who])
        for address in (f"{AT}?{ON}", f"/outlook/data.xlsx?{ON}"):
            answer = client.get(address)
            shown = text_of(answer)
            assert ("白沙到期公司" in shown) == (firms == 2), (who, address)
            assert "德感到期公司" in shown
            assert {name for name in ("联系德感", "联系白沙") if name in shown} == known, (
                who,
                address,
            )


def text_of(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body[:2] != b"PK":
        return body.decode()
    book = openpyxl.load_workbook(io.BytesIO(body))
    return " ".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    )


def test_a_reporter_gets_the_districts_figures_and_the_own_units_row(client, people):
    district()
    client.force_login(people["德感"])
    html = client.get(f"{AT}?{ON}").content.decode()
    page = page_of(people["德感"])
    assert page.now.stock == page_of(people["老郑"]).now.stock
    assert [row.unit.code for row in page.units] == ["degan"]
    assert "白沙" not in html
    assert not links_of(
        html
    )  # district figures lead to no list, all firms of others would be missing in it


# --- suppositions ---------------------------------------------------------------------------------------------------
TOLD_OF_FILES = (SecurityEvent, Seal, SealedBook)
"""That somebody took a file is told there."""


def rows_everywhere() -> dict[str, list]:
    models = [
        model
        for app in ("parks", "enterprises", "targets")
        for model in apps.get_app_config(app).get_models()
        if model not in TOLD_OF_FILES
    ]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in models
    }


def test_a_supposition_is_marked_changes_the_outlook_and_leaves_no_trace(leader):
    district()
    plain = shown_to(leader, f"{AT}?{ON}")
    before = rows_everywhere()
    for address in (AT, "/outlook/data.xlsx", "/outlook/charts/fan.svg", "/api/v1/outlook/"):
        assert leader.get(f"{address}?{ON}&renewal=100&wins=300").status_code == 200
    html = shown_to(leader, f"{AT}?{ON}&renewal=100&wins=300")
    assert rows_everywhere() == before
    assert "假设续证率100%、每年首次认定300家" in html
    assert "假设续证率" not in plain
    assert shown_to(leader, f"{AT}?{ON}") == plain


def shown_to(client, address: str) -> str:
    """The page without the token that is another each time, and the time of printing."""
    return re.sub(
        r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken&quot;.*|"X-CSRFToken".*|<time data-print-time[^>]*>[0-9: -]+',
        "",
        client.get(address).content.decode(),
    )


def test_higher_rates_and_more_entries_never_lower_the_outlook(people):
    district()
    now = page_of(people["老郑"]).now
    day = dt.date(2027, 12, 31)
    for name in ("renewal", "wins"):
        values = (0.0, 0.3, 0.6, 1.0) if name == "renewal" else (0.0, 10.0, 50.0, 400.0)
        means = [scenario.under(now, Supposition(**{name: value})).on(day).mean for value in values]
        assert means == sorted(means)
        assert means[0] < means[-1]


@pytest.mark.parametrize(
    "wrong",
    ["renewal=101", "renewal=-1", "renewal=abc", "wins=1.5", "wins=-3", "wins=999999", "kind=champion", "unit=nowhere",
     "unit=%00", "on=2026-02-30", "on=2039-01-01", "kind=tech&renewal=80", "kind=tech&publicity=100", "renewal=NaN", "preparing=101",
     "publicity=-1", "filed=x"],
)  # fmt: skip
def test_what_is_not_understood_is_said_in_words_and_answered_by_default(leader, wrong):
    answer = leader.get(f"{AT}?{wrong}")
    assert answer.status_code == 400
    assert "下面按默认条件显示" in answer.content.decode()
    assert leader.get(f"/outlook/charts/fan.svg?{wrong}").status_code == 404
    assert leader.get(f"/api/v1/outlook/?{wrong}").status_code == 400


# --- little or no history -------------------------------------------------------------------------------------------
def test_without_history_no_number_is_invented(leader, people):
    firm(hnte=True)
    page = page_of(people["老郑"])
    assert page.need is None
    assert page.verdicts[0].chance is None
    html = leader.get(f"{AT}?{ON}").content.decode()
    assert "历史数据不足，暂不预测" in html
    supposed = page_of(people["老郑"], renewal="80", wins="5")
    assert supposed.verdicts[0].supposed.expected > 0
    assert leader.get(f"/outlook/charts/fan.svg?{ON}").content.startswith(b"<svg")


def test_the_empty_portal_and_the_one_without_a_plan_say_so(leader, django_user_model, client):
    assert "历史数据不足" in leader.get(f"{AT}?{ON}").content.decode()
    assert leader.get("/outlook/?kind=tech").status_code == 200


def test_without_a_plan_the_page_says_what_to_do(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("老郑", role="leader"))
    assert "指标尚未载入" in client.get(AT).content.decode()
    assert client.get("/outlook/data.xlsx").status_code == 404
    assert client.get("/api/v1/outlook/").status_code == 404


def test_once_all_targets_have_passed_the_page_still_shows_what_is_to_come(leader):
    district()
    Target.objects.filter(due__year=2027).delete()
    html = leader.get(f"{AT}?{ON}").content.decode()
    assert "没有尚未到期的目标" in html
    assert "逐月到期企业" in html


def test_the_forecast_starts_on_the_day_asked_and_takes_no_unreported_renewal_for_missed(
    leader, people
):
    district()
    for year in range(2019, 2026):
        for number in range(10):
            # Who renews in spring does so at once; who has not by June never does.
            one = firm(outside_parks=True, town="500116002")
            later = [dt.date(year + 3 * term, 5, 10) for term in range(1, 4)] if number else []
            ends = [dt.date(year, 4, 30), *later]
            registry.apply([certificate(one.uscc, until=day) for day in ends], by=None)
    for _ in range(10):
        # Lapsed two months ago, and no roster since then says whether they renewed.
        one = firm(outside_parks=True, town="500116001")
        registry.apply([certificate(one.uscc, until=dt.date(2026, 4, 30))], by=None)
    roster = SourceFile.objects.create(
        kind="roster", name="名册", sha256="0" * 64, size=1, as_of=dt.date(2026, 3, 31)
    )
    unreported = page_of(people["老郑"])
    assert unreported.question.on == TODAY
    assert "按3月31日名册" in leader.get(f"{AT}?{ON}").content.decode()
    SourceFile.objects.filter(pk=roster.pk).update(as_of=TODAY)
    missed = page_of(people["老郑"])
    assert missed.now.stock == unreported.now.stock
    due = dt.date(2026, 12, 31)
    assert missed.now.on(due).mean < unreported.now.on(due).mean - 1
    assert missed.reach.in_words == ""


# --- batches, pool, other faces of the same numbers -----------------------------------------------------------------
def test_an_unannounced_year_goes_by_the_last_announced_one_and_says_so(people):
    district()
    years = {year.year: year for year in page_of(people["老郑"]).need.years}
    assert years[2027].modelled_on == 2025
    assert [batch.closes_on for batch, _ in years[2027].batches] == [
        dt.date(2027, 4, 30), dt.date(2027, 6, 30), dt.date(2027, 8, 31),
    ]  # fmt: skip
    assert [batch.number for batch, _ in years[2026].batches] == [2, 3]  # the first has closed
    ApplicationBatch.objects.create(
        kind=QualificationKind.objects.get(code="hnte"),
        year=2027,
        number=1,
        closes_on=dt.date(2027, 5, 20),
        source="通知",
    )
    after = {year.year: year for year in page_of(people["老郑"]).need.years}[2027]
    assert (after.modelled_on, [firms for _, firms in after.batches]) == (None, [after.firms])


def test_the_pool_counts_for_the_unit_where_the_firm_stands(people):
    for place in ({}, {"outside_parks": True}, {"park": "baisha", "town": "500116108"}):
        one = firm(**place)
        registry.apply([acts.EnterPool(uscc=one.uscc, stage="seed", on=TODAY)], by=None)
    moved = firm()
    registry.apply([acts.EnterPool(uscc=moved.uscc, stage="seed", on=dt.date(2025, 1, 1))], by=None)
    registry.apply(
        [acts.Move(uscc=moved.uscc, park="baisha", town="500116108", on=dt.date(2026, 1, 1))],
        by=None,
    )
    by_code = {
        unit.code: number
        for unit in Unit.objects.all()
        if (number := reserve_pool.by_unit(TODAY).get(unit.pk))
    }
    assert by_code == {"degan": 1, "500116002": 1, "baisha": 2}


def test_page_workbook_and_api_tell_the_same_numbers(leader, people):
    district()
    html = leader.get(f"{AT}?{ON}&wins=40").content.decode()
    book = text_of(leader.get(f"/outlook/data.xlsx?{ON}&wins=40"))
    told = leader.get(f"/api/v1/outlook/?{ON}&wins=40").json()
    chance, need = told["verdicts"][0]["chance"], told["need"]
    sentence = f"约{chance['expected']:.0f}家，八成把握在{chance['low']}至{chance['high']}家之间"
    assert sentence in html
    assert sentence in book
    assert f"还需新认定{need['firms']}家" in html
    assert told["verdicts"][0]["supposed"]["expected"] > chance["expected"]
    page = page_of(people["老郑"])
    assert [row["firms"] for row in told["lapses"]] == [row.firms for row in page.lapses]
    assert [row["total"] for row in told["cohorts"]] == [one.total for one in page.cohorts]
    assert leader.get(f"/api/v1/outlook/?{ON}&definition=class_year").status_code == 400
    # Firms are whole also where they are only expected.
    assert re.search(rf">\s*{told['points'][-1]['chance']['expected']:.0f}\s*<", html)
    assert not re.search(r">\s*\d+\.\d\s*<", html)


def test_technology_firms_have_no_term_and_the_page_says_so(leader, people):
    for year in range(2018, 2026):
        for number in range(8):
            one = firm()
            todo = [acts.Grant(uscc=one.uscc, kind="tech", valid_from=dt.date(year, 3, 1 + number))]
            if number == 0 and year < 2025:
                todo.append(acts.Close(uscc=one.uscc, on=dt.date(year + 1, 5, 5)))
            registry.apply(todo, by=None)
    page = page_of(people["老郑"], kind="tech")
    exits = page.rates.exit.district
    assert (exits.hits, page.now.has_term, page.lapses, page.soon) == (5, False, [], [])
    assert needs.usual_pace(page.now) == pytest.approx(8)
    by_year = outlook_tables.build_tables(page, people["老郑"])["rates_years"]
    assert [row[1].value for row in by_year.rows] == [8] * 5
    html = leader.get(f"{AT}?{ON}&kind=tech").content.decode()
    assert "没有有效期，不存在到期" in html
    assert "年退出率" in html


@pytest.mark.parametrize("kind", ["hnte", "tech"])
def test_the_page_asks_as_often_for_many_firms_as_for_few(
    leader, kind, django_assert_max_num_queries
):
    district(range(2020, 2024), each=2)
    firm(hnte_expiring=True)
    address = f"{AT}?{ON}&kind={kind}&wins=50"
    leader.get(address)
    with django_assert_max_num_queries(56) as few:
        leader.get(address)
    number = len(few)
    for _ in range(4):
        firm(hnte_expiring=True)
    district(range(2015, 2026), each=5)
    leader.get(address)
    with django_assert_max_num_queries(
        number + 1
    ):  # one more: pool stages of the firms about to lapse
        leader.get(address)


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "不到1%"),
        (0.009, "不到1%"),
        (0.01, "1%"),
        (0.214, "21%"),
        (0.99, "99%"),
        (0.995, "超过99%"),
    ],
)
def test_a_probability_claims_no_more_than_it_can(share, shown):
    assert outlook_words.probability(share) == shown


@pytest.mark.one_moment
def test_known_lives_are_read_in_four_queries(plan, django_assert_num_queries):
    firm(hnte=True)
    with django_assert_num_queries(5):
        firm_history.read_chronicle("hnte", "certificate")


def test_every_chart_of_the_page_has_its_picture_for_browsers_without_scripts(leader):
    district(range(2021, 2026), each=3, renewed=2)
    html = leader.get(f"{AT}?{ON}&wins=40&unit=degan").content.decode()
    pictures = re.findall(
        r'<noscript><img class="chart-image" src="([^"]+)" alt="[^"]+"></noscript>', html
    )
    assert [address.split("?")[0].rsplit("/", 1)[1] for address in pictures] == [
        "fan.svg",
        "cohorts.svg",
        "lapses.svg",
    ]
    for address in pictures:
        assert leader.get(address.replace("&amp;", "&")).content.startswith(b"<svg")


def test_the_announced_batches_are_seeded_once_and_edits_stay(plan):
    assert Counter(ApplicationBatch.objects.values_list("year", flat=True)) == {
        2021: 1,
        2023: 2,
        2024: 3,
        2025: 3,
    }
    ApplicationBatch.objects.filter(year=2025, number=1).update(closes_on=dt.date(2025, 5, 5))
    assert seed.seed() == 0
    batch = ApplicationBatch.objects.get(year=2025, number=1)
    assert (batch.closes_on, str(timezone.localtime(batch.district_due_at))) == (
        dt.date(2025, 5, 5), "2025-05-16 12:00:00+08:00",
    )  # fmt: skip
