"""What is done with a sheet: drafting, proposing, decreeing, sending back, freezing.

Every deed names the version that its person saw; of two the second is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError
from django.utils import timezone

from enterprises.notices import sending as notices
from enterprises.refusal import Refusal
from parks.models import Unit, User
from parks.numbers import plain
from targets.assessment import sheet
from targets.assessment.addresses import list_address, unit_address
from targets.assessment.sheet import ItemScore, ScoreSheet, UnitSheet
from targets.models import (
    AssessmentEvent,
    AssessmentItem,
    AssessmentScheme,
    AssessmentScore,
    AssessmentState,
)

Kind = AssessmentEvent.Kind


@contextmanager
def changing(scheme: AssessmentScheme, seen: int) -> Iterator[AssessmentScheme]:
    """The sheet's row, locked; its version grows with what is done to it."""
    with transaction.atomic():
        locked = AssessmentScheme.objects.select_for_update().get(pk=scheme.pk)
        if locked.version != seen:
            raise Refusal("别人刚改过这份方案。您的内容还在，请核对后再提交。", "changed")
        locked.version += 1
        yield locked
        locked.save()


def save_draft(
    scheme: AssessmentScheme,
    head: dict[str, Any],
    items: Sequence[AssessmentItem],
    dropped: Sequence[AssessmentItem],
    *,
    seen: int,
) -> None:
    with changing(scheme, seen) as locked:
        if not locked.is_editable:
            raise Refusal(f"方案{locked.get_state_display()}，不能修改。请先撤回或退回草案。")
        for name, value in head.items():
            setattr(locked, name, value)
        for item in dropped:
            _drop(item)
        for item in items:
            item.scheme = locked
            _save_item(item)


def _save_item(item: AssessmentItem) -> None:
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        # Two items that change their titles with each other, too.
        raise Refusal(f"“{item}”与另一项重名，请先改为别的名称。", "invalid") from error


def _drop(item: AssessmentItem) -> None:
    try:
        item.delete()
    except ProtectedError as error:
        told = f"“{item}”已有评分或异议，不能删除。"
        raise Refusal(told, "invalid") from error


def propose(scheme: AssessmentScheme, document: str, *, by: User, seen: int) -> None:
    """The first of two persons: this is what shall be decreed, by this document."""
    if not document:
        raise Refusal("请写明下达考核任务的文号。", "reason")
    with changing(scheme, seen) as locked:
        if not locked.is_editable:
            raise Refusal(f"方案{locked.get_state_display()}，不能再提请。", "identical")
        items = list(locked.items.all())
        _refuse_wrong_sum(locked, items)
        locked.state, locked.document = AssessmentState.PROPOSED, document
        locked.proposed_by, locked.proposed_at = by, timezone.now()
        _record(locked, Kind.PROPOSED, document, by, items)
        notices.tell_bureau(
            f"{by}提请下达{locked.year}年{locked}（{document}），请另一人核对。",
            list_address(locked),
        )


def _refuse_wrong_sum(scheme: AssessmentScheme, items: Sequence[AssessmentItem]) -> None:
    told = wrong_sum(scheme, items)
    if told:
        raise Refusal(told, "invalid")


def wrong_sum(scheme: AssessmentScheme, items: Sequence[AssessmentItem]) -> str:
    """What is wrong with the weights; empty where they make up the total."""
    if not items:
        return "方案没有项目。"
    weights = sum((item.weight for item in items), Decimal(0))
    if weights == scheme.total:
        return ""
    difference = weights - scheme.total
    way = "多" if difference > 0 else "少"
    return (
        f"各项分值合计{plain(weights)}，比总分{plain(scheme.total)}{way}{plain(abs(difference))}。"
    )


def withdraw(scheme: AssessmentScheme, *, by: User, seen: int) -> None:
    """What the first of two persons asked: to decree the sheet, or to freeze its scores."""
    with changing(scheme, seen) as locked:
        if locked.freeze_is_asked:
            locked.freeze_asked_by = locked.freeze_asked_at = None
        elif locked.is_proposed:
            _back_to_draft(locked)
        else:
            raise Refusal("方案没有待办的提请。")
        _record(locked, Kind.WITHDRAWN, "", by)


def decree(scheme: AssessmentScheme, *, by: User, seen: int) -> None:
    """The second person. From now on the units are held to it."""
    with changing(scheme, seen) as locked:
        if not locked.is_proposed:
            raise Refusal("方案没有待下达的提请。")
        if locked.proposed_by == by:
            raise Refusal("提请和下达不能是同一个人，请由科技局另一人核对下达。", "same_person")
        locked.state = AssessmentState.DECREED
        locked.decreed_by, locked.decreed_at = by, timezone.now()
        _record(locked, Kind.DECREED, locked.document, by, list(locked.items.all()))
        _tell_units(
            locked, f"{locked.year}年{locked}已下达（{locked.document}），请查看本单位得分。"
        )


