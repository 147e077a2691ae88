"""The outlook as its template shows it: sentences, charts and tables beside the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from parks.models import User
from parks.numbers import grouped
from targets.models import Target
from targets.outlook import charts, words
from targets.outlook import tables as outlook_tables
from targets.outlook.assembly import Outlook, Verdict
from targets.outlook.form import MOST_WINS, SHARES
from targets.outlook.model import needs

NAMES_SHOWN = 10
SUPPOSED = ("wins", *SHARES)


@dataclass(frozen=True)
class VerdictText:
    """A verdict in words; `likely` is its probability alone, or its range where past
    forecasts were not good enough; empty where nothing can be said."""

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
    without = page.question.query(**dict.fromkeys(SUPPOSED))
    return {
        "page": page,
        "charts": charts.build_charts(page),
        "tables": tables,
        "soon_first": soon and soon.first(NAMES_SHOWN),
        "soon_more": soon and soon.beyond(NAMES_SHOWN),
        "verdicts": [_verdict_text(page, verdict) for verdict in page.verdicts],
        "need_said": words.of_need(need, page.now.has_term) if need else "",
        "flight_said": words.of_flight(page) if page.now.has_term else "",
        "carriers_said": words.of_carriers(page),
        "rates_said": words.of_rates(page.rates, has_term=page.now.has_term),
        "record_said": words.of_record(page.record),
        "method_said": words.of_method(
            has_term=page.now.has_term,
            years=len(page.now.past(page.now.year_end)),
            with_stages=page.now.with_stages,
        ),
        "suppositions": _suppositions(page),
        "all_pass": page.question.query(publicity="100"),
        "half_file": page.question.query(preparing="50"),
        "kept": parse_qsl(without),
        "without_supposition": without,
    }


@dataclass(frozen=True)
class SupposedField:
    """`usual`: what the supposition would replace, shown in the empty field."""

    name: str
    label: str
    most: int
    step: str
    value: Any
    usual: str


def _suppositions(page: Outlook) -> list[SupposedField]:
    """A register has neither stages nor renewals."""
    shares = {
        "publicity": "公示中的通过（%）",
        "filed": "已申报的通过（%）",
        "preparing": "准备中的申报（%）",
        "renewal": "续证率（%）",
    }
    usual = {"renewal": _usual_renewal(page)}
    fields = []
    for name, label in shares.items() if page.now.has_term else ():
        value = getattr(page.question, name)
        shown = "" if value is None else value
        fields.append(SupposedField(name, label, 100, "0.01", shown, usual.get(name, "")))
    entries = words.entry_word(page.now.has_term)
    wins = "" if page.question.wins is None else page.question.wins
    field = SupposedField("wins", f"每年{entries}（家）", MOST_WINS, "1", wins, _usual_wins(page))
    return [*fields, field]


def _usual_renewal(page: Outlook) -> str:
    renewal = page.rates.renewal.district.share
    return "" if renewal is None else f"近年 {renewal * 100:.1f}"


def _usual_wins(page: Outlook) -> str:
    usual = needs.usual_pace(page.now)
    return f"近年 {usual:.0f}" if usual else ""


def _verdict_text(page: Outlook, verdict: Verdict) -> VerdictText:
    likely = ""
    if verdict.chance and verdict.proven:
        likely = words.probability(verdict.chance.probability)
    elif verdict.chance:
        likely = f"{grouped(verdict.chance.low)}至{grouped(verdict.chance.high)}家"
    supposed = words.of_supposition(verdict, page.question.supposed, page.now.has_term)
    return VerdictText(verdict.target, likely, words.of_verdict(verdict), supposed)
