"""Figures from the real tables, through the registry, against the oracle and against their own lists."""

import datetime as dt
import itertools
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.models import KindTerm, Qualification
from enterprises.registry import acts
from parks.models import Unit
from targets.figures import counting, indicators, spans
from targets.models import Indicator, Span
from tests import oracle
from tests.effort import examples
from tests.firms import TODAY, code, firm
from tests.histories import KINDS, SCOPES, acts_of, lives, with_default_terms

pytestmark = pytest.mark.django_db
DEFINITIONS = ("certificate", "class_year")
EDGES = (dt.date(2021, 1, 1), dt.date(2026, 12, 31))
on_the_database = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def enter(firms: list[dict]) -> None:
    registry.apply(
        [act for number, one in enumerate(firms) for act in acts_of(one, code(number))], by=None
    )


def rows() -> list[tuple]:
    """The span table without its row numbers."""
    return sorted(
        Span.objects.values_list(
            "enterprise_id", "kind_id", "definition", "park_id", "town_id", "start", "end", "opened_by", "closed_by",
            "qualification_id",
        ),
        key=str,
    )  # fmt: skip


@settings(on_the_database, max_examples=examples(60))
@given(st.lists(lives(*EDGES), min_size=5, max_size=20), st.data())
def test_every_kind_scope_and_definition_as_the_oracle_counts(plan, firms, data):
    on_record = [with_default_terms(one, KINDS) for one in firms]
    turns = sorted({day for one in on_record for day in oracle.turning_days(one)})
    days = data.draw(st.lists(st.sampled_from(turns), min_size=5, max_size=25))
    with rolled_back():
        enter(firms)
        told = {definition: counting.count(days, definition) for definition in DEFINITIONS}
    for definition, day, kind, scope in itertools.product(DEFINITIONS, days, KINDS, SCOPES):
        expected = oracle.stock(on_record, kind, KINDS, day, definition, scope)
        assert told[definition].stock(day, kind, scope) == expected, (definition, day, kind, scope)


@settings(on_the_database, max_examples=examples(25))
@given(st.lists(lives(*EDGES), min_size=3, max_size=8), st.data())
def test_refreshed_spans_equal_rebuilt_ones_after_any_sequence_of_acts(plan, firms, data):
    with rolled_back():
        todo = [act for number, one in enumerate(firms) for act in acts_of(one, code(number))]
        cuts = sorted(data.draw(st.lists(st.integers(0, len(todo)), max_size=5)))
        for start, end in zip([0, *cuts], [*cuts, len(todo)], strict=True):
            registry.apply(todo[start:end], by=None)
            spans.refresh()
        refreshed = rows()
        spans.rebuild()
        assert rows() == refreshed


def test_a_refresh_touches_only_the_firms_the_ledger_names_and_nothing_twice(plan):
    first, second = firm(hnte=True), firm(hnte=True)
    assert spans.refresh() == 2
    untouched = Span.objects.get(enterprise=first, definition="certificate").pk
    registry.apply([acts.Close(uscc=second.uscc, on=TODAY)], by=None)
    assert spans.refresh() == 1
    assert spans.refresh() == 0
    assert Span.objects.get(enterprise=first, definition="certificate").pk == untouched


# --- the numbered edge cases of the counting rules -----------------------------------------------------------
def hnte_on(day: dt.date, scope: str = "district", definition: str = "certificate") -> int:
    return counting.count([day], definition).stock(day, "hnte", scope)


def granted(uscc: str, number: str, since: str, until: str) -> acts.Grant:
    days = {"valid_from": dt.date.fromisoformat(since), "valid_until": dt.date.fromisoformat(until)}
    return acts.Grant(uscc=uscc, kind="hnte", number=number, **days)


def test_edge_1_a_gap_of_ten_days_shows_by_certificate_dates_and_not_by_class_year(plan):
    uscc = firm().uscc
    first = granted(uscc, "GR202251100001", "2022-11-29", "2025-11-28")
    registry.apply([first, granted(uscc, "GR202551100001", "2025-12-08", "2028-12-07")], by=None)
    days = [
        dt.date(2025, 11, 28),
        dt.date(2025, 11, 29),
        dt.date(2025, 12, 7),
        dt.date(2025, 12, 8),
    ]
    assert [hnte_on(day) for day in days] == [1, 0, 0, 1]
    assert [hnte_on(day, definition="class_year") for day in days] == [1, 1, 1, 1]


