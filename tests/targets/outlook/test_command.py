"""`manage.py outlook`, the page and the API: one forecast, from what was known on its day, with applications in it."""

import datetime as dt
import io
import json
import re

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import Application, Enterprise, QualificationKind
from enterprises.registry import acts
from targets.figures import spans
from targets.in_flight import count_in_flight
from targets.models import ApplicationBatch, OutlookRules, Span, Target
from targets.outlook import expectations
from targets.outlook import tables as outlook_tables
from targets.outlook.model import known_forecasts
from tests.effort import examples
from tests.histories import lives
from tests.targets.figures.test_counting import enter, on_the_database, rolled_back
from tests.targets.outlook import districts
from tests.targets.outlook.test_outlook import page_of

pytestmark = pytest.mark.django_db
JUNE, AUTUMN, YEAR_END = dt.date(2025, 6, 30), dt.date(2025, 9, 30), dt.date(2025, 12, 31)
AUGUST = dt.date(2025, 8, 20)
"""Shortly before the last batch closes."""
SEED = 3
"""A district of a hundred certificates with stages from the first year on."""
VALUES = {"stock", "in_flight", "mean", "low80", "high80", "probability"}


def told(as_of: dt.date, until: dt.date = YEAR_END) -> dict:
    out = io.StringIO()
    call_command("outlook", "--as-of", str(as_of), "--until", str(until), "--json", stdout=out)
    return json.loads(out.getvalue())


def enter_district(until: dt.date | None = None) -> districts.District:
    """An invented district, with the calendar; only what is dated by a day where one is given."""
    district = districts.invent(SEED, largest=500)
    todo = [act for act in district.acts() if until is None or districts.day_of(act) <= until]
    registry.apply(todo, by=None)
    enter_calendar(district)
    return district


def enter_calendar(district: districts.District) -> None:
    kind = QualificationKind.objects.get(code=districts.KIND)
    ApplicationBatch.objects.filter(kind=kind).delete()
    for year, batches in district.batches.items():
        for number, batch in enumerate(batches, 1):
            days = {"opens_on": batch.opens, "closes_on": batch.closes}
            ApplicationBatch.objects.create(
                kind=kind, year=year, number=number, source="测试", **days
            )


# --- shape ----------------------------------------------------------------------------------------------------------
def test_the_command_prints_every_counted_indicator_with_a_target(plan):
    enter_district()
    found = told(AUTUMN)
    assert list(found) == ["as_of", "until", "indicators"]
    assert (found["as_of"], found["until"]) == ("2025-09-30", "2025-12-31")
    assert list(found["indicators"]) == ["hnte", "tech", "little_giant", "champion"]
    for row in found["indicators"].values():
        assert set(row) == VALUES
    hnte = found["indicators"]["hnte"]
    assert hnte["low80"] <= hnte["mean"] <= hnte["high80"]
    assert 0 <= hnte["probability"] <= 1
    # Of a kind that nobody holds nothing is invented, and nobody applies for a register.
    assert found["indicators"]["tech"] == {
        "stock": 0, "in_flight": 0, "mean": None, "low80": None, "high80": None, "probability": None,
    }  # fmt: skip


def test_no_probability_where_no_target_falls_due(plan):
    enter_district()
    assert told(JUNE, dt.date(2025, 9, 30))["indicators"]["hnte"]["probability"] is None
    likely = round(told(JUNE)["indicators"]["hnte"]["mean"]) - 2
    Target.objects.filter(indicator__code="hnte", due=YEAR_END).update(value=likely)
    sure = told(JUNE, dt.date(2026, 12, 31))["indicators"]["hnte"]["probability"]
    assert sure == told(JUNE)["indicators"]["hnte"]["probability"] > 0.5


@pytest.mark.parametrize(
    ("as_of", "until", "said"),
    [("2025-12-31", "2025-12-31", "须晚于"), ("2039-01-01", "2040-01-01", "晚于今天"), ("昨天", "2025-12-31", "")],
)  # fmt: skip
def test_days_that_make_no_sense_are_refused_in_words(plan, as_of, until, said):
    with pytest.raises(CommandError, match=said):
        call_command("outlook", "--as-of", as_of, "--until", until, "--json")


def test_without_json_it_tells_the_same_for_people(plan, capsys):
    enter_district()
    call_command("outlook", "--as-of", str(JUNE))
    shown = capsys.readouterr().out
    assert f"mean={told(JUNE)['indicators']['hnte']['mean']:g}" in shown
    assert "tech" in shown


# --- what was known -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("day", [JUNE, dt.date(2024, 9, 30)])
def test_a_forecast_from_a_past_day_is_that_which_was_made_on_it(plan, day):
    """The same district, once with all that came later and once as a clerk of that day left it."""
    found = []
    for until in (None, day):
        with rolled_back():
            enter_district(until)
            found.append(told(day, dt.date(day.year + 1, 12, 31))["indicators"]["hnte"])
    assert found[0] == found[1]
    assert found[0]["mean"] > 0


