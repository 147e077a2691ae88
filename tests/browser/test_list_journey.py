"""The autumn's list in a real browser: dropped, confirmed, twins chosen, written; and every figure agrees."""

import datetime as dt
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from enterprises import jobs, registry
from enterprises.models import Announcement, Application, Enterprise, Job, Qualification
from enterprises.registry import acts
from tests.enterprises.announcements.made_pdf import Page as PrintedPage
from tests.enterprises.announcements.made_pdf import pdf
from tests.enterprises.workbooks import code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
ISSUED = dt.date(2026, 10, 29)
DAY = "2026年11月5日"
TWINS = "重庆演示孪生机械有限公司"
HNTE = "#headline-hnte + .big a"


def twins(park: str, town: str) -> list[acts.Act]:
    """Two firms of one name; nobody but a person can tell whom the list means."""
    since = dt.date(2020, 5, 6)
    done: list[acts.Act] = []
    for number in (801, 802):
        done.append(acts.Register(uscc=code(number), name=TWINS))
        done.append(acts.Place(uscc=code(number), park=park, town=town, since=since))
    return done


def autumn_list(folder: Path, names: list[str]) -> Path:
    """As the city prints it: a title, a sentence, and a table over two pages."""
    rows = [("序号", "企业名称", "证书编号")]
    rows += [(str(n), name, f"GR2026511{n:05d}") for n, name in enumerate(names, 1)]
    widths = (50, 300, 130)
    first = PrintedPage().write("关于2026年第一批高新技术企业备案的公告")
    first.write(f"现对{len(names)}家企业予以备案，证书发证日期为2026年10月29日。")
    first.table(rows[:20], widths)
    second = PrintedPage().table([rows[0], *rows[20:]], widths)
    second.write(DAY)
    return pdf(folder / "2026年第一批备案公告.pdf", first, second)


def figure_of(page: Page, live_server) -> int:
    page.goto(f"{live_server.url}/")
    return int(page.inner_text(HNTE).replace(",", ""))


def recompute() -> None:
    """What the worker does next."""
    for job in Job.objects.unfinished():
        jobs.run_inline(job)


@pytest.mark.long
def test_from_the_citys_pdf_to_the_figures(people, plan, sign_in, live_server, tmp_path):
    registry.apply(twins("shuangfu", "500116004"), by=None)
    filed = {"kind": "hnte", "year": 2026, "batch": 1, "stage": "filed", "on": dt.date(2026, 8, 1)}
    place = {"park": "degan", "town": "500116002", "since": dt.date(2020, 5, 6)}
    names = []
    for number in range(810, 830):
        names.append(f"重庆演示第{number}机械有限公司")
        registry.apply(
            [
                acts.Register(uscc=code(number), name=names[-1]),
                acts.Place(uscc=code(number), **place),
                acts.Apply(uscc=code(number), **filed),
            ],
            by=None,
        )
    recompute()
    page = sign_in("小石")
    before = figure_of(page, live_server)
    listed = [*names[:-1], TWINS, *(f"重庆外区第{n}电子有限公司" for n in range(9))]

    page.goto(f"{live_server.url}{reverse('announcements')}")
    page.set_input_files("[name=lists]", str(autumn_list(tmp_path, listed)))
    page.click("form.receive button")
    recompute()
    expect(page.locator("#piles-head")).to_be_visible()
    found = Announcement.objects.get()
    assert (found.year, found.batch, found.issued_on) == (2026, 1, ISSUED)
    page.click(".meaning button")
    expect(page.locator(".chips")).to_contain_text("应有未见 1")
    expect(page.locator(".chips")).to_contain_text("外区 9")

    page.click(".chips a:has-text('待选定 1')")
    page.check(f"input[value='firm:{code(802)}']")
    page.click("text=暂存并核对")
    expect(page.locator("h1")).to_have_text("核对将写入的内容")
    page.click("text=确认写入")
    expect(page.locator("main")).to_contain_text("记账")
    recompute()

    assert figure_of(page, live_server) == before + 20
    assert Qualification.objects.get(enterprise__uscc=code(802)).valid_from == ISSUED
    assert not Qualification.objects.filter(enterprise__uscc=code(801)).exists()
    # The one that the list leaves out is still under way.
    waiting = Enterprise.objects.get(name=names[-1])
    assert Application.objects.get(enterprise=waiting, until=None).stage == "filed"
    told = page.request.get(f"{live_server.url}/api/v1/enterprises/?kind=hnte&page_size=100").json()
    assert len(told["results"]) == before + 20
    page.goto(f"{live_server.url}/firms/{code(802)}/")
    expect(page.locator("main")).to_contain_text(f"{found.source.name} 第2页")
