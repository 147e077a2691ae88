"""One firm after another held against the conditions: which outcome, how likely.

The conditions are those of `eligibility.model`, on whole numbers. Whoever fails two is left at once, so that a whole
district is gone through quickly; what a page shows of a firm, `details` tells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from django.db.models import TextChoices

from enterprises.eligibility.cures import ripe_on
from enterprises.eligibility.gathering import FirmInCents
from enterprises.eligibility.model.condition_answer import Points, State
from enterprises.eligibility.model.firm_data import CheckedFirm
from enterprises.eligibility.model.kind_rules import KindRules
from enterprises.eligibility.model.other_kinds import check_kind, points_of_kind
from enterprises.eligibility.model.rules import CertificateRules, SmallFirmRules
from enterprises.eligibility.model.score import score_of
from enterprises.eligibility.model.small_firms import SmallFirmCheck, check_small_firm
from enterprises.eligibility.model.states import (
    FAILED,
    MET,
    OPEN,
    SCORED,
    STATES,
    UNKNOWN,
    innovation,
    last_year_rd,
)
from enterprises.marks import Mark, Tone


class Outcome(TextChoices):
    READY = "ready", "可测项全部符合"
    NEAR = "near", "差一项"
    LACKING = "lacking", "缺数据"
    NO_DATA = "no_data", "无数据"
    FAILED = "failed", "差两项以上"

    @property
    def mark(self) -> Mark:
        return _MARKS[self]


_MARKS = {
    Outcome.READY: Mark(Tone.GOOD, "check-circle"),
    Outcome.NEAR: Mark(Tone.MOVE, "info-circle"),
    Outcome.LACKING: Mark(Tone.WATCH, "exclamation-triangle"),
    Outcome.NO_DATA: Mark(Tone.WATCH, "exclamation-triangle"),
    Outcome.FAILED: Mark(Tone.BAD, "x-circle"),
}
_PLACE = {outcome: place for place, outcome in enumerate(Outcome)}
MOST_FAILED = 1
"""Whoever fails more is no near miss."""


class Sifted(NamedTuple):
    """How many conditions are met, not known and failed. `year`: of the newest return; None without any.

    `states`: a letter for each condition, as the sieve orders them. `fails_last_year`: where years are
    missing, R&D of the last year alone is not enough. `ripe_on`: as in `cures`.
    """

    firm: int
    outcome: Outcome
    met: int
    unknown: int
    failed: int
    score: Points
    year: int | None
    fails_last_year: bool
    states: str
    ripe_on: dt.date | None = None

    def states_of(self, conditions: Sequence[str]) -> dict[str, State]:
        """By the conditions of the sieve, which it names in its order."""
        letters = zip(conditions, self.states, strict=True)
        return {code: STATE_OF[letter] for code, letter in letters}


LETTERS = {MET: "M", FAILED: "F", UNKNOWN: "U", OPEN: "O"}
STATE_OF = {letter: state for state, letter in LETTERS.items()}
MOST_CONDITIONS, MOST_POINTS = 63, 255
"""More than any kind has: numbers below them stand side by side in one."""


def likelihood(sifted: Sifted) -> int:
    """In what order firms are called: more proved, less unknown, more points proved; then by their keys."""
    lead = _PLACE[sifted.outcome]
    lead = lead * (MOST_CONDITIONS + 1) + MOST_CONDITIONS - sifted.met
    lead = lead * (MOST_CONDITIONS + 1) + sifted.unknown
    lead = lead * (MOST_POINTS + 1) + MOST_POINTS - sifted.score.low
    return lead * 2 + sifted.fails_last_year


def risk(sifted: Sifted) -> int:
    """Whoever fails most first; then by their keys."""
    order = (MOST_CONDITIONS - sifted.failed) * (MOST_CONDITIONS + 1) + sifted.met
    return order * (MOST_POINTS + 1) + sifted.score.low


class Sieve(Protocol):
    """The rules of a day, with money in cents. `conditions`: the codes of what is judged.

    `asked_kinds`: of which must be known who holds them.
    """

    conditions: Sequence[str]
    asked_kinds: Collection[str]

    def sift(self, firm: int, data: FirmInCents, most_failed: int = MOST_FAILED) -> Sifted | None:
        """None for whoever is known to fail more before all is judged."""


class CertificateSieve:
    conditions: Sequence[str] = (*STATES, SCORED)
    asked_kinds: Collection[str] = ()

    def __init__(self, rules: CertificateRules, fields: Collection[str]) -> None:
        self._rules, self._fields = rules, fields
        self._states = list(STATES.values())
        self._needed = [self.conditions.index(code) for code in rules.needed]

    def sift(self, firm: int, data: FirmInCents, most_failed: int = MOST_FAILED) -> Sifted | None:
        found: list[State] = []
        rules, fields, failed = self._rules, self._fields, 0
        for state_of in self._states:
            state = state_of(data, rules, fields)
            found.append(state)
            if state is FAILED:
                failed += 1
                if failed > most_failed:
                    return None
        score = score_of(data, rules.score)
        found.append(innovation(score, rules))
        if failed + (found[-1] is FAILED) > most_failed:
            return None
        judged, last_year = found, MET
        if found[_RD] is UNKNOWN:
            last_year = last_year_rd(data, rules)
            judged = [*found[:_RD], last_year, *found[_RD + 1 :]]
        meets_needed = all([judged[place] is MET for place in self._needed])
        year, fails_last_year = data.newest_year, last_year is FAILED
        ripe = ripe_on(data, rules)
        return _sifted(firm, found, meets_needed, score.total, year, fails_last_year, ripe)


_RD = CertificateSieve.conditions.index("c5a")


class KindSieve:
    def __init__(self, rules: KindRules) -> None:
        self._rules = rules
        self.conditions: Sequence[str] = tuple(rules.names)
        self.asked_kinds: Collection[str] = rules.asked_kinds
        self._needed = [self.conditions.index(code) for code in rules.needed]

    def sift(self, firm: int, data: FirmInCents, most_failed: int = MOST_FAILED) -> Sifted | None:
        found = [answer.state for answer in check_kind(data, self._rules).values()]
        if found.count(FAILED) > most_failed:
            return None
        meets_needed = all(found[place] is MET for place in self._needed)
        points = points_of_kind(data, self._rules)
        return _sifted(firm, found, meets_needed, points, data.newest_year)


SMALL_FIRM_ITEMS = {"size": "规模", "staff": "科技人员", "rd": "研发投入", "ip": "科技成果"}
"""What is judged of a small firm; all but its size give points."""


def small_firm_states(data: CheckedFirm, found: SmallFirmCheck) -> dict[str, State]:
    """Of a firm that may pass: what is known of it, by item."""
    size_is_known = None not in (data.staff, data.last_sales, data.last_assets)
    known = (size_is_known, *(points is not None for points in (found.staff, found.rd, found.ip)))
    states = (MET if each else UNKNOWN for each in known)
    return dict(zip(SMALL_FIRM_ITEMS, states, strict=True))


class SmallFirmSieve:
    conditions: Sequence[str] = tuple(SMALL_FIRM_ITEMS)
    asked_kinds: Collection[str] = ()

    def __init__(self, rules: SmallFirmRules) -> None:
        self._rules = rules

    def sift(self, firm: int, data: FirmInCents, most_failed: int = MOST_FAILED) -> Sifted | None:
        """The points of all items together decide: there is no near miss."""
        found = check_small_firm(data, self._rules)
        if found.state is FAILED:
            return None
        year = data.newest_year
        states = list(small_firm_states(data, found).values())
        return _sifted(firm, states, found.state is MET, found.possible, year)


def _sifted(
    firm: int,
    states: list[State],
    meets_needed: bool,
    score: Points,
    year: int | None,
    fails_last_year: bool = False,
    ripe: dt.date | None = None,
) -> Sifted:
    failed = states.count(FAILED)
    if year is None:
        outcome = NO_DATA
    elif failed:
        outcome = NEAR if failed <= MOST_FAILED else TOO_FAR
    else:
        outcome = READY if meets_needed else LACKING
    met, unknown = states.count(MET), states.count(UNKNOWN)
    letters = "".join([LETTERS[state] for state in states])
    return Sifted(firm, outcome, met, unknown, failed, score, year, fails_last_year, letters, ripe)


READY, NEAR, LACKING, NO_DATA, TOO_FAR = Outcome
