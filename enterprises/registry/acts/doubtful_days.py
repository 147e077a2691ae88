"""What a person is asked about the days of a qualification before they are written."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from enterprises.models import Qualification, QualificationKind
from enterprises.models.validity import Validity
from enterprises.registry.firm_facts import FirmFacts


def doubt_last_day(
    firm: FirmFacts, kind_code: str, held: Qualification, issued: dt.date, until: dt.date
) -> None:
    """Doubt a last day beyond the kind's term, one that brings back to life, one of long ago."""
    kind = firm.notebook.kind(kind_code)
    name, today = name_in_words(kind, held), timezone.localdate()
    beyond = doubt_beyond_term(firm, kind, name, issued, until)
    revived = has_lapsed(held, today) and Validity.from_printed_days(
        issued, until, held.revoked_on
    ).covers(today)
    if revived:
        firm.doubt(f"{name}已于{held.valid_until}到期，改后今天重新有效", "valid_until")
    if (beyond or revived) and (others := _others_today(firm, kind, held, today)):
        firm.doubt(f"企业另持有有效的{'、'.join(others)}，一家企业只计一次", "valid_until")
    # The days between the old end and the new one are those that change.
    if until != held.valid_until:
        ends = [day for day in (held.valid_until, until) if day]
        firm.doubt_long_past(min(ends), "有效期变动自", "valid_until")


def doubt_beyond_term(
    firm: FirmFacts, kind: QualificationKind, name: str, issued: dt.date, until: dt.date
) -> bool:
    """Whether the last day lies beyond what the term gives; that, or no known term, is doubted."""
    term = kind.term_on(issued)
    longest = term.last_day(issued) if term else None
    if term is None:
        firm.doubt(f"没有{issued}发证的{kind.short_name}的期限规定，无法核对", "valid_until")
    elif longest and until > longest:
        days = (until - longest).days
        firm.doubt(
            f"{name}期限为{term.in_words}，{issued}发证的应到{longest}止，{until}晚了{days}天",
            "valid_until",
        )
        return True
    return False


def name_in_words(kind: QualificationKind, held: Qualification) -> str:
    return f"{kind.short_name}{held.number or held.valid_from}"


def has_lapsed(held: Qualification, day: dt.date) -> bool:
    """By its printed last day, withdrawn before or not."""
    return Validity.from_printed_days(held.valid_from or day, held.valid_until).is_over(day)


def _others_today(
    firm: FirmFacts, kind: QualificationKind, held: Qualification, day: dt.date
) -> list[str]:
    """What else of the kind the firm holds on the day, in words."""
    others = [other for other in firm.held(kind.pk) if other is not held and other.holds_on(day)]
    return [
        f"{name_in_words(kind, other)}（有效期至{other.valid_until or '无期限'}）"
        for other in others
    ]
