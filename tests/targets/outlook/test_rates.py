"""What was known on a day, and the rates learned from it, against plain counting over generated histories."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.outlook.model import rates, reserve_pool
from targets.outlook.model.firm_history import Chronicle
from targets.outlook.model.rates import RateTally
from targets.renewals.term import RENEWAL_DAYS
from tests import oracle
from tests.effort import examples
from tests.histories import DAY, KINDS, UNIT_IDS, lives, unsaved_facts, unsaved_kinds

EDGES = (dt.date(2018, 1, 1), dt.date(2026, 12, 31))
FIRMS = st.lists(lives(*EDGES, kinds=("hnte",)), min_size=1, max_size=12)
GONE = {"closed", "left", "revoked"}
YEAR_ENDS = [dt.date(year, 12, 31) for year in range(2020, 2027)]


@st.composite
def districts(draw):
    """Some firms and a day to look at them from: a year's end, any day, or one on which something happens."""
    firms = draw(FIRMS)
    turns = (
        sorted({day for one in firms for day in oracle.turning_days(one) if day.year >= 2018})
        or YEAR_ENDS
    )
    day = (
        st.dates(dt.date(2021, 1, 1), EDGES[1])
        | st.sampled_from(YEAR_ENDS)
        | st.sampled_from(turns)
    )
    return firms, draw(day)


def chronicle(firms: list[dict]) -> Chronicle:
    kind = unsaved_kinds(KINDS)[1]
    return Chronicle(
        kind,
        "certificate",
        {number: unsaved_facts(only_hnte(one), KINDS) for number, one in enumerate(firms)},
    )


def only_hnte(firm: dict) -> dict:
    return firm | {"certificates": [one for one in firm["certificates"] if one["kind"] == "hnte"]}


def known(firm: dict, day: dt.date) -> dict:
    """The firm as told by a chronicler who died on that day."""

    def undated_after(one: dict, field: str) -> dict:
        return one | {field: one[field] if one[field] and one[field] <= day else None}

    return {
        "certificates": [
            undated_after(one, "revoked_on")
            for one in firm["certificates"]
            if (one["valid_from"] and one["valid_from"] <= day)
            or (not one["valid_from"] and one["class_year"] <= day.year)
        ],
        "places": [undated_after(one, "until") for one in firm["places"] if one["since"] <= day],
        "closures": [
            undated_after(one, "reopened_on") for one in firm["closures"] if one["closed_on"] <= day
        ],
    }


def unit_at(firm: dict, day: dt.date) -> int | None:
    where = oracle.counted_at(firm, "hnte", KINDS, day, "certificate")
    return where and UNIT_IDS[where[0] or where[1]]


def periods(firm: dict) -> set[tuple[dt.date, dt.date, bool]]:
    """(first day, first day no longer, withdrawn) of every certificate that ever held."""
    found = set()
    for one in firm["certificates"]:
        if one["valid_from"]:
            end = one["valid_until"] + DAY if one["valid_until"] else dt.date(9999, 12, 31)
            withdrawn = bool(one["revoked_on"] and one["revoked_on"] < end)
            end = one["revoked_on"] if withdrawn else end
            if one["valid_from"] < end:
                found.add((one["valid_from"], end, withdrawn))
    return found


def lapses(firm: dict, as_of: dt.date) -> list[tuple[dt.date, int, int | None]]:
    """(first day no longer, unit, days until the next) of each certificate that none other outlasts.

    Where any is withdrawn on that day, the firm did not fail to renew.
    """
    shape = {(start, end) for start, end, _ in periods(firm)}
    withdrawn_on = {end for _, end, withdrawn in periods(firm) if withdrawn}
    last = [
        (start, end)
        for start, end in sorted(shape)
        if not any(s <= start and end <= e and (s, e) != (start, end) for s, e in shape)
    ]
    found = []
    for _, end in last:
        unit = unit_at(firm, end - DAY)
        if end <= as_of and unit and end not in withdrawn_on:
            later = [s for s, e in last if e > end]
            found.append((end, unit, max((min(later) - end).days, 0) if later else None))
    return found


