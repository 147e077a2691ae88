"""The ledger as a page: found by firm, act, source and day; contacts stay with those who may see them."""

import re

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import LedgerEntry
from enterprises.registry import acts
from tests.firms import firm

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r"账簿第 (\d+) 条")


def numbers(client, **query) -> list[int]:
    return [
        int(found)
        for found in NUMBER.findall(client.get(reverse("ledger"), query).content.decode())
    ]


def test_newest_first_and_the_older_ones_behind_a_link(client, people):
    client.force_login(people["审计"])
    for _ in range(20):
        firm(hnte=True)
    everything = list(LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True))
    first = numbers(client)
    assert first == everything[:50]
    assert numbers(client, before=first[-1]) == everything[50:100]


def test_found_by_firm_act_and_day(client, people):
    client.force_login(people["审计"])
    firm(hnte=True)
    wanted = firm(hnte=True)
    of_firm = list(wanted.ledger.order_by("-pk").values_list("pk", flat=True))
    assert numbers(client, q=wanted.uscc) == of_firm
    granted = list(wanted.ledger.filter(act="granted").order_by("-pk").values_list("pk", flat=True))
    assert numbers(client, q=wanted.uscc, act="granted") == granted
    assert numbers(client, booked_to="2020-01-01") == []


def test_what_it_does_not_understand_lists_nothing(client, people):
    client.force_login(people["审计"])
    firm(hnte=True)
    for wrong in (
        {"acts": "granted"},
        {"act": "x"},
        {"before": "-1"},
        {"booked_from": "昨天"},
        {"q": "\u200b"},
    ):
        answer = client.get(reverse("ledger"), wrong)
        assert (answer.status_code, NUMBER.findall(answer.content.decode())) == (400, [])


@pytest.mark.parametrize(("who", "sees"), [("小石", True), ("审计", False)])
def test_contacts_are_for_the_bureau(client, people, who, sees):
    known = firm(hnte=True)
    registry.apply(
        [acts.Register(uscc=known.uscc, name=known.name, contact_phone="13812345678")], by=None
    )
    client.force_login(people[who])
    assert ("13812345678" in client.get(reverse("ledger")).content.decode()) is sees


def test_a_constant_number_of_queries(client, people, django_assert_max_num_queries):
    client.force_login(people["审计"])
    for _ in range(15):
        firm(hnte=True, tech=True)
    with django_assert_max_num_queries(12):
        client.get(reverse("ledger"))