@settings(on_the_database, max_examples=examples(20))
@given(
    st.lists(lives(dt.date(2025, 6, 1), dt.date(2026, 12, 31), applying=True), max_size=10),
    st.dates(dt.date(2025, 6, 1), dt.date(2026, 12, 31)),
)
def test_the_model_has_the_same_firms_in_flight_as_every_page(plan, firms, day):
    with rolled_back():
        enter(firms)
        spans.refresh()
        kind = QualificationKind.objects.prefetch_related("terms").get(code="hnte")
        seen = known_forecasts.read_scenario(kind, day)
        counted = count_in_flight(day.year, [day], {"hnte"}).firms("hnte", "district", day)
        assert len(seen.in_flight) == counted
        assert seen.stock == len(counted_firms(day))


def counted_firms(day: dt.date) -> set[int]:
    rows = Span.objects.filter(kind__code="hnte", definition="certificate").covering(day)
    return set(rows.values_list("enterprise", flat=True))


# --- applications ---------------------------------------------------------------------------------------------------
def filed_firms(day: dt.date) -> list[Application]:
    rows = Application.objects.filter(kind__code="hnte", year=day.year, stage="filed")
    return [row for row in rows.select_related("enterprise") if row.holds_on(day)]


def test_giving_up_every_application_lowers_the_year_end_by_its_share(plan, people):
    enter_district()
    before = told(AUGUST)["indicators"]["hnte"]
    kind = QualificationKind.objects.prefetch_related("terms").get(code="hnte")
    seen = known_forecasts.read_scenario(kind, AUGUST)
    assert seen.with_stages
    expected = seen.on(YEAR_END)
    filed = [one for one in expected.placings if one.cell.stage == "filed"]
    assert len(filed) > 3
    share = sum(expected.share(one) for one in filed)
    gave_up = [
        acts.Apply(
            uscc=Enterprise.objects.get(pk=one.firm).uscc, kind="hnte", year=2025, stage="given_up",
            on=AUGUST, note="不再申报", confirmed=True,
        )
        for one in filed
    ]  # fmt: skip
    # What came of them later is unsaid: who has given up is not certified in autumn.
    Application.objects.filter(kind__code="hnte", since__gt=AUGUST).delete()
    for row in filed_firms(AUGUST):
        Application.objects.filter(pk=row.pk).update(until=None)
    registry.apply(gave_up, by=None)
    after = told(AUGUST)["indicators"]["hnte"]
    assert before["mean"] - after["mean"] == pytest.approx(share, abs=0.001)
    assert after["in_flight"] < before["in_flight"]


def test_once_all_batches_have_closed_nobody_comes_but_those_in_flight(plan):
    enter_district()
    found = told(dt.date(2025, 10, 5))["indicators"]["hnte"]
    assert found["in_flight"] > 0
    assert found["mean"] <= found["stock"] + found["in_flight"]
    assert found["high80"] <= found["stock"] + found["in_flight"]
    kind = QualificationKind.objects.prefetch_related("terms").get(code="hnte")
    for day, limited in ((JUNE, False), (dt.date(2025, 10, 5), True)):
        expected = known_forecasts.read_scenario(kind, day).on(YEAR_END)
        assert (expected.limit is not None) == limited
        if limited:
            assert expected.number.at_least(expected.limit + 1) == 0
    # A batch of which nobody knows the last day may still be open.
    ApplicationBatch.objects.create(kind=kind, year=2025, number=9, source="未公布")
    assert known_forecasts.read_scenario(kind, dt.date(2025, 10, 5)).on(YEAR_END).limit is None


def test_a_district_that_never_kept_stages_is_forecast_without_and_says_so(people, leader):
    district = districts.invent(SEED, largest=500)
    registry.apply([act for act in district.acts() if not isinstance(act, acts.Apply)], by=None)
    page = page_of(people["老郑"], on=str(AUTUMN))
    assert not page.now.with_stages
    assert page.now.on(YEAR_END).mean > 0
    html = leader.get(f"/outlook/?on={AUTUMN}").content.decode()
    assert "预测不用申报状态，只看证书" in html


