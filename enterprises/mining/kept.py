"""The table of judgements: brought up to the ledger's end by whoever reads it, made anew each night.

Reading it gives what judging the firms at that moment would give (docs/adr/0031).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from enterprises.eligibility.model.condition_answer import Points
from enterprises.eligibility.rule_sets import RuleBook
from enterprises.mining.basis import basis_of, firms_named
from enterprises.mining.judging import judged, usual_day
from enterprises.mining.sifting import Outcome, Sifted, likelihood, risk
from enterprises.models import Enterprise, JudgementMark, KeptJudgement, LedgerHead
from enterprises.models.chunks import chunks
from enterprises.models.enterprise import EnterpriseQuerySet, OfFirmQuerySet
from parks import ready_rows, table_statistics
from parks.beat import Beat, silent

COLUMNS = (
    "outcome", "met", "unknown", "failed", "score_low", "score_high", "year", "fails_last_year",
    "states", "ripe_on", "lead", "risk",
)  # fmt: skip
"""In the order of `Sifted`, with the numbers that order lists last."""
BEAT_EVERY = 5_000
Row = tuple[Any, ...]
CERTAIN_NOT: Row = ("", 0, 0, 0, 0, 0, None, False, "", None, 0, 0)
"""Of a firm that certainly does not pass: it stands on no list."""
TOLD = tuple(name for name in COLUMNS if name not in ("lead", "risk"))
OUTCOMES = {outcome.value: outcome for outcome in Outcome}


def days_kept(today: dt.date) -> set[dt.date]:
    """For applications on these days judgements are kept: today's, and the usual one of the lists."""
    return {today, usual_day(today)}


def mark_of(kind: str, on: dt.date, book: RuleBook, beat: Beat = silent) -> JudgementMark:
    """The judgements of a kind and a day that is kept, up to the ledger's end.

    Three queries where nothing has changed. Raises Refusal for a day before the oldest set of rules.
    """
    newest = LedgerHead.objects.values("last_entry")[:1]
    marks = JudgementMark.objects.filter(kind=kind, on=on)
    mark = marks.annotate(newest=Subquery(newest)).first()
    basis = basis_of(book)
    if mark and _holds(mark, basis, mark.newest or 0):
        return mark
    return _Following(kind, on, book, basis, beat).follow(mark)


def make_anew(kind: str, on: dt.date, book: RuleBook, beat: Beat = silent) -> None:
    """Judge every firm again, whatever the ledger says."""
    newest, basis = LedgerHead.newest_entry(), basis_of(book)
    rows = judge(Enterprise.objects.all(), kind, on, book, beat)
    with transaction.atomic():
        mark = _lock(kind, on)
        # What was written since its beginning is judged by the next who reads.
        _store(mark, rows, basis, newest)


def rows_of(mark: JudgementMark, firms: EnterpriseQuerySet) -> OfFirmQuerySet:
    """Those of the firms."""
    return KeptJudgement.objects.filter(Exists(firms.filter(pk=OuterRef("enterprise"))), mark=mark)


def sifted(values: Sequence[Any]) -> Sifted | None:
    """From the firm's key and the columns of `TOLD`; None for who certainly does not pass."""
    firm, outcome, met, unknown, failed, low, high, year, fails, states, ripe_on = values
    if not outcome:
        return None
    score = Points(low, high)
    told = OUTCOMES[outcome]
    return Sifted(firm, told, met, unknown, failed, score, year, fails, states, ripe_on)


def judgements_of(mark: JudgementMark, firms: Iterable[int]) -> Iterator[tuple[int, Sifted | None]]:
    """Of some firms, by their keys; a query for a chunk of them."""
    for some in chunks(firms):
        found = KeptJudgement.objects.filter(mark=mark, enterprise__in=some).order_by()
        for values in found.values_list("enterprise_id", *TOLD):
            yield values[0], sifted(values)


# --- following the ledger -------------------------------------------------------------------------
def _holds(mark: JudgementMark, basis: str, newest: int) -> bool:
    return mark.basis == basis and mark.ledger_entry >= newest


