import re

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from enterprises.models import Case, Enterprise, RosterVersion
from enterprises.reporting import submission
from tests import clerk
from tests.browser.conftest import PATIENCE, missing
from tests.effort import drawn
from tests.enterprises.handed_in import arrived, checked, handed_in, moved, registered
from tests.enterprises.workbooks import firm, roster

pytestmark = [pytest.mark.django_db(transaction=True)]

PAGES = [
    "/",
    "/units/degan/",
    "/units/500116002/",
    "/targets/",
    "/bridge/?since=2022-12-31",
    "/bridge/list/?kind=hnte&term=expired&since=2022-12-31",
    "/outlook/?renewal=85&wins=120",
    "/outlook/?kind=tech",
    "/renewals/?state=all&since=2020-01-01&until=2030-12-31",
    "/goals/?year=2026&kind=tech",
    "/goals/2027/edit/",
    "/firms/",
    "/jobs/",
    "/password/",
    "/load/",
    "/ledger/",
    "/tasks/",
    "/tasks/?by=body",
    "/tasks/task-1/",
    "/tasks/?standing=behind",
    "/tasks/task-1/2026Q2/jw/",
    "/reported/",
    "/reported/?on=2025-06-30",
]
ROSTER_PAGES = [
    "/rosters/",
    "/rosters/?state=submitted",
    "/rosters/open/",
    "/rosters/quarters/2026Q3/days/",
    "/rosters/quarters/2026Q3/extension/",
    "/rosters/queue/",
    "/rosters/cases/",
    "/notices/",
]
WALL = {"width": 1920, "height": 1080}
PHONE = {"width": 390, "height": 844}


def counted(page: Page) -> int:
    """How many firms a list page says it holds."""
    return int(re.search(r"共\s*([\d,]+)\s*家", page.inner_text("main")).group(1).replace(",", ""))


def test_a_leader_signs_in_and_every_headline_opens_a_list_of_its_length(district, sign_in):
    page = sign_in("老郑")
    for selector in ("#headline-hnte + .big a", "#headline-tech + .big a"):
        number = int(page.inner_text(selector))
        page.click(selector)
        assert counted(page) == number > 500
        page.go_back()


