"""One firm after another held against the conditions: which outcome, how likely.

The conditions are those of `eligibility.model`, on whole numbers. Whoever fails two is left at once, so that a whole
district is gone through quickly; what a page shows of a firm, the full self-check tells.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db.models import TextChoices

from enterprises.eligibility.gathering import FirmInCents
from enterprises.eligibility.model.condition_answer import Points, State
from enterprises.eligibility.model.rules import CertificateRules
from enterprises.eligibility.model.score import score_of
from enterprises.eligibility.model.states import SCORED, STATES, innovation


class Outcome(TextChoices):
    READY = "ready", "可测项全部符合"
    NEAR = "near", "差一项"
    LACKING = "lacking", "缺数据"
    NO_DATA = "no_data", "无数据"
    RULED_OUT = "ruled_out", "差两项以上"


LISTED = (Outcome.READY, Outcome.NEAR, Outcome.LACKING, Outcome.NO_DATA)
NEEDED = ("c4", "c6")
"""Shares of the last year's return: a firm of which they are not known is no candidate; the rest may be unknown."""
MOST_FAILED = 1
"""Whoever fails more is no near miss."""
CONDITIONS = (*STATES, SCORED)


class Sifted(NamedTuple):
    """`states`: of `CONDITIONS`, in their order. `year`: of the newest return; None without any."""

    firm: int
    outcome: Outcome
    states: Sequence[State]
    score: Points
    year: int | None

    @property
    def failed(self) -> list[str]:
        pairs = zip(CONDITIONS, self.states, strict=True)
        return [code for code, state in pairs if state is State.FAILED]

    @property
    def likelihood(self) -> tuple[int, int, int, int]:
        """The likeliest first: more proved, less unknown, more points proved."""
        states = self.states
        return -states.count(State.MET), states.count(State.UNKNOWN), -self.score.low, self.firm


class Sieve:
    """The rules of a day, for data in whole numbers."""

    def __init__(self, rules: CertificateRules, fields: Collection[str]) -> None:
        self._rules, self._fields = rules, fields
        self._states = list(STATES.values())

    def sift(self, firm: int, data: FirmInCents, most_failed: int = MOST_FAILED) -> Sifted | None:
        """None for whoever fails more."""
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
        return Sifted(firm, _outcome(found, failed, year), found, score.total, year)


def _outcome(states: Sequence[State], failed: int, year: int | None) -> Outcome:
    if year is None:
        return Outcome.NO_DATA
    if failed:
        return Outcome.NEAR if failed <= MOST_FAILED else Outcome.RULED_OUT
    if any(states[place] is not State.MET for place in _NEEDED):
        return Outcome.LACKING
    return Outcome.READY


_NEEDED = [CONDITIONS.index(code) for code in NEEDED]