@settings(deadline=None, max_examples=examples(150))
@given(districts())
def test_what_is_known_on_a_day_is_what_had_been_told_by_then(district):
    firms, as_of = district
    found = {life.firm: life for life in chronicle(firms).known_on(as_of)}
    for number, one in enumerate(firms):
        told, life = known(only_hnte(one), as_of), found.get(number)
        for day in {*oracle.turning_days(told), as_of, dt.date(2027, 12, 31)}:
            expected = oracle.counted_at(told, "hnte", KINDS, day, "certificate")
            span = life and life.counted_on(day)
            assert (span is not None) == (expected is not None), day
            if day <= as_of:  # nothing that came later changes the past
                assert unit_at(only_hnte(one), day) == (span and (span.park_id or span.town_id))


@settings(deadline=None, max_examples=examples(200))
@given(districts())
def test_renewals_as_counted_by_hand(district):
    firms, as_of = district
    book = chronicle(firms)
    learned = rates.learn(book.known_on(as_of), as_of, book.first_year)
    expected: Counter[tuple[int, int, str]] = Counter()
    for one in firms:
        for end, unit, gap in lapses(known(only_hnte(one), as_of), as_of):
            limit = as_of - RENEWAL_DAYS * DAY
            if end <= limit and end.year > limit.year - 5:
                renewed = gap is not None and gap <= RENEWAL_DAYS
                expected[unit, end.year, ("gap" if gap else "seamless") if renewed else "lost"] += 1
    found = {
        (unit, year, name): getattr(one, name)
        for (unit, year), one in learned.renewals.items()
        for name in ("seamless", "gap", "lost")
        if getattr(one, name)
    }
    assert found == dict(expected)


@settings(deadline=None, max_examples=examples(150))
@given(districts())
def test_exits_are_firms_counted_when_a_year_began_and_gone_when_it_ended(district):
    firms, as_of = district
    book = chronicle(firms)
    learned = rates.learn(book.known_on(as_of), as_of, book.first_year)
    last = as_of.year if (as_of.month, as_of.day) == (12, 31) else as_of.year - 1
    for year in range(max(last - 5, book.first_year or last) + 1, last + 1):
        before, after = dt.date(year - 1, 12, 31), dt.date(year, 12, 31)
        told = [known(only_hnte(one), as_of) for one in firms]
        here = [one for one in told if unit_at(one, before)]
        found = sum((t for (_, when), t in learned.exits.items() if when == year), rates.NOTHING)
        gone = 0
        for one in (one for one in here if not unit_at(one, after)):
            out = [
                oracle.edge(one, "hnte", KINDS, day, "certificate")[0]
                for day in oracle.turning_days(one)
                if day <= after
            ]
            reasons = [edge for edge in out if edge][-1][1]
            gone += reasons <= GONE
        assert (found.hits, found.of) == (gone, len(here))


@settings(deadline=None, max_examples=examples(100))
@given(districts())
def test_rates_of_a_past_day_know_nothing_of_what_came_later(district):
    firms, as_of = district
    book, told = chronicle(firms), chronicle([known(one, as_of) for one in firms])
    then, only = (rates.learn(one.known_on(as_of), as_of, 2018) for one in (book, told))
    assert then == only


def test_a_firm_that_comes_back_on_the_last_day_of_the_year_is_not_gone():
    place = {"park": "degan", "town": "500116002", "from_outside": False}
    back = dt.date(2021, 12, 31)
    held = {"kind": "hnte", "class_year": None, "revoked_on": None}
    firm = {
        "certificates": [
            held | {"valid_from": dt.date(2020, 1, 1), "valid_until": dt.date(2022, 12, 31)}
        ],
        "places": [
            place | {"since": dt.date(2015, 1, 1), "until": dt.date(2021, 6, 1)},
            place | {"since": back, "until": None, "from_outside": True},
        ],
        "closures": [],
    }
    book = chronicle([firm])
    learned = rates.learn(book.known_on(back), back, 2016)
    of_2021 = [tally for (_, year), tally in learned.exits.items() if year == 2021]
    assert [(tally.hits, tally.of) for tally in of_2021] == [(0, 1)]


