"""A figure can be asked for what is confirmed only; with what rosters alone claim it makes the whole."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import Announcement, AnnouncementLine, Qualification, SourceFile
from enterprises.registry import acts
from tests.clock import noon_of
from tests.firms import TODAY, firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def district(plan):
    """Two firms with a certificate from a register, one with a certificate that a roster claims."""
    with noon_of(TODAY):
        firm(hnte=True)
        firm(hnte=True)
        roster = SourceFile.objects.create(kind="roster", name="名册.xlsx", sha256="a" * 64, size=1)
        claim = {"kind": "hnte", "number": "GR202551100001", "valid_from": dt.date(2025, 11, 3)}
        registry.apply([acts.Grant(uscc=firm().uscc, **claim)], by=None, source=roster)
        yield


def listed(client, counted: str, by_api: bool) -> int:
    asked = {"indicator": "hnte", "on": TODAY.isoformat(), "counted": counted}
    asked = {name: value for name, value in asked.items() if value}
    if by_api:
        return len(client.get(reverse("api-enterprises-list"), asked).json()["results"])
    return client.get(reverse("firm_list"), asked).context["page"].paginator.count


@pytest.mark.parametrize("by_api", [False, True])
def test_what_is_confirmed_and_what_is_claimed_make_the_figure(client, people, district, by_api):
    client.force_login(people["老郑"])
    told = {each: listed(client, each, by_api) for each in ("", "confirmed", "claimed")}
    assert told == {"": 3, "confirmed": 2, "claimed": 1}


def test_a_list_confirms_the_claim(client, people, district):
    client.force_login(people["老郑"])
    held = Qualification.objects.get(number="GR202551100001")
    source = SourceFile.objects.create(
        kind="announcement", name="公告.pdf", sha256="b" * 64, size=1
    )
    found = Announcement.objects.create(
        source=source, published_on=TODAY, written_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    )
    AnnouncementLine.objects.create(announcement=found, n=1, name="甲", qualification=held)
    assert listed(client, "claimed", by_api=False) == 0
    assert listed(client, "confirmed", by_api=False) == 3
