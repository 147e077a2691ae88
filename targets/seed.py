"""The plan as rows: indicators, targets, baseline, tasks. Missing rows are added, edits stay."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

import enterprises.seed
import parks.seed
from enterprises.models import QualificationKind
from parks.district import PLAN
from parks.models import Unit
from targets.models import (
    ApplicationBatch,
    Baseline,
    Indicator,
    KeyTask,
    PaceRule,
    Target,
    TaskBody,
)

DATA = Path(__file__).parent / "data" / "plan.toml"


@transaction.atomic
def seed() -> int:
    """Add everything of the plan that is missing: units, reference data, indicators, tasks; how many rows."""
    data = tomllib.loads(DATA.read_text(encoding="utf-8"))
    added = parks.seed.seed() + enterprises.seed.seed()
    added += _add_indicators(data["indicator"])
    added += sum(_add_batch(dict(row)) for row in data["batch"])
    added += sum(_add_pace(dict(row)) for row in data["pace"])
    units = {unit.code: unit for unit in Unit.objects.all()}
    for kind, rows in (
        (KeyTask.Kind.TASK, data["task"]),
        (KeyTask.Kind.SAFEGUARD, data["safeguard"]),
    ):
        added += sum(_add_task(kind, dict(row), units) for row in rows)
    return added


def _add_indicators(rows: list[dict[str, Any]]) -> int:
    targets, added = [], 0
    kinds = {kind.code: kind for kind in QualificationKind.objects.all()}
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
    by_code = {indicator.code: indicator for indicator in Indicator.objects.all()}
    for indicator, goal in targets:
        reference = by_code[goal.pop("reference")] if "reference" in goal else None
        Target.objects.create(indicator=indicator, reference=reference, **goal)
    return added


def _add_batch(row: dict[str, Any]) -> int:
    if due := row.get("district_due_at"):
        row["district_due_at"] = timezone.make_aware(due)
    kind = QualificationKind.objects.get(code=row.pop("kind"))
    _, new = ApplicationBatch.objects.get_or_create(
        kind=kind, year=row.pop("year"), number=row.pop("number"), defaults=row
    )
    return int(new)


def _add_pace(row: dict[str, Any]) -> int:
    _, new = PaceRule.objects.get_or_create(state=row.pop("state"), defaults=row)
    return int(new)


def _add_task(kind: str, row: dict[str, Any], units: dict[str, Unit]) -> int:
    lead, responsible = row.pop("lead"), row.pop("responsible")
    task, new = KeyTask.objects.get_or_create(kind=kind, number=row["number"], defaults=row)
    if new:
        bodies = [(TaskBody.Role.LEAD, code) for code in lead]
        bodies += [(TaskBody.Role.RESPONSIBLE, code) for code in responsible]
        TaskBody.objects.bulk_create(
            TaskBody(task=task, role=role, order=order, **_body(code, units))
            for order, (role, code) in enumerate(bodies, 1)
        )
    return int(new)


def _body(code: str, units: dict[str, Unit]) -> dict[str, Any]:
    return {"group": code.removeprefix("@")} if code.startswith("@") else {"unit": units[code]}
