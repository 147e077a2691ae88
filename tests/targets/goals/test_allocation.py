"""The proposal: it adds up, keeps to the 95 % clause, never punishes a unit for more firms or a larger pool."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import SourceFile
from enterprises.registry import acts
from parks.models import Unit
from targets.figures import counting
from targets.goals import allocation
from targets.models import Operator, Target
from tests.firms import TODAY, firm

PARKS = {1, 2, 3}


@st.composite
def districts(draw, parks=PARKS):
    """(total, most outside, stock, pool) of three parks and some towns; the total covers the stock."""
    units = sorted(parks | set(range(11, 11 + draw(st.integers(1, 8)))))
    stock = {unit: draw(st.integers(0, 60 if unit in PARKS else 6)) for unit in units}
    reserve = {unit: draw(st.integers(0, 30)) for unit in units}
    if draw(st.integers(0, 4)) == 0:
        reserve = dict.fromkeys(units, 0)
    total = sum(stock.values()) + draw(st.integers(0, 120))
    return total, total * 5 // 100, stock, reserve


def outside(goals):
    return sum(goal for unit, goal in goals.items() if unit not in PARKS)


@given(districts())
def test_a_proposal_adds_up_and_leaves_no_more_outside_than_allowed(asked):
    total, most, stock, reserve = asked
    goals = allocation.shared_out(total, most, stock, reserve, PARKS)
    assert sum(goals.values()) == total
    assert outside(goals) <= most
    assert min(goals.values()) >= 0
    assert goals.keys() == stock.keys()


@given(districts(parks=set()))
def test_without_a_park_the_limit_falls_and_the_sum_stays_exact(asked):
    total, most, stock, reserve = asked
    assert sum(allocation.shared_out(total, most, stock, reserve, set()).values()) == total


@given(districts())
def test_no_unit_gives_up_a_firm_unless_too_many_stand_outside(asked):
    total, most, stock, reserve = asked
    goals = allocation.shared_out(total, most, stock, reserve, PARKS)
    losers = {unit for unit in stock if goals[unit] < stock[unit]}
    assert not losers & PARKS
    assert not losers or outside(stock) > most


@given(districts(), st.data())
def test_more_firms_or_a_larger_pool_never_lower_a_units_own_goal(asked, data):
    total, most, stock, reserve = asked
    unit = data.draw(st.sampled_from(sorted(stock)))
    before = allocation.shared_out(total, most, stock, reserve, PARKS)[unit]
    pooled = reserve | {unit: reserve[unit] + data.draw(st.integers(1, 5))}
    assert allocation.shared_out(total, most, stock, pooled, PARKS)[unit] >= before
    more = min(data.draw(st.integers(1, 5)), total - sum(stock.values()))
    grown = stock | {unit: stock[unit] + more}
    assert allocation.shared_out(total, most, grown, reserve, PARKS)[unit] >= before


@given(districts())
def test_of_two_parks_or_two_towns_the_one_with_more_of_both_gets_no_less_growth(asked):
    total, most, stock, reserve = asked
    goals = allocation.shared_out(total, most, stock, reserve, PARKS)
    for one in stock:
        for other in stock:
            same_side = (one in PARKS) == (other in PARKS)
            if same_side and stock[one] > stock[other] and reserve[one] >= reserve[other]:
                assert goals[one] >= goals[other]


def test_the_worked_example():
    stock, reserve = {1: 60, 2: 30, 11: 6, 12: 4}, {1: 10, 2: 30, 11: 0, 12: 0}
    # 100 firms, 140 needed, 7 may lie outside where 10 do: towns shrink in proportion, 4.2 and 2.8; the parks grow to
    # 133 by weights (0.6 + 0.25) ÷ 2 and (0.3 + 0.75) ÷ 2: 60 + 43 × 0.4474 and 30 + 43 × 0.5526.
    assert allocation.shared_out(140, 7, stock, reserve, {1, 2}) == {1: 79, 2: 54, 11: 4, 12: 3}
    # 11 may lie outside where 12 would: towns grow by 1 by their own weights, parks by 39 by theirs.
    assert allocation.shared_out(140, 11, stock, reserve, {1, 2}) == {1: 77, 2: 52, 11: 7, 12: 4}
    # 15 may lie outside: everyone keeps what there is, 40 more by 0.425, 0.525, 0.03, 0.02.
    assert allocation.shared_out(140, 15, stock, reserve, {1, 2}) == {1: 77, 2: 51, 11: 7, 12: 5}


# --- what the district needs ------------------------------------------------------------------------------------------
def needed(year: int) -> dict[str, int]:
    return {one.indicator.code: one.smallest for one in allocation.needs_of(year)}


@pytest.mark.django_db
def test_the_need_is_the_target_or_lies_on_the_straight_path_between_targets(plan):
    assert needed(2025) == {"hnte": 551, "tech": 2601}
    assert needed(2027) == {"hnte": 701, "tech": 3331}
    assert needed(2026) == {"hnte": 626, "tech": 2966}  # half-way: 625 and 2965, to be exceeded
    assert needed(2023) == {
        "hnte": 417,
        "tech": 1977,
    }  # 350 + 200 × 365 ÷ 1096; 1665 + 935 × 365 ÷ 1096
    assert needed(2028) == {}
    told = {
        one.year: (one.wording, one.between)
        for year in (2026, 2027)
        for one in allocation.needs_of(year)[:1]
    }
    assert told == {2026: ("", (2025, 2027)), 2027: ("超过700家", None)}


@pytest.mark.django_db
def test_the_operator_decides_by_one_firm(plan):
    Target.objects.filter(indicator__code="hnte", due__year=2027).update(operator=Operator.GTE)
    assert needed(2027)["hnte"] == 700


@pytest.mark.django_db
def test_a_proposal_from_the_register_counts_each_firm_once_and_adds_up(plan, own_day):
    SourceFile.objects.create(kind="roster", name="名册", sha256="0" * 64, size=1, as_of=TODAY)
    for number in range(12):
        firm(hnte=True, tech=number % 2 == 0, park="degan" if number % 3 else "baisha")
    firm(hnte=True, outside_parks=True)
    registry.apply([acts.EnterPool(uscc=firm(park="baisha").uscc, stage="seed", on=TODAY)], by=None)
    high, tech = allocation.propose_goals(2027)
    assert high.basis_day == TODAY
    assert (
        sum(high.stock.values()) == counting.count([TODAY]).stock(TODAY, "hnte", "district") == 13
    )
    codes = dict(Unit.objects.values_list("pk", "code"))
    assert {codes[unit]: firms for unit, firms in high.stock.items() if firms} == {
        "degan": 8, "baisha": 4, "500116002": 1,
    }  # fmt: skip
    for one, smallest in ((high, 701), (tech, 3331)):
        total = allocation.total_of(one.goals.values())
        assert (total.stock, total.net) == (smallest, smallest - sum(one.stock.values()))
        assert total.first == total.net + (one.losses or 0)
    parks = {unit.pk for unit in Unit.objects.parks()}
    assert sum(goal.stock for unit, goal in high.goals.items() if unit not in parks) <= 35


@pytest.mark.django_db
def test_more_firms_than_needed_are_kept(plan):
    Target.objects.filter(indicator__code="hnte", due__year=2027).update(value=3)
    for _ in range(6):
        firm(hnte=True)
    SourceFile.objects.create(kind="roster", name="名册", sha256="0" * 64, size=1, as_of=TODAY)
    high = allocation.propose_goals(2027)[0]
    assert (high.need.smallest, high.total, allocation.total_of(high.goals.values()).stock) == (
        4,
        6,
        6,
    )


@pytest.mark.django_db
def test_the_lever_at_the_goal_and_today(plan):
    need = allocation.needs_of(2027)[0]
    for _ in range(20):
        firm(hnte=True)
    for _ in range(3):
        firm(hnte=True, outside_parks=True)
    found = allocation.build_lever(need, counting.count([TODAY]), TODAY)
    assert (found.now.district, found.now.outside, found.now.allowed_outside, found.now.slack) == (
        23,
        3,
        1,
        -2,
    )
    assert (found.at_goal.district, found.at_goal.allowed_outside, found.at_goal.slack) == (
        701,
        35,
        32,
    )
    assert found.inside_per_outside == 19
