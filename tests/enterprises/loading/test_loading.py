"""Loading lists: the true figures, the same facts in any order, nothing the second time, nothing half-written."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from enterprises import jobs
from enterprises.loading import command_line, register_job
from enterprises.loading.register_job import Document
from enterprises.models import (
    Closure,
    Enterprise,
    Job,
    LedgerEntry,
    Placement,
    PoolEntry,
    Qualification,
    SourceFile,
    YearlyFigures,
)
from parks.models import Unit
from targets.figures import counting
from targets.models import Definition, MonthlySeries
from tests.enterprises.workbooks import code, firm, lines, xlsx

pytestmark = pytest.mark.django_db
LAST_TRUE_DAY = "2026-06-30"
"""The registers and the rosters of the second quarter know nothing after it."""


def truth(samples) -> dict[tuple[dt.date, str, str], int]:
    """(day, scope, indicator) → the true figure."""
    codes = dict(Unit.objects.values_list("name", "code"))
    scopes = {"district": "district", "all_parks": "parks", "outside": "outside"}
    scopes |= {f"park:{unit}": unit for unit in codes.values()} | {
        f"town:{name}": codes[name] for name in codes
    }
    told = json.loads((samples / "truth.json").read_text())
    return {
        (dt.date.fromisoformat(day), scopes[scope], indicator): value
        for day, figures in told.items()
        if day <= LAST_TRUE_DAY
        for scope, values in figures.items()
        for indicator, value in values.items()
    }


@pytest.mark.long
def test_the_sample_registers_give_the_true_figures_and_nothing_the_second_time(half_year, samples):
    files = [*(samples / "district").iterdir(), *(samples / "2026Q2").iterdir()]
    assert len(files) == 38
    jobs.run_inline(Job.objects.get(kind="recompute", state="queued"))  # which follows a load
    true = truth(samples)
    counts = counting.count(sorted({day for day, _, _ in true}))
    assert len(true) > 400
    assert {key: counts.value(*key) for key in true} == true
    for (day, scope, indicator), value in true.items():
        if day.isoformat() == LAST_TRUE_DAY:
            spans = counting.listed(
                indicator=indicator, scope=scope, day=day, definition=Definition.CERTIFICATE
            )
            assert spans.values("enterprise").distinct().count() == spans.count() == value
    assert MonthlySeries.objects.filter(scope="district", indicator="hnte").exists()
    entries = LedgerEntry.objects.count()
    call_command("load_register", *files, apply=True, verbosity=0)
    assert LedgerEntry.objects.count() == entries
    assert SourceFile.objects.count() == 38


FACTS = {
    Enterprise: ["uscc", "name", "registered_on", "industry_code", "tech_field__code", "contact_name", "contact_phone"],
    Placement: ["enterprise__uscc", "park__code", "town__code", "since", "until", "arrival"],
    Closure: ["enterprise__uscc", "closed_on", "reopened_on", "cause"],
    Qualification: [
        "enterprise__uscc", "kind__code", "number", "valid_from", "valid_until", "until_basis", "class_year",
        "revoked_on", "recognition", "dating",
    ],
    YearlyFigures: ["enterprise__uscc", "year", "revenue", "rd_expense", "staff", "rd_staff", "above_scale"],
    PoolEntry: ["enterprise__uscc", "stage", "target_year", "since", "until"],
}  # fmt: skip


@pytest.fixture
def no_follow_ups(settings) -> None:
    settings.JOB_FOLLOW_UPS = {"load": []}


def facts_after(*calls) -> dict[str, list]:
    """Every fact after loading these groups of files one after the other; the database is left as it was."""
    with transaction.atomic():
        for files in calls:
            job = command_line.load_files(files, moves_on=None, by=None)
            assert job.result["applied"], job.result["files"]
        facts = {
            model.__name__: sorted(model.objects.values_list(*names), key=str)
            for model, names in FACTS.items()
        }
        transaction.set_rollback(True)
    return facts


def test_the_order_of_registers_and_rosters_does_not_matter(plan, samples, no_follow_ups):
    registers = sorted((samples / "district").iterdir())
    rosters = [
        samples / "2026Q2" / name
        for name in ("agri.xlsx", "baisha.xls", "binjiang.csv", "500116001.xlsx")
    ]
    first = facts_after([*registers, *rosters])
    assert len(first["Enterprise"]) > 2800
    assert facts_after(rosters, registers[:1], registers[1:]) == first


def roster(folder, as_of: str, *firms):
    """A roster file of a day."""
    rows = lines(*firms)
    rows[0] = ["江津区名册", f"截至日期：{as_of}"]
    return xlsx(folder / f"{as_of}.xlsx", rows)


def test_quarters_may_come_in_any_order(plan, tmp_path, no_follow_ups):
    older = firm(
        revenue=900,
        contact_name="旧人",
        pool_stage="种子库",
        other_qualifications="专精特新中小企业",
    )
    newer = firm(
        revenue=1000,
        contact_name="新人",
        pool_stage="培育库",
        other_qualifications="专精特新中小企业",
        staff=None,
    )
    quarters = [roster(tmp_path, "2026-03-31", older), roster(tmp_path, "2026-06-30", newer)]
    right = facts_after(quarters)
    assert [row[2] for row in right["YearlyFigures"]] == [1000]
    assert right["Enterprise"][0][5] == "新人"
    assert facts_after(quarters[::-1]) == facts_after(quarters[1:], quarters[:1]) == right
    assert facts_after(quarters[:1], quarters[1:], quarters[:1]) == right


def test_every_entry_names_its_cells_and_its_file(plan, tmp_path, no_follow_ups):
    good = firm(
        certificate_number="GR202451100001",
        certificate_issued_on=dt.date(2024, 11, 1),
        pool_stage="种子库",
    )
    command_line.load_files([roster(tmp_path, "2026-06-30", good)], moves_on=None, by=None)
    cells = {
        (entry.act, name): cell
        for entry in LedgerEntry.objects.all()
        for name, cell in entry.cells.items()
    }
    assert cells["registered", "uscc"] == "名册!C3"
    assert cells["placed", "town"] == "名册!E3"
    assert cells["granted", "number"] == "名册!R3"
    assert cells["figures", "revenue"] == "名册!J3"
    assert cells["pooled", "stage"] == "名册!U3"
    assert {entry.source.name for entry in LedgerEntry.objects.all()} == {"2026-06-30.xlsx"}
    assert SourceFile.objects.get().as_of == dt.date(2026, 6, 30)


def test_a_firm_stands_in_its_place_since_its_earliest_dated_fact(plan, tmp_path, no_follow_ups):
    dated = firm(1, certificate_number="GR201951100001", certificate_issued_on=dt.date(2019, 11, 1))
    undated = firm(2, tech_entered_on=None)
    command_line.load_files(
        [roster(tmp_path, "2026-06-30", dated, undated)], moves_on=None, by=None
    )
    assert list(Placement.objects.order_by("enterprise__uscc").values_list("since", flat=True)) == [
        dt.date(2019, 11, 1),
        dt.date(2026, 6, 30),
    ]


def test_a_firm_found_elsewhere_is_refused_until_its_move_has_a_day(plan, tmp_path, no_follow_ups):
    command_line.load_files([roster(tmp_path, "2026-06-30", firm())], moves_on=None, by=None)
    moved = firm(park="珞璜工业园发展中心", town="珞璜镇")
    later = roster(tmp_path, "2026-09-30", moved)
    refused = command_line.load_files([later], moves_on=None, by=None).result
    [problem] = refused["files"][0]["problems"]
    assert (refused["applied"], problem["code"], problem["address"]) == (False, "P102", "名册!D3")
    assert "德感工业园发展中心、德感街道" in problem["reason"]
    day = dt.date(2026, 8, 1)
    assert command_line.load_files([later], moves_on=day, by=None).result["applied"]
    assert list(Placement.objects.order_by("since").values_list("park__code", "until")) == [
        ("degan", day),
        ("luohuang", None),
    ]
    assert command_line.load_files([later], moves_on=None, by=None).result["entries"] == 0


def test_one_bad_cell_in_one_of_several_files_and_nothing_is_written(plan, tmp_path):
    good = roster(tmp_path, "2026-03-31", firm(1))
    bad = roster(
        tmp_path, "2026-06-30", firm(2), firm(3, uscc=code(3)[:-1] + "?"), firm(4, name="")
    )
    with pytest.raises(CommandError, match="未写入"):
        call_command("load_register", good, bad, apply=True)
    assert not Enterprise.objects.exists()
    assert not Job.objects.exists()


def test_two_files_that_contradict_each_other_are_told_apart(plan, tmp_path):
    here, there = firm(), firm(park="珞璜工业园发展中心", town="珞璜镇")
    files = [
        roster(tmp_path, "2026-06-30", here),
        xlsx(tmp_path / "b.xlsx", [["名册 截至日期：2026-06-30"], *lines(there)[1:]]),
    ]
    found = register_job.examine(Document(path, path.name) for path in files)
    assert [(file.name, [problem.code for problem in file.problems]) for file in found.files] == [
        ("2026-06-30.xlsx", []),
        ("b.xlsx", ["P102"]),
    ]


@pytest.mark.parametrize(
    ("title", "code"), [("名册", "P001"), ("名册 截至日期：2099-06-30", "P002")]
)
def test_a_roster_needs_the_day_it_speaks_of(plan, tmp_path, title, code):
    path = xlsx(tmp_path / "a.xlsx", [[title], *lines(firm())[1:]])
    found = register_job.examine([Document(path, path.name)])
    assert found.blocked
    assert code in {problem.code for problem in found.files[0].problems}


def test_a_dry_run_prints_everything_and_writes_nothing(plan, tmp_path, capsys):
    path = roster(
        tmp_path, "2026-06-30", firm(1), firm(2, town="德感街道办事处", revenue="1,234.5万元")
    )
    call_command("load_register", path)
    printed = capsys.readouterr().out
    assert "新增2家，变更0家，不变0家" in printed
    assert "新增2家，变更0家次，错误0个、提醒0个" in printed
    assert "名册!J4（上年营业收入（万元））：“1,234.5万元”→“1234.50”" in printed
    assert "“德感街道办事处”→“德感街道”" in printed
    assert not Enterprise.objects.exists()
    assert not SourceFile.objects.exists()


def test_problems_are_printed_with_cell_title_value_reason_and_fix(plan, tmp_path, capsys):
    path = roster(tmp_path, "2026-06-30", firm(1, rd_expense=-12.5))
    with pytest.raises(CommandError) as stop:
        call_command("load_register", path)
    assert stop.value.returncode == 1
    line = next(line for line in capsys.readouterr().out.splitlines() if "错误" in line)
    for part in ("名册!K3", "上年研发费用（万元）", "-12.5", "不能为负数", "请核对"):
        assert part in line
