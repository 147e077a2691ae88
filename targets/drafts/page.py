"""The page on which the office writes a quarter's bulletin: put together in one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from enterprises.models import Quarter
from targets.drafts import form as bulletin_form
from targets.drafts import keeping
from targets.drafts.form import BulletinForm
from targets.drafts.keeping import Drafted
from targets.drafts.merging import DraftChange, merge, outdated
from targets.drafts.paragraphs import lines_of
from targets.models import BulletinDraft, Release


@dataclass(frozen=True)
class WritingPage:
    """`stale`: what the words say whose figures are others by now. `rows`: earlier saves, newest first.

    `changes`: what asking the figures once more did to the words of the form; None where nobody asked.
    """

    quarter: Quarter
    form: BulletinForm
    last: BulletinDraft | None
    rows: Sequence[BulletinDraft]
    stale: Sequence[str]
    release: Release | None
    changes: Sequence[DraftChange] | None = None

    @property
    def needs_a_hand(self) -> bool:
        return any(change.needs_a_hand for change in self.changes or ())


def open_page(quarter: Quarter, today: dt.date) -> WritingPage:
    """As it stands: what was saved last, else what the figures say."""
    now, last = keeping.draft(quarter, today), keeping.latest(quarter)
    if last:
        writing, base = keeping.writing_of(last), keeping.read_drafted(last.drafted)
    else:
        writing, base = keeping.first_writing(now), now
    form = BulletinForm(initial=bulletin_form.initial(writing, base, last.number if last else 0))
    return _page(quarter, form, base, now)


def sent_page(quarter: Quarter, form: BulletinForm, today: dt.date) -> WritingPage:
    """With what was sent and not saved."""
    now = keeping.draft(quarter, today)
    return _page(quarter, form, form.cleaned_data.get("base") or now, now)


def redrafted_page(quarter: Quarter, sent: BulletinForm, today: dt.date) -> WritingPage:
    """What was sent, renewed by the figures of today as far as it was theirs. Nothing is saved."""
    now, changes = keeping.draft(quarter, today), []
    data: dict[str, Any] = dict(sent.data.items())
    base: Drafted | None = sent.cleaned_data.get("base")
    for name in bulletin_form.WORD_FIELDS:
        # Without what the figures had said every line is the office's.
        then = getattr(base, name) if base else []
        merged = merge(lines_of(data.get(name, "")), then, getattr(now, name))
        data[name] = "\n".join(merged.lines)
        changes += merged.changes
    data["base"] = bulletin_form.signed(now)
    form = BulletinForm(initial=data)
    return _page(quarter, form, now, now, changes)


def _page(
    quarter: Quarter,
    form: BulletinForm,
    base: Drafted,
    now: Drafted,
    changes: Sequence[DraftChange] | None = None,
) -> WritingPage:
    rows = list(quarter.bulletin_drafts.select_related("by"))
    found = [*outdated(base.problems, now.problems), *outdated(base.steps, now.steps)]
    return WritingPage(
        quarter=quarter,
        form=form,
        last=rows[0] if rows else None,
        rows=rows,
        stale=list(dict.fromkeys(paragraph.lead for paragraph in found)),
        release=Release.objects.filter(quarter=quarter).select_related("quarter").first(),
        changes=changes,
    )
