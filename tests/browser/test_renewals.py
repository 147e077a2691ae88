"""The renewals list as a person works through it: on a desk, on a phone, by keyboard, without scripts."""

import pytest
from playwright.sync_api import Browser, Page

from enterprises.models import Application
from tests.browser.test_pages import PHONE, without_scripts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
ROWS = ".renewal-table tbody tr:not(.group)"
HEIGHTS = f"[...document.querySelectorAll('{ROWS}')].map(row => row.getBoundingClientRect().height)"


def tabs_to_the_first_action(page: Page) -> int:
    """Presses of Tab from the skip link to the action of the first firm."""
    page.focus("a[href='#list']")
    page.keyboard.press("Enter")
    at_action = "document.activeElement.closest('.renewal-tell') !== null"
    for presses in range(1, 60):
        page.keyboard.press("Tab")
        if page.evaluate(at_action):
            return presses
    return 60


def test_the_list_is_within_reach(district, sign_in, live_server):
    page = sign_in("小石")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/renewals/")
    assert page.locator(ROWS).count() == 50
    assert max(page.evaluate(HEIGHTS)) <= 80
    assert page.locator(ROWS).first.bounding_box()["y"] < 420
    cell = page.locator("tbody .renewal-tell").first.bounding_box()
    link = page.locator("tbody .renewal-tell a").first.bounding_box()
    assert (round(cell["width"]), link["height"] < 30) == (96, True)
    assert tabs_to_the_first_action(page) <= 25
    # The head stays while one goes down.
    page.evaluate("window.scrollTo(0, 2000)")
    # A busy machine scrolls when it comes to it.
    page.wait_for_function("window.scrollY >= 1000")
    assert page.locator(".renewal-table thead th").nth(1).bounding_box()["y"] == 0


def test_a_firm_is_three_lines_on_a_phone(district, sign_in, live_server):
    page = sign_in("小石")
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/renewals/")
    assert page.locator(ROWS).count() == 50
    assert max(page.evaluate(HEIGHTS)) <= 88
    assert page.evaluate("document.documentElement.scrollHeight") <= 4500
    for selector in ("tbody .renewal-tell a", "tbody .renewal-contact a", ".renewal-chips a"):
        assert page.locator(selector).first.bounding_box()["height"] >= 44, selector
    assert page.locator(".bulk").bounding_box()["height"] <= 120


def test_two_are_ticked_looked_at_and_written_without_scripts(
    district, client, browser: Browser, live_server
):
    client.force_login(district["小石"], backend="django.contrib.auth.backends.ModelBackend")
    plain = without_scripts(browser, client, live_server.url)
    page = plain.new_page()
    page.goto(f"{live_server.url}/renewals/?state=not_started")
    codes = []
    for number in range(2):
        tick = page.locator("input[name=firm]").nth(number)
        codes.append(tick.get_attribute("value"))
        tick.check()
    page.select_option("#bulk-act", "preparing")
    page.click(".bulk button")
    page.click("text=确认写入")
    assert "已写入 2 家" in page.inner_text("main")
    told = Application.objects.filter(enterprise__uscc__in=codes, until=None)
    assert {row.stage for row in told} == {"preparing"}
    page.click("button:has-text('撤销')")
    assert "撤销" in page.inner_text("main .alert >> nth=0")
    plain.close()
