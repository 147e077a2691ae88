"""Titles of files that a person has explained: kept as further names of the register's columns."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from enterprises.models import RecordField, RecordKind
from enterprises.refusal import Refusal
from enterprises.rosters.definition.column import title_key

LONGEST_TITLE = 60


def remember(kind: RecordKind, meanings: Mapping[str, str]) -> int:
    """Title → code of the column; how many are new. Raises Refusal, having kept nothing."""
    with transaction.atomic():
        rows = RecordField.objects.select_for_update().filter(kind=kind)
        columns = {column.code: column for column in rows}
        if unknown := set(meanings.values()) - set(columns):
            raise Refusal(f"没有“{'、'.join(sorted(unknown))}”这一列。", "invalid")
        taken = {
            title_key(title): column
            for column in columns.values()
            for title in (column.title, *column.aliases)
        }
        new = 0
        for title, code in meanings.items():
            column, key = columns[code], title_key(title)
            if taken.get(key) == column:
                continue
            if key in taken:
                raise Refusal(f"“{title}”已是“{taken[key].title}”的列名。", "invalid")
            column.aliases = [*column.aliases, title[:LONGEST_TITLE]]
            taken[key] = column
            new += 1
        RecordField.objects.bulk_update(columns.values(), ["aliases"])
    return new


def key_of(title: str) -> str:
    """How a title is told apart, whatever its spaces, brackets and unit."""
    return title_key(title)
