"""What a person may do with one record, and how it is written. The rules of the form hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from enterprises.models import Record, RecordEntry, RecordKind
from enterprises.models.records import FieldRole
from enterprises.records import door
from enterprises.records.forms import (
    ChangeRecordForm,
    EndRecordForm,
    LevelOfRecordForm,
    RecordActForm,
    RecordForm,
    ReopenRecordForm,
    ReturnRecordForm,
    ReviewRecordForm,
)
from enterprises.records.telling import Act, RecordWord, before_of, known
from enterprises.records.wording import level_on
from enterprises.refusal import Refusal
from parks.models import User

NOT_THEIRS = "这一台账由科技局和登记单位登记。"


@dataclass(frozen=True)
class HandAct:
    """`code`: in addresses and the API."""

    code: str
    title: str
    form: type[RecordActForm]


CHANGE = HandAct("change", "变更", ChangeRecordForm)
LEVEL = HandAct("level", "级别变动", LevelOfRecordForm)
REVIEW = HandAct("review", "复核", ReviewRecordForm)
END = HandAct("end", "终止", EndRecordForm)
REOPEN = HandAct("reopen", "恢复", ReopenRecordForm)
RETURN = HandAct("return", "收回", ReturnRecordForm)
ACTS = {act.code: act for act in (CHANGE, LEVEL, REVIEW, END, REOPEN, RETURN)}


def acts_for(record: Record) -> list[HandAct]:
    """Those that its kind has, as it stands."""
    if record.is_void:
        return []
    roles = record.kind.by_role
    found = [CHANGE]
    if FieldRole.LEVEL in roles:
        found.append(LEVEL)
    if FieldRole.REVIEWED in roles:
        found.append(REVIEW)
    if FieldRole.UNTIL in roles:
        found.append(REOPEN if record.until else END)
    if FieldRole.RETURNED in roles:
        found.append(RETURN)
    return found


def refuse_unless_possible(record: Record, deed: HandAct) -> None:
    if deed not in acts_for(record):
        raise Refusal(f"这条记录现在不能{deed.title}。", "state")


def enter(kind: RecordKind, form: RecordForm, *, by: User, reason: str = "") -> Record:
    """A further record, of a form that is valid. Raises Refusal for one that is known."""
    assert form.telling is not None
    found = door.preview(kind, [form.telling]).heeded[0]
    if not found.is_new:
        raise Refusal(f"“{found.record}”已登记，请在那一条记录上变更。", "state")
    hearing = door.tell(kind, [form.telling], by=by, reason=reason)
    return hearing.heeded[0].record


def act(record: Record, deed: HandAct, told: Mapping[str, Any], *, by: User) -> list[RecordEntry]:
    """`told`: of the act's form. Raises Refusal."""
    refuse_unless_possible(record, deed)
    return _write(record, _word(record, deed, told), told, by)


def change(
    record: Record, columns: RecordForm, told: Mapping[str, Any], *, by: User
) -> list[RecordEntry]:
    """What the form says otherwise than the record. Raises Refusal."""
    values, extra = columns.told
    after: dict[str, Any] = {
        name: value for name, value in values.items() if _told(value) != _told(known(record, name))
    }
    if told_extra := {
        code: value for code, value in extra.items() if value != record.extra.get(code)
    }:
        after["extra"] = told_extra
    if not after:
        raise Refusal("没有变化：所填内容与登记一致。", "identical")
    word = RecordWord(Act.CHANGED, timezone.localdate(), before_of(record, after), after)
    return _write(record, word, told, by)


def _told(value: Any) -> Any:
    """Blank texts and nothing are the same."""
    return None if value == "" else value


def _write(
    record: Record, word: RecordWord, told: Mapping[str, Any], by: User
) -> list[RecordEntry]:
    return door.change(record, [word], by=by, reason=told["reason"], seen=told["seen"])


def _word(record: Record, deed: HandAct, told: Mapping[str, Any]) -> RecordWord:
    if deed is LEVEL:
        return _level(record, told["level"], told["on"])
    if deed is REVIEW:
        return _dated(record, Act.REVIEWED, told["on"], {"reviewed_on": told["on"]})
    if deed is END:
        return _dated(record, Act.ENDED, told["on"], {"until": told["on"]})
    if deed is REOPEN:
        return _dated(record, Act.REOPENED, timezone.localdate(), {"until": None})
    after = {"returned_on": told["on"], "returned": told["amount"]}
    return _dated(record, Act.RETURNED, told["on"], after)


def _dated(record: Record, act: str, on: dt.date, after: dict[str, Any]) -> RecordWord:
    before = before_of(record, after)
    if before == after:
        raise Refusal("没有变化：所填内容与登记一致。", "identical")
    return RecordWord(act, on, before, after)


def _level(record: Record, level: str, on: dt.date) -> RecordWord:
    held = level_on(record, on)
    if held is not None and held.level == level:
        raise Refusal(f"{on} 已是这一级别。", "identical")
    before = {"level": held.level} if held else {}
    return RecordWord(Act.PROMOTED, on, before, {"level": level})
