"""The rights that an application names: told with its filing, kept whatever comes of it."""

import datetime as dt

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.models import IpItem, LedgerEntry
from enterprises.registry import acts
from tests.enterprises.applications.test_applications import address, filled, one  # noqa: F401
from tests.firms import firm

pytestmark = pytest.mark.django_db


def this_year() -> int:
    return timezone.localdate().year


@pytest.fixture
def items(plan, one):  # noqa: F811
    told = [
        ("invention", "ZL201910123456.7"),
        ("utility_model", "ZL202020654321.X"),
        ("trademark", "123"),
    ]
    registry.apply(
        [
            acts.RecordIpItem(
                uscc=one.uscc, right=right, number=number, granted_on=dt.date(2021, 3, 4)
            )
            for right, number in told
        ],
        by=None,
    )
    return list(IpItem.objects.order_by("pk"))


def uses() -> list[int | None]:
    return list(IpItem.objects.order_by("pk").values_list("used_first", flat=True))


def file(client, firm_, chosen, **values):
    sent = filled(firm_, stage="filed", year=this_year(), **values)
    return client.post(address(firm_), sent | {"items": [item.pk for item in chosen]})


def test_they_are_marked_when_it_is_filed_and_stay_when_it_fails(client, people, one, items):  # noqa: F811
    client.force_login(people["德感"])
    page = client.get(address(one)).content.decode()
    for words in ("申报所用的知识产权", "ZL201910123456.7", "ZL202020654321.X"):
        assert words in page
    assert file(client, one, items[:2]).status_code == 302
    assert uses() == [this_year(), this_year(), None]
    rejected = filled(one, stage="rejected", year=this_year(), note="缺材料")
    assert client.post(address(one), rejected).status_code == 302
    assert uses() == [this_year(), this_year(), None]
    assert LedgerEntry.objects.filter(act="ip_used", by=people["德感"]).count() == 2


def test_a_filing_that_was_told_wrongly_goes_with_its_rights(client, people, one, items):  # noqa: F811
    client.force_login(people["德感"])
    file(client, one, items[:2])
    assert uses() == [this_year(), this_year(), None]
    client.post(address(one), {"seen": filled(one)["seen"], "take_back": "1"})
    assert uses() == [None, None, None]
    assert not one.applications.exists()


def test_what_somebody_else_said_of_that_day_stays(client, people, one, items):  # noqa: F811
    client.force_login(people["德感"])
    file(client, one, items[:1])
    filed_on = LedgerEntry.objects.get(act="ip_used").effective_on
    own = acts.UseIpItem(
        uscc=one.uscc, right="utility_model", number=items[1].number, year=this_year(), on=filed_on
    )
    registry.apply([own], by=people["小石"])
    client.post(address(one), {"seen": filled(one)["seen"], "take_back": "1"})
    assert uses() == [None, this_year(), None]


def test_a_second_use_of_class_two_is_looked_at_once_more(client, people, one, items):  # noqa: F811
    before = acts.UseIpItem(
        uscc=one.uscc, right="utility_model", number=items[1].number, year=this_year() - 3,
        on=dt.date(this_year() - 3, 6, 1),
    )  # fmt: skip
    registry.apply([before], by=None)
    client.force_login(people["德感"])
    assert f"已用于{this_year() - 3}年申报" in client.get(address(one)).content.decode()
    asked = file(client, one, items[:2])
    assert asked.status_code == 422
    assert "Ⅱ类只能用一次" in asked.content.decode()
    assert uses() == [None, this_year() - 3, None]
    seen = {"confirmed": "on", "looked_at": asked.context["form"].fingerprint, "reason": "市局可用"}
    assert file(client, one, items[:2], **seen).status_code == 302
    last = IpItem.objects.order_by("pk").values_list("used_first", "used_last")
    assert list(last)[:2] == [(this_year(), this_year()), (this_year() - 3, this_year())]


def test_only_a_filing_and_only_the_firms_own_rights_of_a_class(client, people, one, items):  # noqa: F811
    client.force_login(people["德感"])
    early = filled(one, stage="preparing", year=this_year()) | {"items": [items[0].pk]}
    refused = client.post(address(one), early)
    assert "只有转为“已申报”的才登记所用的知识产权" in refused.content.decode()
    refused = file(client, one, [items[2]])
    assert refused.status_code == 422
    assert "商标不计入知识产权" in refused.content.decode()
    other = firm()
    assert file(client, other, [items[0]]).status_code == 302
    assert uses() == [None, None, None]


def test_a_program_names_them_too(client, people, one, items):  # noqa: F811
    client.force_login(people["德感"])
    body = {"uscc": one.uscc, "stage": "filed", "year": this_year(), "items": [items[1].pk]}
    answer = client.post("/api/v1/applications/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content.decode()
    assert uses() == [None, this_year(), None]
    stranger = body | {"uscc": firm().uscc}
    refused = client.post("/api/v1/applications/", stranger, content_type="application/json")
    assert refused.status_code == 400
    assert "没有可用于这一申报的知识产权" in str(refused.json())
