"""The headline indicators of the bulletin: stock, changes of the quarter, goals, park share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from parks.district import DISTRICT
from parks.numbers import grouped
from targets.bulletin import words
from targets.figures.counting import Counts
from targets.figures.flows import GAINS, LOSSES, Bridge, Flows
from targets.figures.indicators import CountedIndicator, IndicatorSet
from targets.models import Definition, Release, Scope, Span
from targets.releases.bridge import Chain, Corrected
from targets.releases.completion import or_dash
from targets.releases.verdicts import Judgement, ReleasedVerdict, verdicts_of_release

DEFINITION = Definition.CERTIFICATE.value
Opening, Closing = Span.Opening, Span.Closing
# Why firms begin and cease to count in the district, as the field calls it: certificates are
# granted and expire, a register is entered and left. Moves between units of the district are not
# among them, since over the whole district they cancel.
IN_ALL = {Opening.ARRIVED: "区外迁入", Opening.REOPENED: "注销后恢复", Opening.SEEN: "首见"}
OUT_ALL = {Closing.LEFT: f"迁出{DISTRICT.short_name}", Closing.CLOSED: "注销"}
CERTIFIED = {
    Opening.FIRST: "首次认定",
    Opening.REGAINED: "失效后再认定",
} | IN_ALL
ENTERED = {Opening.FIRST: "首次入库", Opening.REGAINED: "重新入库"} | IN_ALL
LAPSED = {Closing.EXPIRED: "到期未续", Closing.REVOKED: "取消"} | OUT_ALL
STRUCK_OFF = {Closing.EXPIRED: "到期", Closing.REVOKED: "退库"} | OUT_ALL


@dataclass(frozen=True)
class BulletinHeadline:
    """One indicator of the district.

    `terms`: (reason, firms) of the quarter, increases first. `goals`: sentences.
    """

    name: str
    code: str
    value: int
    opening: int
    terms: list[tuple[str, int]]
    goals: list[str]
    share: Decimal | None
    corrected: Corrected | None

    @property
    def correction_in_words(self) -> str:
        return words.correction_sentence(self.corrected)

    @property
    def sentence(self) -> str:
        """All of the indicator: stock, change of the quarter with its reasons, goals, park share."""
        terms = f"；{self.terms_in_words}" if self.terms_in_words else ""
        share = "" if self.share is None else f"园区平台内占全区{self.share}%。"
        return (
            f"{self.name}{grouped(self.value)}家，"
            f"本季度{self.net_in_words}（期初{grouped(self.opening)}家{terms}）。"
            f"{self.correction_in_words}{''.join(f'{goal}。' for goal in self.goals)}{share}"
        )

    @property
    def net(self) -> int:
        return self.value - self.opening

    @property
    def net_in_words(self) -> str:
        if self.net > 0:
            return f"净增{self.net}家"
        if self.net < 0:
            return f"净减{-self.net}家"
        return "持平"

    @property
    def terms_in_words(self) -> str:
        """Such as 其中首次认定3家、到期未续1家; empty when nothing happened."""
        parts = [f"{reason}{firms}家" for reason, firms in self.terms if firms]
        return f"其中{'、'.join(parts)}" if parts else ""


def build_headlines(
    release: Release, known: IndicatorSet, stock: Counts, flown: Flows, chained: Chain | None
) -> list[BulletinHeadline]:
    """`stock`: on the release's day; `flown`: what changed in the quarter."""
    # The verdicts as they were frozen: the bulletin judges nothing itself.
    judged = verdicts_of_release(release)
    headlines = []
    for indicator in known.headlines:
        code = indicator.code
        bridge = flown.bridge(code, str(Scope.DISTRICT))
        verdicts = [verdict for verdict in judged if verdict.indicator == code]
        headlines.append(
            BulletinHeadline(
                name=indicator.heading,
                code=code,
                value=stock.stock(release.as_of, code, Scope.DISTRICT),
                opening=bridge.opening,
                terms=_terms(bridge, of_register=indicator.is_register),
                goals=[_goal_sentence(verdict, indicator) for verdict in verdicts],
                share=_published_share(release, known.share_of(indicator.kind)),
                corrected=chained.corrected(code, Scope.DISTRICT) if chained else None,
            )
        )
    return headlines


def reasons_for(*, of_register: bool) -> tuple[dict[Span.Opening, str], dict[Span.Closing, str]]:
    """Why firms begin to count, and why they cease to: what the spans say → its words."""
    return (ENTERED, STRUCK_OFF) if of_register else (CERTIFIED, LAPSED)


def _terms(bridge: Bridge, *, of_register: bool) -> list[tuple[str, int]]:
    openings, closings = reasons_for(of_register=of_register)
    terms = [(label, bridge.flows[GAINS[reason]]) for reason, label in openings.items()]
    terms += [(label, bridge.flows[LOSSES[reason]]) for reason, label in closings.items()]
    return terms


def _goal_sentence(verdict: ReleasedVerdict, indicator: CountedIndicator) -> str:
    goal = f"{verdict.due:%Y}年目标{verdict.wording}"
    unit = indicator.unit_label
    if verdict.at_due is None:
        return goal + _judgement_in_words(verdict.now, unit)
    # Past its day a target is judged by that day; what the release's own day says stands beside it.
    due = words.day_in_words(verdict.due)
    then = f"到期日（{due}）{or_dash(verdict.at_due.value)}{unit}"
    said = f"{goal}，{then}{_judgement_in_words(verdict.at_due, unit)}"
    if verdict.now.value == verdict.at_due.value:
        return said
    since = f"，{verdict.turned}" if verdict.turned else ""
    return f"{said}；统计日为{or_dash(verdict.now.value)}{unit}{since}"


def _judgement_in_words(judgement: Judgement, unit: str) -> str:
    # Nothing is judged where a number is still to be published: the goal stands alone.
    if judgement.met is None:
        return ""
    return "，已达到" if judgement.met else f"，距目标还差{judgement.missing}{unit}"


def _published_share(release: Release, indicator: CountedIndicator | None) -> Decimal | None:
    """The share of the firms inside the parks; None where the plan asks for none."""
    if indicator is None:
        return None
    # The published share itself, not one reckoned again from firms.
    figures = release.figures.filter(definition=DEFINITION, scope=Scope.DISTRICT)
    return figures.get(indicator=indicator.code).value
