"""What a viewer asks of the outlook: the day, the kind of firm, the unit, the supposition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from parks.filters import problems, visible_unit
from parks.models import Unit, User
from parks.numbers import plain
from targets.figures import indicators
from targets.figures.indicators import first_of, offer_headlines
from targets.figures.question import QuestionForm, known_later
from targets.models import Definition, Scope
from targets.outlook.model.scenario import Supposition

MOST_WINS = 5_000
SHARES = {
    "renewal": "有效期和续证率",
    "publicity": "公示环节",
    "filed": "申报环节",
    "preparing": "申报环节",
}
"""Supposed percentages → what a register does not have."""


@dataclass(frozen=True)
class OutlookQuestion:
    """`on`: the day asked for, from which the forecast starts.

    Supposed rates in percent: `renewal`; `publicity` and `filed` of those that pass, `preparing` of
    those that file. `wins`: supposed first recognitions per year.
    """

    on: dt.date
    kind: str
    usual_kind: str
    unit: Unit | None = None
    renewal: Decimal | None = None
    wins: int | None = None
    publicity: Decimal | None = None
    filed: Decimal | None = None
    preparing: Decimal | None = None

    @property
    def scope(self) -> str:
        return self.unit.code if self.unit else str(Scope.DISTRICT)

    @property
    def known_later(self) -> str:
        """By when the facts were known that tell of days after a past day, in words."""
        return known_later(self.on)

    @property
    def supposed(self) -> Supposition:
        supposed: dict[str, float] = {}
        for name in SHARES:
            share = getattr(self, name)
            if share is not None:
                supposed[name] = float(share) / 100
        if self.wins is not None:
            supposed["wins"] = float(self.wins)
        return Supposition(**supposed)

    def query(self, **changes: str | None) -> str:
        """The part of the address that asks this, with changes (None leaves out).

        What is usual is left out.
        """
        query: dict[str, str | None] = {}
        if self.on != timezone.localdate():
            query["on"] = self.on.isoformat()
        if self.kind != self.usual_kind:
            query["kind"] = self.kind
        if self.unit:
            query["unit"] = self.unit.code
        for name in SHARES:
            share = getattr(self, name)
            if share is not None:
                query[name] = plain(share)
        if self.wins is not None:
            query["wins"] = str(self.wins)
        query |= changes
        return urlencode({name: value for name, value in query.items() if value is not None})


def share_field(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        error_messages={"invalid": "请填数字，如 85。"},
    )


class OutlookForm(QuestionForm):
    """A query string of the page.

    `definition` is understood and not used: the outlook goes by certificate dates.
    """

    kind = forms.ChoiceField(label="指标", required=False)
    unit = forms.CharField(label="单位", required=False, max_length=20)
    renewal = share_field("假设的续证率（%）")
    publicity = share_field("假设公示中的通过率（%）")
    filed = share_field("假设已申报的通过率（%）")
    preparing = share_field("假设准备中的申报率（%）")
    wins = forms.IntegerField(
        label="假设的每年新增（家）",
        required=False,
        min_value=0,
        max_value=MOST_WINS,
        error_messages={"invalid": "请填整数，如 120。"},
    )

    def __init__(self, data: Mapping[str, str], *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.indicators = indicators.live().headlines
        offer_headlines(self.fields["kind"], self.indicators, "有预测")

    def clean_unit(self) -> Unit | None:
        return visible_unit(self.cleaned_data["unit"], self.user)

    def clean_on(self) -> dt.date | None:
        day = super().clean_on()
        # A forecast starts from facts, and of a day to come there are none.
        if day and day > timezone.localdate():
            raise forms.ValidationError("统计日不能晚于今天：预测从已知的事实出发。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for indicator in self.indicators:
            # A register has no term and no applications: nothing in it is renewed or decided.
            if indicator.code == cleaned.get("kind") and indicator.is_register:
                for name, what in SHARES.items():
                    if cleaned.get(name) is not None:
                        self.add_error(name, f"{indicator.short_name}没有{what}可假设。")
        return cleaned

    def outlook_question(self) -> OutlookQuestion:
        """What is asked. Where that is not understood, the default; the form carries the errors."""
        cleaned: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        on = cleaned.get("on") or timezone.localdate()
        usual_kind = first_of(self.indicators)
        return OutlookQuestion(
            on=on,
            kind=cleaned.get("kind") or usual_kind,
            usual_kind=usual_kind,
            unit=cleaned.get("unit"),
            wins=cleaned.get("wins"),
            **{name: cleaned.get(name) for name in SHARES},
        )

    @property
    def problems(self) -> list[str]:
        return problems(self)

    @property
    def other_definition(self) -> bool:
        return self.is_valid() and self.cleaned_data.get("definition") == Definition.CLASS_YEAR
