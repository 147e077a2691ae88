"""The demo's applications: who renews this year, how far each has come, who applies first."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence

from enterprises.demo.firms import Draft
from enterprises.demo.history import UNTIL, DemoHistory
from enterprises.registry.acts import Act, Apply, NextStep

AGENCIES = ["演示科技咨询有限公司", "演示知识产权代理有限公司", "演示企业服务有限公司", ""]
NOTES = {
    "given_up": [
        "研发费用占比达不到要求，本年度不再申报",
        "主营业务调整，不再符合技术领域",
        "计划迁往区外",
    ],
    "rejected": ["知识产权得分不足", "研发费用归集不完整"],
}
REASONS = {"知识产权得分不足": "ip", "研发费用归集不完整": "rd_accounts"}
"""Note → the reason of rejection that it tells."""
NEXT = {"preparing": "催齐申报材料", "filed": "请机构查受理情况"}
"""Stage → what somebody has planned for some of the firms that stand at it."""
STEPS = {
    "preparing": ("preparing",),
    "filed": ("preparing", "filed"),
    "publicity": ("preparing", "filed", "publicity"),
    "rejected": ("preparing", "filed", "rejected"),
    "given_up": ("given_up",),
}
"""Where a firm stands → the stages it went through."""
BEGINS = {
    "preparing": (4, 10),
    "filed": (8, 5),
    "publicity": (11, 3),
    "rejected": (10, 20),
    "given_up": (6, 8),
}
"""Stage → from when on firms reach it, within some weeks."""


def batch_at(stage: str, batch: int | None) -> int | None:
    """Only who has filed is in a batch."""
    return None if stage in ("preparing", "given_up") else batch


def add_applications(history: DemoHistory, year: int) -> None:
    """Most that must renew this year are on their way, some of next year have begun."""
    lasting = history.lasting_firms()
    certified_this_year = [firm for firm in lasting if firm.last_class == year]
    due_this_year = [firm for firm in lasting if firm.last_class == year - 3]
    due_next_year = [firm for firm in lasting if firm.last_class == year - 2]
    plain = [firm for firm in lasting if not firm.classes and firm.entered.year < year - 1]
    renewed = [firm for firm in certified_this_year if len(firm.classes) > 1]
    applicants = Applicants(history.chance, year)
    for day, act in (
        *applicants.renewing(due_this_year),
        *applicants.renewed(renewed[:40]),
        *applicants.preparing(history.chance.sample(due_next_year, 25)),
        *applicants.applying_first(history.chance.sample(plain, 36)),
    ):
        history.record(day, act)


class Applicants:
    """Acts on the applications of a year, the same ones for the same random generator."""

    def __init__(self, chance: random.Random, year: int) -> None:
        self.chance, self.year = chance, year

    def renewing(self, firms: Iterable[Draft]) -> Iterator[tuple[dt.date, Act]]:
        """Firms whose certificate of three years ago has not been followed by another."""
        for firm in firms:
            # A certificate of this autumn's last batch is on its way to these.
            if firm.awaiting:
                stage = self.chance.choices(["publicity", "filed"], weights=[3, 1])[0]
            else:
                stages = ["", "preparing", "filed", "rejected", "given_up"]
                stage = self.chance.choices(stages, weights=[30, 22, 14, 10, 24])[0]
            yield from self._steps_to(stage, firm, batch=3)

    def renewed(self, firms: Iterable[Draft]) -> Iterator[tuple[dt.date, Act]]:
        for firm in firms:
            yield from self._steps_to("publicity", firm, batch=1, days_earlier=45)

    def preparing(self, firms: Iterable[Draft]) -> Iterator[tuple[dt.date, Act]]:
        for firm in firms:
            yield from self._steps_to("preparing", firm, year=self.year + 1)

    def applying_first(self, firms: Iterable[Draft]) -> Iterator[tuple[dt.date, Act]]:
        stages = ("filed", "publicity", "preparing", "rejected")
        for number, firm in enumerate(firms):
            yield from self._steps_to(stages[number % len(stages)], firm, batch=2)

    def _steps_to(
        self,
        stage: str,
        firm: Draft,
        *,
        batch: int | None = None,
        year: int = 0,
        days_earlier: int = 0,
    ) -> Iterator[tuple[dt.date, Act]]:
        """The stages up to this one, each with its day; none at all for the stage ""."""
        agency = self.chance.choice(AGENCIES)
        for step in STEPS.get(stage, ()):
            shift = dt.timedelta(days=self.chance.randrange(14) - days_earlier)
            day = dt.date(self.year, *BEGINS[step]) + shift
            notes: Sequence[str] = NOTES.get(step, [""])
            note = self.chance.choice(notes)
            act = Apply(
                uscc=firm.uscc,
                kind="hnte",
                year=year or self.year,
                stage=step,
                on=day,
                batch=batch_at(step, batch),
                agency=agency,
                note=note,
                rejected_for=REASONS.get(note, ""),
            )
            yield day, act
            if step == stage and step in NEXT and sum(map(ord, firm.uscc)) % 2:
                yield day, _next_step(firm, step)


def _next_step(firm: Draft, stage: str) -> NextStep:
    return NextStep(
        uscc=firm.uscc,
        kind="hnte",
        next_action=NEXT[stage],
        next_on=UNTIL + dt.timedelta(days=3 + sum(map(ord, firm.uscc)) % 30),
        owner="bureau_staff",
    )
