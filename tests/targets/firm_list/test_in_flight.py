"""The number in flight opens the firms in flight: list, count and oracle agree on any history."""

import datetime as dt
import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enterprises import registry
from enterprises.registry import acts
from targets.figures import spans
from targets.in_flight import count_in_flight
from tests import oracle
from tests.effort import examples
from tests.firms import firm
from tests.histories import KINDS, SCOPES, lives, with_default_terms
from tests.targets.figures.test_counting import enter, on_the_database, rolled_back

pytestmark = pytest.mark.django_db
EDGES = (dt.date(2025, 6, 1), dt.date(2026, 12, 31))
WAYS = (("in_flight", False), ("in_flight_first", True))


@pytest.fixture
def in_flight():
    """A firm in 德感, outside 德感街道, that has filed and moves away later."""
    one = firm(park="degan", town="500116005")
    told = {"kind": "hnte", "year": 2026, "stage": "filed", "on": dt.date(2026, 8, 15)}
    away = {"park": "baisha", "town": "500116108", "on": dt.date(2026, 11, 1)}
    registry.apply([acts.Apply(uscc=one.uscc, **told), acts.Move(uscc=one.uscc, **away)], by=None)
    return SimpleNamespace(uscc=one.uscc, day=dt.date(2026, 10, 31))


def listed(client, day: dt.date, scope: str, counted: str) -> list:
    query = {"indicator": "hnte", "on": str(day), "scope": scope, "counted": counted}
    answer = client.get("/firms/", query | {"definition": "certificate", "page_size": "100"})
    assert answer.status_code == 200, answer.context["wrong"]
    return list(answer.context["rows"])


@pytest.mark.proof
@settings(on_the_database, max_examples=examples(20))
@given(
    st.lists(lives(*EDGES, applying=True), min_size=4, max_size=12),
    st.dates(*EDGES),
)
def test_list_and_count_are_those_of_the_oracle(client, people, firms, day):
    client.force_login(people["老郑"])
    on_record = [with_default_terms(one, KINDS) for one in firms]
    with rolled_back():
        enter(firms)
        spans.refresh()
        told = count_in_flight(day.year, [day], ["hnte"])
        for scope, (counted, first) in itertools.product(SCOPES, WAYS):
            expected = oracle.in_flight(on_record, "hnte", KINDS, day, scope, first)
            of_scope = told.never_counted if first else told.firms
            assert of_scope("hnte", scope, day) == expected
            assert len(listed(client, day, scope, counted)) == expected


def test_the_list_names_the_stage_and_the_place_of_the_day(client, people, in_flight):
    client.force_login(people["老郑"])
    (row,) = listed(client, in_flight.day, "degan", "in_flight")
    assert (row.uscc, row.park_name, row.applied_label) == (in_flight.uscc, "德感", "已申报")
    query = f"indicator=hnte&on={in_flight.day}&scope=degan&definition=certificate"
    page = client.get(f"/firms/?{query}&counted=in_flight").content.decode()
    assert "下面是在途的" in page
    assert "已申报 2026-08-15起" in page
    assert listed(client, in_flight.day, "baisha", "in_flight") == []
    assert listed(client, in_flight.day + dt.timedelta(1), "degan", "in_flight") == []


def test_a_reporter_sees_those_of_the_own_unit(client, people, in_flight):
    client.force_login(people["德感"])
    assert len(listed(client, in_flight.day, "district", "in_flight")) == 1
    client.force_login(people["街道"])
    assert listed(client, in_flight.day, "parks", "in_flight") == []


def test_the_api_lists_the_same_firms(client, people, in_flight):
    client.force_login(people["老郑"])
    query = {"indicator": "hnte", "on": str(in_flight.day), "scope": "degan"}
    answer = client.get("/api/v1/enterprises/", query | {"counted": "in_flight"}).json()
    assert [row["uscc"] for row in answer["results"]] == [in_flight.uscc]
    wrong = client.get("/firms/", {"counted": "in_flight"})
    assert wrong.status_code == 400
    assert "须同时指定资质类别" in wrong.content.decode()
