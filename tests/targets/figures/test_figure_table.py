"""The table of spans and what is read off it: batches and beats, versions, days asked twice, each scope once."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import transaction

from enterprises import registry
from enterprises.models import LedgerHead
from enterprises.registry import acts
from parks.models import Unit
from targets.figures import counting, flows, spans
from targets.figures.flows import Bridge, FlowPlace, Flows, FlowTerm
from targets.models import Span, SpanMark
from tests.firms import TODAY, firm

pytestmark = pytest.mark.django_db
EVE, DAY = TODAY - dt.timedelta(days=1), dt.timedelta(days=1)


def stored() -> list[tuple]:
    return sorted(Span.objects.values_list("enterprise_id", "kind_id", "definition", "start"))


# --- the table ----------------------------------------------------------------------------------------------------
def test_a_rebuild_goes_batch_by_batch_and_says_how_far_it_is(plan, monkeypatch):
    for _ in range(5):
        firm(hnte=True)
    spans.refresh()
    before = stored()
    Span.objects.all().delete()
    monkeypatch.setattr(spans, "BATCH", 2)
    beats = []
    assert spans.rebuild(lambda phase, **progress: beats.append((phase, progress))) == 5
    assert beats == [("更新计数区间", {"done": done, "total": 5}) for done in (0, 2, 4)]
    assert stored() == before
    assert len({row[0] for row in before}) == 5


def test_a_refresh_of_many_firms_goes_batch_by_batch_too(plan, monkeypatch):
    monkeypatch.setattr(spans, "BATCH", 2)
    firms = [firm(hnte=True) for _ in range(5)]
    assert spans.refresh() == 5
    assert {row[0] for row in stored()} == {one.pk for one in firms}


def test_the_mark_follows_the_ledger_and_never_goes_back(plan):
    assert (spans.mark(), spans.ledger_end(), spans.version()) == (0, 0, (0, None))
    assert spans.refresh() == 0
    assert not SpanMark.objects.exists()
    firm(hnte=True)
    assert (spans.mark(), spans.ledger_end()) == (0, LedgerHead.objects.get().last_entry)
    assert spans.refresh() == 1
    assert spans.mark() == spans.ledger_end() > 0
    SpanMark.objects.update(ledger_entry=spans.ledger_end() + 7)
    ahead = spans.mark()
    assert spans.refresh() == 0
    assert spans.rebuild() == 1
    assert spans.mark() == ahead


def test_every_refresh_and_rebuild_makes_another_version(plan):
    firm(hnte=True)
    with transaction.atomic():
        assert spans.version(lock=True) == (0, None)
    spans.refresh()
    first = spans.version()
    assert first[0] == spans.ledger_end()
    assert first[1] is not None
    assert spans.refresh() == 0
    assert spans.version() == first
    spans.rebuild()
    second = spans.version()
    assert second[0] == first[0]
    assert second[1] > first[1]
    with transaction.atomic():
        assert spans.version(lock=True) == second


def test_a_firm_that_holds_nothing_any_more_has_no_spans(plan):
    first, second = firm(hnte=True), firm(hnte=True)
    spans.refresh()
    held = first.qualifications.get()
    registry.apply(
        [acts.Revoke(uscc=first.uscc, kind="hnte", number=held.number, on=held.valid_from)], by=None
    )
    assert spans.refresh() == 1
    # By class year the certificate still has no day either: it was withdrawn before it held.
    assert {row[0] for row in stored() if row[2] == "certificate"} == {second.pk}


# --- counts -------------------------------------------------------------------------------------------------------
def test_a_day_asked_for_twice_counts_once_and_no_day_asks_nothing(plan, django_assert_num_queries):
    firm(hnte=True)
    days = [TODAY, EVE, TODAY]
    found = counting.count(days)
    assert found.days == days
    assert [found.stock(day, "hnte", "district") for day in days] == [1, 1, 1]
    assert found.stock(TODAY + DAY, "hnte", "district") == 0
    with django_assert_num_queries(0):
        assert counting.scan(Span.objects.all(), ["kind_id"], []) == []


def test_a_firm_counts_in_its_park_its_town_and_each_total_once(plan):
    firm(hnte=True)
    firm(hnte=True, outside_parks=True)
    found = counting.count([TODAY])
    stocks = {
        scope: found.stock(TODAY, "hnte", scope)
        for scope in (
            "district", "parks", "outside", "degan", "500116002", "outside:500116002", "baisha",
        )
    }  # fmt: skip
    assert stocks == {
        "district": 2, "parks": 1, "outside": 1, "degan": 1, "500116002": 2,
        "outside:500116002": 1, "baisha": 0,
    }  # fmt: skip
    assert found.exact(TODAY, "district", "hnte_park_share") == 50


def test_all_figures_of_a_day_come_in_order(plan):
    for _ in range(2):
        firm(hnte=True)
    firm(hnte=True, outside_parks=True)
    figures = counting.count([TODAY]).figures(TODAY)
    codes = list(dict.fromkeys(figure["indicator"] for figure in figures))
    assert codes[:2] == ["hnte", "tech"]
    scopes = [figure["scope"] for figure in figures if figure["indicator"] == "hnte"]
    assert scopes[:4] == ["district", "parks", "outside", "shuangfu"]
    assert len(scopes) == 3 + Unit.objects.reporting().count()
    [share] = [figure for figure in figures if figure["indicator"] == "hnte_park_share"]
    assert share == {
        "scope": "district",
        "indicator": "hnte_park_share",
        "value": Decimal("66.67"),
    }


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(2469, 20000, "12.35"), (1, 8, "12.50"), (1, 3, "33.33"), (0, 5, "0.00"), (5, 5, "100.00")],
)
def test_percentages_have_two_decimals_half_up(part, whole, shown):
    assert str(counting.percent(part, whole)) == shown


def test_a_share_of_nothing_is_none():
    assert counting.percent(0, 0) is None


def test_a_town_answers_for_its_firms_outside_the_parks(plan):
    assert counting.answered_for(Unit.objects.get(code="degan")) == "degan"
    assert counting.answered_for(Unit.objects.get(code="500116002")) == "outside:500116002"


def test_lapsing_spans_end_from_the_first_day_to_before_the_last(plan):
    uscc = firm(hnte_expiring=True).uscc
    spans.refresh()
    end = TODAY + 31 * DAY
    asked = {"indicator": "hnte", "scope": "district", "definition": "certificate"}
    for since, until, expected in ((end, end + DAY, [uscc]), (end - DAY, end, []), (end + DAY, end + 9 * DAY, [])):  # fmt: skip
        found = counting.lapsing(since=since, until=until, **asked)
        assert [span.enterprise.uscc for span in found] == expected
    by_day = {**asked, "day": end - DAY}
    assert counting.listed(**by_day).count() == 1
    assert counting.listed(**{**by_day, "day": end}).count() == 0
    assert counting.listed(**{**by_day, "scope": "baisha"}).count() == 0
    assert counting.listed(**{**by_day, "indicator": "nonsense"}).count() == 0


# --- flows --------------------------------------------------------------------------------------------------------
def test_a_bridge_adds_up_its_terms():
    numbers = {term: 2**place for place, term in enumerate(FlowTerm)}
    told = Bridge("hnte", "district", EVE, TODAY, "certificate", 7, numbers, 40)
    assert (told.gains, told.losses, told.net, told.newly) == (63, 1984, 33, 3)


def test_flows_of_a_place_are_those_of_each_scope_that_the_other_place_is_not_in():
    told = Flows(EVE, TODAY, "certificate")
    here, there, nowhere = FlowPlace("degan", "a"), FlowPlace(None, "a"), FlowPlace(None, None)
    moved = (Span.Opening.TRANSFERRED, Span.Closing.TRANSFERRED)
    told.add("hnte", here, there, there, moved, 3)
    told.add("hnte", here, nowhere, nowhere, ("", ""), 5)
    told.add("hnte", here, nowhere, nowhere, (Span.Opening.FIRST, Span.Closing.CLOSED), 4)
    by_scope = {scope: told.bridge("hnte", scope) for scope in ("district", "degan", "parks", "a")}
    assert [
        (
            bridge.opening,
            bridge.closing,
            bridge.flows[FlowTerm.FIRST],
            bridge.flows[FlowTerm.CLOSED],
        )
        for bridge in by_scope.values()
    ] == [(5, 5, 4, 4)] * 4
    assert {
        scope: (bridge.flows[FlowTerm.MOVED_IN], bridge.flows[FlowTerm.MOVED_OUT])
        for scope, bridge in by_scope.items()
    } == {"district": (0, 0), "degan": (3, 3), "parks": (3, 3), "a": (0, 0)}
    assert (by_scope["a"].since, by_scope["a"].until) == (EVE, TODAY)
    assert (nowhere.scopes, told.bridge("tech", "a").flows[FlowTerm.FIRST]) == ((), 0)


def test_who_moved_is_listed_with_the_other_place(plan):
    uscc = firm(hnte=True, park="shuangfu", town="500116004").uscc
    registry.apply([acts.Move(uscc=uscc, park="luohuang", town="500116117", on=TODAY)], by=None)
    told = {
        "scope": "shuangfu", "term": FlowTerm.MOVED_OUT, "since": EVE, "until": TODAY,
    }  # fmt: skip
    [span] = flows.edges(kind="hnte", **told)
    assert (span.day, span.other_park, span.other_town) == (TODAY, "luohuang", "500116117")
    assert flows.edges(kind="hnte", **{**told, "scope": "parks"}).count() == 0
    assert flows.edges(kind="hnte", **{**told, "definition": "class_year"}).count() == 1
    assert flows.edges(kind="tech", **told).count() == 0


def test_one_bridge_is_that_of_all(plan):
    firm(hnte=True)
    asked = {"since": dt.date(2019, 12, 31), "until": TODAY}
    for definition in ("certificate", "class_year"):
        alone = flows.bridge(kind="hnte", scope="degan", definition=definition, **asked)
        assert alone == flows.between(definition=definition, **asked).bridge("hnte", "degan")
        assert (alone.opening, alone.flows[FlowTerm.FIRST], alone.closing) == (0, 1, 1)
