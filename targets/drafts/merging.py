"""Words of the office and figures that have moved: what the figures may renew, and what they may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices

from targets.drafts.paragraphs import DraftParagraph, numbered, without_number


class Fate(TextChoices):
    RENEWED = "renewed", "已按新数字改写"
    ADDED = "added", "新增"
    REMOVED = "removed", "已删去，数字已无此项"
    KEPT = "kept", "您改过，没有替换"
    OUTDATED = "outdated", "您改过，没有删去；数字已无此项"


@dataclass(frozen=True)
class DraftChange:
    """What becomes of a paragraph; `now` is what the figures say, "" where nothing."""

    fate: Fate
    before: str
    now: str

    @property
    def needs_a_hand(self) -> bool:
        return self.fate in (Fate.KEPT, Fate.OUTDATED)


@dataclass(frozen=True)
class Merged:
    lines: list[str]
    changes: list[DraftChange]


def merge(
    lines: Sequence[str], then: Sequence[DraftParagraph], now: Sequence[DraftParagraph]
) -> Merged:
    """`lines` as the office has them, `then` as the figures had worded them, `now` as they do.

    A paragraph that the office left as it was is renewed. One that it changed or dropped stays so.
    """
    bare = [without_number(line) for line in lines]
    left: list[str | None] = list(lines)
    fresh = {paragraph.key: paragraph for paragraph in now}
    changes = []
    for old in then:
        new = fresh.pop(old.key, None)
        if new is not None and new.text == old.text:
            continue
        if old.text not in bare:
            changes.append(_of_other_words(old, new))
            continue
        place = bare.index(old.text)
        if new is None:
            left[place] = None
            changes.append(DraftChange(Fate.REMOVED, old.text, ""))
        else:
            left[place] = lines[place].replace(old.text, new.text)
            changes.append(DraftChange(Fate.RENEWED, old.text, new.text))
    told = [line for line in left if line is not None]
    for new in fresh.values():
        told.append(f"（一）{new.text}")
        changes.append(DraftChange(Fate.ADDED, "", new.text))
    return Merged(numbered(told), changes)


def _of_other_words(old: DraftParagraph, new: DraftParagraph | None) -> DraftChange:
    if new is None:
        return DraftChange(Fate.OUTDATED, old.text, "")
    return DraftChange(Fate.KEPT, old.text, new.text)


def outdated(then: Sequence[DraftParagraph], now: Sequence[DraftParagraph]) -> list[DraftParagraph]:
    """Matters whose figures are others now; a matter that has gone as it was then."""
    before = {paragraph.key: paragraph for paragraph in then}
    after = {paragraph.key: paragraph for paragraph in now}
    return [
        after.get(key) or before[key]
        for key in before | after
        if key not in before or key not in after or before[key].figures != after[key].figures
    ]
