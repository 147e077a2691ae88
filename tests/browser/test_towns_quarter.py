"""A town's quarter in a real browser: four tasks, told by at most one click each, and not a word typed."""

import time

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from targets.key_tasks import board as task_board
from targets.key_tasks import confirming
from targets.key_tasks import entries as task_entries
from targets.models import TaskProgress

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
TOWN = "街道"
AT_MOST_SECONDS = 120
COUNT_CLICKS = """
addEventListener("click", event => {
  if (event.isTrusted) sessionStorage.clicks = Number(sessionStorage.clicks || 0) + 1;
}, true);
addEventListener("input", () => { sessionStorage.typed = "yes"; }, true);
"""


def owed_by(unit, today):
    period = task_entries.periods()[0]
    board = task_board.build_board(period, today)
    return period, [line for line in board.lines if line.duty.unit == unit]


def test_a_town_tells_its_quarter_by_at_most_one_click_a_task(district, sign_in, live_server):
    unit = district[TOWN].unit
    today = timezone.localdate()
    period, lines = owed_by(unit, today)
    assert len(lines) == 4
    assert not any(line.entry for line in lines)

    page = sign_in(TOWN)
    page.context.add_init_script(COUNT_CLICKS)
    began = time.monotonic()
    page.goto(live_server.url)
    page.click(f"main a:has-text('{period.label}重点任务')")
    own = page.locator(".own-tasks")
    expect(own.locator("tbody tr")).to_have_count(4)
    # Each task shows what was counted for it before anybody is asked to confirm it.
    for number in range(4):
        expect(own.locator("tbody tr").nth(number).locator("td a").first).to_be_visible()
    page.click("text=全部确认无例外")
    page.wait_for_load_state()

    assert time.monotonic() - began < AT_MOST_SECONDS
    assert int(page.evaluate("sessionStorage.clicks")) <= len(lines)
    assert page.evaluate("sessionStorage.typed") is None
    _, lines = owed_by(unit, today)
    assert [line.standing for line in lines] == ["in_progress"] * 4
    told = TaskProgress.objects.of_period(period).filter(unit=unit)
    assert set(told.values_list("text", flat=True)) == {confirming.CONFIRMED}
    assert all(entry.figures for entry in told)

    # Nothing is left to confirm, and the page does not ask for it.
    page.goto(f"{live_server.url}{reverse('tasks')}?quarter={period.code}")
    expect(page.locator("text=全部确认无例外")).to_have_count(0)
