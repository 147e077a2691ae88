"""The walk notices broken rules: each is broken on purpose, and the walk must name the place where two figures part."""

import dataclasses
import datetime as dt
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.test import Client

from enterprises.models.validity import Validity
from targets.bridge import page as bridge_page
from targets.bulletin import content
from targets.figures import counting, flows, links, spans, trend
from targets.goals.completion import Completion
from targets.goals.page import GoalsBoard
from targets.goals.reached import ReachedCounts
from targets.home import dashboard
from targets.home.attention import Behind
from targets.releases import publishing
from tests import clerk
from tests.clock import noon_of
from tests.effort import drawn
from tests.walk.said import contradictions
from tests.walk.test_walk import (
    FIRST,
    TODAY,
    against_the_oracle,
    walk,
    walk_exports,
    walk_release,
    write,
)

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


def _certificate(kind: str, issued: dt.date, until: dt.date | None, **more: object) -> dict:
    printed = {"kind": kind, "valid_from": issued, "valid_until": until}
    return printed | {"class_year": None, "revoked_on": None} | more


def _place(
    park: str | None, town: str, since: dt.date = FIRST, until: dt.date | None = None
) -> dict:
    return {"park": park, "town": town, "since": since, "until": until, "from_outside": False}


TERM = (dt.date(2025, 3, 1), dt.date(2028, 2, 29))
LAPSES_TODAY = (dt.date(2023, 11, 30), TODAY)
FIRMS = [
    # Valid; valid for the last day today; closed; moved this year; outside the parks; withdrawn; two kinds at once.
    {"certificates": [_certificate("hnte", *TERM)], "places": [_place("degan", "500116002")], "closures": []},
    {"certificates": [_certificate("hnte", *LAPSES_TODAY)], "places": [_place("degan", "500116002")], "closures": []},
    {"certificates": [_certificate("hnte", *TERM)], "places": [_place("shuangfu", "500116004")],
     "closures": [{"closed_on": dt.date(2026, 5, 1), "reopened_on": None}]},
    {"certificates": [_certificate("hnte", *TERM)], "closures": [],
     "places": [_place("degan", "500116002", until=dt.date(2026, 7, 1)),
                _place("luohuang", "500116117", since=dt.date(2026, 7, 1))]},
    {"certificates": [_certificate("hnte", *TERM)], "places": [_place(None, "500116004")], "closures": []},
    {"certificates": [_certificate("hnte", *TERM, revoked_on=dt.date(2026, 2, 2))],
     "places": [_place("shuangfu", "500116004")], "closures": []},
    {"certificates": [_certificate("hnte", *TERM), _certificate("tech", dt.date(2024, 5, 6), None)],
     "places": [_place("shuangfu", "500116117")], "closures": []},
]  # fmt: skip


def _last_day_lost(patch) -> None:
    whole = Validity.from_printed_days

    def shorter(first_day, last_day, revoked_on=None):
        return whole(first_day, last_day - DAY if last_day else None, revoked_on)

    patch.setattr(Validity, "from_printed_days", staticmethod(shorter))


def _closures_ignored(patch) -> None:
    patch.setattr(spans, "_without_closures", lambda stay, struck_off: iter([stay]))


def _withdrawals_ignored(patch) -> None:
    patch.setattr(Validity, "cut_short", lambda self, day: self)


def _park_firms_outside_too(patch) -> None:
    scopes = counting.scopes_of
    patch.setattr(counting, "scopes_of", lambda park, town: (*scopes(park, town), "outside"))


def _goals_of_the_eve(patch) -> None:
    patch.setattr(
        ReachedCounts,
        "stock",
        lambda self, kind, scope, day: self.counts.stock(self.opening, kind, scope),
    )


def _bridge_ends_as_it_began(patch) -> None:
    bridge = flows.Flows.bridge

    def unmoved(self, kind, scope):
        told = bridge(self, kind, scope)
        return dataclasses.replace(told, closing=told.opening)

    patch.setattr(flows.Flows, "bridge", unmoved)


def _list_of_another_scope(patch) -> None:
    figure = links.figure

    def wrong(question, indicator, scope="district", on=None, place=None):
        return figure(question, indicator, "district", on, place)

    patch.setattr(dashboard.links, "figure", wrong)


def _own_gap_on_home(patch) -> None:
    patch.setattr(
        Behind,
        "short",
        property(lambda self: (self.row.stock.goal or 0) - (self.row.stock.done or 0)),
    )


def _own_gap_of_sums(patch) -> None:
    behind = Completion.behind.fget
    patch.setattr(
        Completion,
        "behind",
        property(lambda self: None if behind(self) is None else behind(self) + len(self.measure)),
    )


def _town_answers_for_its_parks(patch) -> None:
    patch.setattr(GoalsBoard, "list_url", lambda self, unit: links.figure(
        bridge_page.Question(self.asked.day), self.asked.kind, unit.code))  # fmt: skip


def _chart_a_month_late(patch) -> None:
    months = trend.months

    def late(*asked):
        told = months(*asked)
        return [dataclasses.replace(month, value=before.value) for before, month in pairwise(told)]

    patch.setattr(trend, "months", late)


def _bulletin_of_the_eve(patch) -> None:
    lines = content._unit_lines

    def of_first_day(kind, units, known, stock, goals):
        swapped = SimpleNamespace(days=stock.days[::-1], stock=stock.stock)
        return lines(kind, units, known, swapped, goals)

    patch.setattr(content, "_unit_lines", of_first_day)


BROKEN = {
    # What is broken → a page that must be named.
    _last_day_lost: "/",
    _closures_ignored: "/units/shuangfu/",
    _withdrawals_ignored: "/",
    _park_firms_outside_too: "/api/v1/figures/",
    _goals_of_the_eve: "/goals/",
    _bridge_ends_as_it_began: "/api/v1/flows/",
    _list_of_another_scope: "/",
    _own_gap_on_home: "/",
    _own_gap_of_sums: "/goals/",
    _town_answers_for_its_parks: "/goals/",
    _chart_a_month_late: "/",
    _bulletin_of_the_eve: "/releases/2026Q3-1/bulletin.xlsx",
}


def found(people) -> list[str]:
    client = Client()
    client.force_login(people["老郑"], backend="django.contrib.auth.backends.ModelBackend")
    with noon_of(TODAY):
        write(FIRMS, people)
        release = publishing.publish(clerk.third_quarter(people["小石"]), by=people["小石"])
        said = [*walk(client, TODAY), *walk_exports(client), *walk_release(client, release.code)]
    return [*contradictions(said), *against_the_oracle(said, FIRMS)]


@pytest.mark.once
@pytest.mark.parametrize("broken", drawn(1, BROKEN), ids=lambda one: one.__name__)
def test_a_broken_rule_is_named_with_its_page(people, monkeypatch, broken):
    broken(monkeypatch)
    places = [word for line in found(people) for word in line.split() if word.startswith("/")]
    assert BROKEN[broken] in {place.partition("?")[0] for place in places}


@pytest.mark.once
def test_the_same_district_with_no_rule_broken_tells_one_story(people):
    assert found(people) == []
