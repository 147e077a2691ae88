"""The plan as rows: indicators, targets, baseline, tasks. Missing rows are added, edits stay."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

import enterprises.seed
import parks.seed
from enterprises.models import QualificationKind
from enterprises.records import kinds as record_kinds
from parks.district import PLAN
from parks.models import Unit
from targets.models import (
    ApplicationBatch,
    AssessmentItem,
    AssessmentScheme,
    Baseline,
    BulletinHead,
    ChasingRung,
    Indicator,
    KeyTask,
    OutlookPrior,
    OutlookRules,
    PaceRule,
    Target,
    TaskBody,
    TaskFigure,
)

OUTLOOK = Path(__file__).parent / "data" / "outlook.toml"
DATA = Path(__file__).parent / "data" / "plan.toml"
ASSESSMENT = Path(__file__).parent / "data" / "assessment.toml"
BULLETIN = Path(__file__).parent / "data" / "bulletin.toml"
LADDER = Path(__file__).parent / "data" / "meetings.toml"
TASK_FIGURES = Path(__file__).parent / "data" / "task_figures.toml"


@transaction.atomic
def seed() -> int:
    """Add everything of the plan that is missing; returns how many rows were added.

    That is units, reference data, indicators with their targets, batches, pace rules and tasks.
    """
    # Lower floors first: indicators name kinds of qualifications, tasks name units.
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    added = parks.seed.seed() + enterprises.seed.seed() + record_kinds.seed()
    added += _add_indicators(data["indicator"])
    for row in data["batch"]:
        added += _add_batch(row)
    added += _add_outlook_rules()
    for row in data["pace"]:
        added += _add_pace(row)
    units = {unit.code: unit for unit in Unit.objects.all()}
    for row in data["task"]:
        added += _add_task(KeyTask.Kind.TASK, row, units)
    for row in data["safeguard"]:
        added += _add_task(KeyTask.Kind.SAFEGUARD, row, units)
    added += _add_task_figures() + _add_ladder()
    return added + _add_assessments() + _add_bulletin_heads()


def _add_ladder() -> int:
    # Only where there is none: rungs that the bureau has ended do not come back.
    if ChasingRung.objects.exists():
        return 0
    rows = tomllib.loads(LADDER.read_text(encoding="utf-8"))["rung"]
    return len(ChasingRung.objects.bulk_create(ChasingRung(**row) for row in rows))


def _add_assessments() -> int:
    """The shipped draft sheets, for years that have none."""
    indicators = {row.code: row for row in Indicator.objects.all()}
    figures = {row.code: row for row in TaskFigure.objects.all()}
    known = set(AssessmentScheme.objects.values_list("year", "kind"))
    added = 0
    for told in tomllib.loads(ASSESSMENT.read_text(encoding="utf-8"))["scheme"]:
        for year in told["years"]:
            if (year, told["kind"]) in known:
                continue
            head = {name: told[name] for name in ("kind", "title", "basis")}
            scheme = AssessmentScheme.objects.create(year=year, **head)
            items = [
                _assessment_item(scheme, order, row, indicators, figures)
                for order, row in enumerate(told["item"], 1)
            ]
            added += 1 + len(AssessmentItem.objects.bulk_create(items))
    return added


def _assessment_item(
    scheme: AssessmentScheme,
    order: int,
    row: dict[str, Any],
    indicators: dict[str, Indicator],
    figures: dict[str, TaskFigure],
) -> AssessmentItem:
    # Numbers by their digits: a float would not be what stands in the file.
    told: dict[str, Any] = {
        name: Decimal(str(value)) if name in ("weight", "cap", "floor", "full") else value
        for name, value in row.items()
    }
    told.setdefault("cap", told["weight"])
    for name, rows in (("indicator", indicators), ("figure", figures)):
        if name in told:
            told[name] = rows[told[name]]
    return AssessmentItem(scheme=scheme, order=order * 10, **told)


def _add_bulletin_heads() -> int:
    # Only where there is none, as with the ladder.
    if BulletinHead.objects.exists():
        return 0
    rows = tomllib.loads(BULLETIN.read_text(encoding="utf-8"))["head"]
    return len(BulletinHead.objects.bulk_create(BulletinHead(**row) for row in rows))


def _add_task_figures() -> int:
    rows = tomllib.loads(TASK_FIGURES.read_text(encoding="utf-8"))["figure"]
    tasks = {task.code: task for task in KeyTask.objects.all()}
    added = 0
    for number, row in enumerate(rows, 1):
        task = tasks[row.pop("task")]
        added += TaskFigure.objects.get_or_create(
            code=row["code"], defaults={**row, "task": task, "order": number}
        )[1]
    return added


def _add_indicators(rows: list[dict[str, Any]]) -> int:
    """Targets and baseline come with a new indicator only: of an old one they may be edited."""
    targets, added = [], 0
    kinds = {kind.code: kind for kind in QualificationKind.objects.all()}
    # The order of the file is the order of the pages.
    for order, row in enumerate(rows, 1):
        goals, baseline = row.pop("targets", []), row.pop("baseline", None)
        if "qualification_kind" in row:
            row["qualification_kind"] = kinds[row["qualification_kind"]]
        indicator, new = Indicator.objects.get_or_create(
            code=row["code"], defaults={**row, "order": order}
        )
        if new:
            added += 1
            targets += [(indicator, goal) for goal in goals]
            if baseline:
                Baseline.objects.create(indicator=indicator, day=PLAN.baseline_day, **baseline)
    # Only when all indicators are there: a target may refer to one that stands further below.
    by_code = {indicator.code: indicator for indicator in Indicator.objects.all()}
    for indicator, goal in targets:
        reference = by_code[goal.pop("reference")] if "reference" in goal else None
        Target.objects.create(indicator=indicator, reference=reference, **goal)
    return added


def _add_batch(row: dict[str, Any]) -> int:
    if "district_due_at" in row:
        row["district_due_at"] = timezone.make_aware(row["district_due_at"])
    kind = QualificationKind.objects.get(code=row.pop("kind"))
    # By kind, year and number: dates that the bureau has put right stay.
    _, new = ApplicationBatch.objects.get_or_create(
        kind=kind, year=row.pop("year"), number=row.pop("number"), defaults=row
    )
    return int(new)


def _add_outlook_rules() -> int:
    # By the day: numbers that the bureau has changed do not come back.
    added = 0
    for row in outlook_rules():
        priors = row.pop("priors")
        rules, new = OutlookRules.objects.get_or_create(since=row.pop("since"), defaults=row)
        if new:
            OutlookPrior.objects.bulk_create(OutlookPrior(rules=rules, **prior) for prior in priors)
        added += new
    return added


def outlook_rules() -> list[dict[str, Any]]:
    """The numbers of the forecast as they are shipped."""
    rows: list[dict[str, Any]] = tomllib.loads(OUTLOOK.read_text(encoding="utf-8"))["rules"]
    return rows


def _add_pace(row: dict[str, Any]) -> int:
    # By state: a threshold that the bureau has changed does not come back.
    _, new = PaceRule.objects.get_or_create(state=row.pop("state"), defaults=row)
    return int(new)


def _add_task(kind: str, row: dict[str, Any], units: dict[str, Unit]) -> int:
    lead, responsible = row.pop("lead"), row.pop("responsible")
    # `asks` and the like are only defaults: what the bureau has edited stays.
    task, new = KeyTask.objects.get_or_create(kind=kind, number=row["number"], defaults=row)
    if new:
        # Only with a new task: who answers for an old one may have been changed since.
        bodies = [(TaskBody.Role.LEAD, code) for code in lead]
        bodies += [(TaskBody.Role.RESPONSIBLE, code) for code in responsible]
        TaskBody.objects.bulk_create(
            TaskBody(task=task, role=role, order=order, **_body_columns(code, units))
            for order, (role, code) in enumerate(bodies, 1)
        )
    return int(new)


def _body_columns(code: str, units: dict[str, Unit]) -> dict[str, Any]:
    """A code is that of a unit, or @parks or @towns for all of them."""
    if code.startswith("@"):
        return {"group": code.removeprefix("@")}
    return {"unit": units[code]}
