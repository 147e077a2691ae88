"""Whom does one park certify next year, what do they lack, whom to call: answered by what one sees, without an address.

As somebody of the bureau, of the park and of the leadership would, counted in clicks.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import docx
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from parks.models import Unit
from tests.browser.test_pages import PHONE, fits, without_scripts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
PARK = "degan"
ROWS = ".applicant-table tbody tr:not(.group)"
HEIGHTS = f"[...document.querySelectorAll('{ROWS}')].map(row => row.getBoundingClientRect().height)"
HIDDEN, NOBODY = "不公开", "未指定"


@dataclass
class Walker:
    """Clicks what stands on the page, and counts."""

    page: Page
    clicks: int = 0
    screens: list[str] = field(default_factory=list)

    def head(self, name: str) -> None:
        self.page.locator("nav summary", has_text=name).click()
        self.clicks += 1

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()
        self._arrived()

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)
        self.clicks += 1

    def ask(self) -> None:
        self.page.locator("form.question").get_by_role("button", name="查询").click()
        self._arrived()

    def _arrived(self) -> None:
        self.clicks += 1
        self.page.wait_for_load_state()
        self.screens.append(self.page.locator("h1").inner_text())


def to_the_plan(walker: Walker, park: str) -> None:
    walker.head("企业")
    walker.follow("申报计划")
    if park:
        walker.choose("单位", park)
        walker.ask()


def all_rows(page: Page) -> Iterator[list[str]]:
    """Name, what is lacking, owners and contact of each firm, on all pages of the list."""
    while True:
        for row in page.locator(ROWS).all():
            yield [
                row.locator(selector).inner_text()
                for selector in (
                    ".applicant-firm a",
                    ".applicant-lacks",
                    ".applicant-owner",
                    ".applicant-contact",
                )
            ]
        further = page.locator("nav.pages strong + a")
        if not further.count():
            return
        further.click()
        page.wait_for_load_state()


def promised(page: Page) -> int:
    found = re.search(r"(\d+) 家", page.locator("#list-title").inner_text())
    assert found
    return int(found[1])


@pytest.mark.parametrize(
    ("who", "picks", "most"), [("小石", True, 4), ("老郑", True, 4), ("德感", False, 2)]
)
def test_the_plan_of_a_park_is_a_few_clicks_away(district, sign_in, axe, who, picks, most):
    walker = Walker(sign_in(who))
    park = Unit.objects.get(code=PARK).short_name
    to_the_plan(walker, park if picks else "")
    page = walker.page
    assert walker.clicks <= most
    assert len(walker.screens) <= 2
    expect(page.locator("h1")).to_contain_text(str(timezone.localdate().year + 1))
    assert page.locator(".meta").first.inner_text().startswith(park)
    assert axe(page) == []
    office = page.locator(".applicant-unit a").first
    assert (office.get_attribute("href") or "").startswith("tel:")
    firms = promised(page)
    rows = list(all_rows(page))
    assert len(rows) == firms > 20
    # A leader calls the unit: the firms' own numbers are for those who see to them.
    assert {contact == HIDDEN for *_, contact in rows} == {who == "老郑"}
    assert who == "老郑" or all(re.search(r"\d{7}", contact) for *_, contact in rows)
    named = [owner for *_, owner, _ in rows if owner.count(NOBODY) < 2]
    assert len(named) > len(rows) / 2
    assert sum("缺数据" in lacks or "即可" in lacks or "分" in lacks for _, lacks, *_ in rows) > 10


def test_the_word_list_holds_the_same_firms(district, sign_in):
    walker = Walker(sign_in("德感"))
    to_the_plan(walker, "")
    with walker.page.expect_download() as awaited:
        walker.page.get_by_role("link", name="Word 名单").click()
    path = awaited.value.path()
    document = docx.Document(io.BytesIO(path.read_bytes()))
    firms = [row.cells[1].text for table in document.tables[1:] for row in table.rows[1:]]
    assert sorted(firms) == sorted(name for name, *_ in all_rows(walker.page))
    assert walker.clicks == 2


def test_each_chip_is_the_list_it_counts(district, sign_in):
    walker = Walker(sign_in("德感"))
    to_the_plan(walker, "")
    page = walker.page
    labels = page.locator(".applicant-chips a").all_inner_texts()
    assert len(labels) > 3
    for label in labels[1:]:
        page.locator(".applicant-chips a", has_text=label).click()
        page.wait_for_load_state()
        assert str(promised(page)) == label.split()[-1]


def test_on_a_phone_a_firm_is_three_lines_and_its_number_is_dialled(district, sign_in, axe):
    page = sign_in("德感")
    page.set_viewport_size(PHONE)
    walker = Walker(page)
    page.locator("summary", has_text="菜单").click()
    to_the_plan(walker, "")
    assert max(page.evaluate(HEIGHTS)) <= 88
    assert page.locator(f"{ROWS} .applicant-contact a").first.bounding_box()["height"] >= 44
    assert axe(page) == []
    assert fits(page)


def test_without_scripts_the_way_is_the_same(district, client, browser, live_server):
    client.force_login(district["小石"], backend="django.contrib.auth.backends.ModelBackend")
    plain = without_scripts(browser, client, live_server.url)
    walker = Walker(plain.new_page())
    walker.page.goto(live_server.url)
    to_the_plan(walker, Unit.objects.get(code=PARK).short_name)
    assert walker.clicks <= 4
    assert promised(walker.page) == len(list(all_rows(walker.page)))
    plain.close()
