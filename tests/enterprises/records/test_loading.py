"""A file into a register: read, held against what is recorded, written, told again."""

import pytest

from enterprises.models import Record, RecordEntry
from enterprises.records import door
from tests.enterprises.records.conftest import day, workbook
from tests.firms import firm

pytestmark = pytest.mark.django_db
TITLES = ["序号", "平台名称", "依托单位", "统一社会信用代码", "级别", "类别", "认定日期", "文号"]


def row(number, holder, level="区级", since="2024-06-18", **rest):
    return [
        number,
        rest.get("name", "捷达企业技术中心"),
        holder.name,
        rest.get("code", holder.uscc),
        level,
        "企业技术中心",
        since,
        rest.get("doc", "渝经信〔2024〕55号"),
    ]


def test_a_new_record_is_entered_with_its_cells(platform, load):
    holder = firm()
    result = load(platform, workbook(TITLES, row(1, holder)))
    assert (result["new"], result["errors"]) == (1, 0), result
    record = Record.objects.get()
    assert (record.enterprise, record.level, record.klass) == (holder, "district", "technology")
    entry = RecordEntry.objects.get()
    assert (entry.act, entry.cells["level"], entry.source.name) == (
        "entered", "Sheet!E2", "台账.xlsx",
    )  # fmt: skip


def test_the_same_file_again_writes_nothing(platform, load):
    content = workbook(TITLES, row(1, firm()))
    load(platform, content)
    result = load(platform, content)
    assert (result["new"], result["changed"], result["unchanged"]) == (0, 0, 1)
    assert RecordEntry.objects.count() == 1


def test_a_promotion_is_not_a_second_record(platform, load):
    holder = firm()
    load(platform, workbook(TITLES, row(1, holder)))
    result = load(platform, workbook(TITLES, row(1, holder, "市级", "2026-03-01")))
    assert (result["new"], result["changed"]) == (0, 1), result
    rows = Record.objects.standing()
    assert rows.on_level("district", day("2026-02-28")).count() == 1
    assert rows.on_level("city", day("2026-03-01")).count() == 1
    assert rows.on_level("district", day("2026-03-01")).count() == 0


def test_the_order_of_two_lists_does_not_matter(platform, load):
    holder = firm()
    load(platform, workbook(TITLES, row(1, holder, "市级", "2026-03-01")))
    load(platform, workbook(TITLES, row(1, holder)))
    record = Record.objects.get()
    assert (record.since, record.level) == (day("2024-06-18"), "city")


def test_what_is_wrong_is_said_at_its_cell_and_nothing_is_written(platform, load):
    holder = firm()
    bad = row(2, holder, "省部级", name="另一中心")
    result = load(platform, workbook(TITLES, row(1, holder), bad))
    assert result["blocked"]
    assert not Record.objects.exists()
    assert [p["address"] for p in result["problems"]] == ["Sheet!E3"]
    assert "区级、市级、国家级" in result["problems"][0]["reason"]


def test_a_name_alone_finds_its_firm_and_says_so(platform, load):
    holder = firm(name="江津捷达模具有限公司")
    result = load(platform, workbook(TITLES, row(1, holder, code="")))
    assert Record.objects.get().enterprise == holder
    assert any(holder.uscc in note["value"] for note in result["normalised"])


def test_a_closed_firm_no_longer_counts_and_what_was_taken_back_is_gone(platform, load, people):
    holder = firm(struck_off=True)
    load(platform, workbook(TITLES, row(1, holder)))
    assert Record.objects.in_force_on(day("2026-06-19")).count() == 1
    assert Record.objects.in_force_on(day("2026-06-20")).count() == 0
    door.take_back(list(RecordEntry.objects.all()), by=people["小石"], reason="载错了文件")
    assert not Record.objects.standing().exists()
    load(platform, workbook(TITLES, row(1, holder)))
    assert Record.objects.standing().count() == 1
