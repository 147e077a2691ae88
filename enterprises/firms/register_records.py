"""What registers of the plan's tasks hold of one firm; one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from enterprises.models import Enterprise, Record, RecordField
from enterprises.models.records import FieldRole
from parks.models import User

MOST = 30


@dataclass(frozen=True)
class RecordOfFirm:
    """`what`: level and class in words."""

    record: Record
    what: str


def records_of(firm: Enterprise, user: User) -> list[RecordOfFirm]:
    # What a record of a firm held that was merged is this one's.
    held = Q(enterprise=firm) | Q(enterprise__merged_into=firm)
    rows = Record.objects.visible_to(user).standing().filter(held)
    # The words come with the row: one query, however many kinds.
    rows = rows.annotate(level_words=_words(FieldRole.LEVEL), class_words=_words(FieldRole.CLASS))
    rows = rows.select_related("kind").order_by("kind__order", "-since", "-pk")
    return [RecordOfFirm(row, _what(row)) for row in rows[:MOST]]


def _words(role: str) -> Subquery:
    fields = RecordField.objects.filter(kind=OuterRef("kind"), role=role)
    return Subquery(fields.values("choices")[:1])


def _what(row: Any) -> str:
    told = ((row.level, row.level_words), (row.klass, row.class_words))
    return " ".join(_named(code, words) for code, words in told if code)


def _named(code: str, words: list[Mapping[str, Any]] | None) -> str:
    return next((each["name"] for each in words or [] if each["code"] == code), code)
