"""科技型中小企业 (国科发政〔2017〕115号): size, and a score that is exact throughout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from enterprises.eligibility.model.condition_answer import Exact, Points, State
from enterprises.eligibility.model.firm_data import CheckedFirm, IntellectualProperty, Known
from enterprises.eligibility.model.rules import Band, SmallFirmRules, points_of


@dataclass(frozen=True)
class SmallFirmCheck:
    """Points of the three items; None: not known. What confirms a firm without a score is not asked.

    `possible`: the score with nothing for what is not known, and with the most.
    """

    state: State
    staff: int | None
    rd: int | None
    ip: int | None
    possible: Points

    @property
    def score(self) -> int | None:
        if self.staff is None or self.rd is None or self.ip is None:
            return None
        return self.staff + self.rd + self.ip


def check_small_firm(data: CheckedFirm, rules: SmallFirmRules) -> SmallFirmCheck:
    everybody, in_research = data.mean_staff
    staff = _share_points(in_research, everybody, rules.staff_shares)
    rd = _better(
        [
            _share_points(data.last_rd, data.last_sales, rules.rd_of_sales),
            _share_points(data.last_rd, data.costs, rules.rd_of_costs),
        ]
    )
    ip = _ip_points(data.ip, rules)
    possible = Points(
        (staff or 0) + (rd or 0) + (ip or 0),
        (rules.staff_most if staff is None else staff)
        + (rules.rd_most if rd is None else rd)
        + (rules.ip_class1 if ip is None else ip),
    )
    return SmallFirmCheck(_judge(data, rules, staff, possible), staff, rd, ip, possible)


def _judge(data: CheckedFirm, rules: SmallFirmRules, staff: int | None, possible: Points) -> State:
    """What is missing decides nothing: neither its best nor its worst may change the outcome."""
    limits: list[tuple[Known, Exact]] = [
        (data.staff, rules.most_staff),
        (data.last_sales, rules.most_sales),
        (data.last_assets, rules.most_assets),
    ]
    too_large = any(value is not None and value > most for value, most in limits)
    if too_large or staff == 0 or possible.high < rules.least_score:
        return State.FAILED
    size_is_known = all(value is not None for value, _ in limits)
    # A firm without points for its staff is out, whatever else it has.
    if size_is_known and staff is not None and possible.low >= rules.least_score:
        return State.MET
    return State.UNKNOWN


def _share_points(part: Known, whole: Known, bands: Sequence[Band]) -> int | None:
    """None where a number is missing or the whole is nothing."""
    if part is None or not whole:
        return None
    return _points(part * 100, whole, bands)


def _points(part: Exact, whole: Exact, bands: Sequence[Band]) -> int:
    reached = points_of(part, whole, bands)
    return reached.high if reached else 0


def _better(points: Iterable[int | None]) -> int | None:
    return max((each for each in points if each is not None), default=None)


def _ip_points(ip: IntellectualProperty, rules: SmallFirmRules) -> int | None:
    """Used items count here too: "once only" is a rule of the other procedure."""
    if ip.class1:
        return rules.ip_class1
    if ip.class1 is None or ip.class2 is None:
        return None
    return _points(ip.class2, 1, rules.ip_class2)