def reopen(scheme: AssessmentScheme, reason: str, *, by: User, seen: int) -> None:
    """A decreed sheet is wrong: it becomes a draft, and is decreed anew by two persons."""
    if not reason:
        raise Refusal("退回草案须写明原因。", "reason")
    with changing(scheme, seen) as locked:
        if not locked.is_decreed:
            raise Refusal("只有已下达、未定分的方案可以退回草案。")
        _back_to_draft(locked)
        _record(locked, Kind.REOPENED, reason, by)
        _tell_units(locked, f"{locked.year}年{locked}退回修订：{reason}")


def _back_to_draft(locked: AssessmentScheme) -> None:
    locked.state, locked.document = AssessmentState.DRAFT, ""
    locked.proposed_by = locked.proposed_at = locked.decreed_by = locked.decreed_at = None
    locked.freeze_asked_by = locked.freeze_asked_at = None


# --- the year is over ---
def why_not_frozen(shown: ScoreSheet, waiting: int, today: dt.date) -> list[str]:
    """What is still to be done before the scores can be kept for good.

    `waiting`: objections without an answer.
    """
    told = []
    year = shown.scheme.year
    if today <= dt.date(year, 12, 31):
        told.append(f"{year}年还没有结束。")
    opened = shown.scene.opened if shown.scene else []
    for quarter in opened:
        if not quarter.is_late(today):
            told.append(f"{quarter}名册{quarter.due_on:%Y-%m-%d}截止，之后才能定分。")
    if shown.missing:
        told.append(f"还有{shown.missing}项没有评分。")
    if waiting:
        told.append(f"还有{waiting}条异议没有答复。")
    return told


def ask_freeze(scheme: AssessmentScheme, *, by: User, seen: int, today: dt.date) -> None:
    """The first of two persons: the scores are right, and another is to look and freeze them."""
    with changing(scheme, seen) as locked:
        if locked.freeze_is_asked:
            raise Refusal(f"{locked.freeze_asked_by}已提请定分，请另一人核对。", "identical")
        _scores_to_freeze(locked, today)
        locked.freeze_asked_by, locked.freeze_asked_at = by, timezone.now()
        _record(locked, Kind.FREEZE_ASKED, "", by)
        notices.tell_bureau(
            f"{by}提请{locked.year}年{locked}定分，请另一人核对。", list_address(locked)
        )


def freeze(scheme: AssessmentScheme, *, by: User, seen: int, today: dt.date) -> None:
    """The second person. Keeps every score as it is today; facts that come later do not change them."""
    with changing(scheme, seen) as locked:
        shown = _scores_to_freeze(locked, today)
        if not locked.freeze_is_asked:
            raise Refusal("请先由一人提请定分，再由另一人核对。")
        if locked.freeze_asked_by == by:
            raise Refusal("提请定分和定分不能是同一个人，请由科技局另一人办理。", "same_person")
        for row in shown.units:
            AssessmentScore.objects.bulk_create(_kept(locked, row))
        locked.state = AssessmentState.FROZEN
        locked.frozen_by, locked.frozen_at = by, timezone.now()
        _record(locked, Kind.FROZEN, "", by)
        _tell_units(locked, f"{locked.year}年{locked}已定分，请查看本单位得分。")


def _scores_to_freeze(locked: AssessmentScheme, today: dt.date) -> ScoreSheet:
    """Refused where something is still to be done before."""
    if not locked.is_decreed:
        raise Refusal("只有已下达、未定分的方案可以定分。")
    shown = sheet.build(locked, today)
    waiting = locked.objections.filter(answer=None).count()
    if told := why_not_frozen(shown, waiting, today):
        raise Refusal("".join(told), "blocked")
    return shown


def _kept(scheme: AssessmentScheme, row: UnitSheet) -> list[AssessmentScore]:
    total = AssessmentScore(scheme=scheme, unit=row.unit, points=row.total.points, rank=row.rank)
    return [*(_kept_line(scheme, row.unit, line) for line in row.lines), total]


def _kept_line(scheme: AssessmentScheme, unit: Unit, line: ItemScore) -> AssessmentScore:
    measured = line.measured
    return AssessmentScore(
        scheme=scheme,
        unit=unit,
        item=line.item,
        points=line.points,
        part=measured.part,
        whole=measured.whole,
        note=measured.note,
        cases=[list(case) for case in measured.cases],
    )


# --- the record ---
def _record(
    scheme: AssessmentScheme,
    kind: str,
    text: str,
    by: User,
    items: Sequence[AssessmentItem] = (),
) -> None:
    last = scheme.events.aggregate(last=Max("number"))["last"] or 0
    AssessmentEvent.objects.create(
        scheme=scheme,
        number=last + 1,
        kind=kind,
        text=text,
        by=by,
        items=[
            {
                "title": item.title,
                "source": item.get_source_display(),
                "weight": str(item.weight),
                "cap": str(item.cap),
                "floor": str(item.floor),
                "full": str(item.full),
            }
            for item in items
        ],
    )


def _tell_units(scheme: AssessmentScheme, text: str) -> None:
    units = {unit.pk: unit for unit in Unit.objects.reporting().filter(kind=scheme.kind)}
    for person in User.objects.filter(unit__in=units, is_active=True):
        notices.send_notices([person], text, unit_address(scheme, units[person.unit_id or 0]))
