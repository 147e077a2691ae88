"""What can be done to many firms' stays in the reserve pool, on any list: a stage, a year, an end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.utils import timezone

from enterprises.bulk.desk import BulkAct
from enterprises.models import Enterprise, PoolEntry
from enterprises.registry import acts
from enterprises.registry.acts import Act

NOT_POOLED = "不在后备库中"


class AtStage(Protocol):
    """A stay, as a row or as what was read of it."""

    @property
    def since(self) -> dt.date: ...

    def get_stage_display(self) -> str: ...


def before_its_stay(stay: AtStage | None, on: dt.date) -> str:
    """Why the day cannot be that of a change of the present stay; "" where it can."""
    if stay is None or on >= stay.since:
        return ""
    return f"{stay.since}起在{stay.get_stage_display()}，日期不得早于该日"


class StayAct(BulkAct):
    """An act on the present stay of each firm, which counts today."""

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        live = PoolEntry.objects.live_on(timezone.localdate())
        here = live.filter(enterprise__in=[firm.pk for firm in firms])
        stays = {stay.enterprise_id: stay for stay in here}
        return {firm.uscc: self._act_of(firm, stays.get(firm.pk), values) for firm in firms}

    def _act_of(
        self, firm: Enterprise, stay: PoolEntry | None, values: Mapping[str, Any]
    ) -> list[Act] | str:
        return before_its_stay(stay, values["on"]) or self.of_stay(firm, stay, values)

    def of_stay(
        self, firm: Enterprise, stay: PoolEntry | None, values: Mapping[str, Any]
    ) -> list[Act] | str:
        raise NotImplementedError


class SetStage(StayAct):
    """The firms stand at a stage from a day on, or are to apply in another year.

    What is left empty stays as it is. Who is no reserve, the registry refuses.
    """

    def usual_year(self, on: dt.date) -> int | None:
        """Of a firm for which no year is told and none is known."""
        return None

    def of_stay(
        self, firm: Enterprise, stay: PoolEntry | None, values: Mapping[str, Any]
    ) -> list[Act] | str:
        on = values["on"]
        stage = values["stage"] or (stay.stage if stay else "")
        if not stage:
            return NOT_POOLED
        year = values["target_year"] or (stay.target_year if stay else None)
        return [
            acts.EnterPool(
                uscc=firm.uscc,
                stage=stage,
                target_year=year or self.usual_year(on),
                on=on,
                source=values.get("source", ""),
                reason=values.get("why", ""),
            )
        ]


class EndStay(StayAct):
    def of_stay(
        self, firm: Enterprise, stay: PoolEntry | None, values: Mapping[str, Any]
    ) -> list[Act] | str:
        if stay is None:
            return NOT_POOLED
        because, exit_kind = values["because"], values.get("exit_kind", "")
        leave = acts.LeavePool(
            uscc=firm.uscc, on=values["on"], because=because, exit_kind=exit_kind
        )
        return [leave]
