"""Bridges between two days: against the oracle's walk, against their own lists, and each way to change by name."""

import datetime as dt
import itertools
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import Qualification
from enterprises.registry import acts
from parks.models import Unit
from targets.figures import counting, flows, indicators, spans
from targets.figures.flows import GAINS, LOSSES, Bridge, FlowTerm
from targets.models import Scope
from tests import oracle
from tests.effort import examples
from tests.firms import TODAY, certificate, code, firm
from tests.histories import KINDS, SCOPES, lives, with_default_terms
from tests.targets.figures.test_counting import (
    DEFINITIONS,
    EDGES,
    enter,
    on_the_database,
    rolled_back,
)

pytestmark = pytest.mark.django_db
WINTER = (dt.date(2023, 12, 20), dt.date(2024, 3, 10))
REASONS = {
    term: (way, reason)
    for way, told in (("in", GAINS), ("out", LOSSES))
    for reason, term in told.items()
}
EVE, DAY = TODAY - dt.timedelta(days=1), dt.timedelta(days=1)


def closes(bridge: Bridge) -> bool:
    return bridge.closing == bridge.opening + bridge.gains - bridge.losses


# --- any lives, any two days --------------------------------------------------------------------------------------
@pytest.mark.proof
@pytest.mark.long
@settings(on_the_database, max_examples=examples(40))
@given(st.lists(lives(*EDGES), min_size=3, max_size=14), st.data())
def test_every_bridge_is_as_the_oracle_walks_it_and_every_list_is_as_long_as_its_term(
    plan, firms, data
):
    on_record = [with_default_terms(one, KINDS) for one in firms]
    turns = sorted({day for one in on_record for day in oracle.turning_days(one)})
    since, until = sorted((data.draw(st.sampled_from(turns)), data.draw(st.sampled_from(turns))))
    which = {"definition": data.draw(st.sampled_from(DEFINITIONS)), "since": since, "until": until}
    with rolled_back():
        enter(firms)
        told = flows.between(**which)
        for kind, scope in itertools.product(KINDS, SCOPES):
            bridge = told.bridge(kind, scope)
            walked = oracle.flows(on_record, kind, KINDS, since, until, which["definition"], scope)
            stocks = [
                oracle.stock(on_record, kind, KINDS, day, which["definition"], scope)
                for day in (since, until)
            ]
            assert [bridge.opening, bridge.closing] == stocks
            assert closes(bridge)
            assert (bridge.gains, bridge.losses) == tuple(
                sum(w[2] == way for w in walked) for way in ("in", "out")
            )
            left_over = Counter((number, day, way) for number, day, way, _ in walked)
            allowed = {(number, day, way): reasons for number, day, way, reasons in walked}
            for term, (way, reason) in REASONS.items():
                listed = flows.edges(kind=kind, scope=scope, term=term, **which)
                assert listed.count() == bridge.flows[term], (kind, scope, term)
                for span in listed.select_related("enterprise"):
                    event = (_number(span.enterprise.uscc), span.day, way)
                    left_over[event] -= 1
                    assert reason in allowed[event], (kind, scope, event)
            assert not +left_over
            assert not -left_over


def _number(uscc: str) -> int:
    return next(number for number in itertools.count() if code(number) == uscc)


@settings(on_the_database, max_examples=examples(60))
@given(
    st.lists(lives(*WINTER), min_size=3, max_size=12),
    st.tuples(*[st.dates(*WINTER)] * 3).map(sorted),
)
def test_two_bridges_end_to_end_are_one_and_units_add_up_to_their_totals(plan, firms, days):
    first, middle, last = days
    with rolled_back():
        enter(firms)
        whole, one, other = (
            flows.between(*pair) for pair in ((first, last), (first, middle), (middle, last))
        )
    parks, towns = (set(SCOPES) & set(codes) for codes in _units())
    for kind in KINDS:
        for scope in SCOPES:
            parts = [told.bridge(kind, scope) for told in (one, other)]
            assert parts[0].closing == parts[1].opening
            assert whole.bridge(kind, scope).flows == {
                term: sum(b.flows[term] for b in parts) for term in FlowTerm
            }
        adds_up([whole.bridge(kind, unit) for unit in parks], whole.bridge(kind, Scope.PARKS))
        adds_up([whole.bridge(kind, unit) for unit in towns], whole.bridge(kind, Scope.DISTRICT))
        inside_and_out = [whole.bridge(kind, Scope.PARKS), whole.bridge(kind, Scope.OUTSIDE)]
        adds_up(inside_and_out, whole.bridge(kind, Scope.DISTRICT))