# --- page, API and stored expectations ------------------------------------------------------------------------------
def test_page_api_and_command_tell_one_number(people, leader):
    enter_district()
    found = told(AUGUST)["indicators"]["hnte"]
    page = page_of(people["老郑"], on=str(AUGUST))
    expected = page.now.on(YEAR_END)
    assert (page.now.stock, page.in_flight) == (found["stock"], found["in_flight"])
    assert found["mean"] == pytest.approx(expected.mean, abs=1e-4)
    answer = leader.get(f"/api/v1/outlook/?on={AUGUST}").json()
    due = next(
        one
        for one in answer["verdicts"]
        if one["due"] == str(YEAR_END) and one["indicator"] == "hnte"
    )
    assert due["chance"]["expected"] == pytest.approx(found["mean"], abs=1e-4)
    assert due["chance"]["probability"] == pytest.approx(found["probability"], abs=1e-6)
    assert answer["in_flight"] == found["in_flight"] > 0
    assert sum(row["expected"] for row in answer["units"]) == round(found["mean"])
    assert sum(row["in_flight"] for row in answer["units"]) == found["in_flight"]
    shares = {(row["lot"], row["stage"]): row["share"] for row in answer["cells"]}
    assert 0.5 < shares["again", "filed"] < 1
    assert answer["recorded"][0]["year"] == 2024
    html = leader.get(f"/outlook/?on={AUGUST}").content.decode()
    assert f"在途{found['in_flight']}家（其中已申报" in html
    assert f"{found['low80']}至{found['high80']}" in html


def test_suppositions_about_stages_move_what_they_are_about(people):
    enter_district()
    # Without a calendar nothing is closed, and nothing sets a limit.
    ApplicationBatch.objects.all().delete()
    plain = page_of(people["老郑"], on=str(AUTUMN)).now.on(YEAR_END)
    told_now = {}
    for name in ("publicity", "filed", "preparing"):
        for percent in ("0", "100"):
            page = page_of(people["老郑"], on=str(AUTUMN), **{name: percent})
            told_now[name, percent] = page.supposed.on(YEAR_END).mean
        firms = sum(n for cell, n in plain.firms.items() if cell.stage == name)
        gained = told_now[name, "100"] - told_now[name, "0"]
        if name == "preparing":
            # All of them file, and pass as those that have filed.
            assert 0 <= gained <= firms
        else:
            assert gained == pytest.approx(firms, abs=0.01)
    half = page_of(people["老郑"], on=str(JUNE), preparing="50").supposed
    cell = next(cell for cell in half.on(YEAR_END).firms if cell.stage == "preparing")
    filed = half.on(YEAR_END).lessons.share(type(cell)(cell.lot, "filed"))
    assert half.on(YEAR_END).lessons.share(cell) == pytest.approx(filed / 2)


def test_a_percentage_is_told_only_where_past_forecasts_were_better(people, leader):
    enter_district()
    page = page_of(people["老郑"], on="2026-06-30")
    assert len(page.record.trials) > 10
    assert page.record.is_better == page.verdicts[0].proven
    OutlookRules.objects.update(trials=999)
    page = page_of(people["老郑"], on="2026-06-30")
    assert not page.verdicts[0].proven
    html = leader.get("/outlook/?on=2026-06-30").content.decode()
    assert "只给区间，不给可能性" in html
    assert not re.search(r"的可能性\d|的可能性不到|的可能性超过", html)
    assert all(
        cell.value is None
        for row in outlook_tables.build_tables(page, people["老郑"])["fan"].rows
        for cell in row[5:6]
    )
    for row in expectations.build_expectations():
        assert row.probability is None


def test_a_trial_knows_only_what_was_dated_by_its_day_and_is_judged_beside_two_others(people):
    enter_district()
    record = page_of(people["老郑"], on="2026-06-30").record
    by_start = {trial.as_of: trial for trial in record.trials}
    for day in (JUNE, AUTUMN):
        found = told(day)["indicators"]["hnte"]
        trial = by_start[day]
        assert trial.expected == pytest.approx(found["mean"], abs=1e-4)
        assert (trial.low, trial.high) == (found["low80"], found["high80"])
        assert set(trial.naive_errors) == {"line", "net"}
        assert trial.actual == told(YEAR_END, dt.date(2026, 1, 1))["indicators"]["hnte"]["stock"]
    assert record.error == pytest.approx(
        sum(t.error for t in record.trials if len(t.naive_errors) == 2) / record.compared
    )


def test_numbers_of_the_model_are_edited_data_valid_from_a_day(people):
    enter_district()
    before = told(JUNE)["indicators"]["hnte"]["mean"]
    rules = OutlookRules.objects.get()
    rules.pk, rules.since = None, dt.date(2025, 7, 1)
    rules.strength = 4000.0
    rules.save()
    assert told(JUNE)["indicators"]["hnte"]["mean"] == before
    later = known_forecasts.read_scenario(
        QualificationKind.objects.prefetch_related("terms").get(code="hnte"), dt.date(2025, 7, 1)
    )
    assert later.rules.strength == 4000.0
    assert later.rules.prior("again", "filed").share == 0.88
    OutlookRules.objects.all().delete()
    assert told(JUNE)["indicators"]["hnte"]["mean"] == before
