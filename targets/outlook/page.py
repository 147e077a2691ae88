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


def page_context(page: Outlook, user: User) -> dict[str, Any]:
    """What the template shows, beside the question itself."""
    need = page.need
    tables = outlook_tables.build_tables(page, user)
    soon = tables.get("soon")
    # The form of the supposition keeps what else was asked, but not the old supposition.
    without = page.question.query(renewal=None, wins=None)
    return {
        "page": page,
        "charts": charts.build_charts(page),
        "tables": tables,
        "soon_first": soon and soon.first(NAMES_SHOWN),
        "soon_more": soon and soon.beyond(NAMES_SHOWN),
        "verdicts": [_verdict_text(page, verdict) for verdict in page.verdicts],
        "need_said": words.of_need(need, page.now.has_term) if need else "",
        "rates_said": words.of_rates(page.now),
        "record_said": words.of_record(page.record),
        "method_said": words.of_method(page.now.has_term, len(page.rates.years)),
        "usual_renewal": _usual_renewal(page),
        "usual_wins": _usual_wins(page),
        "kept": parse_qsl(without),
        "without_supposition": without,
    }


def _usual_renewal(page: Outlook) -> str:
    """In the empty field of the supposed rate: what the supposition would replace."""
    renewal = page.rates.renewal.district.share
    return "" if renewal is None else f"近年 {renewal * 100:.1f}"


def _usual_wins(page: Outlook) -> str:
    if not page.rates.years:
        return ""
    return f"近年 {sum(page.rates.wins_per_year.values()):.0f}"


def _verdict_text(page: Outlook, verdict: Verdict) -> VerdictText:
    likely = words.probability(verdict.chance.probability) if verdict.chance else ""
    supposed = words.of_supposition(verdict, page.question.supposed, page.now.has_term)
    return VerdictText(verdict.target, likely, words.of_verdict(verdict), supposed)
