"""Reading a roster, with its cell and row rules, against a bare calamine read of the same file.

Needs no database. Prints the table of docs/benchmarks.md:

    python -m benchmarks.reading --rows 30000,100000
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import openpyxl
import python_calamine as calamine

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiangjin_portal.settings")

from benchmarks.codes import code
from enterprises.rosters.definition.columns import ROSTER
from enterprises.rosters.definition.table import MAX_DATA_ROWS
from enterprises.rosters.definition.vocabulary import Vocabulary, index_terms
from enterprises.rosters.reading import sandbox
from enterprises.rosters.reading.reader_process import ReadingOrder
from enterprises.rosters.reading.sheet import read_register
from parks.district import DISTRICT

SIZES = [30_000, 100_000]
TODAY = dt.date(2026, 11, 23)
TOWNS = [f"基准{number}镇" for number in range(30)]
FIELDS = ["电子信息", "新材料", "高技术服务", "先进制造与自动化"]
WORDS = Vocabulary(
    parks=index_terms([("degan", ["德感工业园发展中心"], [])]),
    towns=index_terms((name, [name], []) for name in TOWNS),
    fields=index_terms((name, [name], []) for name in FIELDS),
    kinds=index_terms([("srdi", ["专精特新"], [])]),
    pool_stages=index_terms([("application", ["申报库"], [])]),
    application_stages=index_terms([("filed", ["已申报"], [])]),
)
READ, SANDBOXED, BARE, OPENPYXL = (
    "read and checked",
    "the same in the sandbox",
    "bare calamine",
    "bare openpyxl (read-only)",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default=",".join(map(str, SIZES)))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(reading_report([int(rows) for rows in options.rows.split(",")], options.rounds))


def reading_report(sizes: list[int], rounds: int) -> str:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        results = [
            measure_reading(write_roster(Path(folder), rows), rows, rounds) for rows in sizes
        ]
        largest = peak_megabytes(write_roster(Path(folder), MAX_DATA_ROWS), MAX_DATA_ROWS)
    heads = [f"{rows:,} rows" for rows in sizes]
    lines = head_lines("reading, ratio of medians", heads)
    for ours, floor in ((READ, BARE), (SANDBOXED, BARE), (READ, OPENPYXL)):
        ratios = [f"{result[ours] / result[floor]:.2f}" for result in results]
        lines.append(table_line(f"{ours} ÷ {floor}", ratios))
    lines += ["", *head_lines("reading, median milliseconds of processor time", heads)]
    for name in (BARE, OPENPYXL, READ, SANDBOXED):
        milliseconds = [f"{result[name] * 1000:,.0f}" for result in results]
        lines.append(table_line(name, milliseconds))
    peaks = [f"{result['peak']:,.0f}" for result in results]
    lines.append(table_line("peak memory of the child, MB", peaks))
    lines += [
        "",
        f"Largest list allowed ({MAX_DATA_ROWS:,} rows): the child peaks at {largest:.0f} MB.",
        "",
    ]
    return "\n".join(lines)


def table_line(title: str, cells: Iterable[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join([title, *cells]) + " |"


def head_lines(title: str, cells: Sequence[str]) -> list[str]:
    """The head of a Markdown table and the rule below it."""
    return [table_line(title, cells), "|---" * (len(cells) + 1) + "|"]


def measure_reading(path: Path, rows: int, rounds: int) -> dict[str, float]:
    """Median processor seconds of each work, of this process and its children together.

    By processor time other work on the machine counts less than by the clock. openpyxl, which
    takes ten times as long, is measured once.
    """
    works: dict[str, Callable[[], int]] = {
        BARE: lambda: len(calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()),
        READ: lambda: len(read_register(path, path.name, WORDS, TODAY, max_rows=rows).rows),
        SANDBOXED: lambda: len(
            sandbox.read_safely(path, path.name, WORDS, TODAY, max_rows=rows).rows
        ),
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            spent = processor_seconds(work, rows)
            if number:  # the first round warms up
                taken[name].append(spent)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    return medians | {
        OPENPYXL: processor_seconds(lambda: _bare_openpyxl(path), rows),
        "peak": peak_megabytes(path, rows),
    }


def processor_seconds(work: Callable[[], int], rows: int) -> float:
    before = sum(os.times()[:4])
    assert work() >= rows
    return sum(os.times()[:4]) - before


def peak_megabytes(path: Path, rows: int) -> float:
    """Megabytes the child held at most."""
    limits = {"max_rows": rows, "max_bytes": 10**9, "max_outcome_bytes": 10**9}
    order = ReadingOrder(os.getpid(), path, path.name, WORDS, TODAY, mapping={}, **limits)
    return sandbox.run_reader(order).peak_bytes / 1e6


def _bare_openpyxl(path: Path) -> int:
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return sum(1 for _ in sheet.iter_rows(values_only=True))


def write_roster(folder: Path, rows: int) -> Path:
    """A roster of so many sound firms, all 25 columns of the layout, nearly all of them filled."""
    path = folder / f"{rows}.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append([f"{DISTRICT.name}名册"])
    sheet.append(["报送部门：德感工业园发展中心", "数据截止日期：2026年9月30日"])
    sheet.append([column.title for column in ROSTER.columns])
    for number in range(rows):
        values = _firm_values(number)
        sheet.append([values.get(column.field) for column in ROSTER.columns])
    book.save(path)
    return path


def _firm_values(number: int) -> dict[str, object]:
    registered = dt.date(2001, 1, 1) + dt.timedelta(days=number % 4_000)
    entered = dt.date(2016, 1, 1) + dt.timedelta(days=number % 3_700)
    return {
        "number": number + 1,
        "name": f"重庆基准{number:07d}号科技有限公司",
        "uscc": code(number),
        "park": "德感工业园发展中心",
        "town": TOWNS[number % len(TOWNS)],
        "registered_on": registered,
        "industry_code": f"C{3000 + number % 900}",
        "tech_field": FIELDS[number % len(FIELDS)],
        "above_scale": "是" if number % 3 else "否",
        "revenue": 1_000 + number % 7_919 + number % 100 / 100,
        "rd_expense": number % 997 + number % 10 / 10,
        "staff": 20 + number % 300,
        "rd_staff": number % 20,
        "ip_class1": number % 7,
        "ip_class2": number % 40,
        "hightech_share": 1.5 + number % 98,
        "tech_entered_on": entered,
        "certificate_number": f"GR2023{number:08d}",
        "certificate_issued_on": dt.date(2023, 11, 1 + number % 28),
        "other_qualifications": "专精特新" if number % 5 == 0 else None,
        "pool_stage": "申报库" if number % 4 == 0 else None,
        "planned_year": 2027 if number % 4 == 0 else None,
        "contact_name": "张三",
        "contact_phone": f"138{number:08d}",
        "remark": None,
    }


if __name__ == "__main__":
    main()
