"""Where firms stand against the conditions, for their place in the pool: by the judgements that are kept."""

from __future__ import annotations

import datetime as dt

from enterprises.eligibility.rule_sets import RuleBook
from enterprises.mining import kept
from enterprises.mining.lists import CANDIDATES, candidate_lists
from enterprises.mining.population import in_business, of_firm
from enterprises.models import JudgementMark, PoolEntry
from enterprises.models.enterprise import EnterpriseQuerySet, OfFirmQuerySet
from targets.pool.rules import PoolRules


def mark_on(judged_on: dt.date, book: RuleBook) -> JudgementMark:
    """The judgements of those who might be certified, up to date."""
    return kept.mark_of(candidate_lists()[CANDIDATES].kind, judged_on, book)


def likely_outside(
    mark: JudgementMark, firms: EnterpriseQuerySet, on: dt.date, rules: PoolRules
) -> OfFirmQuerySet:
    """Of those of the firms that hold no certificate, are in business and in no pool, who may be proposed.

    The likeliest first; without who has told nothing.
    """
    outside = in_business(firms, on).exclude(of_firm(PoolEntry.objects.live_on(on)))
    rows = kept.rows_of(mark, candidate_lists()[CANDIDATES].firms(outside, on))
    return rows.filter(
        failed__lte=rules.most_failed_to_enter,
        unknown__lte=rules.most_missing_to_enter,
        year__isnull=False,
    ).order_by("lead", "enterprise_id")
