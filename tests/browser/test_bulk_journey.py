"""Many applications in a real browser: with scripts ticked by range, without them pasted; each page for everybody."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from enterprises import registry
from enterprises.registry import acts
from tests.browser.test_pages import objections, without_scripts
from tests.firms import firm

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def firms(people) -> list:
    began = timezone.localdate() - dt.timedelta(days=9)
    made = [firm() for _ in range(6)]
    told = {"kind": "hnte", "year": began.year, "stage": "filed", "on": began, "batch": 1}
    registry.apply([acts.Apply(uscc=one.uscc, **told) for one in made], by=None)
    return made


@pytest.fixture
def signed_in(people, client) -> str:
    client.force_login(people["小石"], backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


def stages(firms) -> list[str]:
    return [one.applications.get(until=None).stage for one in firms]


def test_a_range_is_ticked_looked_at_written_and_taken_back(
    firms, signed_in, watched: Page, axe, live_server
):
    page = watched
    page.context.add_cookies([{"name": "sessionid", "value": signed_in, "url": live_server.url}])
    year = firms[0].applications.get().year
    page.goto(f"{live_server.url}/applications/?view=list&year={year}")
    ticks = page.locator("input[name=firm]")
    ticks.nth(0).check()
    ticks.nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("已选 4 家")
    page.get_by_role("button", name="核对").click()
    expect(page.locator("h2", has_text="将写入 4 家")).to_be_visible()
    assert objections(page, axe, page.url) == []
    page.get_by_role("button", name="确认写入").click()
    expect(page.locator("h2", has_text="已写入 4 家")).to_be_visible()
    assert sorted(stages(firms)) == ["filed"] * 2 + ["publicity"] * 4
    assert objections(page, axe, page.url) == []
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_text("撤销。").first).to_be_visible()
    assert stages(firms) == ["filed"] * 6


def test_without_scripts_names_are_pasted_and_settled(
    firms, signed_in, client, browser, live_server
):
    plain = without_scripts(browser, client, live_server.url)
    page = plain.new_page()
    page.goto(f"{live_server.url}/applications/paste/?year={firms[0].applications.get().year}")
    page.fill("[name=pasted]", "\n".join([*(one.name for one in firms[:5]), "没有这家公司"]))
    page.get_by_role("button", name="核对").click()
    expect(page.locator("h2", has_text="待选定 1 行")).to_be_visible()
    page.fill("[name=code-0]", firms[5].uscc)
    page.get_by_role("button", name="选定").click()
    page.get_by_role("button", name="确认写入").click()
    expect(page.locator("h2", has_text="已写入 6 家")).to_be_visible()
    assert stages(firms) == ["publicity"] * 6
    plain.close()
