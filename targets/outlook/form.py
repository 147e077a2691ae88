"""What a viewer asks of the outlook: as of which day, for which kind of firm, which unit, under which supposition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from enterprises.models import SourceFile
from parks.filters import problems, visible_unit
from parks.models import Unit, User
from targets.figures import indicators
from targets.figures.indicators import first_of, offer_headlines
from targets.figures.question import QuestionForm
from targets.models import Definition
from targets.outlook.model.scenario import Supposition

MOST_WINS = 5_000


@dataclass(frozen=True)
class OutlookQuestion:
    """`on` is the day asked for, `as_of` the last day of it that the registers speak of: the forecast starts there."""

    on: dt.date
    as_of: dt.date
    kind: str
    usual_kind: str
    unit: Unit | None = None
    renewal: Decimal | None = None
    wins: int | None = None

    @property
    def supposed(self) -> Supposition:
        renewal = None if self.renewal is None else float(self.renewal) / 100
        return Supposition(renewal, None if self.wins is None else float(self.wins))

    @property
    def behind(self) -> bool:
        """The registers end before the day asked for."""
        return self.as_of < self.on

    def query(self, **changes: str | None) -> str:
        """The part of the address that asks this, with changes (None leaves out)."""
        asked: dict[str, str | None] = {
            "on": None if self.on == timezone.localdate() else self.on.isoformat(),
            "kind": None if self.kind == self.usual_kind else self.kind,
            "unit": self.unit.code if self.unit else None,
            "renewal": None if self.renewal is None else f"{self.renewal.normalize():f}",
            "wins": None if self.wins is None else str(self.wins),
        }
        return urlencode(
            {name: value for name, value in (asked | changes).items() if value is not None}
        )


class OutlookForm(QuestionForm):
    """A query string of the page. `definition` is understood and not used: the outlook goes by certificate dates."""

    kind = forms.ChoiceField(label="指标", required=False)
    unit = forms.CharField(label="单位", required=False, max_length=20)
    renewal = forms.DecimalField(
        label="假设的续证率（%）",
        required=False,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        error_messages={"invalid": "请填数字，如 85。"},
    )
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
        if day and day > timezone.localdate():
            raise forms.ValidationError("统计日不能晚于今天：预测从已知的事实出发。")
        return day

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        endless = {row.code: row.short_name for row in self.indicators if row.is_register}
        if given.get("kind") in endless and given.get("renewal") is not None:
            name = endless[given["kind"]]
            self.add_error("renewal", f"{name}没有有效期，没有续证率可假设。")
        return given

    def asked(self) -> OutlookQuestion:
        """What was asked; where that is not understood, the default (the form then carries the errors)."""
        given: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        on = given.get("on") or timezone.localdate()
        reach = SourceFile.objects.latest_day()
        return OutlookQuestion(
            on=on,
            as_of=min(on, reach) if reach else on,
            kind=given.get("kind") or first_of(self.indicators),
            usual_kind=first_of(self.indicators),
            unit=given.get("unit"),
            renewal=given.get("renewal"),
            wins=given.get("wins"),
        )

    @property
    def problems(self) -> list[str]:
        return problems(self)

    @property
    def other_definition(self) -> bool:
        return self.is_valid() and self.cleaned_data.get("definition") == Definition.CLASS_YEAR