def objections(page: Page, axe, address: str) -> list[str]:
    """What is wrong with a page on a desk and on a phone."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(address)
    drawn_all = (
        "[...document.querySelectorAll('[data-chart]')].every(box => box.querySelector('svg'))"
    )
    assert comes_true(page, drawn_all)
    found = axe(page) + page.evaluate("window.refused")
    page.set_viewport_size(PHONE)
    found += axe(page)
    if not fits(page):
        found.append("wider than a phone")
    return found


def fits(page: Page) -> bool:
    """Nothing of it stands beside the window.

    Charts draw themselves anew after the window has changed, on a busy machine a little later.
    """
    return comes_true(page, "document.documentElement.scrollWidth <= window.innerWidth")


def comes_true(page: Page, expression: str) -> bool:
    """At once or within ten seconds. Asked from here: within a page its policy forbids to evaluate text."""
    for _ in range(200):
        if page.evaluate(expression):
            return True
        page.wait_for_timeout(50)
    return False


@pytest.mark.once
@pytest.mark.long
def test_pages_are_accessible_and_fit_a_phone(district, sign_in, live_server, axe):
    page = sign_in("小石")
    firm_page = f"/firms/{Enterprise.objects.first().uscc}/"
    own = [firm_page, f"{firm_page}change/?act=move", f"{firm_page}application/"]
    # With few firms each of them is looked at in test_every_page.
    addresses = drawn(10, [*own, *PAGES])
    found = {address: objections(page, axe, live_server.url + address) for address in addresses}
    assert found == {address: [] for address in addresses}


@pytest.mark.once
def test_the_bureaus_roster_pages_are_accessible_and_fit_a_phone(people, sign_in, live_server, axe):
    quarter = clerk.third_quarter(people["小石"])
    registered(1)
    version = handed_in(quarter, "baisha", 1, said=arrived(1, "2026-08-20"))
    submission.add_remark(version, "请核对", by=people["小石"])
    handed_in(quarter, "degan", 2, said=moved(1, "2026-08-20", "baisha"))
    own = f"/rosters/versions/{version.pk}"
    addresses = [
        *ROSTER_PAGES,
        f"/rosters/cases/{Case.objects.get().pk}/",
        f"{own}/",
        f"{own}/review/remark/",
    ]
    page = sign_in("小石")
    found = {address: objections(page, axe, live_server.url + address) for address in addresses}
    assert found == {address: [] for address in addresses}


@pytest.mark.once
def test_a_units_roster_pages_are_accessible_and_fit_a_phone(people, sign_in, live_server, axe):
    quarter = clerk.third_quarter(people["小石"])
    for number in range(1, 7):
        registered(number)
    wrong = {"town": "一个很长很长的地名而且不是镇街", "rd_expense": 2000}
    faulty = checked(quarter, "degan", *range(1, 4), **wrong)
    ready = checked(quarter, "degan", 1, 20, rd_expense=2000)
    done = handed_in(quarter, "500116002", 30)
    assert (faulty.state, ready.state, done.state) == ("faulty", "ready", "submitted")
    assert ready.firms.asked().count() == 5
    versions = [f"/rosters/versions/{one.pk}/" for one in (faulty, ready, done)]
    addresses = [
        "/rosters/2026Q3/degan/",
        "/rosters/2026Q3/degan/nil/",
        *versions,
        f"{versions[-1]}receipt/",
    ]
    page = sign_in("小石")
    found = {address: objections(page, axe, live_server.url + address) for address in addresses}
    assert found == {address: [] for address in addresses}


def test_what_is_asked_of_a_missing_firm_follows_the_reason(people, sign_in, live_server):
    registered(1)
    version = checked(clerk.third_quarter(people["小石"]), "degan", 2)
    page = sign_in("德感")
    page.goto(f"{live_server.url}/rosters/versions/{version.pk}/")
    assert not page.is_visible(".asked-day")
    page.select_option(".asked-word select", "moved")
    assert page.is_visible(".asked-day")
    assert page.is_visible(".asked-to_unit")
    page.select_option(".asked-word select", "closed")
    assert not page.is_visible(".asked-to_unit")


@pytest.mark.once
def test_the_wall_fills_its_screen_slide_by_slide(district, sign_in, live_server, axe):
    page = sign_in("老郑")
    page.set_viewport_size(WALL)
    page.goto(f"{live_server.url}/?tv=1")
    page.click("#pause")
    for slide in range(page.locator(".slide").count()):
        shown = page.locator(".slide.shown")
        assert shown.count() == 1, slide
        assert axe(page) == [], slide
        overflow = "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
        assert max(page.evaluate(overflow)) <= 0, slide
        for box in shown.locator("article").all():
            assert box.evaluate("box => box.scrollHeight - box.clientHeight") <= 0, (
                slide,
                box.inner_text(),
            )
        for chart in shown.locator("[data-chart]").all():
            assert chart.locator("svg").bounding_box()["height"] > 400
        page.keyboard.press("ArrowRight")
    assert page.evaluate("window.refused") == []


@pytest.mark.once
def test_the_login_page_is_accessible(watched, live_server, axe):
    watched.goto(f"{live_server.url}/login/")
    assert axe(watched) == []
    watched.set_viewport_size(PHONE)
    assert axe(watched) == []


@pytest.mark.once
def test_the_menu_of_a_phone_opens_and_leads_to_the_targets(district, sign_in):
    page = sign_in("老郑")
    page.set_viewport_size(PHONE)
    assert not page.is_visible("nav >> text=看数")
    page.click("text=菜单")
    page.click("nav >> text=看数")
    page.click("nav >> text=目标")
    assert page.inner_text("h1") == "目标与任务"


def test_hovering_a_chart_shows_its_value_and_breaks_no_policy(district, sign_in):
    page = sign_in("老郑")
    page.hover("[data-chart='option-hnte-trend']")
    page.wait_for_timeout(300)
    assert "实际家数" in page.inner_html("[data-chart='option-hnte-trend'] svg")
    assert page.evaluate("window.refused") == []


@pytest.mark.once
def test_paper_gets_narrow_charts_and_no_menu(district, sign_in):
    page = sign_in("老郑")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("[data-chart='option-lapsing'] svg").bounding_box()["width"] < 300
    assert not page.is_visible(".site-nav")
    assert page.is_visible("text=打印人 老郑")


@pytest.mark.once
def test_paper_tells_its_time_by_the_portals_clock_not_by_the_readers(district, sign_in):
    page = sign_in("老郑")
    far_away = {"timezoneId": "America/New_York"}
    page.context.new_cdp_session(page).send("Emulation.setTimezoneOverride", far_away)
    before = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    page.evaluate("""() => {
        document.querySelector("[data-print-time]").textContent = "";
        window.dispatchEvent(new Event("beforeprint"));
    }""")
    printed = page.text_content("[data-print-time]")
    assert before <= printed <= timezone.localtime().strftime("%Y-%m-%d %H:%M")


def without_scripts(browser: Browser, client, address: str) -> BrowserContext:
    """A browser of the person who is signed in, that runs no script."""
    plain = browser.new_context(java_script_enabled=False)
    plain.set_default_timeout(PATIENCE)
    plain.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}]
    )
    return plain


def test_without_scripts_a_roster_is_uploaded_answered_and_handed_in(
    people, browser, live_server, client, tmp_path
):
    clerk.third_quarter(people["小石"])
    registered(1)
    path = tmp_path / "名册.xlsx"
    path.write_bytes(roster(firm(2, rd_expense=2000)))
    client.force_login(people["德感"])
    plain = without_scripts(browser, client, live_server.url)
    page = plain.new_page()
    page.goto(f"{live_server.url}/rosters/2026Q3/degan/")
    page.set_input_files("[type=file]", path)
    page.click("text=上传并检查")
    version = clerk.checked(RosterVersion.objects.get())
    page.click("noscript a")
    page.fill(".problem-group input", "研发投入大")
    page.click("text=保存理由")
    page.select_option(".asked-word select", "closed")
    page.fill(".asked-day input", "2026-08-08")
    page.click("text=保存说明")
    page.check("#declared")
    page.click("text=报送科技局")
    assert page.inner_text("h1") == "名册报送回执"
    assert version.source.sha256 in page.inner_text("main")
    version.refresh_from_db()
    assert version.state == "submitted"
    plain.close()


def test_without_scripts_the_charts_are_images(district, browser, live_server, client):
    client.force_login(district["老郑"])
    plain = without_scripts(browser, client, live_server.url)
    page = plain.new_page()
    page.goto(live_server.url)
    images = page.locator("img.chart-image")
    assert images.count() == 3
    assert all(
        box["width"] > 200 for box in (images.nth(number).bounding_box() for number in range(3))
    )
    page.goto(f"{live_server.url}/bridge/?since=2022-12-31")
    assert images.count() == 1
    assert images.bounding_box()["width"] > 200
    plain.close()


def test_the_day_switch_takes_effect_at_once(district, sign_in):
    page = sign_in("老郑")
    page.fill("#on", "2025-12-31")
    page.wait_for_url("**/?on=2025-12-31*")
    assert "2025年12月31日" in page.inner_text(".page-head")


@pytest.mark.once
def test_a_phone_shows_the_other_goals_whole(district, sign_in):
    page = sign_in("老郑")
    page.set_viewport_size(PHONE)
    table = page.locator("[aria-label=其他指标]")
    assert not table.is_visible()
    page.click("text=看各项指标")
    assert table.is_visible()
    assert (
        page.evaluate(
            "(box => box.scrollWidth - box.clientWidth)(document.querySelector('[aria-label=其他指标]'))"
        )
        == 0
    )


@pytest.mark.parametrize(
    ("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)]
)
def test_a_missing_browser_fails_where_all_is_to_be_tried(monkeypatch, ci, outcome):
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="no Chromium"):
        missing("no Chromium")
