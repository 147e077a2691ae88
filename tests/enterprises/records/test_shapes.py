"""Every register × the shapes in which people send files: each is read as the plain file is.

All registers in all shapes are tried by `make test-long`; `make test` draws registers for each shape.
"""

import csv
import datetime as dt
import io
import random

import pytest

from enterprises.models import Record
from enterprises.records import kinds
from tests.effort import drawn
from tests.enterprises.records.conftest import book_of, saved, workbook
from tests.enterprises.records.test_kinds import (
    CODES,
    essence,
    rows_of,
    take_all_back,
    titles_of,
    value_of,
)

pytestmark = pytest.mark.django_db
KINDS_A_TIME = 3


def as_csv(rows, encoding: str) -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode(encoding)


def csv_of_a_browser(titles, rows):
    return as_csv([titles, *rows], "utf-8-sig"), "台账.csv"


def csv_of_an_old_spreadsheet(titles, rows):
    return as_csv([titles, *rows], "gb18030"), "台账.csv"


def columns_in_another_order(titles, rows):
    order = random.Random(len(titles)).sample(range(len(titles)), len(titles))
    return workbook(*([row[at] for at in order] for row in [titles, *rows])), "台账.xlsx"


def with_numbers_and_a_total(titles, rows):
    """序号 before, 合计 and who made it below."""
    numbered = [[at, *row] for at, row in enumerate(rows, 1)]
    below = [["合计", f"{len(rows)}条"], [], ["填表人：张三", None, "联系电话：47520000"]]
    return workbook(["序号", *titles], *numbered, *below), "台账.xlsx"


def with_blank_rows_and_columns(titles, rows):
    apart = [[], ["", None, *titles]]
    for row in rows:
        apart += [[], ["", None, *row]]
    return workbook(*apart), "台账.xlsx"


def with_a_merged_title(titles, rows):
    book = book_of(["江津区台账（2025年）"], titles, *rows)
    book.active.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(titles))
    return saved(book), "台账.xlsx"


def with_explanations_on_another_sheet(titles, rows):
    book = book_of(titles, *rows)
    book.create_sheet("填报说明").append(["一、请按实际情况填写。"])
    return saved(book), "台账.xlsx"


def with_days_as_days(titles, rows):
    """As spreadsheets keep them, where a clean file has them as texts."""
    told = [[_as_day(value) for value in row] for row in rows]
    return workbook(titles, *told), "台账.xlsx"


def _as_day(value):
    try:
        return dt.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return value


def with_everything_as_text(titles, rows):
    return workbook(titles, *([str(value) for value in row] for row in rows)), "台账.xlsx"


def with_spaces_and_line_breaks(titles, rows):
    """In the titles and around every value."""
    loose = ["\n".join([title[:2], title[2:]]) for title in titles]
    told = [[f" {value}　" if isinstance(value, str) else value for value in row] for row in rows]
    return workbook(loose, *told), "台账.xlsx"


SHAPES = [
    csv_of_a_browser, csv_of_an_old_spreadsheet, columns_in_another_order, with_numbers_and_a_total,
    with_blank_rows_and_columns, with_a_merged_title, with_explanations_on_another_sheet, with_days_as_days,
    with_everything_as_text, with_spaces_and_line_breaks,
]  # fmt: skip
TRIED = [(shape, code) for shape in SHAPES for code in drawn(KINDS_A_TIME, CODES)]


@pytest.mark.parametrize(("shape", "code"), TRIED, ids=[f"{s.__name__}-{c}" for s, c in TRIED])
def test_a_file_in_another_shape_says_the_same(shape, code, load, holders, people):
    kind = kinds.kind_coded(code)
    titles, rows = titles_of(kind), rows_of(kind, value_of, holders)
    assert load(kind, workbook(titles, *rows))["new"] == 2
    told = [essence(record) for record in Record.objects.standing().order_by("pk")]
    take_all_back(people)
    content, name = shape(titles, rows)
    result = load(kind, content, name=name)
    assert (result["new"], result["errors"], result["unknown_titles"]) == (2, 0, []), result
    assert [essence(record) for record in Record.objects.standing().order_by("pk")] == told