# --- small units lean on the district -------------------------------------------------------------------------------
tallies = st.integers(0, 40).flatmap(
    lambda of: st.builds(RateTally, st.integers(0, of), st.just(of))
)


@given(st.lists(tallies, max_size=12))
def test_a_shrunk_rate_lies_between_the_units_own_and_the_districts(units):
    found = rates.shrunk({(unit, 2025): tally for unit, tally in enumerate(units)})
    assert rates.WEAKEST <= found.strength <= rates.STRONGEST
    mean = found.district.share
    for unit, tally in enumerate(units):
        if mean is None:
            assert found.rate_of(unit) is None
        else:
            own = mean if tally.share is None else tally.share
            assert min(own, mean) - 1e-12 <= found.rate_of(unit) <= max(own, mean) + 1e-12
            assert found.rate_of(unit) == pytest.approx(
                (tally.hits + found.strength * mean) / (tally.of + found.strength), abs=1e-12
            )


def test_units_alike_take_the_districts_rate_and_units_apart_keep_their_own():
    alike = rates.shrunk({(unit, 2025): RateTally(40, 50) for unit in range(6)})
    apart = rates.shrunk({(unit, 2025): RateTally(49 if unit % 2 else 5, 50) for unit in range(6)})
    assert alike.strength == rates.STRONGEST
    assert apart.strength == rates.WEAKEST
    assert apart.rate_of(1) == pytest.approx((49 + 5 * 0.54) / 55)
    assert apart.rate_of(99) == pytest.approx(0.54)


def test_the_strength_of_the_prior_by_hand():
    """Two units of 10: 9 and 5 renewed. m = 0.7, S = 10·0.04 + 10·0.04 = 0.8, S ÷ m(1−m) = 3.8095;
    ρ = (3.8095 − 1) ÷ (20 − 10 − 1) = 0.31217; (1 − ρ) ÷ ρ = 2.203, below the floor. Units of 6: 5 and 3:
    m = 2/3, S = 2·6·(1/6)² = 1/3, ÷ 2/9 = 1.5; ρ = 0.5 ÷ (12 − 6 − 1) = 0.1; strength 9."""
    assert rates.strength([RateTally(9, 10), RateTally(5, 10)]) == rates.WEAKEST
    assert rates.strength([RateTally(5, 6), RateTally(3, 6)]) == pytest.approx(9)


# --- the reserve pool -----------------------------------------------------------------------------------------------
def test_conversions_of_the_pool_as_counted_by_hand():
    stays = [
        reserve_pool.PoolStay(
            1, "seed", dt.date(2022, 5, 1), dt.date(2024, 2, 1)
        ),  # there at the ends of 2022 and 2023
        reserve_pool.PoolStay(
            1, "application", dt.date(2024, 2, 1), None
        ),  # recognised in 2025: there at the end of 2024
        reserve_pool.PoolStay(
            2, "seed", dt.date(2023, 12, 31), None
        ),  # never recognised: 2023, 2024; 2025 is not over
        reserve_pool.PoolStay(
            3, "seed", dt.date(2023, 1, 1), dt.date(2023, 12, 31)
        ),  # left on the last day
    ]
    found = reserve_pool.conversions(stays, {1: dt.date(2025, 11, 3)}, dt.date(2025, 12, 30))
    assert found == {"seed": RateTally(0, 3)}
    found = reserve_pool.conversions(stays, {1: dt.date(2025, 11, 3)}, dt.date(2025, 12, 31))
    assert found == {"seed": RateTally(0, 4), "application": RateTally(1, 1)}
    assert reserve_pool.PoolStage("申报库", 1, found["application"]).rate is None
    assert reserve_pool.PoolStage("申报库", 1, RateTally(12, 30)).rate == 0.4
