"""The outlook as its template shows it: sentences, charts and tables beside the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from parks.models import User
from targets.models import Target
from targets.outlook import charts, words
from targets.outlook import tables as outlook_tables
from targets.outlook.assembly import Outlook, Verdict

NAMES_SHOWN = 20


@dataclass(frozen=True)
class VerdictText:
    """A verdict in words; `likely` is its probability alone, empty where nothing can be said."""

    target: Target
    likely: str
    sentence: str
    supposed: str


def shown(page: Outlook, user: User) -> dict[str, Any]:
    renewal, need = page.rates.renewal.district.share, page.need
    tables = outlook_tables.build_tables(page, user)
    soon = tables.get("soon")
    without = page.asked.query(renewal=None, wins=None)
    return {
        "page": page,
        "charts": charts.build_charts(page),
        "tables": tables,
        "soon_first": soon and soon.first(NAMES_SHOWN),
        "soon_more": soon and soon.beyond(NAMES_SHOWN),
        "verdicts": [_said(page, verdict) for verdict in page.verdicts],
        "need_said": words.of_need(need, page.now.has_term) if need else "",
        "rates_said": words.of_rates(page.now),
        "record_said": words.of_record(page.record),
        "method_said": words.of_method(page.now.has_term, len(page.rates.years)),
        "usual_renewal": "" if renewal is None else f"近年 {renewal * 100:.1f}",
        "usual_wins": f"近年 {sum(page.rates.wins_per_year.values()):.0f}"
        if page.rates.years
        else "",
        "kept": parse_qsl(without),
        "without_supposition": without,
    }


def _said(page: Outlook, verdict: Verdict) -> VerdictText:
    likely = words.probability(verdict.chance.probability) if verdict.chance else ""
    supposed = words.of_supposition(verdict, page.asked.supposed, page.now.has_term)
    return VerdictText(verdict.target, likely, words.of_verdict(verdict), supposed)
