"""Points entered with evidence, objections of the units and the office's answers: only ever added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Max

from enterprises.notices import sending as notices
from enterprises.refusal import Refusal
from parks.models import Unit, User
from targets.assessment.addresses import unit_address
from targets.models import (
    AssessmentAnswer,
    AssessmentEntry,
    AssessmentFile,
    AssessmentItem,
    AssessmentObjection,
    AssessmentScheme,
    TaskFile,
)


def _locked(scheme: AssessmentScheme) -> AssessmentScheme:
    """Locked, so that nothing is added while the sheet is sent back or frozen."""
    return AssessmentScheme.objects.select_for_update().get(pk=scheme.pk)


def enter(
    item: AssessmentItem,
    points: Mapping[Unit, Decimal],
    *,
    reason: str,
    files: Sequence[TaskFile],
    by: User,
    seen: int,
) -> int:
    """Of the units whose points are others than before; how many these are.

    `seen`: key of the last entry of the item that its writer saw.
    """
    with transaction.atomic():
        scheme = _locked(item.scheme)
        if not scheme.is_decreed:
            raise Refusal("方案下达以后、定分以前才能评分。")
        if last_entry(item) != seen:
            raise Refusal("别人刚评过这一项。您的内容还在，请核对后再登记。", "changed")
        now = {entry.unit_id: entry for entry in item.entries.order_by("number")}
        changed = {
            unit: told
            for unit, told in points.items()
            if unit.pk not in now or now[unit.pk].points != told
        }
        if not changed:
            raise Refusal("没有与现在不同的得分。", "identical")
        if item.needs_evidence and not files:
            raise Refusal("这一项须附佐证材料。", "evidence")
        for unit, told in changed.items():
            if told > item.cap:
                raise Refusal(f"{unit}：得分不能超过封顶分{item.cap}。", "invalid")
            number = now[unit.pk].number + 1 if unit.pk in now else 1
            entry = AssessmentEntry.objects.create(
                item=item, unit=unit, number=number, points=told, reason=reason, by=by
            )
            _keep(files, entry=entry)
    return len(changed)


def last_entry(item: AssessmentItem) -> int:
    return item.entries.aggregate(last=Max("pk"))["last"] or 0


def object_to(
    scheme: AssessmentScheme,
    unit: Unit,
    item: AssessmentItem | None,
    words: str,
    *,
    files: Sequence[TaskFile],
    by: User,
) -> AssessmentObjection:
    with transaction.atomic():
        locked = _locked(scheme)
        if locked.is_frozen:
            raise Refusal("本年度考核已定分，不再受理异议。")
        same = locked.objections.filter(unit=unit, item=item, words=words, by=by, answer=None)
        # Sent twice: the same words wait for an answer already.
        if found := same.first():
            return found
        objection = AssessmentObjection.objects.create(
            scheme=locked, unit=unit, item=item, words=words, by=by
        )
        _keep(files, objection=objection)
        about = f"对“{item}”" if item else ""
        notices.tell_bureau(
            f"{unit}{about}的考核得分提出异议，请答复。", f"{unit_address(scheme, unit)}#objections"
        )
    return objection


def answer(objection: AssessmentObjection, outcome: str, words: str, *, by: User) -> None:
    scheme, unit = objection.scheme, objection.unit
    with transaction.atomic():
        # Of two who answer at once the second sees the first's answer.
        AssessmentObjection.objects.select_for_update().get(pk=objection.pk)
        if AssessmentAnswer.objects.filter(objection=objection).exists():
            raise Refusal("这条异议已经答复。", "identical")
        made = AssessmentAnswer.objects.create(
            objection=objection, outcome=outcome, words=words, by=by
        )
        told = f"考核异议已答复（{made.get_outcome_display()}）：{words}"
        notices.tell_unit(unit, told, f"{unit_address(scheme, unit)}#objections")


def waiting_objections() -> dict[AssessmentScheme, list[AssessmentObjection]]:
    """Those without an answer, by sheet; one query."""
    found: dict[AssessmentScheme, list[AssessmentObjection]] = defaultdict(list)
    rows = AssessmentObjection.objects.filter(answer=None).select_related("scheme", "unit")
    for one in rows.order_by("scheme", "pk"):
        found[one.scheme].append(one)
    return dict(found)


def _keep(
    files: Sequence[TaskFile],
    *,
    entry: AssessmentEntry | None = None,
    objection: AssessmentObjection | None = None,
) -> None:
    AssessmentFile.objects.bulk_create(
        AssessmentFile(
            entry=entry, objection=objection, name=file.name, sha256=file.sha256, size=file.size
        )
        for file in files
    )