@dataclass(frozen=True)
class _Following:
    """`basis`: the digest of the book, and of what else all firms are judged by."""

    kind: str
    on: dt.date
    book: RuleBook
    basis: str
    beat: Beat

    def follow(self, seen: JudgementMark | None) -> JudgementMark:
        newest = LedgerHead.newest_entry()
        # Before the lock, as this is most of the work.
        rows = self._rows_due(seen, newest)
        with transaction.atomic():
            mark = _lock(self.kind, self.on)
            if _holds(mark, self.basis, newest):
                return mark
            if seen and (mark.ledger_entry, mark.basis) != (seen.ledger_entry, seen.basis):
                # Somebody else has followed meanwhile, and not as far.
                rows = self._rows_due(mark, newest)
            _store(mark, rows, self.basis, newest)
        return mark

    def _rows_due(self, mark: JudgementMark | None, newest: int) -> dict[int, Row]:
        """Of the firms that the ledger names since the mark; of all where they were judged otherwise."""
        if mark is None or mark.basis != self.basis:
            return self._judge(Enterprise.objects.all())
        rows: dict[int, Row] = {}
        for some in chunks(firms_named(mark.ledger_entry, newest)):
            rows |= self._judge(Enterprise.objects.filter(pk__in=some))
        return rows

    def _judge(self, firms: QuerySet[Enterprise]) -> dict[int, Row]:
        return judge(firms, self.kind, self.on, self.book, self.beat)


def judge(
    firms: QuerySet[Enterprise], kind: str, on: dt.date, book: RuleBook, beat: Beat = silent
) -> dict[int, Row]:
    """Each of the firms anew, as its row is kept."""
    rows = {}
    for number, (firm, found) in enumerate(judged(firms, kind, on, book)):
        rows[firm] = row_of(found)
        if number % BEAT_EVERY == 0:
            beat("核对认定条件", done=number)
    return rows


def row_of(found: Sifted | None) -> Row:
    """The columns as they are kept."""
    if found is None:
        return CERTAIN_NOT
    _, outcome, met, unknown, failed, score, year, fails, states, ripe_on = found
    counted = (outcome.value, met, unknown, failed, *score, year, fails, states, ripe_on)
    return (*counted, likelihood(found), risk(found))


# --- the table ------------------------------------------------------------------------------------
def _lock(kind: str, on: dt.date) -> JudgementMark:
    """The mark, made where there is none; nobody else brings the kind's judgements up meanwhile."""
    of_kind = JudgementMark.objects.select_for_update().filter(kind=kind).order_by("pk")
    marks = {mark.on: mark for mark in of_kind}
    if on in marks:
        return marks[on]
    days = days_kept(timezone.localdate()) | {on}
    gone = [mark for day, mark in marks.items() if day not in days]
    JudgementMark.objects.filter(pk__in=[mark.pk for mark in gone[1:]]).delete()
    if gone:
        # From one day to the next few firms stand otherwise: only their rows are written again.
        JudgementMark.objects.filter(pk=gone[0].pk).update(on=on, basis="")
        gone[0].on, gone[0].basis = on, ""
        return gone[0]
    # Two that insert it at once must both find it afterwards.
    JudgementMark.objects.bulk_create([JudgementMark(kind=kind, on=on)], ignore_conflicts=True)
    return JudgementMark.objects.select_for_update().get(kind=kind, on=on)


def _store(mark: JudgementMark, rows: Mapping[int, Row], basis: str, newest: int) -> None:
    changed = differing(mark, rows)
    for some in chunks(changed):
        KeptJudgement.objects.filter(mark=mark, enterprise__in=some).delete()
    made = [
        KeptJudgement(
            mark_id=mark.pk, enterprise_id=firm, **dict(zip(COLUMNS, rows[firm], strict=True))
        )
        for firm in changed
    ]
    ready_rows.carry_out(ready_rows.insertions(KeptJudgement, made, keyed=False))
    if len(changed) > table_statistics.MANY_ROWS:
        table_statistics.refresh([KeptJudgement])
    told = {"basis": basis, "ledger_entry": newest, "made_at": timezone.now()}
    JudgementMark.objects.filter(pk=mark.pk).update(**told)


def differing(mark: JudgementMark, rows: Mapping[int, Row]) -> Collection[int]:
    """The firms whose kept row is another one, or missing."""
    same = set()
    for some in chunks(rows):
        kept = KeptJudgement.objects.filter(mark=mark, enterprise__in=some).order_by()
        for firm, *values in kept.values_list("enterprise_id", *COLUMNS):
            if tuple(values) == rows[firm]:
                same.add(firm)
    return [firm for firm in rows if firm not in same]
