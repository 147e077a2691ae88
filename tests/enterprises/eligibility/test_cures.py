"""What a firm is told it lacks would be enough, and one step less would not."""

import datetime as dt
import re
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from enterprises.eligibility import rule_sets
from enterprises.eligibility.cures import cures
from enterprises.eligibility.model.condition_answer import State
from tests.effort import examples
from tests.enterprises.eligibility.sound import checked, firm

CENT = Fraction(1, 100)


def money(least: int, most: int):
    """Amounts to the cent."""
    return st.integers(least, most).map(lambda cents: f"{cents / 100:.2f}")


SALES, LITTLE, MUCH = money(50_000, 900_000), money(0, 15_000), money(100_000, 900_000)


def lacking(data) -> dict[str, str]:
    return cures(data, checked(data), rule_sets.shipped_book().certificate_on(data.applied_on))


def number_in(sentence: str) -> str:
    return re.search(r"再[有增]\D*([\d.]+)", sentence)[1]


def more(money: str, by: Fraction) -> str:
    return f"{float(Fraction(money) + by):.2f}"


def test_a_sound_firm_lacks_nothing():
    assert lacking(firm()) == {}


@settings(max_examples=examples(200), deadline=None)
@given(sales=st.tuples(SALES, SALES, SALES), rd=st.tuples(LITTLE, LITTLE, LITTLE))
def test_so_much_more_research_is_enough(sales, rd):
    columns = {f"sales_{year}": money for year, money in enumerate(sales, 1)}
    columns |= {f"rd_{year}": money for year, money in enumerate(rd, 1)}
    told = lacking(firm(**columns)).get("c5a")
    assume(told)
    needed = Fraction(number_in(told))
    enough = {**columns, "rd_3": more(rd[2], needed)}
    assert checked(firm(**enough)).rd_share.state is State.MET
    assume(needed > CENT)
    too_little = {**columns, "rd_3": more(rd[2], needed - CENT)}
    assert checked(firm(**too_little)).rd_share.state is State.FAILED


@settings(max_examples=examples(200), deadline=None)
@given(domestic=LITTLE, abroad=MUCH)
def test_so_much_more_at_home_is_enough(domestic, abroad):
    whole = Fraction(domestic) + Fraction(abroad)
    zero = {f"{name}_{year}": "0" for name in ("rd", "rd_domestic") for year in (1, 2)}
    at_home = {**zero, "rd_3": f"{float(whole):.2f}", "rd_domestic_3": domestic}
    told = lacking(firm(**at_home)).get("c5b")
    assume(told)
    needed = Fraction(number_in(told))

    def spending(by: Fraction) -> State:
        changed = {"rd_3": more(at_home["rd_3"], by), "rd_domestic_3": more(domestic, by)}
        return checked(firm(**{**at_home, **changed})).domestic_share.state

    assert spending(needed) is State.MET
    assume(needed > CENT)
    assert spending(needed - CENT) is State.FAILED


@settings(max_examples=examples(200), deadline=None)
@given(staff=st.integers(1000, 3000), in_research=st.integers(0, 120))
def test_so_many_more_people_are_enough(staff, in_research):
    told = lacking(firm(staff=str(staff), rd_staff=str(in_research))).get("c4")
    assume(told)
    needed = int(number_in(told))
    assert (
        checked(firm(staff=str(staff), rd_staff=str(in_research + needed))).staff.state is State.MET
    )
    fewer = str(in_research + needed - 1)
    assert checked(firm(staff=str(staff), rd_staff=fewer)).staff.state is State.FAILED


@settings(max_examples=examples(200), deadline=None)
@given(income=MUCH, hightech=LITTLE)
def test_so_much_more_hightech_income_is_enough(income, hightech):
    columns = {"gross_income_3": income, "hightech_income_3": hightech}
    told = lacking(firm(**columns)).get("c6")
    assume(told)
    enough = more(hightech, Fraction(number_in(told)))
    assert checked(firm(**columns | {"hightech_income_3": enough})).hightech.state is State.MET


@pytest.mark.parametrize("column", ["registered_on", "incident_on"])
def test_the_day_that_is_named_is_the_first(column):
    told = lacking(firm(**{column: "2026-01-20"}))
    day = dt.date.fromisoformat(
        re.search(r"(\d{4}-\d{2}-\d{2})起可申报", next(iter(told.values())))[1]
    )
    on_the_day = {column: "2026-01-20", "applied_on": str(day)}
    day_before = {column: "2026-01-20", "applied_on": str(day - dt.timedelta(days=1))}
    assert lacking(firm(**on_the_day)) == {}
    assert lacking(firm(**day_before))


def test_items_points_and_field_are_named():
    told = lacking(firm(ip1="0", ip2="3", ip2_used="3", tech_field="不在领域内", mgmt_1="无"))
    assert told["c2"].startswith("再有1件可用的知识产权")
    assert "不在领域内" in told["c3"]
    assert re.search(r"最高可得\d+分，不到71分", told["c7"])
