"""What a person says that the column titles of a unit or an office mean, remembered for next time."""

from __future__ import annotations

from collections.abc import Iterable, Set

from enterprises.models import Office
from enterprises.refusal import Refusal
from enterprises.rosters.definition.years import remembered_key
from parks.models import Unit, User

LONGEST = 120


def refuse_unknown(fields: Iterable[str], known: Set[str]) -> None:
    """Blank is none of ours, which may be said as well."""
    if unknown := set(fields) - known - {""}:
        raise Refusal(f"没有“{'、'.join(sorted(unknown))}”这一列。", "invalid")


def remember(whose: Unit | Office, title: str, field: str, *, by: User, key: str = "") -> None:
    """By the key of the title: another spelling of it is the same column.

    `key`: of a title that was remembered before.
    """
    whose.column_mappings.update_or_create(
        key=(key or remembered_key(title, field))[:LONGEST],
        defaults={"title": title[:LONGEST], "field": field, "told_by": by},
    )
