"""Yearly figures as tax, statistics and intellectual property offices list them: told apart, read, written, undone."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises import jobs, registry
from enterprises.models import Enterprise, Job, LedgerEntry, SourceFile, YearlyFigures
from enterprises.registry import acts, undoing
from enterprises.rosters.definition.registers import TECH_REGISTER
from tests.enterprises.registered import DEGAN
from tests.enterprises.workbooks import code, lines, roster, xlsx
from tests.enterprises.workbooks import firm as roster_row

pytestmark = pytest.mark.django_db
NAMES = {number: f"重庆测试{number}号机械有限公司" for number in range(1, 6)}
TAX = ["序号", "纳税人名称", "纳税人识别号", "所属年度", "营业收入", "收入总额（万元）", "不征税收入", "资产总计", "负债合计"]  # fmt: skip
DAYED = "截至日期：2026-06-30"


@pytest.fixture(autouse=True)
def no_follow_ups(settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


@pytest.fixture
def clerk(client, people):
    done = []
    for number in (1, 2, 3):
        uscc = code(number)
        done += [
            acts.Register(uscc=uscc, name=NAMES[number]),
            acts.Place(uscc=uscc, **DEGAN, since=dt.date(2020, 1, 1)),
        ]
    done.append(acts.Rename(uscc=code(3), name="重庆新名机械有限公司", on=dt.date(2026, 1, 5)))
    registry.apply(done, by=None)
    client.force_login(people["小石"])
    return client


def listed(path: Path, *rows, titles=TAX, head=("企业年度数据表", DAYED)) -> Path:
    return xlsx(path, [list(head), titles, *map(list, rows)])


def load(client, *paths: Path, until: str = "load") -> dict:
    """The result of checking the files, and of loading them where nothing stands against it."""
    files = [SimpleUploadedFile(path.name, path.read_bytes()) for path in paths]
    check = run(client.post(reverse("load"), {"registers": files}))
    if until == "check" or check.result["blocked"]:
        return check.result
    return run(client.post(reverse("load_apply", args=[check.pk]))).result


def run(answer) -> Job:
    return jobs.run_inline(Job.objects.get(pk=int(re.search(r"\d+", answer.url)[0])))


def problems(result) -> list[tuple[str, str]]:
    return [
        (each["code"], each["address"].rpartition("!")[2])
        for file in result["files"]
        for each in file["problems"]
    ]


def figures(number: int, year: int = 2025) -> YearlyFigures:
    return YearlyFigures.objects.get(enterprise__uscc=code(number), year=year)


def test_a_list_of_the_tax_office_is_told_by_its_titles_and_written_with_its_cells(clerk, tmp_path):
    path = listed(
        tmp_path / "税务.xlsx",
        [1, NAMES[1], code(1), 2025, 1250.6, "1,300.25万元", 0, 8000, 9000],
        [2, NAMES[1], f" {code(1).lower()}", "2024年度", None, 1100, None, None, None],
        # An old name is a name of the firm; a firm without figures is no fault.
        [3, NAMES[3], code(3), 2025, None, None, None, None, None],
        ["合计", None, None, None, 1250.6, 2400.25, None, None, None],
    )
    result = load(clerk, path)
    assert (result["applied"], problems(result)) == (True, [])
    assert result["files"][0]["layout"] == "企业年度数据表"
    told = figures(1)
    assert (told.revenue, told.gross_income, told.nontaxable_income) == (
        Decimal("1250.60"),
        Decimal("1300.25"),
        0,
    )
    # More owed than owned: net assets may be negative.
    assert (told.assets, told.liabilities, told.costs) == (8000, 9000, None)
    assert (figures(1, 2024).gross_income, figures(1, 2024).revenue) == (1100, None)
    assert not YearlyFigures.objects.filter(enterprise__uscc=code(3)).exists()
    entry = LedgerEntry.objects.get(act="figures", effective_on=dt.date(2025, 12, 31))
    assert (entry.cells["gross_income"], entry.cells["assets"]) == ("名册!F3", "名册!H3")
    assert (entry.source.kind, entry.source.name) == (SourceFile.Kind.RETURNS, "税务.xlsx")
    # The same list once more changes nothing.
    entries = LedgerEntry.objects.count()
    assert load(clerk, path)["entries"] == 0
    assert LedgerEntry.objects.count() == entries


def test_everything_wrong_is_told_at_its_cell_and_nothing_is_written(clerk, tmp_path):
    path = listed(
        tmp_path / "统计.xlsx",
        [1, "", code(4), 2025, 10, None, None, None, None],
        [2, NAMES[2], code(1), 2025, 10, None, None, None, None],
        [3, "", code(2), 2026, 10, None, None, None, None],
        [4, "", code(2), None, 10, None, None, None, None],
        [5, "", code(2), 2025, "125000元", "0.5亿元", -3, "查无", None],
        [6, "", code(2), 2024, 10, None, None, None, None],
        [7, "", code(2), 2024, 11, None, None, None, None],
        [8, "", code(2)[:-1] + "X", 2025, 11, None, None, None, None],
    )
    result = load(clerk, path)
    assert result["blocked"]
    assert set(problems(result)) == {
        ("P107", "C3"),
        ("P103", "B4"),
        ("R120", "D5"),
        ("R101", "D6"),
        ("R009", "E7"),
        ("R009", "F7"),
        ("R011", "G7"),
        ("R008", "H7"),
        ("R201", "C9"),
        ("R001", "C10"),
    }
    assert not YearlyFigures.objects.exists()


def test_a_part_above_its_whole_is_a_warning_and_no_verdict(clerk, tmp_path):
    titles = ["信用代码", "年度", "研发费用", "境内研发费用", "已用Ⅱ类", "二类", "高新技术产品收入"]
    path = listed(tmp_path / "知识产权.xlsx", [code(1), 2025, 10, 11, 3, 2, 5], titles=titles)
    result = load(clerk, path)
    assert (result["applied"], problems(result)) == (True, [("R121", "D3"), ("R121", "E3")])
    assert (figures(1).rd_domestic, figures(1).ip_class2_used) == (11, 3)


def test_what_differs_from_the_registry_is_told_and_an_older_list_changes_nothing(clerk, tmp_path):
    titles = ["统一社会信用代码", "年度", "营业收入（万元）", "成本费用"]
    first = listed(tmp_path / "甲.xlsx", [code(1), 2025, 100, 80], titles=titles)
    assert load(clerk, first)["applied"]
    same_day = listed(tmp_path / "乙.xlsx", [code(1), 2025, 101, 80], titles=titles)
    result = load(clerk, same_day)
    assert (result["entries"], problems(result)) == (0, [("P104", "C3")])
    older = listed(
        tmp_path / "丙.xlsx", [code(1), 2025, 99, 80], titles=titles, head=["截至日期：2026-03-31"]
    )
    assert load(clerk, older)["entries"] == 0
    # A list without a day may be the newest there is, so what it says otherwise is told.
    undated = listed(tmp_path / "丁.xlsx", [code(1), 2025, 98, 80], titles=titles, head=["统计"])
    result = load(clerk, undated)
    assert (result["entries"], problems(result)) == (0, [("P104", "C3")])
    assert figures(1).revenue == 100
    newer = listed(
        tmp_path / "戊.xlsx", [code(1), 2025, 97, 80], titles=titles, head=["截至日期：2026-09-30"]
    )
    assert load(clerk, newer)["entries"] == 1
    assert figures(1).revenue == 97


def test_one_load_may_register_firms_and_tell_their_figures_in_any_order(clerk, tmp_path):
    returns = listed(tmp_path / "甲.xlsx", [4, NAMES[4], code(4), 2024, 5, 6, 0, 7, 8])
    units = tmp_path / "名册.xlsx"
    units.write_bytes(roster(roster_row(4)))
    result = load(clerk, returns, units)
    assert (result["applied"], problems(result)) == (True, [])
    assert (figures(4, 2024).gross_income, figures(4, 2025).revenue) == (6, Decimal("1000.50"))


def test_undoing_a_list_leaves_what_another_one_told_of_the_year(clerk, tmp_path):
    """The first list made the year's row; what the second added stays, and goes by its own undoing."""
    first = listed(
        tmp_path / "甲.xlsx", [code(1), 2025, 100], titles=["信用代码", "年度", "营业收入"]
    )
    second = listed(
        tmp_path / "乙.xlsx", [code(1), 2025, 80], titles=["信用代码", "年度", "成本费用"]
    )
    load(clerk, first)
    load(clerk, second)
    one, other = LedgerEntry.objects.filter(act="figures").order_by("pk")
    undo(one)
    assert (figures(1).revenue, figures(1).costs, figures(1).year) == (None, 80, 2025)
    undo(other)
    assert not YearlyFigures.objects.exists()
    # Both can be loaded again.
    assert (load(clerk, second)["entries"], load(clerk, first)["entries"]) == (1, 1)
    assert (figures(1).revenue, figures(1).costs) == (100, 80)