def _units() -> list[list[str]]:
    return [
        list(Unit.objects.filter(kind=kind).values_list("code", flat=True))
        for kind in ("park", "town")
    ]


def adds_up(parts: list[Bridge], whole: Bridge) -> None:
    """Term by term; moves between the parts cancel, so of moves only the balance adds up."""
    moves = (FlowTerm.MOVED_IN, FlowTerm.MOVED_OUT)
    for term in FlowTerm:
        assert term in moves or sum(part.flows[term] for part in parts) == whole.flows[term], term
    balances = [
        bridge.flows[FlowTerm.MOVED_IN] - bridge.flows[FlowTerm.MOVED_OUT]
        for bridge in (whole, *parts)
    ]
    assert balances[0] == sum(balances[1:])
    assert [whole.opening, whole.closing] == [
        sum(p.opening for p in parts),
        sum(p.closing for p in parts),
    ]


# --- each way to change --------------------------------------------------------------------------------------
def bridge(
    scope: str = "district", since: dt.date = EVE, until: dt.date = TODAY, kind: str = "hnte"
) -> Bridge:
    return flows.bridge(kind=kind, scope=scope, since=since, until=until)


def happened(
    scope: str = "district", since: dt.date = EVE, until: dt.date = TODAY
) -> dict[str, int]:
    """The terms that are not 0; each with a list of that length."""
    told = bridge(scope, since, until)
    for term, number in told.flows.items():
        assert (
            flows.edges(kind="hnte", scope=scope, term=term, since=since, until=until).count()
            == number
        )
    return {term.value: number for term, number in told.flows.items() if number}


def test_nothing_happens_between_a_day_and_itself(plan):
    firm(hnte=True)
    assert bridge(since=TODAY) == Bridge(
        "hnte", "district", TODAY, TODAY, "certificate", 1, dict.fromkeys(FlowTerm, 0), 1
    )
    with pytest.raises(ValueError, match="is after"):
        bridge(since=TODAY, until=EVE)


def test_the_first_day_is_excluded_and_the_last_included(plan):
    uscc = firm(hnte_lapsed=True).uscc  # counts through the eve
    registry.apply([certificate(uscc, until=TODAY.replace(year=2029))], by=None)
    assert happened() == {}, "renewed without a gap"
    late = firm(hnte_lapsed=True)
    assert happened() == {"expired": 1}
    assert happened(since=TODAY, until=TODAY + DAY) == {}
    assert happened(since=EVE - DAY, until=EVE) == {}
    registry.apply([certificate(late.uscc, until=dt.date(2029, 7, 4))], by=None)
    assert happened(since=TODAY, until=dt.date(2026, 7, 4)) == {"regained": 1}
    assert bridge(until=dt.date(2026, 7, 4)).newly == 1
    assert bridge(until=dt.date(2026, 7, 4)).net == 0


def test_a_move_between_parks_is_a_flow_of_both_and_of_no_total(plan):
    one = firm(hnte=True, park="shuangfu", town="500116004")
    registry.apply([acts.Move(uscc=one.uscc, park="luohuang", town="500116117", on=TODAY)], by=None)
    assert [happened(scope) for scope in ("district", "parks", "outside")] == [{}, {}, {}]
    assert [happened(scope) for scope in ("shuangfu", "500116004")] == [{"moved_out": 1}] * 2
    assert [happened(scope) for scope in ("luohuang", "500116117")] == [{"moved_in": 1}] * 2


def test_a_move_out_of_the_parks_is_a_flow_of_the_parks_and_not_of_the_district_or_the_same_town(
    plan,
):
    one = firm(hnte=True)
    registry.apply([acts.Move(uscc=one.uscc, park="", town="500116002", on=TODAY)], by=None)
    assert [happened(scope) for scope in ("district", "500116002")] == [{}, {}]
    assert [happened(scope) for scope in ("parks", "degan", "outside")] == [
        {"moved_out": 1}, {"moved_out": 1}, {"moved_in": 1},
    ]  # fmt: skip
    (span,) = flows.edges(
        kind="hnte", scope="outside", term=FlowTerm.MOVED_IN, since=EVE, until=TODAY
    )
    assert (span.day, span.other_park, span.other_town) == (TODAY, "degan", "500116002")


