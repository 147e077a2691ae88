"""Every address that answers with a page: on a desk, on a phone, on paper, and without scripts.

They are those in the table of who may open what, so that no page can be forgotten.
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.test_pages import objections, without_scripts
from tests.test_access import TABLE, address, world  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="a page looks alike whatever the database"
    ),
]
PAPER = {"width": 703, "height": 1000}
"""A4 less its margins, at 96 dots per inch."""
OTHERWISE = ("logout", "api-docs", "favicon")
"""No pages of ours: a redirect, the API's own viewer (checked by itself), a picture."""


def pages(client, world) -> Iterator[str]:  # noqa: F811
    """The addresses, each route once, that give the person who is signed in a page."""
    seen = set()
    for route, method, arguments, _ in TABLE:
        if method != "GET" or route in seen or route in OTHERWISE or route.startswith("api-"):
            continue
        path = address(route, arguments, world)
        answer = client.get(path)
        if (
            answer.status_code == 200
            and answer.headers["Content-Type"].startswith("text/html")
            and _is_whole(answer)
        ):
            seen.add(route)
            yield path


def _is_whole(answer) -> bool:
    """And no part of a page, which a script puts in its place."""
    return answer.content.lstrip()[:9].lower() == b"<!doctype"


def wrong_on_paper(page: Page) -> list[str]:
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    found = []
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("wider than paper")
    found += [
        f"printed: {one}" for one in (".site-nav", ".skip-link", "form .btn") if _seen(page, one)
    ]
    page.emulate_media(media="screen")
    return found


def _seen(page: Page, selector: str) -> bool:
    return any(one.is_visible() for one in page.locator(selector).all())


def test_every_page_is_accessible_and_fits_a_phone_and_paper(
    people,
    world,  # noqa: F811
    client,
    sign_in,
    live_server,
    axe,
):
    client.force_login(people["小石"])
    found, page = {}, sign_in("小石")
    for path in pages(client, world):
        found[path] = [*objections(page, axe, live_server.url + path), *wrong_on_paper(page)]
    assert len(found) > 30
    assert not [f"{path}: {one}" for path, wrong in found.items() for one in wrong]


def test_every_page_is_whole_without_scripts(people, world, client, browser, live_server):  # noqa: F811
    client.force_login(people["小石"])
    plain = without_scripts(browser, client, live_server.url)
    page, found = plain.new_page(), {}
    for path in pages(client, world):
        page.goto(live_server.url + path)
        wrong = [
            f"needs scripts: {one.inner_text()}"
            for one in page.locator(".needs-js").all()
            if one.is_visible()
        ]
        wrong += ["a picture is broken" for one in page.locator("img").all() if not _is_drawn(one)]
        found[path] = wrong if page.locator("h1").count() == 1 else [*wrong, "no single heading"]
    plain.close()
    assert not [f"{path}: {one}" for path, wrong in found.items() for one in wrong]


def _is_drawn(picture) -> bool:
    box = picture.bounding_box()
    return not picture.is_visible() or (box is not None and box["width"] > 8 and box["height"] > 8)


def test_the_viewer_of_the_api_opens_and_asks_nobody_outside(people, sign_in, live_server):
    page = sign_in("小石")
    page.goto(live_server.url + reverse("api-docs"))
    assert page.title()
