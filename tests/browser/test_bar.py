"""The bar: reached without scripts at any width, room for all of it, one menu open at a time, few stops for the Tab key."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from enterprises.models import Enterprise
from parks.models import User
from targets.templatetags.menu import HEADS, OWN
from tests.browser.test_pages import PHONE, without_scripts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
DESK = {"width": 1440, "height": 900}
SMALL = {"width": 1024, "height": 768}
SHOWN_SEPARATORS = """
[...document.querySelectorAll('.meta')].flatMap(list => {
    const shown = [...list.children].filter(item => item.getClientRects().length);
    const top = item => item.getBoundingClientRect().top;
    return shown.filter((item, place) => !place || top(shown[place - 1]) !== top(item))
        .filter(item => item.getBoundingClientRect().left >= list.getBoundingClientRect().left)
        .map(item => item.innerText);
})
"""
"""Items that begin a line and whose separator, their left edge, is not cut off by the list's."""
WIDTHS = pytest.mark.parametrize("size", [DESK, PHONE], ids=["1440", "390"])


def expected_addresses(user: User) -> list[str]:
    entries = [entry for group in (*HEADS.values(), OWN) for entry in group]
    return [reverse(entry.route) for entry in entries if entry.is_shown_to(user)]


def reachable(page: Page, selector: str) -> bool:
    """Opens head by head: each head's panel may cover those of its neighbours."""
    if page.is_visible(".menu-switch:not([open]) > summary"):
        page.click(".menu-switch > summary")
    for number in range(page.locator(".menu").count()):
        head = page.locator(".menu").nth(number)
        if head.get_attribute("open") is None:
            head.locator("summary").click()
        wanted = head.locator(selector)
        if wanted.count() and wanted.first.is_visible():
            box = wanted.first.bounding_box()
            return box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
        head.locator("summary").click()
    return False


@WIDTHS
@pytest.mark.parametrize("name", ["安安", "德感"])
def test_without_scripts_every_entry_of_the_menus_is_reached(
    people, browser, live_server, client, size, name
):
    client.force_login(people[name])
    plain = without_scripts(browser, client, live_server.url)
    page = plain.new_page()
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/password/")
    addresses = expected_addresses(people[name])
    assert reverse("password_change") in addresses
    unreached = [path for path in addresses if not reachable(page, f"a[href='{path}']")]
    assert unreached == []
    assert reachable(page, "form[action='/logout/'] button")
    page.locator("form[action='/logout/'] button").click()
    assert page.url == f"{live_server.url}/login/"
    plain.close()


@WIDTHS
def test_without_scripts_a_firm_is_searched_for_from_any_page(
    people, browser, live_server, client, size
):
    client.force_login(people["老郑"])
    plain = without_scripts(browser, client, live_server.url)
    page = plain.new_page()
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/password/")
    if page.is_visible(".menu-switch > summary"):
        page.click(".menu-switch > summary")
    page.fill("#bar-search", "没有这家")
    page.press("#bar-search", "Enter")
    assert page.url.startswith(f"{live_server.url}/firms/?q=")
    assert page.inner_text("#firm-rows h2") == "共 0 家"
    plain.close()


@pytest.mark.parametrize("size", [DESK, SMALL], ids=["1440", "1024"])
@pytest.mark.parametrize("name", ["安安", "德感"])
def test_the_bar_is_one_line_with_room_for_the_search(people, sign_in, live_server, size, name):
    page = sign_in(name)
    page.set_viewport_size(size)
    page.goto(f"{live_server.url}/password/")
    assert page.locator(".masthead").bounding_box()["height"] == 60
    assert page.locator("#bar-search").bounding_box()["width"] >= 120
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    ends = [page.locator(one).bounding_box() for one in (".site-nav", ".user-side")]
    assert ends[0]["x"] + ends[0]["width"] <= ends[1]["x"] + 1


def opened(page: Page) -> list[str]:
    return [one.inner_text().strip() for one in page.locator(".menu[open] > summary").all()]


def test_one_menu_is_open_at_a_time_and_esc_closes_it(people, sign_in):
    page = sign_in("安安")
    page.click("summary:has-text('看数')")
    page.click("summary:has-text('企业')")
    assert opened(page) == ["企业"]
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert opened(page) == []
    assert page.evaluate("document.activeElement.innerText") == "企业"
    page.keyboard.press("Enter")
    assert opened(page) == ["企业"]
    page.click("footer")
    assert opened(page) == []


def test_esc_closes_the_menu_of_a_phone(people, sign_in):
    page = sign_in("安安")
    page.set_viewport_size(PHONE)
    page.click(".menu-switch > summary")
    page.click("summary:has-text('看数')")
    page.keyboard.press("Escape")
    assert opened(page) == []
    assert page.is_visible(".site-nav")
    page.keyboard.press("Escape")
    assert not page.is_visible(".site-nav")


def test_the_first_firm_is_reached_by_25_stops(district, sign_in, live_server):
    page = sign_in("小石")
    page.goto(f"{live_server.url}/firms/")
    stops = 0
    while not page.evaluate("!!document.activeElement.closest('tbody tr')"):
        page.keyboard.press("Tab")
        stops += 1
        assert stops <= 25
    shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineColor")
    assert (outline, shadow) == ("rgb(232, 163, 23)", "rgb(27, 39, 52) 0px 0px 0px 5px")


@WIDTHS
def test_the_heading_is_low_and_no_line_of_it_begins_with_a_separator(
    district, sign_in, live_server, size
):
    page = sign_in("小石")
    page.set_viewport_size(size)
    firm = f"/firms/{Enterprise.objects.first().uscc}/"
    listed = "/firms/ /goals/ /bridge/ /releases/ /renewals/ /jobs/ /tasks/task-1/ /units/degan/ /"
    for path in (firm, *listed.split()):
        page.goto(live_server.url + path)
        head = page.locator(".page-head > :first-child").bounding_box()["height"]
        crumb = page.locator("nav.crumb")
        above = crumb.bounding_box()["height"] if crumb.count() else 0
        assert head + above <= 88 or size == PHONE, path
        banner = page.locator(".demo-banner").bounding_box()["height"]
        assert banner <= 32, path
        assert page.evaluate(SHOWN_SEPARATORS) == [], path
