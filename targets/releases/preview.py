"""What publishing a quarter would say now, and what differs from what was said before.

Nothing is stored. `Preview.mark` stands for all that is shown: who asks for publication or confirms
it sends the mark back, so that exactly what was seen is published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from enterprises.firms.timeline import TimelineEntry
from enterprises.models import LedgerEntry, Quarter
from parks.models import User
from targets.drafts import frozen as bulletin_texts
from targets.figures import indicators, links
from targets.figures.counting import Value
from targets.figures.indicators import IndicatorSet
from targets.figures.question import Question
from targets.models import Definition, Release, ReleaseProposal, Scope
from targets.releases import bridge, bridge_page, changed_firms, differences, doubts, publishing
from targets.releases import page as release_page
from targets.releases import verdicts as released_verdicts
from targets.releases.bridge_page import EditionDifference
from targets.releases.completion import or_dash
from targets.releases.doubts import ReleaseDoubt
from targets.releases.page import VerdictLine
from targets.releases.publishing import ReleaseDraft

DEFINITION = Definition.CERTIFICATE.value
Correction = bridge.Correction


@dataclass(frozen=True)
class PreviewFigure:
    """A headline number of the district. `told`: what the release before gives, of its own day."""

    code: str
    name: str
    value: Value
    told: Value
    url: str

    @property
    def change(self) -> int | None:
        if isinstance(self.value, int) and isinstance(self.told, int):
            return self.value - self.told
        return None


@dataclass(frozen=True)
class Preview:
    """`before`: the edition before, else the last release of the quarter before.

    `firms`: which it tells otherwise of its own day, `entries`: of the ledger, why. `beside`: what
    differs from the edition before besides.
    """

    draft: ReleaseDraft
    before: Release | None
    figures: list[PreviewFigure]
    verdicts: list[VerdictLine]
    doubts: list[ReleaseDoubt]
    firms: list[EditionDifference]
    entries: list[TimelineEntry]
    beside: list[str]

    @property
    def release(self) -> Release:
        return self.draft.release

    @property
    def is_revision(self) -> bool:
        return self.draft.last is not None

    @property
    def mark(self) -> str:
        """SHA-256 of all that is published, and of all that is doubtful about it."""
        release = self.release
        state = [release.number, release.expected, release.handed_in, release.applied]
        kept = [doubt.kept for doubt in self.doubts]
        content = json.dumps([release.digest, state, kept], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def seen(self) -> dict[str, Any]:
        """What a proposal keeps of it, to tell later what has changed."""
        release = self.release
        seen = {
            "handed_in": release.handed_in,
            "applied": release.applied,
            "figures": {figure.code: figure.value for figure in self.figures},
            "doubts": [doubt.kept for doubt in self.doubts],
            "bulletin": bulletin_texts.without_makers(release.bulletin),
        }
        kept: dict[str, Any] = json.loads(json.dumps(seen, cls=DjangoJSONEncoder))
        return kept


def build_preview(quarter: Quarter, user: User, reason: str = "") -> Preview:
    """NotPublished while the quarter has not ended."""
    draft = publishing.make_draft(quarter, by=user, reason=reason)
    before = draft.last or bridge.latest_of_quarter_before(quarter)
    known = indicators.released(draft.release)
    firms = _differing_firms(draft, before, known) if before else []
    entries: list[LedgerEntry] = []
    if before:
        usccs = {change.firm.uscc for change in firms}
        entries = differences.entries_between(before, draft.release, usccs)
    return Preview(
        draft=draft,
        before=before,
        figures=_figures(draft, before, known),
        verdicts=_verdict_rows(draft.release),
        doubts=doubts.find_doubts(draft),
        firms=firms,
        entries=release_page.entries_in_words(entries) if entries else [],
        beside=differences.sentences_beside(draft.last, draft.release) if draft.last else [],
    )


def _verdict_rows(release: Release) -> list[VerdictLine]:
    # Without lists: those of a release that is none yet are frozen nowhere.
    verdicts = released_verdicts.verdicts_of_release(release)
    return [VerdictLine(verdict, url="", at_due_url="") for verdict in verdicts]


def _figures(
    draft: ReleaseDraft, before: Release | None, known: IndicatorSet
) -> list[PreviewFigure]:
    told: dict[str, Value] = {}
    if before:
        published = before.figures.filter(definition=DEFINITION, scope=Scope.DISTRICT)
        for code, published_value in published.values_list("indicator", "value"):
            told[code] = release_page.whole_if_whole(published_value)
    question = Question(draft.release.as_of, DEFINITION)
    figures = []
    for indicator in known.headlines:
        url = links.figure(question, indicator.code)
        value = draft.figure(DEFINITION, Scope.DISTRICT.value, indicator.code)
        name, before_it = indicator.short_name, told.get(indicator.code)
        figures.append(PreviewFigure(indicator.code, name, value, before_it, url))
    return figures


def _differing_firms(
    draft: ReleaseDraft, before: Release, known: IndicatorSet
) -> list[EditionDifference]:
    """Firms that the release before tells otherwise of its own day.

    Of the edition before anything; of the quarter before only who counts, and where: certificates
    that were renewed since are no correction.
    """
    names = release_page.names_by_code()
    find = changed_firms.differing_among if draft.last else changed_firms.corrected_among
    rows = []
    for indicator in known.stocks:
        kind, day = indicator.code, before.as_of
        pairs = changed_firms.pair_firms(
            changed_firms.spans_by_firm(before, kind, DEFINITION, day),
            draft.spans_by_firm(kind, DEFINITION, day),
        )
        for firm in find(pairs):
            then = bridge_page.place_in_words(firm.before, Correction.ADDED, names)
            now = bridge_page.place_in_words(firm.after, Correction.ADDED, names)
            rows.append(EditionDifference(names[kind], firm, then, now))
    return rows


# --- what has changed since publication was asked for -------------------------------------------
def changes_since(proposal: ReleaseProposal, preview: Preview) -> list[str]:
    """In sentences; empty where what was seen is still so."""
    if proposal.mark == preview.mark:
        return []
    before, now = proposal.seen, preview.seen
    sentences = []
    for figure in preview.figures:
        then = before["figures"].get(figure.code)
        if then != now["figures"][figure.code]:
            sentences.append(f"{figure.name}：{or_dash(then)} → {or_dash(figure.value)}")
    for name, label in (("handed_in", "名册已报"), ("applied", "名册已入库")):
        if before[name] != now[name]:
            sentences.append(f"{label}：{before[name]} → {now[name]}")
    sentences += _changed_doubts(before["doubts"], now["doubts"])
    sentences += bulletin_texts.differences(before.get("bulletin", {}), now["bulletin"])
    moved = preview.release.ledger_entry - proposal.ledger_entry
    if moved > 0:
        touching = LedgerEntry.objects.filter(
            pk__gt=proposal.ledger_entry,
            pk__lte=preview.release.ledger_entry,
            fact__in=differences.COUNTED_FACTS,
        )
        sentences.append(
            f"账簿由第{proposal.ledger_entry}条记到第{preview.release.ledger_entry}条，"
            f"其中涉及统计的{touching.count()}条"
        )
    # Something that is frozen has changed, whatever it is: it must not pass in silence.
    return sentences or ["名单、目标、任务分解或重点任务的登记有变动"]


def _changed_doubts(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> list[str]:
    then = {row["about"]: row for row in before}
    left = {row["about"]: row for row in now}
    sentences = []
    for about, row in left.items():
        if about not in then:
            sentences.append(f"新出现：{row['said']}")
        elif then[about] != row:
            sentences.append(f"{then[about]['said']} → {row['said']}")
    for about, row in then.items():
        if about not in left:
            sentences.append(f"已不再有：{row['said']}")
    return sentences
