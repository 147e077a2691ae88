"""Firms with returns, in the reserve pool and beside it."""

import datetime as dt
from typing import Any

from django.utils import timezone

from enterprises import registry
from enterprises.models import Enterprise
from enterprises.registry import acts
from tests.firms import FOUNDED, founding

SOUND = {
    "revenue": 1500, "rd_expense": 120, "rd_domestic": 120, "assets": 1400, "liabilities": 500,
    "gross_income": 1500, "nontaxable_income": 0, "hightech_income": 1200, "costs": 1300, "staff": 40,
    "rd_staff": 10, "ip_class1": 1, "ip_class2": 6, "ip_class2_used": 0, "ip_own": 7, "conversions": 6,
}  # fmt: skip
NEAR = SOUND | {"hightech_income": 300}
"""One condition is not met."""
HOPELESS = SOUND | {
    "rd_expense": 1, "rd_domestic": 0, "hightech_income": 1, "rd_staff": 0, "ip_class1": 0, "ip_class2": 0, "ip_own": 0,
}  # fmt: skip
DEGAN = ("degan", "500116002")


def today() -> dt.date:
    return timezone.localdate()


def with_returns(
    values: dict[str, Any] | None, place: tuple[str, str] = DEGAN, name: str = ""
) -> Enterprise:
    """A firm with the same returns in each of the last three years; None: without any."""
    uscc, done = founding(*place)
    done += [acts.Amend(uscc=uscc, tech_field="materials")]
    if name:
        done[0] = acts.Register(uscc=uscc, name=name, registered_on=FOUNDED)
    if values is not None:
        for year in range(today().year - 3, today().year):
            done.append(acts.RecordFigures(uscc=uscc, year=year, values=values))
    registry.apply(done, by=None)
    return Enterprise.objects.get(uscc=uscc)


def enter(firm: Enterprise, stage: str = "seed", **told: Any) -> Enterprise:
    told = {"target_year": today().year + 1, "on": today() - dt.timedelta(days=30)} | told
    registry.apply([acts.EnterPool(uscc=firm.uscc, stage=stage, **told)], by=None)
    return firm


def certify(firm: Enterprise, on: dt.date | None = None) -> Enterprise:
    grant = acts.Grant(uscc=firm.uscc, kind="hnte", valid_from=on or today() - dt.timedelta(days=1))
    registry.apply([grant], by=None)
    return firm
