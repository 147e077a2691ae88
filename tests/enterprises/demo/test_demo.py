"""The demo district: always the same, plausible, marked, and only where nothing is registered yet."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import call_command

from enterprises.demo import district as demo_district
from enterprises.models import Enterprise, LedgerEntry, Placement, SourceFile
from enterprises.uscc import problem
from targets.figures import counting
from tests.firms import firm

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def demo_firms(kept_demo_firms, plan) -> None:
    """What the command leaves in a district without firms."""
    kept_demo_firms.restore()


def test_the_story_is_the_same_every_time(plan):
    assert demo_district.acts() == demo_district.acts()


def test_the_demo_district_tells_of_a_plan_half_way(demo_firms):
    days = {year: dt.date(year, 12, 31) for year in (2022, 2025)} | {2026: TODAY}
    counts = counting.count(list(days.values()))
    value = {
        (year, code): counts.value(day, "district", code)
        for year, day in days.items()
        for code in counts.rules
    }
    assert 330 <= value[2022, "hnte"] <= 370
    assert 550 < value[2025, "hnte"] < 600
    assert 2600 < value[2025, "tech"] < 2700
    assert 550 < value[2026, "hnte"] < 700
    assert 2650 < value[2026, "tech"] < 3000
    assert value[2026, "little_giant"] == 21
    assert value[2026, "champion"] == 2
    assert 93 < value[2026, "hnte_park_share"] < 97
    assert 93 < value[2026, "tech_park_share"] < 97


def test_every_firm_is_marked_has_a_right_code_and_its_file_says_what_it_is(demo_firms):
    assert not Enterprise.objects.exclude(name__contains="演示").exists()
    assert not [code for code in Enterprise.objects.values_list("uscc", flat=True) if problem(code)]
    assert SourceFile.objects.get().kind == "demo"
    assert set(LedgerEntry.objects.values_list("source__kind", flat=True)) == {"demo"}
    acts = Counter(LedgerEntry.objects.values_list("act", flat=True))
    assert not {
        "moved",
        "left",
        "closed",
        "reopened",
        "renamed",
        "revoked",
        "pooled",
        "unpooled",
        "figures",
    } - set(acts)
    assert Placement.objects.filter(arrival="from_outside").exists()


def test_where_firms_are_registered_nothing_is_invented(plan, capsys):
    firm()
    call_command("demo_district")
    assert Enterprise.objects.count() == 1
    assert "未生成" in capsys.readouterr().out


def test_a_second_time_nothing_is_written(demo_firms):
    entries = LedgerEntry.objects.count()
    call_command("demo_district")
    assert LedgerEntry.objects.count() == entries
