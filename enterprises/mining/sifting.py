"""One firm after another held against the conditions: which outcome, how likely.

The conditions are those of `eligibility.model`, on whole numbers. Whoever fails two is left at once, so that a whole
district is gone through quickly; what a page shows of a firm, `details` tells.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from django.db.models import TextChoices

from enterprises.eligibility.gathering import FirmInCents
from enterprises.eligibility.model.condition_answer import NO_POINTS, Points, State
from enterprises.eligibility.model.firm_data import CheckedFirm
from enterprises.eligibility.model.other_kinds import KindRules, check_kind
from enterprises.eligibility.model.rules import CertificateRules, SmallFirmRules
from enterprises.eligibility.model.score import score_of
from enterprises.eligibility.model.small_firms import SmallFirmCheck, check_small_firm
from enterprises.eligibility.model.states import SCORED, STATES, innovation, last_year_rd
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
    """`states`: by condition, in the sieve's order. `year`: of the newest return; None without any.

    `fails_last_year`: where years are missing, R&D of the last year alone would not be enough.
    """

    firm: int
    outcome: Outcome
    states: Sequence[State]
    score: Points
    year: int | None
    fails_last_year: bool = False

    @property
    def likelihood(self) -> tuple[int, ...]:
        """The likeliest first: more proved, less unknown, more points proved."""
        states = self.states
        return (
            _PLACE[self.outcome],
            -states.count(State.MET),
            states.count(State.UNKNOWN),
            -self.score.low,
            self.fails_last_year,
            self.firm,
        )

    @property
    def risk(self) -> tuple[int, ...]:
        """Whoever fails most first."""
        states = self.states
        return -states.count(State.FAILED), states.count(State.MET), self.score.low, self.firm


class Sieve(Protocol):
    """The rules of a day, with money in cents. `conditions`: the codes of what is judged."""

    conditions: Sequence[str]

    def sift(self, firm: int, data: FirmInCents, most_failed: int = MOST_FAILED) -> Sifted | None:
        """None for whoever fails more."""


class CertificateSieve:
    conditions: Sequence[str] = (*STATES, SCORED)

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
            if state is State.FAILED:
                failed += 1
                if failed > most_failed:
                    return None
        score = score_of(data, rules.score)
        found.append(innovation(score, rules))
        failed += found[-1] is State.FAILED
        if failed > most_failed:
            return None
        year = data.newest_year
        outcome = _outcome(found, failed, year, self._needed)
        fails_last_year = last_year_rd(data, rules) is State.FAILED
        return Sifted(firm, outcome, found, score.total, year, fails_last_year)


class KindSieve:
    def __init__(self, rules: KindRules) -> None:
        self._rules = rules
        self.conditions: Sequence[str] = tuple(rules.names)
        self._needed = [self.conditions.index(code) for code in rules.needed]

    def sift(self, firm: int, data: FirmInCents, most_failed: int = MOST_FAILED) -> Sifted | None:
        found = [answer.state for answer in check_kind(data, self._rules).values()]
        failed, year = found.count(State.FAILED), data.newest_year
        if failed > most_failed:
            return None
        return Sifted(firm, _outcome(found, failed, year, self._needed), found, NO_POINTS, year)


SMALL_FIRM_ITEMS = {"size": "规模", "staff": "科技人员", "rd": "研发投入", "ip": "科技成果"}
"""What is judged of a small firm; all but its size give points."""


def small_firm_states(data: CheckedFirm, found: SmallFirmCheck) -> dict[str, State]:
    """Of a firm that may pass: what is known of it, by item."""
    size_is_known = None not in (data.staff, data.last_sales, data.last_assets)
    known = (size_is_known, *(points is not None for points in (found.staff, found.rd, found.ip)))
    states = (State.MET if each else State.UNKNOWN for each in known)
    return dict(zip(SMALL_FIRM_ITEMS, states, strict=True))


class SmallFirmSieve:
    conditions: Sequence[str] = tuple(SMALL_FIRM_ITEMS)

    def __init__(self, rules: SmallFirmRules) -> None:
        self._rules = rules

    def sift(self, firm: int, data: FirmInCents, most_failed: int = MOST_FAILED) -> Sifted | None:
        """The points of all items together decide: there is no near miss."""
        found = check_small_firm(data, self._rules)
        if found.state is State.FAILED:
            return None
        year = data.newest_year
        states = list(small_firm_states(data, found).values())
        outcome = Outcome.READY if found.state is State.MET else Outcome.LACKING
        if year is None:
            outcome = Outcome.NO_DATA
        return Sifted(firm, outcome, states, found.possible, year)


def _outcome(
    states: Sequence[State], failed: int, year: int | None, needed: Sequence[int]
) -> Outcome:
    if year is None:
        return Outcome.NO_DATA
    if failed:
        return Outcome.NEAR if failed <= MOST_FAILED else Outcome.FAILED
    if any(states[place] is not State.MET for place in needed):
        return Outcome.LACKING
    return Outcome.READY
