"""Applications of the demo district: who renews this year, how far each has come, and some first-time applicants."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence

from enterprises.demo.firms import Draft
from enterprises.registry.acts import Apply

AGENCIES = ["演示科技咨询有限公司", "演示知识产权代理有限公司", "演示企业服务有限公司", ""]
NOTES = {
    "given_up": [
        "研发费用占比达不到要求，本年度不再申报",
        "主营业务调整，不再符合技术领域",
        "计划迁往区外",
    ],
    "rejected": ["知识产权得分不足", "研发费用归集不完整"],
}
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


class Applicants:
    """Acts on the applications of a year, the same ones for the same random generator."""

    def __init__(self, chance: random.Random, year: int) -> None:
        self.chance, self.year = chance, year

    def renewing(self, firms: Iterable[Draft]) -> Iterator[tuple[dt.date, Apply]]:
        """Firms whose certificate of three years ago has not been followed by another."""
        for firm in firms:
            if firm.awaiting:
                stage = self.chance.choices(["publicity", "filed"], weights=[3, 1])[0]
            else:
                stages = ["", "preparing", "filed", "rejected", "given_up"]
                stage = self.chance.choices(stages, weights=[30, 22, 14, 10, 24])[0]
            yield from self._course(firm, stage, batch=3)

    def renewed(self, firms: Iterable[Draft]) -> Iterator[tuple[dt.date, Apply]]:
        for firm in firms:
            yield from self._course(firm, "publicity", batch=1, days_earlier=45)

    def preparing(self, firms: Iterable[Draft]) -> Iterator[tuple[dt.date, Apply]]:
        for firm in firms:
            yield from self._course(firm, "preparing", year=self.year + 1)

    def first_time(self, firms: Iterable[Draft]) -> Iterator[tuple[dt.date, Apply]]:
        for number, firm in enumerate(firms):
            yield from self._course(
                firm, ("filed", "publicity", "preparing", "rejected")[number % 4], batch=2
            )

    def _course(
        self,
        firm: Draft,
        stage: str,
        *,
        batch: int | None = None,
        year: int = 0,
        days_earlier: int = 0,
    ) -> Iterator[tuple[dt.date, Apply]]:
        agency = self.chance.choice(AGENCIES)
        for step in STEPS.get(stage, ()):
            day = dt.date(self.year, *BEGINS[step]) + dt.timedelta(
                days=self.chance.randrange(14) - days_earlier
            )
            yield (
                day,
                Apply(
                    uscc=firm.uscc,
                    kind="hnte",
                    year=year or self.year,
                    stage=step,
                    on=day,
                    batch=None if step in ("preparing", "given_up") else batch,
                    agency=agency,
                    note=self._note(step),
                ),
            )

    def _note(self, step: str) -> str:
        notes: Sequence[str] = NOTES.get(step, [""])
        return self.chance.choice(notes)
