"""What the unit says about its roster before handing it in: of firms, and why a warning is no mistake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from enterprises.models import RosterFirm, RosterVersion, VersionState
from enterprises.refusal import Refusal
from enterprises.reporting import intake
from enterprises.reporting.cross_rules import ANSWERED_ELSEWHERE
from parks.models import Unit

Word = RosterFirm.Word
OPEN = (VersionState.READY, VersionState.FAULTY)
LONGEST_REASON = 300


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said of one firm; what is left out stays as it was said before."""

    word: str | None = None
    day: dt.date | None = None
    to_unit: Unit | None = None
    renamed_on: dt.date | None = None
    note: str | None = None


def answer(version: RosterVersion, answers: Mapping[str, Answer]) -> None:
    """Store answers, firm's code → answer: all of them, or none and every objection in one Refusal."""
    with transaction.atomic():
        _lock_open(version)
        firms = {firm.uscc: firm for firm in version.firms.filter(uscc__in=list(answers))}
        objections = {
            uscc: said
            for uscc, one in answers.items()
            if (said := _objection(version, firms.get(uscc), one))
        }
        if objections:
            raise Refusal("\n".join(objections.values()), "invalid", objections)
        for uscc, one in answers.items():
            _write(firms[uscc], one)


def explain(version: RosterVersion, reasons: Mapping[str, str]) -> None:
    """Reasons for warnings, key of the group (see `key_of`) → text; a blank text takes the reason back."""
    known = {
        key_of(group)
        for group in version.summary.get("groups", [])
        if group["severity"] == "warning"
    }
    if unknown := set(reasons) - known:
        raise Refusal(f"没有这一组提醒：{'、'.join(sorted(unknown))}。", "invalid")
    with transaction.atomic():
        current = _lock_open(version)
        given = current.reasons | {
            key: text.strip()[:LONGEST_REASON] for key, text in reasons.items()
        }
        RosterVersion.objects.filter(pk=version.pk).update(
            reasons={key: text for key, text in given.items() if text}
        )
    version.refresh_from_db(fields=["reasons"])


def say(version: RosterVersion, told: Mapping[str, Answer], reasons: Mapping[str, str]) -> None:
    """Answers and reasons at once: all of them or none."""
    with transaction.atomic():
        answer(version, told)
        explain(version, reasons)


def key_of(group: Mapping[str, Any]) -> str:
    """What identifies a group of problems of one cause: rule and column."""
    return f"{group['code']}|{group['title']}"


def unexplained(version: RosterVersion) -> list[dict[str, Any]]:
    """Groups of warnings that still need a reason."""
    return [
        group
        for group in version.summary.get("groups", [])
        if group["severity"] == "warning"
        and group["code"] not in ANSWERED_ELSEWHERE
        and not version.reasons.get(key_of(group))
    ]


def unanswered(version: RosterVersion) -> list[RosterFirm]:
    """Firms of which the unit still has to say something."""
    return [firm for firm in version.firms.asked() if firm.lacks]


def _lock_open(version: RosterVersion) -> RosterVersion:
    intake.lock(version.roster)
    current = RosterVersion.objects.get(pk=version.pk)
    if current.state not in OPEN:
        raise Refusal("这一版已报送或正在检查，不能再填写说明。")
    return current


def _objection(version: RosterVersion, firm: RosterFirm | None, said: Answer) -> str:
    if firm is None:
        return "所填企业不在本版名册中。"
    if said.word is not None and said.word not in ("", *Word.values):
        return f"{firm.name}：未列的原因无效。"
    if said.word and firm.kind != RosterFirm.Kind.MISSING:
        return f"{firm.name}：企业已列入名册，不需要说明未列的原因。"
    for day, what in ((said.day, "日期"), (said.renamed_on, "更名日期")):
        if day and day > timezone.localdate():
            return f"{firm.name}：{what}不得晚于今天。"
        if day and day > version.roster.quarter.last_day:
            return f"{firm.name}：{what}晚于{version.roster.quarter.last_day:%Y-%m-%d}，应在以后的季度填报。"
    if said.to_unit and said.to_unit.pk == version.roster.unit_id:
        return f"{firm.name}：去向不能是本单位。"
    if said.to_unit and said.to_unit.kind == Unit.Kind.DEPARTMENT:
        return f"{firm.name}：去向应为园区平台或镇街。"
    return ""


def _write(firm: RosterFirm, said: Answer) -> None:
    values = {
        "word": said.word,
        "day": said.day,
        "to_unit": said.to_unit,
        "renamed_on": said.renamed_on,
        "note": said.note.strip()[:200] if said.note is not None else None,
    }
    given = {name: value for name, value in values.items() if value is not None}
    if given:
        RosterFirm.objects.filter(pk=firm.pk).update(**given)
