"""Checking a roster of many rows, against a bare read of it and django-import-export's dry run.

    python -m benchmarks.rosters --rows 30000

Every measurement runs in a process of its own, so that its peak memory is its own. Prints one
JSON object.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

import openpyxl  # noqa: E402
import python_calamine  # noqa: E402
import tablib  # noqa: E402
from django.core.management import call_command  # noqa: E402
from import_export import resources  # noqa: E402

from benchmarks import generator  # noqa: E402
from enterprises.models import Enterprise, Period, Roster, RosterVersion  # noqa: E402
from enterprises.reporting import checking, quarters  # noqa: E402
from enterprises.rosters.definition.columns import ROSTER  # noqa: E402
from enterprises.rosters.definition.official_names import vocabulary  # noqa: E402
from enterprises.rosters.reading.sheet import read_register  # noqa: E402
from parks.models import Unit, User  # noqa: E402

KNOWN_SHARE = 0.9
"""The share of a roster's firms that are registered already."""
TODAY = dt.date(2026, 10, 10)
WHOLE = 10**9
"""No limit to the rows."""


class FirmResource(resources.ModelResource):
    """The firm's own columns alone: less than a roster says, in its favour."""

    class Meta:
        model = Enterprise
        import_id_fields = ("uscc",)
        fields = ("uscc", "name", "registered_on", "industry_code", "contact_name", "contact_phone")


class Silent:
    """Stands where a job's context stands."""

    def beat(self, phase: str = "", *, done: int = 0, total: int | None = None) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=WORKS, help="measure this in this process")
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if options.one:
        start = time.perf_counter()
        WORKS[options.one](options.file)
        spent = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": spent, "megabytes": peak}))
        return
    call_command("migrate", verbosity=0)
    call_command("load_plan", verbosity=0)
    generator.fill_tables(int(options.rows * KNOWN_SHARE))
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        path = write_roster(Path(folder, "名册.xlsx"), options.rows)
        result: dict[str, Any] = {"rows": options.rows}
        for name in WORKS:
            rounds = 1 if name == "import-export" else options.rounds
            runs = [measure_work(name, path) for _ in range(rounds)]
            result[name] = min(runs, key=lambda run: run["seconds"])
    print(json.dumps(result))


def measure_work(name: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.rosters", "--one", name, "--file", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def write_roster(path: Path, rows: int) -> Path:
    """A roster of one park. Most firms are registered, there or elsewhere; the others are new."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    sheet.append(["填报单位：德感工业园发展中心　数据截至：2026-09-30"])
    sheet.append([column.title for column in ROSTER.columns])
    for number in range(1, rows + 1):
        sheet.append(roster_line(number))
    book.save(path)
    return path


def roster_line(number: int) -> list[object]:
    pick = random.Random(number)
    values: dict[str, object] = {
        "number": number,
        "name": f"重庆基准{number:07d}号科技有限公司",
        "uscc": generator.code(number),
        "park": "德感工业园发展中心",
        "town": "德感街道",
        "registered_on": dt.date(2005, 1, 1) + dt.timedelta(days=pick.randrange(5000)),
        "industry_code": "C3670",
        "tech_field": "新材料",
        "above_scale": "否",
        "revenue": pick.randrange(100, 90_000),
        "rd_expense": pick.randrange(1, 90),
        "staff": pick.randrange(10, 500),
        "rd_staff": pick.randrange(1, 10),
        "tech_entered_on": dt.date(2020, 5, 6),
        "contact_name": "王工",
        "contact_phone": "13800000000",
    }
    return [values.get(column.field) for column in ROSTER.columns]


def bare_read(path: Path) -> None:
    python_calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()


def read_checked(path: Path) -> None:
    read_register(path, path.name, vocabulary(), TODAY, WHOLE)


def check_roster(path: Path) -> None:
    """Read, apply every rule, hold against the registry, plan; as the job does, without storing."""
    person, _ = User.objects.get_or_create(username="bench", role=User.Role.BUREAU_STAFF)
    quarter = quarters.Quarter.objects.first() or quarters.open_quarter(Period(2026, 3), by=person)
    roster, _ = Roster.objects.get_or_create(quarter=quarter, unit=Unit.objects.get(code="degan"))
    version = RosterVersion(roster=roster, created_by=person)
    reading = read_register(path, path.name, vocabulary(), TODAY, WHOLE)
    findings = checking.compare_reading(version, reading, Silent())  # type: ignore[arg-type]
    assert len(findings.compared.firms) >= len(reading.rows)


def import_export(path: Path) -> None:
    """The same file through django-import-export: loaded with tablib, dry run on the same table."""
    sheet = openpyxl.load_workbook(path, read_only=True).active
    rows = sheet.iter_rows(min_row=3, values_only=True)
    at = {column.field: position for position, column in enumerate(ROSTER.columns)}
    names = FirmResource.Meta.fields
    data = tablib.Dataset(*[[row[at[name]] for name in names] for row in rows], headers=names)
    FirmResource().import_data(data, dry_run=True)


WORKS: dict[str, Callable[[Path], None]] = {
    "bare read": bare_read,
    "read": read_checked,
    "check": check_roster,
    "import-export": import_export,
}


if __name__ == "__main__":
    main()