@pytest.mark.parametrize(
    ("act", "term"),
    [
        (lambda one: acts.Close(uscc=one.uscc, on=TODAY), "closed"),
        (lambda one: acts.Leave(uscc=one.uscc, on=TODAY), "left"),
        (
            lambda one: acts.Revoke(uscc=one.uscc, kind="hnte", number=number_of(one), on=TODAY),
            "revoked",
        ),
    ],
)
def test_a_firm_that_ceases_to_count_leaves_unit_parks_and_district_for_the_same_reason(
    plan, act, term
):
    one = firm(hnte=True)
    registry.apply([act(one)], by=None)
    for scope in ("district", "parks", "degan", "500116002"):
        assert happened(scope) == {term: 1}
        (span,) = flows.edges(kind="hnte", scope=scope, term=FlowTerm(term), since=EVE, until=TODAY)
        assert (span.enterprise, span.day, span.other_town) == (one, TODAY, None)
    assert happened("outside") == {}


def number_of(one) -> str:
    return Qualification.objects.get(enterprise=one).number


def test_a_kind_that_is_no_certificate_enters_and_leaves_a_register(plan):
    live = indicators.live()
    of_register = [live[code].is_register for code in ("hnte", "tech")]
    assert [flows.label(FlowTerm.FIRST, of_register=register) for register in of_register] == [
        "首次认定",
        "首次入库",
    ]
    assert [flows.label(FlowTerm.CLOSED, of_register=register) for register in of_register] == [
        "注销",
        "注销",
    ]


def test_every_reason_of_a_span_has_its_term():
    assert set(GAINS) == set(spans.Opening.values)
    assert set(LOSSES) == set(spans.Closing.values) - {""}
    assert [*GAINS.values(), *LOSSES.values()] == list(FlowTerm) == list(flows.EDGES)


def test_all_units_terms_and_kinds_come_from_one_scan(plan):
    firm(hnte=True, tech=True)
    spans.refresh()
    with CaptureQueriesContext(connection) as captured:
        told = flows.between(dt.date(2019, 12, 31), TODAY)
    assert (
        sum("targets_span" in query["sql"] and "GROUP BY" in query["sql"] for query in captured)
        == 1
    )
    assert len(captured) == 5
    with CaptureQueriesContext(connection) as captured:
        assert [
            told.bridge(kind, "district").flows[FlowTerm.FIRST] for kind in ("hnte", "tech")
        ] == [1, 1]
    assert not captured


# --- the registers and rosters as people send them -----------------------------------------------------------------
@pytest.mark.long
def test_every_quarter_of_the_sample_district_reconciles_to_zero_for_every_unit(
    half_year,
):
    ends = [
        dt.date(year, month, 30 if month in (6, 9) else 31)
        for year in range(2022, 2027)
        for month in (3, 6, 9, 12)
    ]
    ends = [day for day in ends if dt.date(2022, 12, 31) <= day <= TODAY]
    assert len(ends) == 15
    for definition in DEFINITIONS:
        counts = counting.count(ends, definition)
        assert len(counts.units) == 36
        happened = Counter()
        for since, until in itertools.pairwise(ends):
            told = flows.between(since, until, definition)
            for kind, scope in itertools.product(("hnte", "tech"), [*Scope.values, *counts.units]):
                bridge = told.bridge(kind, scope)
                stocks = [counts.stock(day, kind, scope) for day in (since, until)]
                assert [bridge.opening, bridge.closing] == stocks
                assert stocks[1] - stocks[0] - bridge.gains + bridge.losses == 0, (
                    definition,
                    until,
                    kind,
                    scope,
                )
                happened.update(
                    {term: number for term, number in bridge.flows.items() if scope == "district"}
                )
                if until == ends[-1]:
                    for term, number in bridge.flows.items():
                        which = {"kind": kind, "scope": scope, "since": since, "until": until}
                        assert (
                            flows.edges(term=term, definition=definition, **which).count() == number
                        )
            parks, towns = ([told.bridge("hnte", unit) for unit in units] for units in _units())
            adds_up(parks, told.bridge("hnte", Scope.PARKS))
            adds_up(towns, told.bridge("hnte", Scope.DISTRICT))
        assert happened[FlowTerm.FIRST] > 100
        assert happened[FlowTerm.EXPIRED] > 10