def test_edge_2_a_renamed_firm_with_the_same_certificate_counts_once(plan):
    one = firm(hnte=True)
    number = Qualification.objects.get(enterprise=one).number
    registry.apply(
        [acts.Rename(uscc=one.uscc, name="江津新名科技有限公司", on=dt.date(2026, 1, 5))], by=None
    )
    registry.apply([acts.Grant(uscc=one.uscc, kind="hnte", number=number)], by=None)
    assert hnte_on(TODAY) == 1
    assert Span.objects.filter(enterprise=one, definition="certificate").count() == 1


def test_edge_4_a_move_between_parks_changes_two_units_and_not_the_district(plan):
    one, day = firm(hnte=True, park="shuangfu", town="500116004"), dt.date(2026, 3, 1)
    registry.apply([acts.Move(uscc=one.uscc, park="luohuang", town="500116117", on=day)], by=None)
    eve = day - dt.timedelta(days=1)
    counts = counting.count([eve, day])
    scopes = ("district", "parks", "outside", "shuangfu", "luohuang", "500116004", "500116117")
    assert [counts.stock(eve, "hnte", scope) for scope in scopes] == [1, 1, 0, 1, 0, 1, 0]
    assert [counts.stock(day, "hnte", scope) for scope in scopes] == [1, 1, 0, 0, 1, 0, 1]


def test_edge_5_a_firm_from_outside_with_a_valid_certificate_arrives_and_is_not_first_certified(
    plan,
):
    uscc = code(9_000_900)
    registry.apply(
        [
            acts.Register(uscc=uscc, name="江津迁入有限公司"),
            acts.Place(uscc=uscc, town="500116101", since=dt.date(2026, 2, 1), from_outside=True),
            granted(uscc, "GR202451100009", "2024-11-01", "2027-10-31"),
        ],
        by=None,
    )
    assert [
        hnte_on(dt.date(2026, 1, 31)),
        hnte_on(dt.date(2026, 2, 1)),
        hnte_on(TODAY, "outside"),
    ] == [0, 1, 1]
    assert Span.objects.get(definition="certificate").opened_by == "arrived"


def test_edge_9_a_class_year_alone_counts_to_the_end_of_the_second_year_after(plan):
    uscc = firm().uscc
    registry.apply(
        [acts.Grant(uscc=uscc, kind="hnte", number="GR202351100001", class_year=2023)], by=None
    )
    days = [dt.date(2022, 12, 31), dt.date(2023, 1, 1), dt.date(2025, 12, 31), dt.date(2026, 1, 1)]
    assert [hnte_on(day, definition="class_year") for day in days] == [0, 1, 1, 0]
    assert [hnte_on(day) for day in days] == [0, 0, 0, 0]


def test_edge_10_a_struck_off_firm_does_not_count_whatever_it_holds(plan):
    firm(hnte=True, struck_off=True)
    firm(hnte=True)
    assert hnte_on(TODAY) == 1
    assert hnte_on(TODAY - dt.timedelta(days=11)) == 2


def test_edge_11_parks_and_outside_make_the_district_and_so_do_the_towns(plan):
    for park, town in (
        ("degan", "500116002"),
        ("degan", "500116005"),
        ("baisha", "500116108"),
        ("", "500116101"),
    ):
        firm(hnte=True, park=park, town=town)
    counts = counting.count([TODAY])
    sums = {
        kind: Unit.objects.filter(kind=kind).values_list("code", flat=True)
        for kind in ("park", "town")
    }
    parks, towns = (
        sum(counts.stock(TODAY, "hnte", unit) for unit in sums[kind]) for kind in ("park", "town")
    )
    assert (parks, counts.stock(TODAY, "hnte", "outside"), towns) == (3, 1, 4)
    assert counts.stock(TODAY, "hnte", "parks") == 3
    assert counts.stock(TODAY, "hnte", "district") == 4


def test_edge_12_a_share_of_nothing_is_nothing_and_not_zero(plan):
    counts = counting.count([TODAY])
    assert counts.value(TODAY, "district", "hnte_park_share") is None
    firm(hnte=True, outside_parks=True)
    assert counting.count([TODAY]).value(TODAY, "district", "hnte_park_share") == 0
    for _ in range(2):
        firm(hnte=True)
    assert counting.count([TODAY]).value(TODAY, "district", "hnte_park_share") == Decimal("66.67")


