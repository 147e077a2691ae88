"""What the clerks do with the sample rosters of 2026Q3: correct what is planted, and explain their firms."""

import datetime as dt
import io
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from django.utils import timezone
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.worksheet.worksheet import Worksheet

from enterprises import jobs
from enterprises.loading import register_job, storage
from enterprises.models import Case, Enterprise, Job, Period, Quarter, RosterVersion, YearlyFigures
from enterprises.reporting import answers, cases, intake, quarters, submission
from enterprises.reporting.answers import Answer
from parks.models import Unit, User

HEADER_ROW = 3
CLOSED_ON = dt.date(2026, 9, 15)
FIGURES = {
    "上年营业收入（万元）": "revenue",
    "上年研发费用（万元）": "rd_expense",
    "科技人员数": "rd_staff",
    "高新技术产品收入占比（%）": "hightech_share",
}


def load_until_second_quarter(samples: Path) -> None:
    """The district registers and all rosters of 2026Q2, as the bureau loads them."""
    files = [*sorted((samples / "district").iterdir()), *sorted((samples / "2026Q2").iterdir())]
    sources = [storage.keep(storage.blocks_of(path), path.name, by=None) for path in files]
    job = jobs.run_inline(register_job.submit(sources, apply=True, moves_on=None, by=None))
    assert job.result["applied"], job.error


def third_quarter(by: User) -> Quarter:
    """Open already and still, whenever the tests are run."""
    today, usual = timezone.localdate(), Quarter.usual_days(Period(2026, 3))
    days = {
        "opens_on": min(usual["opens_on"], today - dt.timedelta(days=7)),
        "locks_on": max(dt.date(2026, 12, 31), today + dt.timedelta(days=30)),
    }
    return quarters.open_quarter(Period(2026, 3), by=by, days=days)


def reporters() -> dict[str, User]:
    """One person per unit, unit code → user."""
    return {
        unit.code: User.objects.create_user(
            f"填报{unit.code}", password="test-password", role="unit_staff", unit=unit
        )
        for unit in Unit.objects.reporting()
    }


def corrected(path: Path, planted: list[dict[str, str]]) -> bytes:
    """The file as the clerk sends it the second time: every planted error put right by what is registered."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for cell in [one["cell"] for one in planted if "error" in one["expect"]]:
        _correct(sheet, cell)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def planted_in(samples: Path) -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    for one in json.loads((samples / "planted.json").read_text()):
        found[one["file"]].append(one)
    return found


def _correct(sheet: Worksheet, cell: str) -> None:
    column, row = coordinate_from_string(cell)
    title = sheet[f"{column}{HEADER_ROW}"].value
    name, code = sheet.cell(row, 2).value, str(sheet.cell(row, 3).value)
    by_name = Enterprise.objects.filter(name=name).first() if name else None
    firm = by_name or Enterprise.objects.get(uscc=code)
    if title.startswith("高企"):
        held = firm.qualifications.filter(kind__code="hnte").order_by("-valid_from").first()
        sheet[f"R{row}"] = held.number if held else None
        sheet[f"S{row}"] = held.valid_from if held else None
        return
    sheet[cell] = _registered(firm, title)


def _registered(firm: Enterprise, title: str) -> Any:
    if title in FIGURES:
        return getattr(YearlyFigures.objects.get(enterprise=firm, year=2025), FIGURES[title])
    place = firm.placements.order_by("-since").first()
    known: dict[str, Callable[[], Any]] = {
        "企业名称": lambda: firm.name,
        "统一社会信用代码": lambda: firm.uscc,
        "注册日期": lambda: firm.registered_on,
        "所属镇街": lambda: place.town.name,
        "技术领域": lambda: firm.tech_field.name,
    }
    return known[title]()


def explain(version: RosterVersion, moves: dict[str, dict[str, str]]) -> dict[str, Answer]:
    """A word for every firm the unit is asked about: moved to where and when, or closed; the day it arrived."""
    said = {}
    for firm in answers.firms_without_answer(version):
        move = moves.get(firm.uscc)
        day = dt.date.fromisoformat(move["day"]) if move else CLOSED_ON
        if firm.kind == "missing" and move:
            said[firm.uscc] = Answer(
                word="moved", day=day, to_unit=Unit.objects.get(code=move["to"])
            )
        elif firm.kind == "missing":
            said[firm.uscc] = Answer(word="closed", day=day)
        else:
            said[firm.uscc] = Answer(day=day)
    return said


def moves_in(samples: Path) -> dict[str, dict[str, str]]:
    return {one["uscc"]: one for one in json.loads((samples / "moves_2026Q3.json").read_text())}


def hand_in(version: RosterVersion, by: User, moves: dict[str, dict[str, str]]) -> RosterVersion:
    """Answer everything, give a reason for every warning, hand in."""
    answers.store_answers(version, explain(version, moves))
    return submit(version, by)


def submit(version: RosterVersion, by: User) -> RosterVersion:
    """Give a reason for every warning, hand in."""
    give_reasons(version)
    submission.hand_in(version, by=by)
    return version


def give_reasons(version: RosterVersion) -> None:
    keys = [answers.group_key(group) for group in answers.groups_without_reason(version)]
    answers.store_reasons(version, dict.fromkeys(keys, "已核实"))


def send(
    quarter: Quarter, unit: Unit, content: bytes, by: User, *, filename: str = "", reason: str = ""
) -> RosterVersion:
    """Upload a file and have it checked."""
    version = intake.receive_file(
        quarter, unit, [content], filename or f"{unit.code}.xlsx", by=by, reason=reason
    )
    return checked(version)


def checked(version: RosterVersion) -> RosterVersion:
    jobs.run_inline(version.job)
    version.refresh_from_db()
    return version


def run_waiting() -> None:
    """All that the workers would do now, but for counting."""
    for job in Job.objects.filter(state="queued").exclude(kind="recompute").order_by("id"):
        jobs.run_inline(job)


def approve(version: RosterVersion, by: User) -> RosterVersion:
    submission.approve_version(version, by=by)
    version.refresh_from_db()
    jobs.run_inline(version.job)
    version.refresh_from_db()
    return version


def decide_transfers(quarter: Quarter, by: User) -> int:
    """Every open case as the receiving unit tells it; returns how many."""
    undecided = list(Case.objects.undecided().filter(quarter=quarter))
    for case in undecided:
        claim = next(
            one
            for one in cases.statements_on(quarter, [case.uscc])[case.uscc]
            if one.kind != "missing"
        )
        place = {"park": claim.park, "town": claim.town, "moved_on": claim.day}
        cases.decide_case(case, Case.Decision.PLACED, by=by, **place)
    return len(undecided)
