"""Proposals are adopted or declined, stages set, reviews noted, stays ended: by tick, looked at, undone."""

import datetime as dt

import pytest
from django.urls import reverse

from enterprises import registry
from enterprises.models import DeclinedAdvice, LedgerEntry, PoolEntry
from enterprises.registry import acts
from tests.targets.pool.pooled import HOPELESS, NEAR, SOUND, enter, today, with_returns

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, people):
    """The steps on the pages, as the bureau takes them."""
    client.force_login(people["小石"])
    return Desk(client)


class Desk:
    def __init__(self, client) -> None:
        self.client = client

    def start(self, firms, act: str, **values: object) -> str:
        told = {"scope": "ticked", "act": act, "on": str(today()), **values}
        answer = self.client.post(
            reverse("pool_bulk"), {"firm": [firm.uscc for firm in firms], **told}
        )
        assert answer.status_code == 302, answer.content.decode()
        return answer["Location"]

    def write(self, address: str, **values: object):
        answer = self.client.post(address, values)
        assert answer.status_code == 302, answer.content.decode()
        return self.client.get(address)

    def done(self, firms, act: str, **values: object) -> str:
        address = self.start(firms, act, **values)
        self.write(address)
        return address


def stays() -> dict[str, tuple]:
    rows = PoolEntry.objects.live_on(today()).select_related("enterprise")
    return {row.enterprise.uscc: (row.stage, row.target_year, row.source) for row in rows}


def test_proposals_are_adopted_each_as_it_is_and_taken_back_together(desk, plan):
    new, raised, lost = (
        with_returns(SOUND),
        enter(with_returns(SOUND)),
        enter(with_returns(HOPELESS)),
    )
    before = stays()
    address = desk.start([new, raised, lost], "adopt", target_year=2028)
    preview = desk.client.get(address).content.decode()
    assert all(firm.name in preview for firm in (new, raised, lost))
    assert stays() == before, "nothing is written by looking"
    desk.write(address)
    assert stays() == {
        new.uscc: ("cultivation", 2028, "self_check"),
        raised.uscc: ("cultivation", 2028, ""),
    }
    left = PoolEntry.objects.get(enterprise=lost)
    assert (left.ended_by, left.exit_kind) == ("unfit", "unfit")
    assert "不符合" in left.exit_reason
    desk.client.post(address + "undo/")
    assert stays() == before


def test_a_declined_proposal_is_not_made_again_until_its_day(desk, plan, time_machine):
    firm = with_returns(NEAR)
    desk.done([firm], "decline", why="股权变更中")
    declined = DeclinedAdvice.objects.get()
    assert (declined.advice, declined.stage, declined.reason) == (
        "enter",
        "cultivation",
        "股权变更中",
    )
    assert LedgerEntry.objects.filter(act="declined", enterprise=firm).count() == 1
    answer = desk.client.get(reverse("pool"), {"view": "enter"})
    assert answer.context["listed"] == 0
    time_machine.move_to(dt.datetime.combine(declined.until, dt.time(12)))
    desk.client.force_login(answer.context["user"])
    told = acts.RecordFigures(uscc=firm.uscc, year=declined.on.year, values=NEAR)
    registry.apply([told], by=None)
    again = desk.client.get(reverse("pool"), {"view": "enter"})
    assert [line.firm for line in again.context["lines"]] == [firm]


def test_a_review_keeps_the_stage_and_moves_its_day(desk, plan):
    firm = enter(with_returns(SOUND), "cultivation", next_review=today())
    assert desk.client.get(reverse("pool"), {"view": "due"}).context["listed"] == 1
    ahead = today() + dt.timedelta(days=90)
    desk.done([firm], "review", next_review=str(ahead), why="等审计")
    entry = PoolEntry.objects.get()
    assert (entry.stage, entry.next_review, entry.reason) == ("cultivation", ahead, "等审计")
    assert desk.client.get(reverse("pool"), {"view": "due"}).context["listed"] == 0


def test_leaving_says_how_and_why(desk, plan):
    firm = enter(with_returns(SOUND))
    desk.done([firm], "leave", exit_kind="given_up", why="转为商贸")
    entry = PoolEntry.objects.get()
    assert (entry.ended_by, entry.exit_reason) == ("given_up", "转为商贸")
    assert stays() == {}


def test_a_unit_acts_for_its_own_firms_alone(client, people, plan):
    own = with_returns(SOUND)
    other = with_returns(SOUND, ("baisha", "500116108"))
    client.force_login(people["德感"])
    desk = Desk(client)
    address = desk.start([own, other], "stage", stage="seed", why="园区推荐", source="unit")
    desk.client.post(address, {"with_doubtful": "on"})
    assert set(stays()) == {own.uscc}


def test_who_only_reads_gets_no_bar_and_is_refused(client, people, plan):
    firm = enter(with_returns(SOUND))
    client.force_login(people["老郑"])
    assert client.get(reverse("pool")).context["bulk"] is None
    answer = client.post(
        reverse("pool_bulk"), {"scope": "ticked", "act": "leave", "firm": [firm.uscc]}
    )
    assert answer.status_code == 403
