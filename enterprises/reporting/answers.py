"""What a unit says about its roster: answers on firms, and reasons for warnings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from enterprises.models import (
    Contradiction,
    RosterFirm,
    RosterVersion,
    Settled,
    VersionState,
)
from enterprises.refusal import Refusal
from enterprises.reporting import contradictions, intake
from enterprises.reporting.cross_rules import ANSWERED_ELSEWHERE
from parks.models import Unit

Word = RosterFirm.Word
OPEN = (VersionState.READY, VersionState.FAULTY)
LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said of one firm. None leaves a part as it was said before."""

    word: str | None = None
    day: dt.date | None = None
    to_unit: Unit | None = None
    renamed_on: dt.date | None = None
    note: str | None = None
    settlements: Mapping[str, Settled] = field(default_factory=dict)
    """By the kind of the contradiction; one without a choice takes back what was said."""


def store_answers(version: RosterVersion, answers: Mapping[str, Answer]) -> None:
    """Store answers, firm's code → answer: all of them or none.

    Raises Refusal with every objection, by firm.
    """
    with transaction.atomic():
        _lock_open(version)
        # Read under the lock: a re-check replaces the rows of the firms.
        firms = {firm.uscc: firm for firm in version.firms.filter(uscc__in=list(answers))}
        objections = {}
        for uscc, answer in answers.items():
            if objection := _objection_to(version, firms.get(uscc), answer):
                objections[uscc] = objection
        if objections:
            raise Refusal("\n".join(objections.values()), "invalid", objections)
        # Only now, when none of them is refused.
        for uscc, answer in answers.items():
            _write_answer(firms[uscc], answer)


def store_reasons(version: RosterVersion, reasons: Mapping[str, str]) -> None:
    """Reasons for warnings, `group_key` → text; a blank text takes the reason back."""
    # A key from another version of the page would be stored and never shown.
    known = {group_key(group) for group in _warning_groups(version)}
    if unknown := set(reasons) - known:
        raise Refusal(f"没有这一组提醒：{'、'.join(sorted(unknown))}。", "invalid")
    with transaction.atomic():
        # The reasons are read again under the lock, so that two people do not overwrite each other.
        kept = dict(_lock_open(version).reasons)
        for key, text in reasons.items():
            kept[key] = text.strip()[:LONGEST_REASON]
        RosterVersion.objects.filter(pk=version.pk).update(
            reasons={key: text for key, text in kept.items() if text}
        )
    version.refresh_from_db(fields=["reasons"])


def store_answers_and_reasons(
    version: RosterVersion, answers: Mapping[str, Answer], reasons: Mapping[str, str]
) -> None:
    """All of them or none."""
    with transaction.atomic():
        store_answers(version, answers)
        store_reasons(version, reasons)


def group_key(group: Mapping[str, Any]) -> str:
    """What identifies a group of problems of one cause: rule and column."""
    return f"{group['code']}|{group['title']}"


def groups_without_reason(version: RosterVersion) -> list[dict[str, Any]]:
    """Groups of warnings that still need a reason."""
    return [
        group
        for group in _warning_groups(version)
        if group["code"] not in ANSWERED_ELSEWHERE and not version.reasons.get(group_key(group))
    ]


def firms_without_answer(version: RosterVersion) -> list[RosterFirm]:
    """Firms on which the unit still has to say something.

    None while the file has errors: some of the questions may go with them.
    """
    if version.is_faulty:
        return []
    return [firm for firm in version.firms.asked() if firm.lacks]


def _warning_groups(version: RosterVersion) -> list[dict[str, Any]]:
    groups = version.summary.get("groups", [])
    return [group for group in groups if group["severity"] == "warning"]


def _lock_open(version: RosterVersion) -> RosterVersion:
    """The version as it is now.

    Raises Refusal once it has been handed in, or while it is checked.
    """
    intake.lock_roster(version.roster)
    current = RosterVersion.objects.get(pk=version.pk)
    if current.state not in OPEN:
        raise Refusal("这一版已报送或正在检查，不能再填写说明。")
    return current


def _objection_to(version: RosterVersion, firm: RosterFirm | None, answer: Answer) -> str:
    """Why the answer cannot be taken, as a sentence; empty where it can."""
    if firm is None:
        return "所填企业不在本版名册中。"
    if answer.word is not None and answer.word not in ("", *Word.values):
        return f"{firm.name}：未列的原因无效。"
    if objection := _objection_to_settlements(firm, answer):
        return objection
    # A word explains why a firm is not listed; it would be applied as a closing or leaving.
    if answer.word and firm.kind != RosterFirm.Kind.MISSING:
        return f"{firm.name}：企业已列入名册，不需要说明未列的原因。"
    # The roster speaks of the quarter's last day: what happened later belongs into the next one.
    last_day = version.roster.quarter.last_day
    days = [(answer.day, "日期"), (answer.renamed_on, "更名日期")]
    days += [(settled.day, "日期") for settled in answer.settlements.values()]
    for day, what in days:
        if day and day > timezone.localdate():
            return f"{firm.name}：{what}不得晚于今天。"
        if day and day > last_day:
            return f"{firm.name}：{what}晚于{last_day:%Y-%m-%d}，应在以后的季度填报。"
    if answer.to_unit and answer.to_unit.pk == version.roster.unit_id:
        return f"{firm.name}：去向不能是本单位。"
    if answer.to_unit and answer.to_unit.kind == Unit.Kind.DEPARTMENT:
        return f"{firm.name}：去向应为园区平台或镇街。"
    return ""


def _objection_to_settlements(firm: RosterFirm, answer: Answer) -> str:
    offered = {point.kind: point.offered for point in firm.contradicted}
    for kind, settled in answer.settlements.items():
        if kind not in offered:
            return f"{firm.name}：没有这一项要说明。"
        if settled.choice and settled.choice not in offered[kind]:
            return f"{firm.name}：{Contradiction(kind).label}：所选无效。"
    return ""


def _write_settlements(firm: RosterFirm, answer: Answer) -> None:
    if not answer.settlements:
        return
    told = {kind: settled.to_json() for kind, settled in answer.settlements.items()}
    firm.settlements = {**firm.settlements, **told}
    RosterFirm.objects.filter(pk=firm.pk).update(settlements=firm.settlements)
    if Contradiction.CODE in answer.settlements:
        # The firm of that name which is not listed is asked about only if it is another one.
        namesakes = RosterFirm.objects.filter(version=firm.version_id, namesake=firm.uscc)
        namesakes.update(is_waiting=contradictions.speaks_for_namesake(firm))


def _write_answer(firm: RosterFirm, answer: Answer) -> None:
    _write_settlements(firm, answer)
    values = {
        "word": answer.word,
        "day": answer.day,
        "to_unit": answer.to_unit,
        "renamed_on": answer.renamed_on,
    }
    if answer.note is not None:
        values["note"] = answer.note.strip()[:200]
    # An empty word or note is written: it takes back what was said. None leaves it.
    changed = {name: value for name, value in values.items() if value is not None}
    if changed:
        RosterFirm.objects.filter(pk=firm.pk).update(**changed)
