"""What a merge moves and what it leaves out, a fact a sentence: for the second look and the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps

from enterprises.firms.timeline import Teller, TimelineEntry
from enterprises.models import LedgerEntry


@dataclass(frozen=True)
class MergeInWords:
    """`altered`: what the firm that stays has already, and gets otherwise."""

    moving: list[str]
    left_out: list[str]
    altered: list[LedgerEntry]


def merge_in_words(entries: Sequence[LedgerEntry], teller: Teller) -> MergeInWords:
    arrived = {_key(entry) for entry in entries if entry.after and not entry.before}
    leaving = [entry for entry in entries if entry.before and not entry.after]
    told = teller.tell(leaving, contacts=True)
    return MergeInWords(
        moving=[_sentence(one) for one in told if _key(one.entry) in arrived],
        left_out=[_sentence(one) for one in told if _key(one.entry) not in arrived],
        altered=[entry for entry in entries if entry.before and entry.after],
    )


def _key(entry: LedgerEntry) -> tuple[str, int]:
    return entry.fact, entry.fact_id


def _sentence(told: TimelineEntry) -> str:
    model = apps.get_model("enterprises", told.entry.fact)
    values = "，".join(f"{field.label} {field.before}" for field in told.altered)
    return f"{model._meta.verbose_name}：{values}"