@pytest.mark.parametrize(
    ("issued", "last"),
    [("2024-02-29", "2027-02-28"), ("2022-11-28", "2025-11-28"), ("2021-02-28", "2024-02-28")],
)
def test_without_a_printed_end_a_certificate_is_valid_to_the_same_day_three_years_on(
    plan, issued, last
):
    uscc, day = firm().uscc, dt.date.fromisoformat(last)
    grant = acts.Grant(
        uscc=uscc, kind="hnte", number="GR1", valid_from=dt.date.fromisoformat(issued)
    )
    registry.apply([grant], by=None)
    assert [hnte_on(day), hnte_on(day + dt.timedelta(days=1))] == [1, 0]


def test_high_tech_and_technology_firms_are_two_counts_of_the_same_firms(plan):
    firm(hnte=True, tech=True)
    firm(hnte=True)
    counts = counting.count([TODAY])
    assert (counts.stock(TODAY, "hnte", "district"), counts.stock(TODAY, "tech", "district")) == (
        2,
        1,
    )


# --- every figure opens its list -------------------------------------------------------------------------------
def test_every_figure_opens_a_list_of_exactly_so_many_firms(plan):
    for park, town in (("degan", "500116002"), ("baisha", "500116108"), ("", "500116101")):
        firm(hnte=True, tech=True, park=park, town=town)
        firm(hnte_lapsed=True, tech=True, park=park, town=town)
    for definition in DEFINITIONS:
        for figure in counting.count([TODAY], definition).figures(TODAY):
            if isinstance(figure["value"], int):
                which = {"indicator": figure["indicator"], "scope": figure["scope"]}
                listed = counting.listed(**which, day=TODAY, definition=definition)
                assert (
                    listed.values("enterprise").distinct().count()
                    == listed.count()
                    == figure["value"]
                )


def test_lapsing_lists_certificates_without_a_successor_and_nothing_else(plan):
    day = TODAY + dt.timedelta(days=31)  # the first without the certificate
    running_out, _, gone = (
        firm(hnte_expiring=True),
        firm(hnte=True),
        firm(hnte_expiring=True, struck_off=True),
    )
    renewed, closed, revoked = firm(hnte_expiring=True), firm(hnte_expiring=True), firm(hnte=True)
    number = Qualification.objects.get(enterprise=revoked).number
    registry.apply(
        [
            granted(renewed.uscc, "GR202651100077", "2026-07-01", "2029-06-30"),
            acts.Close(uscc=closed.uscc, on=day),
            acts.Revoke(uscc=revoked.uscc, kind="hnte", number=number, on=day),
        ],
        by=None,
    )
    spans.refresh()
    window = {"indicator": "hnte", "scope": "district", "definition": "certificate"}
    found = counting.lapsing(since=day, until=day + dt.timedelta(days=1), **window)
    assert [span.enterprise for span in found] == [running_out]
    assert not counting.lapsing(since=TODAY, until=day, **window)
    assert not Span.objects.filter(
        enterprise=gone, definition="certificate", end__gt=TODAY
    ).exists()


def test_one_scan_answers_any_number_of_days(plan):
    firm(hnte=True, tech=True)
    spans.refresh()
    scans = []
    for days in ([TODAY], [TODAY - dt.timedelta(days=91 * number) for number in range(24)]):
        with CaptureQueriesContext(connection) as captured:
            counting.count(days).figures(TODAY)
        scans.append(
            sum("targets_span" in query["sql"] and "GROUP BY" in query["sql"] for query in captured)
        )
        assert len(captured) <= 6
    assert scans == [1, 1]


def test_every_counted_indicator_of_the_plan_has_a_rule_and_the_other_way_round(plan):
    counted = Indicator.objects.filter(kind__in=["counted", "share"]).values_list("code", flat=True)
    assert set(counting.rules_of(indicators.live())) == set(counted)


def test_a_term_longer_than_the_calendar_has_no_end(plan):
    KindTerm.objects.filter(kind__code="hnte").update(years=9000)
    firm(hnte=True)
    assert counting.count([TODAY], "class_year").value(TODAY, "district", "hnte") == 1
