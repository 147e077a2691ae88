"""Which backups stay: days, weeks and months that have one, whatever the calendar or a clock says."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from jiangjin_portal.safekeeping.retention import RetentionRule, by_names, reasons_to_keep

RULE = RetentionRule(days=7, weeks=5, months=12, upgrades=3)
FIRST = dt.datetime(2025, 1, 1)
MINUTES = 3 * 365 * 24 * 60
MOMENTS = st.integers(0, MINUTES).map(lambda minutes: FIRST + dt.timedelta(minutes=minutes))


def name_of(moment: dt.datetime, kind: str = "") -> str:
    return f"{moment:%Y-%m-%d_%H%M%S}{kind}"


def night_after_night(first: dt.date, nights: int) -> set[str]:
    """What lies on the disk after so many nights, each of which keeps the rule."""
    there: set[str] = set()
    for number in range(nights):
        moment = dt.datetime.combine(first + dt.timedelta(days=number), dt.time(1))
        there.add(name_of(moment))
        there &= set(reasons_to_keep(by_names(there), RULE))
    return there


def test_after_two_years_of_nights_days_weeks_and_months_are_there():
    there = sorted(night_after_night(dt.date(2025, 1, 1), 699))
    days = [dt.date.fromisoformat(name[:10]) for name in there]
    last = dt.date(2025, 1, 1) + dt.timedelta(days=698)
    assert last == dt.date(2026, 11, 30)
    assert set(days) >= {last - dt.timedelta(days=number) for number in range(7)}
    sundays = [last - dt.timedelta(days=last.isoweekday() % 7 + 7 * number) for number in range(4)]
    assert set(days) >= set(sundays)
    month_ends = {dt.date(2026, month, 1) - dt.timedelta(days=1) for month in range(1, 12)}
    assert set(days) >= month_ends
    assert len(days) <= 7 + 5 + 12


@given(st.sets(MOMENTS, min_size=1, max_size=60))
def test_the_newest_stays_and_what_was_kept_once_more_is_kept_again(moments):
    names = {name_of(moment) for moment in moments}
    kept = set(reasons_to_keep(by_names(names), RULE))
    assert max(names) in kept
    assert kept <= names
    assert set(reasons_to_keep(by_names(kept), RULE)) == kept
    by_day = {name[:10] for name in names}
    assert {name[:10] for name in kept} >= set(sorted(by_day)[-7:])


def test_backups_before_upgrades_stay_by_their_own_number():
    day = dt.datetime(2026, 3, 1, 9)
    names = [name_of(day + dt.timedelta(hours=number), "_upgrade") for number in range(5)]
    reasons = reasons_to_keep(by_names([*names, name_of(day)]), RULE)
    assert reasons == {
        names[2]: "升级前",
        names[3]: "升级前",
        names[4]: "升级前",
        name_of(day): "月",
    }


def test_what_somebody_else_has_named_is_none_of_ours():
    others = [
        "2026-02-31_010000",
        "2026-01-01",
        "2026-01-01_010000.tmp",
        ".2026-01-01_010000.part-x",
    ]
    assert by_names(others) == []
    (own,) = by_names(["2026-01-01_010000_upgrade.tar.gz.age"])
    assert own.moment == dt.datetime(2026, 1, 1, 1)
