"""Whether the spans that are kept are those that the facts give."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from enterprises.models import Enterprise, LedgerEntry, QualificationKind
from targets.figures import spans
from targets.models import Span

COMPARED = (
    "kind_id", "definition", "park_id", "town_id", "start", "end", "opened_by", "closed_by",
    "qualification_id",
)  # fmt: skip


def hold_against_facts() -> tuple[int, list[str]]:
    """How many firms were looked at, and the codes of those whose spans are not what facts give.

    Firms that the ledger names since the spans were refreshed are left out: theirs come next.
    """
    pending = set(
        LedgerEntry.objects.since(spans.mark()).values_list("enterprise_id", flat=True).distinct()
    )
    firms = list(
        Enterprise.objects.exclude(pk__in=pending).order_by("pk").values_list("pk", flat=True)
    )
    different: list[int] = []
    for start in range(0, len(firms), spans.BATCH):
        different += _differing(firms[start : start + spans.BATCH])
    # A second look: spans may have been refreshed between the reading of facts and of spans.
    different = _differing(different)
    usccs = Enterprise.objects.filter(pk__in=different).order_by("pk")
    return len(firms), list(usccs.values_list("uscc", flat=True))


def _differing(firm_ids: Sequence[int]) -> list[int]:
    kinds = {kind.pk: kind for kind in QualificationKind.objects.prefetch_related("terms")}
    kept: dict[int, Counter[tuple[object, ...]]] = defaultdict(Counter)
    rows = Span.objects.filter(enterprise_id__in=firm_ids).values_list("enterprise_id", *COMPARED)
    for firm_id, *values in rows:
        kept[firm_id][tuple(values)] += 1
    facts = spans.facts_of(firm_ids)
    return [
        firm_id
        for firm_id in firm_ids
        if kept[firm_id]
        != Counter(
            tuple(getattr(span, name) for name in COMPARED)
            for span in spans.spans_of(facts[firm_id], kinds)
        )
    ]
