"""A meeting's whole life in a real browser: agenda from what lags, minutes, a decision, chasing, evidence, closing, bulletin."""

import datetime as dt
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from enterprises.demo import district as demo_district
from enterprises.models import Notice, Period
from targets.meetings import chasing
from targets.models import Decision, DecisionReminder, Meeting, Release

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
OFFICE, SECOND, LEAD = "小石", "安安", "德感"
WORDS = "对到期未申报的企业逐户上门，形成名单。"
REPLAYS = 100


@pytest.fixture
def as_whom(sign_in, watched):
    """Signs out whoever is there first."""

    def sign_in_again(name: str) -> Page:
        watched.context.clear_cookies()
        return sign_in(name)

    return sign_in_again


def evidence(folder: Path) -> str:
    book = openpyxl.Workbook()
    book.active.append(["企业", "情况"])
    path = folder / "走访名单.xlsx"
    book.save(path)
    return str(path)


def hold_meeting(page: Page, live_server, day: dt.date) -> Meeting:
    """From the button to the minutes: what lags is on the agenda before anybody writes a word."""
    page.goto(f"{live_server.url}{reverse('meetings')}")
    page.click("a:has-text('新增会议')")
    page.fill("#id_day", day.isoformat())
    page.fill("#id_place", "区政府第二会议室")
    page.click("main form button")
    expect(page.locator(".agenda > li").nth(3)).to_be_visible()
    expect(page.locator(".agenda")).to_contain_text("落后的单位")
    expect(page.locator(".agenda")).to_contain_text("历次会议决定办理情况")

    proposed = page.locator(".agenda > li").count()
    page.click(".actions a:has-text('改议程')")
    page.locator(".agenda-line input[type=checkbox]").last.check()
    page.click("main form button")
    expect(page.locator(".agenda > li")).to_have_count(proposed - 1)

    page.click(".actions button:has-text('登记为已召开')")
    page.click(".actions a:has-text('写纪要')")
    page.locator("main textarea").first.fill("会议要求逐户上门。")
    page.click("main form button")
    expect(page.locator(".agenda")).to_contain_text("会议要求逐户上门。")
    return Meeting.objects.order_by("number").last()


def decide(page: Page, due: dt.date) -> Decision:
    page.click(".actions a:has-text('记决定')")
    page.fill("#id_words", WORDS)
    page.select_option("#id_lead", "degan")
    page.fill("#id_due", due.isoformat())
    page.click("main form button")
    expect(page.locator(".decision-words")).to_contain_text(WORDS)
    return Decision.objects.get(words=WORDS)


def step(page: Page, live_server, decision: Decision, deed: str, **told: str) -> None:
    """Opens the form of a step, fills it in and sends it."""
    page.goto(f"{live_server.url}{reverse('decision', args=[decision.pk])}")
    page.click(f"details > summary:has-text('{deed}')")
    form = page.locator(f"details:has(summary:has-text('{deed}')) form")
    if "text" in told:
        form.locator("textarea").fill(told["text"])
    if "file" in told:
        form.locator("input[type=file]").set_input_files(told["file"])
    form.locator("button").click()
    page.wait_for_load_state()


def publish_last_quarter(as_whom, live_server) -> str:
    """Two persons publish the quarter that has ended last; the address of its bulletin."""
    today = timezone.localdate()
    # The demo was told up to its own day: by now another quarter may have ended.
    demo_district.open_quarter(today)
    period = Period.before(today)
    preview = f"{live_server.url}{reverse('release_preview', args=[period.code])}"
    page = as_whom(OFFICE)
    page.goto(preview)
    page.click("main button:has-text('提请发布')")
    expect(page.locator("main")).to_contain_text("撤回拟发布")
    page = as_whom(SECOND)
    page.goto(preview)
    page.click("main button:has-text('发布第')")
    release = Release.objects.get(quarter__year=period.year, quarter__number=period.number)
    page.wait_for_url(f"**{reverse('release', args=[release.code])}")
    return f"{live_server.url}{reverse('bulletin_page', args=[release.code])}"


def notices_about(decision: Decision, person) -> list[str]:
    told = Notice.objects.filter(person=person, text__contains=f"决定{decision.code}")
    return list(told.order_by("pk").values_list("text", flat=True))


def test_a_meetings_whole_life(district, as_whom, live_server, tmp_path):
    today = timezone.localdate()
    page = as_whom(OFFICE)
    meeting = hold_meeting(page, live_server, today)
    decision = decide(page, today + dt.timedelta(days=7))
    assert (decision.meeting, decision.number) == (meeting, 1)
    # The lead was told of it once, and by nobody chased yet.
    assert len(notices_about(decision, district[LEAD])) == 1

    for _ in range(REPLAYS):
        chasing.remind(today)
    assert DecisionReminder.objects.filter(decision=decision).count() == 1
    assert len(notices_about(decision, district[LEAD])) == 2
    for _ in range(REPLAYS):
        chasing.remind(today + dt.timedelta(days=7))
    assert DecisionReminder.objects.filter(decision=decision).count() == 2
    assert len(notices_about(decision, district[LEAD])) == 3

    page = as_whom(LEAD)
    page.goto(f"{live_server.url}{reverse('meetings')}")
    expect(page.locator(".decisions")).to_contain_text(WORDS)
    step(page, live_server, decision, "申请办结", text="已全部上门。", file=evidence(tmp_path))
    expect(page.locator(".page-head")).to_contain_text("申请办结")

    page = as_whom(SECOND)
    step(page, live_server, decision, "同意办结", text="名单核对无误。")
    expect(page.locator(".page-head")).to_contain_text("已办结")
    expect(page.locator(".steps")).to_contain_text("走访名单.xlsx")
    with page.expect_download() as download:
        page.click(".step-file")
    assert (
        openpyxl.load_workbook(BytesIO(download.value.path().read_bytes())).active["A1"].value
        == "企业"
    )

    # What is closed is chased no more, and the open decisions do not name it.
    before = len(notices_about(decision, district[LEAD]))
    chasing.remind(today + dt.timedelta(days=30))
    assert len(notices_about(decision, district[LEAD])) == before
    page.goto(f"{live_server.url}{reverse('meetings')}")
    expect(page.locator(".decisions").first).not_to_contain_text(WORDS)

    # The quarter's bulletin tells the district that it was done.
    bulletin = publish_last_quarter(as_whom, live_server)
    page.goto(bulletin)
    told = page.locator(f"tr:has-text('{WORDS}')")
    expect(told).to_have_count(1)
    expect(told).to_contain_text(decision.code)
    expect(told).to_contain_text(f"{today:%Y-%m-%d}办结")
