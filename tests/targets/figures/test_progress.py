"""How many against how many: operators, what is missing, paces, the two clauses, shares, entered figures."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command

from parks.models import Unit
from targets.figures import indicators, progress
from targets.figures.counting import Counts
from targets.models import Baseline, Indicator, KeyTask, Operator, ReportedFigure, Target, TaskBody

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 12, 31)
IN_2025, IN_2027 = dt.date(2025, 12, 31), dt.date(2027, 12, 31)


def counts(day: dt.date = TODAY, *, kind: str = "hnte", parks: int = 0, outside: int = 0) -> Counts:
    """As if so many firms stood in a park and outside the parks."""
    made = Counts([day], "certificate", ["degan", "500116002"], indicators.live())
    made.add(day, kind, "degan", "500116002", parks)
    made.add(day, kind, None, "500116002", outside)
    return made


def of(
    code: str, due: dt.date = IN_2027, day: dt.date = TODAY, **firms: int | str
) -> progress.Progress:
    found = progress.from_counts(counts(day, **firms), day)
    return next(one for one in found if (one.target.indicator.code, one.target.due) == (code, due))


@pytest.mark.parametrize(
    ("operator", "value", "met"),
    [
        ("gt", 699, False),
        ("gt", 700, False),
        ("gt", 701, True),
        ("gte", 699, False),
        ("gte", 700, True),
    ],
)
def test_more_than_excludes_the_number_and_at_least_includes_it(operator, value, met):
    assert Operator(operator).met_by(value, Decimal(700)) is met


@pytest.mark.parametrize(
    ("operator", "goal", "smallest"),
    [("gt", "700", 701), ("gte", "700", 700), ("gt", "36.5", 37), ("gte", "36.5", 37)],
)
def test_the_smallest_whole_number_that_meets_a_goal(operator, goal, smallest):
    assert Operator(operator).smallest_whole(Decimal(goal)) == smallest


@pytest.mark.parametrize(
    ("firms", "missing", "met"), [(650, 51, False), (700, 1, False), (701, 0, True), (900, 0, True)]
)
def test_what_is_missing_to_more_than_700(plan, firms, missing, met):
    now = of("hnte", parks=firms)
    assert (now.value, now.smallest, now.missing, now.met) == (firms, 701, missing, met)


def test_the_two_years_of_an_indicator_are_judged_apart(plan):
    assert of("hnte", IN_2025, parks=551).met is True
    assert of("hnte", IN_2027, parks=551).met is False


@pytest.mark.parametrize(
    ("firms", "share"),
    [(350, "0.0"), (701, "100.0"), (526, "50.1"), (315, "-10.0"), (736, "110.0")],
)
def test_the_share_of_the_way_goes_from_the_baseline_to_the_smallest_number(plan, firms, share):
    assert of("hnte", parks=firms).share_of_way == Decimal(share)


def test_without_a_baseline_nothing_is_said_of_the_way_or_of_doubling(plan):
    Baseline.objects.all().delete()
    now = of("hnte", parks=600)
    assert (now.share_of_way, now.doubling, now.doubled) == (None, None, None)
    assert now.missing == 101


def test_the_pace_needed_is_what_is_missing_over_the_years_left(plan):
    assert of("hnte", parks=601).pace_needed == Decimal("100.1")  # 100 firms in 365 days
    assert of("hnte", parks=701).pace_needed == 0
    assert of("hnte", IN_2025, parks=500).pace_needed is None  # the day has passed


def test_doubling_is_a_clause_of_its_own(plan):
    Baseline.objects.filter(indicator__code="hnte").update(value=347)
    doubled = of("hnte", parks=694)
    assert (doubled.doubled, doubled.doubling, doubled.met) == (True, Decimal("2.00"), False)
    Baseline.objects.filter(indicator__code="hnte").update(value=360)
    not_doubled = of("hnte", parks=719)
    assert (not_doubled.doubled, not_doubled.doubling, not_doubled.met) == (
        False,
        Decimal("2.00"),
        True,
    )
    assert of("hnte", IN_2025, parks=719).doubled is None


# --- the share of the parks ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("district", "outside", "allowed", "met"),
    [
        (701, 35, 35, True),
        (701, 36, 35, False),
        (700, 35, 35, True),
        (20, 1, 1, True),
        (19, 1, 0, False),
    ],
)
def test_how_many_may_lie_outside_the_parks(plan, district, outside, allowed, met):
    made = counts(parks=district - outside, outside=outside)
    share = progress.park_share(made, TODAY, "hnte", progress.from_counts(made, TODAY))
    assert (share.floor, share.allowed_outside, share.slack, share.met) == (
        95,
        allowed,
        allowed - outside,
        met,
    )
    of_target = of("hnte_park_share", parks=district - outside, outside=outside)
    assert of_target.met is met
    assert share.share == of_target.value  # on the goals page and among the targets


def test_a_share_just_below_the_goal_is_not_met_though_it_rounds_to_it(plan):
    now = of("tech_park_share", kind="tech", parks=3172, outside=167)
    assert (now.value, now.met, now.missing) == (Decimal("95.00"), False, Decimal("0.01"))
    assert of("tech_park_share", kind="tech", parks=3173, outside=167).met is True


def test_a_share_of_nothing_is_not_judged(plan):
    now = of("hnte_park_share")
    assert (now.value, now.met, now.missing) == (None, None, None)
    made = counts()
    assert progress.park_share(made, TODAY, "hnte", progress.from_counts(made, TODAY)).met is None


# --- entered figures -------------------------------------------------------------------------------------------
def publish(code: str, year: int, value: str, on: dt.date) -> None:
    indicator = Indicator.objects.get(code=code)
    ReportedFigure.objects.create(
        indicator=indicator, year=year, value=Decimal(value), published_on=on, source="公报"
    )


def test_research_intensity_is_compared_with_the_national_figure_of_the_same_year(plan):
    publish("rd_intensity", 2025, "2.70", dt.date(2026, 3, 1))
    publish("rd_intensity_national", 2024, "2.69", dt.date(2025, 9, 1))
    assert of("rd_intensity").met is None  # the nation's figure of 2025 is not out yet
    publish("rd_intensity_national", 2025, "2.70", dt.date(2026, 9, 1))
    assert (of("rd_intensity").goal, of("rd_intensity").met) == (Decimal("2.70"), False)
    assert of("rd_intensity").missing == Decimal("0.01")  # equal is not more: something is missing
    publish("rd_intensity", 2025, "2.71", dt.date(2026, 10, 1))
    assert of("rd_intensity").met is True


def test_a_revision_counts_from_its_own_day_on(plan):
    publish("hightech_mfg_share", 2025, "21.90", dt.date(2026, 3, 1))
    publish("hightech_mfg_share", 2025, "22.00", dt.date(2026, 9, 1))
    assert of("hightech_mfg_share", day=dt.date(2026, 2, 28)).value is None
    assert of("hightech_mfg_share", day=dt.date(2026, 8, 31)).met is False
    revised = of("hightech_mfg_share", day=dt.date(2026, 9, 1))
    assert (revised.value, revised.met) == (Decimal("22.00"), True)
    assert "2025" in revised.value_note


def test_a_revision_is_the_later_one_whichever_was_entered_first(plan):
    publish("hightech_mfg_share", 2025, "22.00", dt.date(2026, 9, 1))
    publish("hightech_mfg_share", 2025, "21.90", dt.date(2026, 3, 1))
    assert of("hightech_mfg_share", day=dt.date(2026, 9, 1)).value == Decimal("22.00")


def test_a_late_revision_of_an_old_year_does_not_displace_the_latest_year(plan):
    publish("strategic_emerging_share", 2025, "36.00", dt.date(2026, 3, 1))
    publish("strategic_emerging_share", 2024, "39.00", dt.date(2026, 9, 1))
    now = of("strategic_emerging_share")
    assert (now.value, now.met) == (Decimal("36.00"), False)


# --- scopes and the plan itself -----------------------------------------------------------------------------------
def test_a_unit_has_the_targets_set_for_it_and_no_others(plan):
    hnte, degan = Indicator.objects.get(code="hnte"), Unit.objects.get(code="degan")
    Target.objects.create(
        indicator=hnte, unit=degan, due=IN_2027, operator="gte", value=60, wording="60家以上"
    )
    (own,) = progress.from_counts(counts(parks=60, outside=9), TODAY, "degan")
    assert (own.value, own.met, own.baseline) == (60, True, None)
    assert not progress.from_counts(counts(parks=60), TODAY, "500116002")
    assert "60家以上" not in {one.target.wording for one in progress.from_counts(counts(), TODAY)}


PLAN = {
    ("hnte", 2025, "gt", 550, False, "突破550家"),
    ("hnte", 2027, "gt", 700, True, "超过700家"),
    ("tech", 2025, "gt", 2600, False, "超过2600家"),
    ("tech", 2027, "gt", 3330, True, "超过3330家"),
    ("hnte_park_share", 2027, "gte", 95, False, "占全区总量的95%以上"),
    ("tech_park_share", 2027, "gte", 95, False, "占全区总量的95%以上"),
    ("little_giant", 2027, "gt", 25, False, "突破25家"),
    ("champion", 2027, "gt", 3, False, "超过3家"),
    ("strategic_emerging_share", 2027, "gt", 36, False, "超过36%"),
    ("hightech_mfg_share", 2027, "gte", 22, False, "提高到22%"),
    ("rd_intensity", 2027, "gt", "rd_intensity_national", False, "超过全国平均水平"),
}


def test_the_targets_in_the_database_are_those_of_the_plan(plan):
    rows = Target.objects.select_related("indicator", "reference").order_by("pk")
    assert {
        (t.indicator.code, t.due.year, t.operator, t.reference.code if t.reference else t.value, t.doubles_baseline,
         t.wording)
        for t in rows
    } == PLAN  # fmt: skip
    assert {(t.due.month, t.due.day, t.unit_id) for t in rows} == {(12, 31, None)}


def test_the_baseline_is_half_of_the_target_and_says_that_it_is_derived(plan):
    rows = Baseline.objects.values_list("indicator__code", "day", "value", "basis")
    assert set(rows) == {
        ("hnte", dt.date(2022, 12, 31), Decimal(350), "derived"),
        ("tech", dt.date(2022, 12, 31), Decimal(1665), "derived"),
    }
    assert all("推算" in source for source in Baseline.objects.values_list("source", flat=True))


def test_units_and_tasks_in_the_database_are_those_of_the_plan(plan):
    kinds = [Unit.objects.filter(kind=kind).count() for kind in ("park", "town", "department")]
    assert kinds == [6, 30, 12]
    assert list(Unit.objects.parks().values_list("code", flat=True)) == [
        "shuangfu", "luohuang", "degan", "baisha", "agri", "binjiang",
    ]  # fmt: skip
    tasks = KeyTask.objects.filter(kind="task")
    assert (tasks.count(), KeyTask.objects.filter(kind="safeguard").count()) == (13, 3)
    assert list(tasks.order_by("number").values_list("number", flat=True)) == list(range(1, 14))
    assert set(KeyTask.objects.values_list("pk", flat=True)) == set(
        TaskBody.objects.filter(role="lead").values_list("task", flat=True)
    )


def test_loading_the_plan_again_adds_nothing_and_keeps_what_was_edited(plan):
    Target.objects.filter(wording="突破550家").update(value=560)
    before = [
        model.objects.count() for model in (Unit, Indicator, Target, Baseline, KeyTask, TaskBody)
    ]
    from_before = set(Target.objects.values_list("pk", "value"))
    call_command("load_plan", verbosity=0)
    assert [
        model.objects.count() for model in (Unit, Indicator, Target, Baseline, KeyTask, TaskBody)
    ] == before
    assert set(Target.objects.values_list("pk", "value")) == from_before
