"""Keeping what the office writes of a quarter's bulletin: each save a further row, none is changed.

Every save names the row that its writer saw; of two writers the second is told, and loses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from enterprises.models import Quarter
from enterprises.refusal import Refusal
from parks.models import User
from targets.drafts.next_steps import draft_steps
from targets.drafts.paragraphs import DraftParagraph, as_lines, read_paragraphs
from targets.drafts.problems import draft_problems
from targets.drafts.situation import QuarterSituation
from targets.models import BulletinDraft, BulletinHead


@dataclass(frozen=True)
class Drafted:
    """What the figures said on a day."""

    on: dt.date
    problems: list[DraftParagraph]
    steps: list[DraftParagraph]

    @property
    def kept(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "problems": [paragraph.kept for paragraph in self.problems],
            "steps": [paragraph.kept for paragraph in self.steps],
        }


@dataclass(frozen=True)
class BulletinWriting:
    """Head and words, by the names of the columns that keep them."""

    organ: str
    symbol_year: int | None
    symbol_number: int | None
    issue: int | None
    signer: str
    addressees: str
    copies: str
    printer: str
    printed_on: dt.date | None
    problems: str
    steps: str


def draft(quarter: Quarter, today: dt.date) -> Drafted:
    return draft_from(QuarterSituation(quarter, today))


def draft_from(situation: QuarterSituation) -> Drafted:
    # Goals first: counting them makes the spans follow the ledger, for all that is read after.
    problems = draft_problems(situation)
    return Drafted(situation.today, problems, draft_steps(situation))


def read_drafted(kept: Mapping[str, Any]) -> Drafted:
    return Drafted(
        dt.date.fromisoformat(kept["on"]),
        read_paragraphs(kept["problems"]),
        read_paragraphs(kept["steps"]),
    )


def latest(quarter: Quarter) -> BulletinDraft | None:
    return BulletinDraft.objects.filter(quarter=quarter).select_related("by").first()


def writing_of(row: BulletinDraft) -> BulletinWriting:
    return BulletinWriting(
        **{name: getattr(row, name) for name in BulletinWriting.__dataclass_fields__}
    )


def first_writing(drafted: Drafted) -> BulletinWriting:
    """What a quarter's bulletin begins as: the head by default, the words as drafted."""
    head = BulletinHead.objects.on(drafted.on)
    return BulletinWriting(
        organ=head.organ if head else "",
        symbol_year=drafted.on.year,
        symbol_number=None,
        issue=None,
        signer="",
        addressees=head.addressees if head else "",
        copies=head.copies if head else "",
        printer=head.printer if head else "",
        printed_on=None,
        problems="\n".join(as_lines(drafted.problems)),
        steps="\n".join(as_lines(drafted.steps)),
    )


def keep(
    quarter: Quarter, writing: BulletinWriting, drafted: Drafted, *, seen: int, by: User
) -> BulletinDraft:
    """`seen`: number of the row that the writer looked at, 0 for none."""
    with transaction.atomic():
        # The quarter's row stands for all its drafts: two writers come one after the other.
        locked = Quarter.objects.select_for_update().get(pk=quarter.pk)
        last = latest(locked)
        number = last.number if last else 0
        if last and number != seen:
            # Sent twice by the same person: once is enough.
            if last.by == by and writing_of(last) == writing:
                return last
            raise Refusal(
                f"{last.by}已保存第{last.number}稿，您看的不是这一稿，没有保存。"
                "您的文字还在，请与下面的那一稿核对后再保存。",
                "changed",
            )
        return BulletinDraft.objects.create(
            quarter=locked,
            number=number + 1,
            **asdict(writing),
            drafted=drafted.kept,
            drafted_on=drafted.on,
            by=by,
        )
