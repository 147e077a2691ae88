"""Head and words of a bulletin as a release keeps them: frozen at publishing, read back ever after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from enterprises.models import Quarter
from targets.drafts import decisions as frozen_decisions
from targets.drafts import forecast, keeping
from targets.drafts.decisions import FrozenDecision
from targets.drafts.keeping import BulletinWriting, Drafted
from targets.drafts.merging import outdated
from targets.drafts.paragraphs import lines_of
from targets.drafts.situation import QuarterSituation
from targets.models import BulletinDraft, Release, ReleaseProposal

WORDS = ("problems", "steps", "drafted")
"""Of what is kept, what is worded anew on another day."""
MADE = ("written_by", "written_at")
"""Who wrote it, and when: an edition that differs in these alone says nothing new."""
BLANK_NUMBER = "　　"


@dataclass(frozen=True)
class BulletinText:
    """`is_automatic`: nobody of the office has looked at the words; then nobody wrote them."""

    symbol: str
    issue: int | None
    signer: str
    addressees: str
    copies: str
    printer: str
    printed_on: dt.date
    problems: Sequence[str]
    steps: Sequence[str]
    drafted: Drafted
    forecast: Sequence[Mapping[str, Any]]
    decisions: Sequence[FrozenDecision]
    is_automatic: bool
    written_by: str
    written_at: str

    @property
    def forecast_in_words(self) -> list[str]:
        """A paragraph for each indicator."""
        return ["".join(row["said"]) for row in self.forecast if row["said"]]


@dataclass(frozen=True)
class Freezing:
    """`stale`: matters whose figures are others by now than when the office took them over."""

    contents: dict[str, Any]
    made: dict[str, Any]
    stale: Sequence[str]
    lacks_symbol: bool


def freeze(quarter: Quarter, today: dt.date) -> Freezing:
    """What would be published now. The spans must have followed the ledger."""
    row = keeping.latest(quarter)
    situation = QuarterSituation(quarter, today if row else _day_of_words(quarter, today))
    now = keeping.draft_from(situation)
    writing = keeping.writing_of(row) if row else keeping.first_writing(now)
    taken = keeping.read_drafted(row.drafted) if row else now
    contents = {
        "head": _head_of(writing),
        "problems": lines_of(writing.problems),
        "steps": lines_of(writing.steps),
        "drafted": taken.kept,
        "is_automatic": row is None,
        "forecast": forecast.forecast_on(quarter.last_day, situation.goals),
        "decisions": frozen_decisions.freeze_decisions(quarter),
    }
    stale = [*outdated(taken.problems, now.problems), *outdated(taken.steps, now.steps)]
    return Freezing(
        contents,
        _made(row),
        list(dict.fromkeys(paragraph.lead for paragraph in stale)),
        writing.symbol_number is None,
    )


def _day_of_words(quarter: Quarter, today: dt.date) -> dt.date:
    """Words that nobody has saved are those of the day on which publication was asked for.

    They name their day: else who confirms it on another one would never see what was asked.
    """
    asked = ReleaseProposal.objects.open().filter(quarter=quarter).first()
    return timezone.localdate(asked.asked_at) if asked else today


def _made(row: BulletinDraft | None) -> dict[str, Any]:
    if row is None:
        return {"written_by": "", "written_at": ""}
    at = timezone.localtime(row.at)
    return {"written_by": str(row.by), "written_at": f"{at:%Y-%m-%d %H:%M}"}


def _head_of(writing: BulletinWriting) -> dict[str, Any]:
    number = BLANK_NUMBER if writing.symbol_number is None else str(writing.symbol_number)
    # A paper without a mark of its organ has no number.
    symbol = f"{writing.organ}〔{writing.symbol_year}〕{number}号" if writing.organ else ""
    return {
        "symbol": symbol,
        "issue": writing.issue,
        "signer": writing.signer,
        "addressees": writing.addressees,
        "copies": writing.copies,
        "printer": writing.printer,
        "printed_on": writing.printed_on.isoformat() if writing.printed_on else None,
    }


def text_of_release(release: Release) -> BulletinText | None:
    """None of a release that was published before bulletins had a head and words of their own."""
    kept = release.bulletin
    if not kept:
        return None
    issued_on = timezone.localdate(release.made_at)
    head = dict(kept["head"])
    printed_on = head.pop("printed_on")
    return BulletinText(
        **head,
        printed_on=dt.date.fromisoformat(printed_on) if printed_on else issued_on,
        problems=kept["problems"],
        steps=kept["steps"],
        drafted=keeping.read_drafted(kept["drafted"]),
        forecast=kept["forecast"],
        decisions=frozen_decisions.read_decisions(kept["decisions"], issued_on),
        is_automatic=kept["is_automatic"],
        written_by=kept["written_by"],
        written_at=kept["written_at"],
    )


def without_makers(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name not in MADE}


def with_words_of(kept: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Words that nobody wrote, here and before, are those of before: another day is no news."""
    if not (kept["is_automatic"] and before["is_automatic"]):
        return dict(kept)
    return {**kept, **{name: before[name] for name in WORDS}}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """A sentence for every part of the bulletin that the editions tell otherwise.

    But for the forecast: it follows from the figures, and no edition was made for its sake.
    """
    if not before or not after:
        return []
    after = with_words_of(after, before)
    parts = {
        "head": "版头和版记",
        "problems": "存在问题",
        "steps": "下一步工作",
        "decisions": "联席会议决定",
    }
    return [f"通报的{name}有改动" for part, name in parts.items() if before[part] != after[part]]
