"""A roster's whole way in a real browser and a real spreadsheet program: from the template to the figures."""

import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from playwright.sync_api import Page, expect

from enterprises import jobs
from enterprises.models import Enterprise, RosterVersion
from enterprises.rosters.definition.column import title_key
from enterprises.rosters.definition.columns import ROSTER
from tests import clerk
from tests.browser.conftest import missing
from tests.enterprises.workbooks import code
from tests.firms import firm

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NEW, WRONG = code(900), "91500116MA0000900A"
HNTE = "#headline-hnte + .big a"


def resaved(path: Path) -> Path:
    """The workbook after LibreOffice has opened and saved it, as a clerk's program would."""
    if not shutil.which("soffice"):
        missing("LibreOffice is missing: apt-get install libreoffice-calc")
    out = path.parent / "office"
    profile = f"-env:UserInstallation=file://{path.parent}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(out),
        str(path),
    ]
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        timeout=120,
        env={**os.environ, "HOME": str(path.parent)},
    )
    return out / path.name


def header(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    """Row of the titles, and field → column."""
    for row in range(1, 10):
        found = {
            ROSTER.fields_by_title.get(title_key(cell.value or "")): cell.column
            for cell in sheet[row]
        }
        if "uscc" in found and "name" in found:
            return row, {field: column for field, column in found.items() if field}
    raise AssertionError("no header in the template")


def add_firm(path: Path, uscc: str) -> None:
    """One more firm below those of the template, recognised in the quarter."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    first, columns = header(sheet)
    row = first + 1
    while sheet.cell(row, columns["name"]).value:
        row += 1
    values = {
        "name": "重庆新到机械有限公司",
        "uscc": uscc,
        "park": sheet.cell(first + 1, columns["park"]).value,
        "town": sheet.cell(first + 1, columns["town"]).value,
        "tech_entered_on": dt.date(2026, 8, 3),
        "certificate_number": "GR202651100077",
        "certificate_issued_on": dt.date(2026, 9, 7),
    }
    for field, value in values.items():
        sheet.cell(row, columns[field]).value = value
    book.save(path)


def replace_value(path: Path, old: object, new: object) -> None:
    book = openpyxl.load_workbook(path)
    for cell in (cell for row in book.worksheets[0].iter_rows() for cell in row):
        if cell.value == old:
            cell.value = new
    book.save(path)


def fetched(page: Page, text: str, path: Path) -> Path:
    with page.expect_download() as download:
        page.click(f"a:has-text('{text}')")
    download.value.save_as(path)
    return path


def upload(page: Page, address: str, path: Path) -> RosterVersion:
    """Upload on the roster's page, let the worker check, and see the result appear by itself."""
    page.goto(address)
    page.set_input_files("#id_roster", str(path))
    page.click("text=上传并检查")
    expect(page.locator("main")).to_contain_text("正在检查")
    version = RosterVersion.objects.latest("pk")
    jobs.run_inline(version.job)
    expect(page.locator(".verdict")).to_be_visible()
    version.refresh_from_db()
    return version


def hand_in(page: Page) -> None:
    page.check("#declared")
    page.click("text=报送科技局")
    expect(page.locator("h1")).to_have_text("名册报送回执")


@pytest.mark.long
def test_from_the_template_to_the_figures(people, sign_in, watched, live_server, tmp_path):
    firm(hnte=True, tech=True)
    firm(tech=True)
    clerk.third_quarter(people["小石"])
    own = f"{live_server.url}/rosters/2026Q3/degan/"

    def as_whom(name: str) -> Page:
        watched.context.clear_cookies()
        return sign_in(name)

    before = int(as_whom("老郑").inner_text(HNTE))
    unit = as_whom("德感")
    unit.goto(own)
    filled = fetched(unit, "下载已填好的模板", tmp_path / "名册.xlsx")
    add_firm(filled, WRONG)
    version = upload(unit, own, resaved(filled))
    assert version.state == "faulty", version.summary["groups"]
    expect(unit.locator(".verdict")).to_contain_text("有 1 个错误")

    marked = fetched(unit, "下载批注副本", tmp_path / "批注.xlsx")
    replace_value(marked, WRONG, NEW)
    version = upload(unit, own, resaved(marked))
    assert version.state == "ready", version.summary["groups"]
    expect(unit.locator("#plan >> xpath=ancestor::section")).to_contain_text("重庆新到机械有限公司")
    hand_in(unit)

    bureau = as_whom("小石")
    bureau.goto(f"{live_server.url}/rosters/queue/")
    bureau.click("table a >> nth=0")
    bureau.goto(f"{live_server.url}/rosters/versions/{version.pk}/")
    bureau.fill("#return_text", "请补填新到企业的职工总数")
    bureau.click("text=退回单位修改")

    unit = as_whom("德感")
    unit.goto(own)
    expect(unit.locator("main")).to_contain_text("请补填新到企业的职工总数")
    book = openpyxl.load_workbook(marked)
    sheet = book.worksheets[0]
    _, columns = header(sheet)
    [row] = [row for row in range(1, 30) if sheet.cell(row, columns["uscc"]).value == NEW]
    sheet.cell(row, columns["staff"]).value = 38
    book.save(tmp_path / "第三版.xlsx")
    version = upload(unit, own, resaved(tmp_path / "第三版.xlsx"))
    hand_in(unit)

    bureau = as_whom("小石")
    bureau.goto(f"{live_server.url}/rosters/versions/{version.pk}/")
    bureau.click("text=审核通过并入库")
    version.refresh_from_db()
    jobs.run_inline(version.job)
    bureau.goto(f"{live_server.url}/")
    assert int(bureau.inner_text(HNTE)) == before + 1
    assert Enterprise.objects.get(uscc=NEW).yearly_figures.get().staff == 38
    bureau.goto(f"{live_server.url}/firms/{NEW}/")
    page = bureau.inner_text("main")
    assert "第三版.xlsx" in page
    assert f"!{openpyxl.utils.get_column_letter(columns['certificate_number'])}{row}" in page
