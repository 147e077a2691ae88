"""Whether the judgements that are kept are those that judging the firms anew gives."""

from __future__ import annotations

from collections.abc import Collection

from enterprises.eligibility.rule_sets import RuleBook, rule_book
from enterprises.mining import kept
from enterprises.mining.basis import basis_of, firms_named
from enterprises.models import Enterprise, JudgementMark, LedgerHead
from enterprises.models.chunks import chunks


def hold_against_facts() -> tuple[int, list[str], list[str]]:
    """How many judgements were looked at; marks that are ahead of the ledger; codes of firms judged otherwise.

    What is due to be judged anew by the next who reads is left out: firms that the ledger names
    since, and all where the rules are others than then.
    """
    book = rule_book()
    end = LedgerHead.newest_entry()
    number, ahead, different = 0, [], set()
    for mark in JudgementMark.objects.filter(basis=basis_of(book)):
        if mark.ledger_entry > end:
            ahead.append(str(mark))
            continue
        pending = firms_named(mark.ledger_entry)
        firms = Enterprise.objects.order_by("pk").values_list("pk", flat=True)
        looked_at = [firm for firm in firms if firm not in pending]
        number += len(looked_at)
        # A second look: the row may have been written between the reading of facts and of rows.
        different |= set(_differing(mark, book, _differing(mark, book, looked_at)))
    codes = Enterprise.objects.filter(pk__in=different).order_by("pk")
    return number, ahead, list(codes.values_list("uscc", flat=True))


def _differing(mark: JudgementMark, book: RuleBook, firms: Collection[int]) -> list[int]:
    found: list[int] = []
    for some in chunks(firms):
        firms_of_chunk = Enterprise.objects.filter(pk__in=some)
        rows = kept.judge(firms_of_chunk, mark.kind, mark.on, book)
        found += kept.differing(mark, rows)
    return found
