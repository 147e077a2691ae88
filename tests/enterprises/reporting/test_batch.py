"""Rosters approved together: looked through first, with what is left out and why."""

import pytest

from enterprises.models import QuarterEvent, RosterVersion
from enterprises.reporting import submission
from tests import clerk
from tests.enterprises.handed_in import arrived, checked, handed_in, registered

pytestmark = pytest.mark.django_db
TOWNS = ("500116001", "500116004", "500116107")
QUEUE = "/rosters/queue/"
MANY = "/rosters/queue/approve/"


def test_all_that_change_nothing_are_approved_in_two_steps(desk, quarter, people):
    empty = [handed_in(quarter, unit) for unit in TOWNS]
    new = handed_in(quarter, "500116002", 5)
    assert desk.get(QUEUE).context["unchanged"] == 3
    page = desk.post(MANY, {"unchanged": "1"})
    assert [entry.version for entry in page.context["batch"].ready] == empty
    assert RosterVersion.objects.filter(state="submitted").count() == 4  # only looked through
    chosen = [entry.version.pk for entry in page.context["batch"].ready]
    done = desk.post(MANY, {"version": chosen, "confirmed": "1"}, follow=True).content.decode()
    assert "已审核通过3份，正在入库。" in done
    clerk.run_waiting()
    states = dict(RosterVersion.objects.values_list("pk", "state"))
    assert {states[version.pk] for version in empty} == {"applied"}
    assert states[new.pk] == "submitted"
    assert QuarterEvent.objects.filter(kind="approved", by=people["小石"]).count() == 3


def test_what_cannot_be_approved_with_others_is_named_with_its_reason(desk, quarter, people):
    registered(1)
    waits = handed_in(quarter, "baisha", 1, said=arrived(1, "2026-08-20"))
    ready = handed_in(quarter, "500116002", 5)
    own = checked(quarter, "500116004", 7)
    submission.hand_in(own, by=people["小石"])
    page = desk.post(MANY, {"version": [waits.pk, ready.pk, own.pk]})
    batch = page.context["batch"]
    assert [entry.version for entry in batch.ready] == [ready]
    assert dict(batch.left_out) == {
        waits: "先决定归属事项1件",
        own: "由您上传或报送，应由另一人审核",
    }
    everything = {"version": [waits.pk, ready.pk, own.pk], "confirmed": "1"}
    done = desk.post(MANY, everything, follow=True).content.decode()
    assert "已审核通过1份" in done
    assert "没有通过：先决定归属事项1件" in done
    assert RosterVersion.objects.get(pk=waits.pk).state == "submitted"


def test_one_that_was_taken_back_meanwhile_is_simply_not_there(desk, quarter, people):
    version = handed_in(quarter, "500116002", 5)
    submission.take_back(version, by=version.submitted_by)
    page = desk.post(MANY, {"version": [version.pk]})
    assert (page.context["batch"].ready, page.context["batch"].left_out) == ([], [])
    desk.post(MANY, {"version": [version.pk], "confirmed": "1"})
    assert RosterVersion.objects.get(pk=version.pk).state == "ready"


@pytest.mark.parametrize("sent", [{}, {"version": ["x"]}, {"version": [""], "confirmed": "1"}])
def test_nothing_chosen_says_so(desk, quarter, sent):
    handed_in(quarter, "500116002", 5)
    page = desk.post(MANY, sent, follow=True)
    assert "还没有选名册" in page.content.decode()
    assert RosterVersion.objects.get().state == "submitted"
