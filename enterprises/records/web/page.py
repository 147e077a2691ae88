"""What the pages of the registers show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from enterprises.models import Placement, Record, RecordEntry, RecordField, RecordKind, RecordLevel
from enterprises.models.records import FieldRole
from enterprises.models.records.record import RecordQuerySet
from enterprises.models.validity import in_force
from enterprises.records import by_kind, counting, reviews
from enterprises.records.counting import FIRMS, RecordMeasure
from enterprises.records.kinds import kept_kinds
from enterprises.records.wording import text_of
from parks import numbers
from parks.models import Unit, User

MOST_SHOWN = 6
"""Columns of a list beside its first one."""
SHOWN = (
    *(
        FieldRole.FIRM_NAME,
        FieldRole.LEVEL,
        FieldRole.CLASS,
        FieldRole.UNIT,
        FieldRole.AMOUNT,
        FieldRole.SINCE,
    ),
    *(FieldRole.RETURNED, FieldRole.UNTIL, FieldRole.NUMBER, FieldRole.EXTRA),
)
"""Which come first where a register has more."""
NUMBERS = (FieldRole.AMOUNT, FieldRole.RETURNED)


# --- all registers ---
@dataclass(frozen=True)
class KindLine:
    """A register: how many stand today, or happened this year; how many are due for review."""

    kind: RecordKind
    count: int
    due: int
    loaded_at: dt.datetime | None


def all_kinds(user: User, today: dt.date) -> list[KindLine]:
    """The number of queries does not depend on kinds or records."""
    kinds = kept_kinds()
    visible = Record.objects.visible_to(user)
    counts = by_kind.standing_or_happened(visible, today)
    standing = visible.filter(kind__happens=False).in_force_on(today)
    due = by_kind.counted(reviews.due(standing, kinds, today))
    loads = RecordEntry.objects.exclude(source=None).order_by().values("record__kind")
    loaded = dict(loads.annotate(at=Max("at")).values_list("record__kind", "at"))
    return [
        KindLine(kind, counts.get(kind.pk, 0), due.get(kind.pk, 0), loaded.get(kind.pk))
        for kind in kinds
    ]


# --- one register ---
@dataclass(frozen=True)
class RecordCell:
    title: str
    text: str
    is_number: bool


@dataclass(frozen=True)
class RecordLine:
    record: Record
    name: str
    cells: list[RecordCell]
    unit: str
    due_on: dt.date | None
    is_due: bool


def heads_of(kind: RecordKind) -> list[RecordField]:
    """The columns of the list after the name, as many as a screen holds."""
    first = lead_of(kind)
    others = [column for column in kind.columns if column.code != first.code]
    others = [column for column in others if column.role in SHOWN]
    ranked = sorted(others, key=lambda column: SHOWN.index(FieldRole(column.role)))
    room = MOST_SHOWN - 1 - bool(kind.review_months)
    chosen = {column.code for column in ranked[:room]}
    return [column for column in kind.columns if column.code in chosen]


def lead_of(kind: RecordKind) -> RecordField:
    """What a record is called: its name, else its firm's."""
    roles = kind.by_role
    return roles.get(FieldRole.SUBJECT) or roles.get(FieldRole.FIRM_NAME) or kind.columns[0]


def with_facts(rows: Any) -> Any:
    """With what a line of the list needs."""
    return rows.select_related("enterprise__merged_into", "unit", "kind").prefetch_related("levels")


def lines_of(kind: RecordKind, rows: Iterable[Record], on: dt.date) -> list[RecordLine]:
    records, heads, lead = list(rows), heads_of(kind), lead_of(kind)
    answering = _units_of_firms(records, on)
    lines = []
    for record in records:
        due_on = reviews.due_on(record, kind)
        firm = record.firm
        unit = answering.get(firm.pk) if firm else None
        lines.append(
            RecordLine(
                record,
                text_of(lead, record, on) or str(record),
                [
                    RecordCell(head.title, text_of(head, record, on), head.role in NUMBERS)
                    for head in heads
                ],
                unit.short_name if unit else str(record.unit or ""),
                due_on,
                is_due=due_on is not None and due_on <= on,
            )
        )
    return lines


def _units_of_firms(records: Sequence[Record], on: dt.date) -> dict[int, Unit]:
    """Firm → the unit that answers for it on the day; one query."""
    firms = {firm.pk for record in records if (firm := record.firm)}
    rows = Placement.objects.covering(on).filter(enterprise__in=firms)
    return {row.enterprise_id: row.answering for row in rows.select_related("park", "town")}


def totals_of(kind: RecordKind, rows: RecordQuerySet, on: dt.date) -> str:
    """What the list adds up to, in a line."""
    plain = rows.order_by()
    parts = [f"{plain.count()}{kind.counter}"]
    if kind.counter != "家" and FieldRole.FIRM_NAME in kind.by_role:
        parts.append(f"{counting.total(RecordMeasure(kind.code, of=FIRMS), plain, on)}家企业")
    if FieldRole.AMOUNT in kind.by_role:
        amount = counting.total(RecordMeasure(kind.code, of=counting.AMOUNT), plain, on)
        parts.append(f"{numbers.amount(amount)}万元")
        if FieldRole.RETURNED in kind.by_role:
            parts.append("已扣收回")
    if kind.levels:
        counts = _by_level(plain, on)
        told = [f"{each['name']}{counts[each['code']]}" for each in reversed(kind.levels)
                if counts.get(each["code"])]  # fmt: skip
        parts.append("、".join(told))
    return "，".join(filter(None, parts))


def _by_level(rows: RecordQuerySet, on: dt.date) -> dict[str, int]:
    held = RecordLevel.objects.filter(in_force(on, "since", "until"), record__in=rows.values("pk"))
    grouped = held.order_by().values("level").annotate(count=Count("pk"))
    return dict(grouped.values_list("level", "count"))
