"""Every address that answers with a page: on a desk, on a phone, on paper, and without scripts.

They are those in the table of who may open what, so that no page can be forgotten. A browser takes seconds
for each: a third of them is drawn, `make test-long` opens all.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.test_pages import fits, objections, without_scripts
from tests.effort import drawn
from tests.test_access import TABLE, address

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
PAPER = {"width": 703, "height": 1000}
"""A4 less its margins, at 96 dots per inch."""
SMALL_PRINT = """
[...document.querySelectorAll('body *')].filter(element =>
    [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim())
    && element.getClientRects().length && !element.closest('svg, .visually-hidden')
    && parseFloat(getComputedStyle(element).fontSize) < 8 * 96 / 72 - 0.01
).map(element => 'under 8 pt: ' + element.textContent.trim().slice(0, 40))
"""
"""What stands on paper in less than 8 points."""
NO_PAGES = {
    "livez", "readyz", "favicon", "login", "logout", "chart_image", "chart_export",
    "bridge_image", "bridge_export", "bridge_firms_export", "renewals_export", "pool_export", "outlook_chart",
    "outlook_data", "tasks_export", "quarterly_table", "task_file", "tasks_remind", "reported_export",
    "goal_export", "release_ask", "release_publish", "release_withdraw", "release_firms_export",
    "release_changes_export", "bulletin_template", "bulletin_word", "bulletin_workbook", "bulletin_redraft",
    "recompute", "firm_export", "load_outcome", "load_apply", "load_undo", "ip_items_export", "roster_board_export",
    "register_export", "register_template", "register_outcome", "register_titles", "register_apply", "register_undo",
    "quarter_remind", "roster_template", "roster_progress", "roster_original",
    "roster_annotated", "roster_approve_many", "roster_problems", "roster_recheck", "roster_columns", "roster_reasons",
    "roster_hand_in", "roster_take_back", "job_status", "applications_bulk", "applications_bulk_undo", "agency_names",
    "renewals_bulk", "renewals_bulk_undo", "pool_bulk", "pool_bulk_undo", "announcement_of_source",
    "followup_bulk", "followup_bulk_undo", "followup_export",
    "pool-plan-export", "pool-plan-word", "pool-candidates-export",
    "firms_bulk", "firms_bulk_undo",
    "meeting_propose", "meeting_hold", "meeting_word", "meeting_template", "step_file",
    "assessment_export", "assessment_file", "assessment_new", "assessment_deed", "assessment_object", "assessment_answer",
    "duties_export", "duties_bulk", "duties_bulk_undo", "data_freshness_export",
    "security_log", "security_log_export", "seals_file", "condition", "metrics", "accounts", "accounts_import",
    "login_code",
}  # fmt: skip
"""Routes that answer 小石 with a file, a part of a page, another address or a refusal; and the API's own viewer."""
PAGES_OF_ONE_ROLE = {
    "security_log": "审计",
    "condition": "安安",
    "accounts": "安安",
    "accounts_import": "安安",
}
ROUTES = [
    route
    for route in dict.fromkeys(route for route, method, _, _ in TABLE if method == "GET")
    if route not in NO_PAGES and not route.startswith("api-")
]
some_pages = pytest.mark.parametrize("route", drawn(len(ROUTES) // 3, ROUTES))


@pytest.fixture
def path_of(kept_world, transactional_db, client):
    """The first address of a route that gives 小石, who is signed in, a page; nothing when there is none."""
    kept_world.restore()
    people, world = kept_world.made
    client.force_login(people["小石"], backend="django.contrib.auth.backends.ModelBackend")

    def found(route: str) -> str | None:
        paths = (
            address(route, rest[1], world)
            for name, *rest in TABLE
            if (name, rest[0]) == (route, "GET")
        )
        return next((path for path in paths if _is_page(client.get(path))), None)

    return found


@pytest.fixture
def signed_in_page(path_of, client, watched: Page, live_server) -> Page:
    return signed_in(watched, client, live_server)


def signed_in(page: Page, client, live_server) -> Page:
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return page


def _is_page(answer) -> bool:
    """And no part of a page, which a script puts in its place."""
    if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
        return False
    return answer.content.lstrip()[:9].lower() == b"<!doctype"


def wrong_on_paper(page: Page) -> list[str]:
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    found = []
    if not fits(page):
        found.append("wider than paper")
    found += [
        f"printed: {selector}"
        for selector in (".site-nav", ".user-side", ".menu-switch", ".skip-link", "form .btn")
        if _seen(page, selector)
    ]
    found += page.evaluate(SMALL_PRINT)
    page.emulate_media(media="screen")
    return found


def _seen(page: Page, selector: str) -> bool:
    return any(element.is_visible() for element in page.locator(selector).all())


def test_no_page_of_the_table_is_forgotten(path_of):
    read = {
        route for route, method, _, _ in TABLE if method == "GET" and not route.startswith("api-")
    }
    assert {route for route in read if path_of(route)} == set(ROUTES)
    assert len(ROUTES) > 30


@some_pages
def test_every_page_is_accessible_and_fits_a_phone_and_paper(
    path_of, signed_in_page, live_server, axe, route
):
    found = objections(signed_in_page, axe, live_server.url + path_of(route))
    assert [*found, *wrong_on_paper(signed_in_page)] == []


@pytest.mark.parametrize(("route", "name"), PAGES_OF_ONE_ROLE.items())
def test_pages_of_one_role_are_accessible_and_fit_a_phone_and_paper(
    kept_world, transactional_db, client, watched, live_server, axe, route, name
):
    kept_world.restore()
    people, _ = kept_world.made
    client.force_login(people[name], backend="django.contrib.auth.backends.ModelBackend")
    signed_in(watched, client, live_server)
    found = objections(watched, axe, live_server.url + reverse(route))
    assert [*found, *wrong_on_paper(watched)] == []
    assert watched.locator("h1").count() == 1


@some_pages
def test_every_page_is_whole_without_scripts(path_of, client, browser, live_server, route):
    plain = without_scripts(browser, client, live_server.url)
    page = plain.new_page()
    page.goto(live_server.url + path_of(route))
    wanting = page.locator(".needs-js").all()
    wrong = [
        f"needs scripts: {element.inner_text()}" for element in wanting if element.is_visible()
    ]
    wrong += [
        "a picture is broken" for picture in page.locator("img").all() if not _is_drawn(picture)
    ]
    assert wrong == []
    assert page.locator("h1").count() == 1
    plain.close()


def _is_drawn(picture) -> bool:
    box = picture.bounding_box()
    return not picture.is_visible() or (box is not None and box["width"] > 8 and box["height"] > 8)


def test_the_viewer_of_the_api_opens_and_asks_nobody_outside(signed_in_page, live_server):
    signed_in_page.goto(live_server.url + reverse("api-docs"))
    assert signed_in_page.title()
