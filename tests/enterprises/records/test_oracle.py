"""Whatever happens to records and their firms, the figures of the tasks are those that one counts by hand.

Few kinds at a time, so that much happens to each record.
"""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from parks.models import Unit
from targets.models import TaskFigure
from targets.task_figures.reckoning import Reckoner
from tests.effort import examples
from tests.enterprises.records.oracle import KINDS, PLACES, World, column
from tests.targets.figures.test_counting import on_the_database, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.long]
FIRST, LAST = dt.date(2024, 1, 1), dt.date(2026, 9, 30)
DAYS = st.dates(FIRST, LAST)


@st.composite
def entering(draw, codes):
    """A record of one of these kinds: its fields as the API takes them."""
    kind = draw(st.sampled_from(codes))
    number = draw(st.integers(0, 3))
    holder = draw(st.integers(0, 3))
    fields = {}
    for each in KINDS[kind]["fields"]:
        if each.get("role") in (
            "firm_code",
            "firm_name",
            "until",
            "returned",
            "returned_on",
            "reviewed_on",
        ):
            continue
        if not each.get("is_required") and draw(st.booleans()):
            continue
        plain = {
            "day": DAYS.map(str),
            "money": st.integers(1, 500).map(str),
            "whole": st.integers(0, 90),
            "yes_no": st.booleans(),
            "place": st.sampled_from(PLACES),
            "text": st.just(f"{each['title']}{number}"),
        }
        options = [choice["code"] for choice in each.get("choices", ())]
        fields[each["code"]] = draw(st.sampled_from(options) if options else plain[each["type"]])
    code = column(kind, "firm_code")
    is_outside = code and not code.get("is_required") and draw(st.booleans())
    return "enter", kind, fields, ("outside", holder % 2) if is_outside else ("firm", holder)


WHICH = st.integers(0, 30)
TO_RECORDS = st.one_of(
    st.tuples(st.just("level"), WHICH, st.integers(0, 4), DAYS),
    st.tuples(st.just("review"), WHICH, DAYS),
    st.tuples(st.just("end"), WHICH, DAYS),
    st.tuples(st.just("reopen"), WHICH),
    st.tuples(st.just("return"), WHICH, st.integers(1, 300), DAYS),
    st.tuples(st.just("take back"), WHICH),
)
TO_FIRMS = st.one_of(
    st.tuples(st.just("move"), st.integers(0, 3), st.sampled_from(PLACES), DAYS),
    st.tuples(st.just("leave"), st.integers(0, 3), DAYS),
    st.tuples(st.just("close"), st.integers(0, 3), DAYS),
)
GROUPS = [
    ["subsidy", "loan", "investment"],
    ["platform", "project", "listing"],
    ["carrier", "tenant", "service", "effect"],
    ["member", "cooperation", "chain", "activity"],
]


@st.composite
def histories(draw, codes):
    entered = draw(st.lists(entering(codes), min_size=6, max_size=14))
    later = draw(st.lists(st.one_of(TO_RECORDS, TO_RECORDS, TO_FIRMS), min_size=6, max_size=20))
    return [*entered[:4], *draw(st.permutations([*entered[4:], *later]))]


def test_no_kind_is_left_out():
    assert sorted(code for group in GROUPS for code in group) == sorted(KINDS)


@pytest.mark.proof
@pytest.mark.parametrize("codes", GROUPS, ids="-".join)
# An example takes seconds, so none is made smaller.
@settings(on_the_database, max_examples=examples(18), phases=[Phase.explicit, Phase.generate])
@given(st.data(), st.lists(DAYS, min_size=2, max_size=2))
def test_the_figures_of_the_tasks_are_those_of_the_oracle(people, codes, data, days):
    history = data.draw(histories(codes))
    with rolled_back():
        world = World(people["小石"])
        for what, *told in history:
            if what == "enter":
                world.enter(*told)
            elif what in ("move", "leave", "close"):
                world.happen(what, *told)
            else:
                world.act(what, *told)
        figures = list(TaskFigure.objects.filter(way=TaskFigure.Way.RECORDS))
        assert figures
        for on in (*days, LAST):
            for unit in (None, *Unit.objects.filter(code__in=PLACES)):
                counted = {
                    each.code: Decimal(world.counted(each.reckoning, on, unit and unit.code))
                    for each in figures
                }
                reckoned = Reckoner(on, unit).reckon_all(figures)
                told = {found.figure.code: Decimal(found.value) for found in reckoned}
                wrong = {
                    code: (value, counted[code])
                    for code, value in told.items()
                    if value != counted[code]
                }
                assert wrong == {}, (on, unit)
