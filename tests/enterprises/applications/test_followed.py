"""What an application is followed by: why it failed, what comes next, who does it."""

import datetime as dt

import pytest
from django.utils import timezone

from enterprises import registry
from enterprises.models import LedgerEntry
from enterprises.registry import acts, undoing
from tests.firms import firm

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY = dt.date(2026, 5, 4), dt.date(2026, 6, 5), dt.date(2026, 7, 6)


@pytest.fixture
def one(people):
    return firm()


def told(one, stage, on, **values) -> None:
    given = {"kind": "hnte", "year": 2026, "stage": stage, "on": on}
    registry.apply([acts.Apply(uscc=one.uscc, **given | values)], by=None)


def planned(one, **values) -> None:
    registry.apply([acts.NextStep(uscc=one.uscc, kind="hnte", **values)], by=None)


def undo_last() -> None:
    last = LedgerEntry.objects.latest("pk").pk
    registry.apply(undoing.plan_undoing([(last, last)]).acts, by=None)


def test_a_next_step_is_told_changed_and_taken_back(one):
    told(one, "filed", MAY)
    planned(one, next_action="催材料", next_on=JUNE, owner="小石")
    row = one.applications.get()
    assert (row.next_action, row.next_on, row.owner) == ("催材料", JUNE, "小石")
    entry = LedgerEntry.objects.latest("pk")
    assert (entry.act, entry.after["next_on"]) == ("planned", str(JUNE))
    undo_last()
    row = one.applications.get()
    assert (row.next_action, row.next_on, row.owner) == ("", None, "")


def test_a_next_step_ends_with_its_stage_and_the_owner_goes_on(one):
    told(one, "filed", MAY)
    planned(one, next_action="催材料", next_on=JUNE, owner="小石")
    told(one, "publicity", JUNE)
    row = one.applications.get(until=None)
    assert (row.next_action, row.next_on, row.owner) == ("", None, "小石")
    undo_last()
    assert one.applications.get().next_action == "催材料"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"next_action": "催材料"}, "下一步须写明日期"),
        ({"next_on": JUNE}, "请写明下一步做什么"),
        ({"next_action": "催" * 61, "next_on": JUNE}, "60"),
    ],
)
def test_half_a_next_step_is_refused(one, values, words):
    told(one, "filed", MAY)
    with pytest.raises(registry.ActsRefused, match=words):
        planned(one, **values)


def test_without_an_application_there_is_no_next_step(one):
    with pytest.raises(registry.ActsRefused, match="还没有登记申报状态"):
        planned(one, next_action="催材料", next_on=JUNE)


def test_a_rejection_has_a_reason_from_the_list(one):
    told(one, "filed", MAY)
    with pytest.raises(registry.ActsRefused, match="没有代码为“luck”的未通过原因"):
        told(one, "rejected", JUNE, rejected_for="luck")
    with pytest.raises(registry.ActsRefused, match="只有未通过的申报才填未通过原因"):
        told(one, "publicity", JUNE, rejected_for="rd_share")
    told(one, "rejected", JUNE, rejected_for="rd_share")
    assert one.applications.get(until=None).rejected_for.name == "研发费用占比不足"
    assert LedgerEntry.objects.latest("pk").after["rejected_for"] == "rd_share"
    # Begun again, it is rejected for nothing any more.
    told(one, "preparing", JULY, year=2027)
    assert one.applications.get(until=None).rejected_for is None
    undo_last()
    assert one.applications.get(until=None).rejected_for.code == "rd_share"


def test_a_line_of_a_list_leaves_what_it_does_not_name(one):
    told(one, "filed", MAY, agency="甲咨询", batch=1, note="急")
    cells = {"stage": "第3行"}
    told(one, "publicity", JUNE, batch=2, cells=cells)
    row = one.applications.get(until=None)
    assert (row.agency, row.batch, row.note) == ("甲咨询", 2, "")
    told(one, "publicity", JULY, cells=cells)
    assert one.applications.get(until=None).batch == 2
    told(one, "filed", JULY, year=2027, cells=cells)
    row = one.applications.get(until=None)
    assert (row.agency, row.batch) == ("", None)


def test_stage_reason_and_next_step_are_told_on_one_page(client, people, one):
    client.force_login(people["德感"])
    address = f"/firms/{one.uscc}/application/"
    today = timezone.localdate()
    filled = {
        "stage": "filed", "on": str(today), "year": today.year, "batch": "1", "agency": "甲咨询", "note": "",
        "next_action": "催齐材料", "next_on": str(today + dt.timedelta(days=3)), "owner": "德感", "seen": "0",
    }  # fmt: skip
    assert client.post(address, filled).status_code == 302
    row = one.applications.get()
    assert (row.stage, row.next_action, row.owner) == ("filed", "催齐材料", "德感")
    shown = client.get(address).content.decode()
    assert "催齐材料" in shown
    seen = str(LedgerEntry.objects.filter(enterprise=one).latest("pk").pk)
    for wrong, words in (
        ({"rejected_for": "rd_share"}, "只有未通过的申报才填未通过原因"),
        ({"next_on": ""}, "下一步须写明日期"),
        ({"owner": "小明"}, "小明"),
    ):
        answer = client.post(address, filled | {"seen": seen} | wrong)
        assert (answer.status_code, words in answer.content.decode()) == (422, True)
    failed = {
        "stage": "rejected",
        "rejected_for": "rd_share",
        "seen": seen,
        "next_action": "",
        "next_on": "",
    }
    assert client.post(address, filled | failed).status_code == 302
    row = one.applications.get()
    assert (row.stage, row.rejected_for.code, row.next_action) == ("rejected", "rd_share", "")
