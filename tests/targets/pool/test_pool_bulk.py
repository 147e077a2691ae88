"""Proposals are adopted or declined, stages set, reviews noted, stays ended: by tick, looked at, undone."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

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


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("adopt", {}),
        ("stage", {"stage": "application", "why": "园区推荐"}),
        ("review", {"next_review": "2099-01-01", "why": "等审计"}),
        ("leave", {"exit_kind": "given_up", "because": "转为商贸"}),
    ],
)
def test_no_change_of_a_stay_is_of_a_day_before_it(desk, plan, act, told):
    """It would be put before the stay, or move its first day, instead of changing it."""
    firm = enter(with_returns(SOUND), on=today() - dt.timedelta(days=10))
    before = PoolEntry.objects.values().get()
    address = desk.start([firm], act, on=str(today() - dt.timedelta(days=40)), **told)
    assert "日期不得早于该日" in desk.client.get(address).content.decode()
    desk.client.post(address)
    assert PoolEntry.objects.values().get() == before


def test_leaving_says_how_and_why(desk, plan):
    firm = enter(with_returns(SOUND))
    desk.done([firm], "leave", exit_kind="given_up", because="转为商贸")
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


def test_a_unit_takes_nothing_back_of_a_firm_that_has_left_it(client, people, plan):
    stays_here, leaves = with_returns(SOUND), with_returns(SOUND)
    client.force_login(people["德感"])
    address = Desk(client).done([stays_here, leaves], "stage", stage="seed", why="园区推荐")
    move = acts.Move(uscc=leaves.uscc, park="baisha", town="500116108", on=today())
    registry.apply([move], by=None)
    assert f"{leaves.name}（不是本单位的企业）" in client.get(address).content.decode()
    client.post(address + "undo/")
    assert set(stays()) == {leaves.uscc}
    assert f"{leaves.name}（不是本单位的企业）" in client.get(address).content.decode()


def test_what_changed_in_another_window_is_looked_at_before_it_is_written(desk, plan, time_machine):
    """The values that were looked at are written, and no others; what is proposed is of the day."""
    firm = with_returns(SOUND)
    address = desk.start([firm], "stage", stage="seed", why="园区推荐")
    seen = {"looked_at": desk.client.get(address).context["looked_at"]}
    other = {"recheck": "1", "on": str(today()), "stage": "application", "why": "园区推荐"}
    desk.client.post(address, other)
    answer = desk.client.post(address, seen)
    assert answer.status_code == 422
    assert "请再核对" in answer.content.decode()
    assert stays() == {}
    seen = {"looked_at": answer.context["looked_at"]}
    time_machine.move_to(timezone.now() + dt.timedelta(days=1))
    desk.client.force_login(answer.context["user"])
    answer = desk.client.post(address, seen)
    assert answer.status_code == 422
    desk.write(address, looked_at=answer.context["looked_at"])
    assert stays()[firm.uscc][0] == "application"


def test_characters_that_no_text_holds_are_left_out(desk, plan):
    firm = with_returns(SOUND)
    sent = {"scope": "ticked", "act": "stage", "firm": [firm.uscc, "x\x00y"], "why": "园\x00区"}
    started = desk.client.post(reverse("pool_bulk"), sent | {"stage": "seed", "on": str(today())})
    assert started.status_code == 302
    assert firm.name in desk.client.get(started["Location"]).content.decode()
    desk.client.post(started["Location"], {"recheck": "1", "why": "园\x00区", "on": "\x00"})
    pasted = sent | {"scope": "pasted", "pasted": "没有这家公司"}
    started = desk.client.post(reverse("pool_bulk"), pasted)
    answer = desk.client.post(started["Location"], {"settle": "1", "code-0": "\x00"})
    assert answer.status_code == 302


def test_nobody_learns_whether_a_firm_of_another_unit_is_registered(client, people, plan):
    """Its code settles an open line as little as a code that nobody bears."""
    strange = with_returns(SOUND, ("baisha", "500116108"))
    client.force_login(people["德感"])
    told = {"scope": "pasted", "act": "stage", "on": str(today()), "stage": "seed", "why": "推荐"}
    started = client.post(reverse("pool_bulk"), told | {"pasted": "没有这家公司"})
    client.post(started["Location"], {"settle": "1", "code-0": strange.uscc})
    run = client.get(started["Location"]).context["run"]
    assert (len(run.lines), run.firms) == (1, [])


def test_a_proposal_is_not_declined_for_a_time_that_is_over(desk, plan):
    firm = with_returns(NEAR)
    address = desk.start([firm], "decline", on=str(today() - dt.timedelta(days=400)), why="迟")
    assert "期限到" in desk.client.get(address).content.decode()
    desk.client.post(address)
    assert not DeclinedAdvice.objects.exists()


def test_who_only_reads_gets_no_bar_and_is_refused(client, people, plan):
    firm = enter(with_returns(SOUND))
    client.force_login(people["老郑"])
    assert client.get(reverse("pool")).context["bulk"] is None
    answer = client.post(
        reverse("pool_bulk"), {"scope": "ticked", "act": "leave", "firm": [firm.uscc]}
    )
    assert answer.status_code == 403
