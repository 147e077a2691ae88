"""Lists of tax, statistics and intellectual property offices: own titles, explained once, by their makers."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enterprises import jobs, registry
from enterprises.models import ColumnMapping, Job, LedgerEntry, Office, SourceFile, YearlyFigures
from enterprises.registry import acts
from tests.enterprises.registered import DEGAN
from tests.enterprises.workbooks import code, xlsx

pytestmark = pytest.mark.django_db
NAME = "重庆测试1号机械有限公司"
TAX = (
    ["2025年度企业所得税汇算清缴情况（江津区）"],
    ["金额单位：元（列至角分）"],
    ["序", "社会信用代码（纳税人识别号）", "纳税人名称", "营业收入", "收入总额", "不征税收入", "研发费用", "应纳税额"],
    [1, code(1), NAME, 12_506_000, "13,002,500.50", 0, 900_000, 7],
)  # fmt: skip
STATISTICS = (
    ["规上工业企业主要指标", None, None, None, None, None, None],
    ["组织机构", "单位详细名称", "2023年", None, "2024年", None, None],
    [None, None, "营业收入（千元）", "R&D经费", "营业收入（千元）", "研发费用", "从业人员期末人数"],
    [code(1), NAME, 7_000_000, "600万元", 8_000_000, 700, 66],
)
PATENTS = (
    ["专利权人", "统一代码", "有效发明", "实用新型等", "截止"],
    [NAME, code(1), 3, 12, "2025.12.31"],
)


@pytest.fixture(autouse=True)
def no_follow_ups(settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


@pytest.fixture
def clerk(client, people):
    done = [
        acts.Register(uscc=code(1), name=NAME),
        acts.Place(uscc=code(1), **DEGAN, since=dt.date(2020, 1, 1)),
    ]
    registry.apply(done, by=None)
    client.force_login(people["小石"])
    return client


def run(answer) -> Job:
    assert answer.status_code == 302, answer.content.decode()
    return jobs.run_inline(Job.objects.get(pk=int(re.search(r"\d+", answer.url)[0])))


def check(client, path: Path, office: str = "") -> Job:
    file = SimpleUploadedFile(path.name, path.read_bytes())
    return run(client.post(reverse("load"), {"registers": file, "office": office}))


def titles(client, job: Job):
    return client.get(reverse("load_job", args=[job.pk])).context["titles"]


def proposed(client, job: Job) -> dict[str, str]:
    return {question.title: question.field for question, _ in titles(client, job).asked}


def explain(client, job: Job, year: object = "", **fields: str):
    """Answers by title; what is not named keeps what is proposed."""
    form = titles(client, job)
    sent = {
        f"title-{number}": fields.get(question.title, question.field)
        for number, question in enumerate(form.questions)
    }
    return client.post(reverse("load_titles", args=[job.pk]), sent | {"year": year})


def loaded(client, job: Job) -> dict:
    result = run(client.post(reverse("load_apply", args=[job.pk]))).result
    assert result["applied"], result
    return result


def codes(job: Job) -> list[str]:
    return [problem["code"] for file in job.result["files"] for problem in file["problems"]]


def figures(year: int) -> YearlyFigures:
    return YearlyFigures.objects.get(enterprise__uscc=code(1), year=year)


def statistics(path: Path) -> Path:
    def merge(book: openpyxl.Workbook) -> None:
        for area in ("C2:D2", "E2:G2", "A2:A3", "B2:B3"):
            book.active.merge_cells(area)

    return xlsx(path, list(map(list, STATISTICS)), merge)


def test_a_tax_list_in_yuan_without_a_year_is_explained_once(clerk, tmp_path):
    path = xlsx(tmp_path / "税务2025年度.xlsx", list(map(list, TAX)))
    job = check(clerk, path, "tax")
    assert job.result["blocked"]
    form = titles(clerk, job)
    assert (form.wants_year, form.initial["year"]) == (True, 2025)
    # The office's R&D is asked about, and proposed as what it usually is there.
    assert proposed(clerk, job)["研发费用"] == "rd_deducted"
    page = clerk.get(reverse("load_job", args=[job.pk])).content.decode()
    assert "与专项审计的口径一般不同" in page
    assert "来源 税务部门" in page
    refused = explain(clerk, job)
    assert refused.status_code == 422
    assert "请填写年度，或指明哪一列是年度。" in refused.content.decode()
    assert not ColumnMapping.objects.exists()
    assert "2026年度还没有结束" in explain(clerk, job, year=2026).content.decode()
    told = run(explain(clerk, job, year=2025))
    assert (codes(told), told.result["blocked"], proposed(clerk, told)) == ([], False, {})
    assert "D列“营业收入（万元）”按元读取，已换算为万元" in told.result["files"][0]["notes"]
    loaded(clerk, told)
    row = figures(2025)
    assert (row.revenue, row.gross_income) == (Decimal("1250.60"), Decimal("1300.25"))
    assert (row.nontaxable_income, row.rd_deducted, row.rd_expense) == (0, 90, None)
    entry = LedgerEntry.objects.get(act="figures")
    assert (entry.cells["rd_deducted"], entry.source.office.code) == (f"{SHEET}!G4", "tax")
    assert entry.source.kind == SourceFile.Kind.RETURNS
    firm = clerk.get(reverse("firm", args=[code(1)])).content.decode()
    assert f"税务部门 税务2025年度.xlsx {SHEET}!G4" in firm
    # The next year nothing is asked but the year.
    again = xlsx(tmp_path / "税务.xlsx", [[*TAX[2]], [1, code(1), NAME, 5, 6, 0, 7, 8]])
    job = check(clerk, again, "tax")
    assert proposed(clerk, job) == {}
    told = run(explain(clerk, job, year=2024))
    loaded(clerk, told)
    # Without a word on the unit, and with none in a title, it is ours.
    assert (figures(2024).revenue, figures(2024).rd_deducted) == (5, 7)


SHEET = "名册"


def test_a_statistics_list_in_two_rows_of_titles_keeps_its_own_r_and_d(clerk, tmp_path):
    job = check(clerk, statistics(tmp_path / "统计.xlsx"), "statistics")
    assert job.result["blocked"]
    assert not titles(clerk, job).wants_year
    assert proposed(clerk, job) == {
        "组织机构": "uscc",
        "单位详细名称": "name",
        "2024年研发费用": "rd_statistics",
    }
    told = run(explain(clerk, job))
    assert codes(told) == []
    loaded(clerk, told)
    first, second = figures(2023), figures(2024)
    assert (first.revenue, first.rd_statistics) == (700_000, 600)
    assert (second.revenue, second.rd_statistics, second.staff) == (800_000, 700, 66)
    assert (first.rd_expense, second.rd_expense) == (None, None)
    # Statistics never reach the conditions, which are about the audited R&D.
    check_page = clerk.get(reverse("firm_self_check", args=[code(1)]), {"on": "2026-10-01"})
    told_lines = check_page.context["check"].told.lines
    by_name = {line.name: [one and one.text for one in line.cells] for line in told_lines}
    assert by_name["营业收入"] == ["700000.00", "800000.00", "—"]
    assert by_name["研发费用"] == ["—", "—", "—"]


def test_a_list_of_patents_with_two_known_titles_is_asked_about_instead_of_refused(clerk, tmp_path):
    path = xlsx(tmp_path / "专利.xlsx", list(map(list, PATENTS)))
    job = check(clerk, path, "intellectual_property")
    told = explain(
        clerk,
        job,
        **{"专利权人": "name", "统一代码": "uscc", "有效发明": "ip_class1"},
        **{"实用新型等": "ip_class2", "截止": "year"},
    )
    done = run(told)
    assert codes(done) == []
    loaded(clerk, done)
    assert (figures(2025).ip_class1, figures(2025).ip_class2) == (3, 12)


def test_what_was_remembered_can_be_said_anew_and_is_of_one_office_only(clerk, tmp_path):
    path = statistics(tmp_path / "统计.xlsx")
    job = run(explain(clerk, check(clerk, path, "statistics")))
    assert ColumnMapping.objects.filter(office__code="statistics").count() == 3
    explained = [question.title for question, _ in titles(clerk, job).explained]
    assert sorted(explained) == ["2024年研发费用", "单位详细名称", "组织机构"]
    changed = run(explain(clerk, job, **{"2024年研发费用": ""}))
    assert ColumnMapping.objects.get(key="研发费用").field == ""
    loaded(clerk, changed)
    assert figures(2024).rd_statistics is None
    assert proposed(clerk, check(clerk, path, "tax"))["2024年研发费用"] == "rd_deducted"
    # Nobody's list: as it was before, refused with the titles that may be meant.
    plain = check(clerk, path)
    assert plain.result["blocked"]
    assert titles(clerk, plain) is None
    answer = clerk.post(reverse("load_titles", args=[plain.pk]), {"title-0": "uscc"}, follow=True)
    assert "没有选名单来源" in answer.content.decode()


def test_nonsense_is_refused_and_nothing_is_remembered(clerk, tmp_path):
    path = statistics(tmp_path / "统计.xlsx")
    file = SimpleUploadedFile(path.name, path.read_bytes())
    answer = clerk.post(reverse("load"), {"registers": file, "office": "moon"})
    assert (answer.status_code, Job.objects.count()) == (200, 0)
    assert "没有这个来源部门。" in answer.content.decode()
    job = check(clerk, path, "statistics")
    assert explain(clerk, job, **{"组织机构": "password"}).status_code == 422
    assert explain(clerk, job, year="去年").status_code == 422
    assert not ColumnMapping.objects.exists()


def test_two_offices_that_tell_the_same_year_otherwise_are_told_apart(clerk, tmp_path):
    titles_of = ["信用代码", "年度", "营业收入（万元）"]
    loaded(
        clerk,
        check(
            clerk,
            xlsx(
                tmp_path / "税.xlsx", [["截至日期：2026-05-31"], titles_of, [code(1), 2025, 1000]]
            ),
            "tax",
        ),
    )
    near = xlsx(tmp_path / "近.xlsx", [["截至日期：2026-06-30"], titles_of, [code(1), 2025, 1009]])
    assert codes(check(clerk, near, "statistics")) == []
    far = xlsx(tmp_path / "远.xlsx", [["截至日期：2026-06-30"], titles_of, [code(1), 2025, 1100]])
    job = check(clerk, far, "statistics")
    (problem,) = job.result["files"][0]["problems"]
    assert (problem["code"], problem["severity"], problem["address"]) == (
        "P104",
        "warning",
        "名册!C3",
    )
    assert "登记为1000.00（税.xlsx 名册!C3），本名单为1100.00，相差超过1%" in problem["reason"]
    loaded(clerk, job)
    page = clerk.get(reverse("firm_self_check", args=[code(1)]), {"on": "2026-10-01"})
    assert (
        "提醒：2025年营业收入（万元），税务部门（税.xlsx）为1000.00，统计部门（远.xlsx）为1100.00，相差超过1%"
        in page.content.decode()
    )
    # The same office may correct itself, and an older list is told of as well.
    new = xlsx(tmp_path / "新.xlsx", [["截至日期：2026-07-31"], titles_of, [code(1), 2025, 1300]])
    assert codes(check(clerk, new, "statistics")) == []
    older = xlsx(tmp_path / "旧.xlsx", [["截至日期：2026-03-31"], titles_of, [code(1), 2025, 800]])
    assert codes(check(clerk, older, "tax")) == ["P104"]
    assert Office.objects.count() == 3
