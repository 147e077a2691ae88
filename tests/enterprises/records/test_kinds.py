"""Every register × (clean, messy, wrong) files, made from the kinds' own data; files go out and come back."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse

from enterprises.models import Record, RecordEntry
from enterprises.records import door, kinds
from tests.enterprises.records.conftest import workbook

pytestmark = pytest.mark.django_db
CODES = [row["code"] for row in kinds.shipped()]
each_kind = pytest.mark.parametrize("code", CODES)
DAYS = {"since": "2025-03-01", "until": "2027-03-01", "reviewed_on": "2025-09-01"}
DAYS |= {"returned_on": "2025-10-01"}
AMOUNTS = {"amount": 120.5, "returned": 20}


def value_of(column, holder, number):
    """What a careful clerk writes under the column."""
    if column.role in DAYS:
        return DAYS[column.role]
    if column.role in AMOUNTS:
        return AMOUNTS[column.role]
    if column.role == "firm_code":
        return holder.uscc
    if column.role == "firm_name":
        return holder.name
    if column.role == "unit":
        return "德感工业园"
    plain = {"day": "2025-04-01", "whole": 12, "yes_no": "是", "money": 3.5}
    if column.type == "choice":
        return column.choices[number % len(column.choices)]["name"]
    return plain.get(column.type, f"{column.title}甲{number}")


def messy_value(column, holder, number):
    """The same in other spellings."""
    value = value_of(column, holder, number)
    if column.type == "choice":
        choice = column.choices[number % len(column.choices)]
        return f" {(choice['aliases'] or [choice['name']])[0]} "
    if column.type == "day":
        day = dt.date.fromisoformat(value)
        return f"{day.year}年{day.month}月{day.day}日"
    if column.type == "yes_no":
        return "√"
    if column.type == "code":
        return f" {value.lower()} "
    if column.type == "money":
        return f"{value:,.2f}万元"
    return f"  {value}" if isinstance(value, str) else value


def messy_title(column):
    title = column.aliases[0] if column.aliases else column.title
    return title.replace("（", "(").replace("）", ")")


def rows_of(kind, say, holders):
    return [[say(column, holder, n) for column in kind.columns] for n, holder in enumerate(holders)]


def titles_of(kind):
    return [column.title for column in kind.columns]


def take_all_back(people):
    door.take_back(list(RecordEntry.objects.in_force()), by=people["小石"], reason="试")
    assert not Record.objects.standing().exists()


def essence(record):
    names = ("subject", "level", "klass", "number", "since", "until", "reviewed_on", "amount")
    told = tuple(getattr(record, name) for name in names)
    return (*told, record.enterprise_id, record.unit_id, str(sorted(record.extra.items())))


@each_kind
def test_a_clean_file_is_written_with_every_column(code, load, holders):
    kind = kinds.kind_coded(code)
    result = load(kind, workbook(titles_of(kind), *rows_of(kind, value_of, holders)))
    assert (result["new"], result["problems"], result["unknown_titles"]) == (2, [], []), result
    for record, holder in zip(Record.objects.standing().order_by("pk"), holders, strict=True):
        for column in kind.columns:
            assert record.value_of(column) not in (None, ""), column.title
        if "firm_code" in kind.by_role:
            assert record.enterprise == holder
    cells = RecordEntry.objects.order_by("pk").first().cells
    assert len(cells) == len(kind.columns)


@each_kind
def test_a_messy_file_says_the_same(code, load, holders, people):
    kind = kinds.kind_coded(code)
    messy = [[column for column in map(messy_title, kind.columns)]]
    messy += rows_of(kind, messy_value, holders)
    head = [["重庆市江津区某某台账"], ["填报单位：德感工业园", None, "单位：万元"]]
    result = load(kind, workbook(*head, *messy), name="台账-终稿(2).xlsx")
    assert (result["new"], result["errors"]) == (2, 0), result
    told = [essence(record) for record in Record.objects.standing().order_by("pk")]
    take_all_back(people)
    clean = load(kind, workbook(titles_of(kind), *rows_of(kind, value_of, holders)))
    assert clean["new"] == 2
    assert [essence(record) for record in Record.objects.standing().order_by("pk")] == told


@each_kind
def test_a_wrong_file_is_told_at_its_cells_and_writes_nothing(code, load, holders):
    kind = kinds.kind_coded(code)
    good, bad = rows_of(kind, value_of, holders)
    wrong = {"day": "2025-13-45", "choice": "别的", "money": "很多", "whole": "一些"}
    wrong |= {"code": "91500", "place": "外星"}
    expected = set()
    for at, column in enumerate(kind.columns):
        if column.type in wrong:
            bad[at] = wrong[column.type]
            expected.add(f"Sheet!{openpyxl.utils.get_column_letter(at + 1)}3")
    result = load(kind, workbook(titles_of(kind), good, bad))
    assert result["blocked"]
    assert {p["address"] for p in result["problems"] if p["severity"] == "error"} == expected
    assert not Record.objects.exists()


@each_kind
def test_a_column_that_every_row_needs_is_not_left_out(code, load, holders):
    kind = kinds.kind_coded(code)
    at = next(n for n, column in enumerate(kind.columns) if column.is_required)
    rows = [titles_of(kind), *rows_of(kind, value_of, holders)]
    result = load(kind, workbook(*([*row[:at], *row[at + 1 :]] for row in rows)))
    assert result["blocked"]
    assert kind.columns[at].title in str(result["problems"])
    assert not Record.objects.exists()


@each_kind
@pytest.mark.parametrize("form_at", ["xlsx", "csv"])
def test_what_is_exported_loads_back_in_and_changes_nothing(
    code, form_at, load, holders, client, people
):
    kind = kinds.kind_coded(code)
    load(kind, workbook(titles_of(kind), *rows_of(kind, value_of, holders)))
    told = [essence(record) for record in Record.objects.standing().order_by("pk")]
    client.force_login(people["小石"])
    asked = {"on": "", "since": "", "until": ""}
    answer = client.get(reverse("register_export", args=[code, form_at]), asked)
    content = b"".join(answer.streaming_content)
    again = load(kind, content, name=f"导出.{form_at}")
    assert (again["new"], again["changed"], again["unchanged"], again["problems"]) == (
        0,
        0,
        2,
        [],
    ), again
    take_all_back(people)
    load(kind, content, name=f"导出.{form_at}")
    assert sorted(map(str, map(essence, Record.objects.standing()))) == sorted(map(str, told))


@each_kind
def test_the_template_has_its_columns_dropdowns_and_help_and_loads(
    code, load, holders, client, people
):
    kind = kinds.kind_coded(code)
    client.force_login(people["小石"])
    answer = client.get(reverse("register_template", args=[code]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book[kind.name]
    assert "填表说明" in book.sheetnames
    lists = [column for column in kind.columns if column.type in ("choice", "yes_no", "place")]
    assert len(sheet.data_validations.dataValidation) == len(lists)
    for at, row in enumerate(rows_of(kind, value_of, holders), 3):
        for place, value in enumerate(row, 1):
            sheet.cell(at, place).value = value
    stream = io.BytesIO()
    book.save(stream)
    result = load(kind, stream.getvalue(), name="模板.xlsx")
    assert (result["new"], result["problems"]) == (2, []), result


def test_no_cell_of_a_file_becomes_a_formula(load, holders, client, people):
    kind = kinds.kind_coded("activity")
    rows = rows_of(kind, value_of, holders[:1])
    rows[0][0] = "=1+1"
    load(kind, workbook(titles_of(kind), ["'=HYPERLINK()", *rows[0][1:]]))
    client.force_login(people["小石"])
    answer = client.get(reverse("register_export", args=["activity", "csv"]), {"since": ""})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert not [cell for cell in cells if cell.startswith("=")]
