"""The arithmetic of a score sheet: straight, bounded, and adding up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.assessment.scoring import ScoringRule, ranks, total_of, value_of
from tests.effort import examples

pytestmark = pytest.mark.one_moment
hundredths = st.integers(1, 10_000).map(lambda cents: Decimal(cents) / 100)


@st.composite
def rules(draw) -> ScoringRule:
    weight, floor = draw(hundredths), draw(st.decimals(0, 100, places=2))
    cap, full = weight + draw(st.decimals(0, 50, places=2)), floor + draw(hundredths)
    return ScoringRule(weight, cap, floor, full, draw(st.booleans()))


values = st.fractions(-50, 500, max_denominator=400)


@settings(max_examples=examples(600), deadline=None)
@given(rules(), values, values)
def test_more_never_gives_less_and_points_stay_within_the_cap(rule, one, other):
    low, high = sorted([one, other])
    assert 0 <= rule.points(low) <= rule.points(high) <= rule.cap


@settings(max_examples=examples(300), deadline=None)
@given(rules())
def test_the_floor_gives_nothing_and_the_full_mark_the_weight(rule):
    assert rule.points(Fraction(rule.floor)) == 0
    assert rule.points(Fraction(rule.full)) == rule.weight
    assert rule.lost(rule.weight) == 0


@settings(max_examples=examples(300), deadline=None)
@given(rules(), st.integers(0, 300), st.integers(1, 300))
def test_what_is_still_needed_gives_full_marks_and_one_less_does_not(rule, part, whole):
    missing = rule.still_needed(part, whole)
    reached = value_of(part + missing, whole, is_share=True)
    assert rule.points(reached) >= rule.weight
    if missing:
        before = value_of(part + missing - 1, whole, is_share=True)
        assert before < Fraction(rule.full)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.tuples(hundredths, st.booleans()), min_size=1, max_size=12))
def test_full_marks_in_whatever_counts_are_the_whole_total(items):
    lines = [(weight, weight if counts else None) for weight, counts in items]
    total = total_of(lines, Decimal(100))
    if any(counts for _, counts in items):
        assert total.points == 100
    else:
        assert total.points is None


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.tuples(hundredths, st.fractions(0, 1)), min_size=1, max_size=12))
def test_where_nothing_is_left_out_the_total_is_the_plain_sum(items):
    lines = [(weight, (weight * int(share * 100)) / 100) for weight, share in items]
    weights, points = (sum(column) for column in zip(*lines, strict=True))
    assert abs(total_of(lines, weights).points - points) <= Decimal("0.005")


def test_a_year_without_a_case_gives_full_marks_or_leaves_the_item_out():
    rule = ScoringRule(Decimal(5), Decimal(5), Decimal(0), Decimal(100))
    assert rule.points(None) is None
    generous = ScoringRule(Decimal(5), Decimal(6), Decimal(0), Decimal(100), True)
    assert generous.points(None) == 5
    assert value_of(0, 0, is_share=True) is None
    assert value_of(0, 7, is_share=True) == 0


@settings(max_examples=examples(300), deadline=None)
@given(st.dictionaries(st.integers(), st.none() | st.integers(0, 5).map(Decimal), max_size=12))
def test_equal_points_share_a_place_and_the_next_one_is_left_free(totals):
    places = ranks(totals)
    known = sorted((points for points in totals.values() if points is not None), reverse=True)
    assert set(places) == {key for key, points in totals.items() if points is not None}
    assert all(place == known.index(totals[key]) + 1 for key, place in places.items())
