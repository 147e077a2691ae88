"""How each condition of the high-tech enterprise is decided, by comparison of exact numbers.

`conditions` answers by these for one firm, with value and bound. Nothing is divided here, so whole numbers of a small
unit serve as well as fractions, and thousands of firms are gone through by the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from enterprises.eligibility.model.condition_answer import State
from enterprises.eligibility.model.firm_data import CheckedFirm, Exact, Known, sum_of
from enterprises.eligibility.model.rules import CertificateRules
from enterprises.eligibility.model.score import Score, usable_items

Fields = Collection[str]
StateOf = Callable[[CheckedFirm, CertificateRules, Fields], State]


MET, FAILED, UNKNOWN, OPEN = State.MET, State.FAILED, State.UNKNOWN, State.OPEN
"""By names of their own: asking the class for each takes longer than a comparison."""


def reached(value: Known, bound: Exact) -> State:
    """The bound is included. Exact numbers are compared, never rounded ones."""
    if value is None:
        return UNKNOWN
    return MET if value >= bound else FAILED


def share_reached(part: Known, whole: Known, percent: Known) -> State:
    """Whether the part is so many percent of the whole; None for a bound that is not known."""
    if part is None or whole is None or percent is None:
        return UNKNOWN
    if whole <= 0:
        # Neither nothing nor all: somebody has to look at it.
        return OPEN
    return MET if part * 100 >= percent * whole else FAILED


def one_of(told: str, accepted: Collection[str]) -> State:
    if not told:
        return UNKNOWN
    return MET if told in accepted else FAILED


# --- the conditions -------------------------------------------------------------------------------
def form(data: CheckedFirm, rules: CertificateRules, fields: Fields) -> State:
    return one_of(data.legal_form, rules.legal_forms)


def registered(data: CheckedFirm, rules: CertificateRules, fields: Fields) -> State:
    return reached(data.days_registered, rules.least_registered_days)


def ip(data: CheckedFirm, rules: CertificateRules, fields: Fields) -> State:
    return reached(usable_for_certain(data, rules), rules.least_ip)


def usable_for_certain(data: CheckedFirm, rules: CertificateRules) -> int | None:
    """Usable items; None where what is unknown may decide."""
    usable = usable_items(data.ip)
    is_known = usable.most == usable.least or usable.least >= rules.least_ip
    return usable.least if is_known else None


def tech_field(data: CheckedFirm, rules: CertificateRules, fields: Fields) -> State:
    return one_of(data.tech_field, fields)


def staff(data: CheckedFirm, rules: CertificateRules, fields: Fields) -> State:
    everybody, in_research = data.mean_staff
    return share_reached(in_research, everybody, rules.least_staff_share)


def rd_share(data: CheckedFirm, rules: CertificateRules, fields: Fields) -> State:
    percent = rules.least_rd_share(data.last_sales)
    return share_reached(sum_of(data.rd), sum_of(data.sales), percent)


def last_year_rd(data: CheckedFirm, rules: CertificateRules) -> State:
    """No condition: what the last year alone would say, where the others are not known."""
    return share_reached(data.last_rd, data.last_sales, rules.least_rd_share(data.last_sales))


def domestic_share(data: CheckedFirm, rules: CertificateRules, fields: Fields) -> State:
    return share_reached(sum_of(data.rd_domestic), sum_of(data.rd), rules.least_domestic_share)


def hightech(data: CheckedFirm, rules: CertificateRules, fields: Fields) -> State:
    if data.told_hightech_share is not None:
        return reached(data.told_hightech_share, rules.least_hightech_share)
    return share_reached(data.hightech_income, data.income, rules.least_hightech_share)


def clean(data: CheckedFirm, rules: CertificateRules, fields: Fields) -> State:
    """No grave incident within the days before the application, the first and the last included."""
    days = data.days_since_incident
    if days is None:
        return MET if data.asked else UNKNOWN
    return FAILED if 0 <= days <= rules.least_clean_days else MET


STATES: Mapping[str, StateOf] = {
    "form": form,
    "c1": registered,
    "c2": ip,
    "c3": tech_field,
    "c4": staff,
    "c5a": rd_share,
    "c5b": domestic_share,
    "c6": hightech,
    "c8": clean,
}
"""By the number that the document gives them; all but the score, `c7`."""
SCORED = "c7"


def innovation(score: Score, rules: CertificateRules) -> State:
    total = score.total
    if total.high < rules.least_score:
        return FAILED
    if total.low >= rules.least_score:
        return MET
    return UNKNOWN if score.lacks_data else OPEN