def undo(entry: LedgerEntry) -> None:
    plan = undoing.plan_undoing([(entry.pk, entry.pk)])
    assert not plan.blockers
    registry.apply(plan.acts, by=None)


def test_the_form_of_a_firm_comes_with_it_and_with_registers(clerk, tmp_path):
    titles = ["信用代码", "年度", "营业收入", "登记注册类型"]
    printed = "有限责任公司（自然人独资）"
    path = listed(
        tmp_path / "甲.xlsx",
        [code(1), 2025, 100, printed],
        [code(1), 2024, 90, printed],
        [code(2), 2025, 80, None],
        titles=titles,
    )
    result = load(clerk, path)
    assert (result["applied"], result["entries"]) == (True, 4)
    told = dict(Enterprise.objects.values_list("uscc", "legal_form"))
    assert (told[code(1)], told[code(2)]) == (printed, "")
    entry = LedgerEntry.objects.get(act="detailed")
    assert entry.cells == {"legal_form": "名册!D3"}
    register = xlsx(
        tmp_path / "乙.xlsx",
        lines(roster_row(5, legal_form="股份有限公司"), layout=TECH_REGISTER),
    )
    assert load(clerk, register)["applied"]
    assert Enterprise.objects.get(uscc=code(5)).legal_form == "股份有限公司"


def test_the_command_loads_it_too(clerk, tmp_path, capsys):
    path = listed(tmp_path / "税务.xlsx", [1, NAMES[1], code(1), 2025, 5, 6, 0, 7, 8])
    call_command("load_register", str(path), apply=True)
    assert "企业年度数据表" in capsys.readouterr().out
    assert figures(1).gross_income == 6


def test_queries_do_not_grow_with_the_rows(clerk):
    def plan_of(count: int) -> list[acts.Act]:
        values = {"gross_income": Decimal(5), "conversions": 3}
        return [
            acts.RecordFigures(uscc=code(1 + number % 3), year=2010 + number, values=values)
            for number in range(count)
        ]

    with CaptureQueriesContext(connection) as few:
        registry.apply(plan_of(2), by=None)
    with CaptureQueriesContext(connection) as many:
        registry.apply(plan_of(15), by=None)
    assert len(many) <= len(few) + 2
    assert Enterprise.objects.count() == 3
