"""What a query string asks about the changes between two days: for page, export and API alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.exceptions import PermissionDenied

from parks.filters import StrictForm
from parks.models import Unit, User
from targets.figures import flows, indicators, known
from targets.figures.indicators import first_of
from targets.figures.question import EARLIEST, LATEST, BridgeQuestion
from targets.models import Definition, Scope

FIRST_DAY = EARLIEST - relativedelta(years=1)
"""The day before the first one on which anything is counted can still be an opening stock."""


class BridgeForm(StrictForm):
    """Every part may be left out; `question` fills the gaps.

    The defaults: the plan's first kind, the user's own scope, this year as far as the data reaches.
    """

    kind = forms.ChoiceField(label="资质", required=False)
    scope = forms.CharField(label="统计范围", required=False, max_length=20)
    since = forms.DateField(label="期初日", required=False)
    until = forms.DateField(label="期末日", required=False)
    definition = forms.ChoiceField(label="统计口径", choices=Definition.choices, required=False)

    def __init__(self, data: Mapping[str, str], *, user: User, beside: Iterable[str] = ()) -> None:
        """`beside`: parameters in the address that are not the form's, such as the page number."""
        super().__init__(data)
        self.user, self.beside = user, frozenset(beside)
        self.units = {unit.code: unit for unit in Unit.objects.reporting()}
        self.indicators = indicators.live()
        self.kinds = {row.code: row.short_name for row in self.indicators.stocks}
        self.fields["kind"].choices = [*self.kinds.items()]  # type: ignore[attr-defined]

    def clean_scope(self) -> str:
        scope: str = self.cleaned_data["scope"]
        if scope and scope not in self.units and scope not in Scope.values:
            raise forms.ValidationError(f"没有“{scope}”这一统计范围。")
        return scope

    def clean_since(self) -> dt.date | None:
        return self._within(self.cleaned_data["since"])

    def clean_until(self) -> dt.date | None:
        return self._within(self.cleaned_data["until"])

    def _within(self, day: dt.date | None) -> dt.date | None:
        if day and not FIRST_DAY <= day <= LATEST:
            raise forms.ValidationError(f"日期应在{FIRST_DAY:%Y}年至{LATEST:%Y}年之间。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        # A day that was not understood has its own error; nothing is compared with it.
        if "since" in self.errors or "until" in self.errors:
            return cleaned
        since, until = cleaned.get("since"), cleaned.get("until")
        if since or until:
            since, until = self._fill_days(since, until)
            # Equal days would enclose no day at all.
            if since >= until:
                self.add_error("until", f"期末日（{until}）应晚于期初日（{since}）。")
        return cleaned

    def _fill_days(self, since: dt.date | None, until: dt.date | None) -> tuple[dt.date, dt.date]:
        """Up to today, from the end of the year before."""
        until = until or known.usual_day()
        # The plan reckons by calendar years: growth is that since the last year's end.
        return since or dt.date(until.year - 1, 12, 31), until

    @property
    def own_scope(self) -> str:
        """The district, or the park or town of a reporter."""
        # A department's user has a unit, but one that has no firms.
        unit = self.user.reporting_unit
        return unit.code if unit else Scope.DISTRICT.value

    @property
    def visible_scopes(self) -> list[str]:
        """The scopes whose numbers the reader may see, from wide to narrow."""
        if self.user.sees_whole_district:
            return [*Scope.values, *self.units]
        return [Scope.DISTRICT.value, self.own_scope]

    @cached_property
    def question(self) -> BridgeQuestion:
        """For a valid form. PermissionDenied for another unit's numbers."""
        cleaned = self.cleaned_data
        scope = cleaned["scope"] or self.own_scope
        if scope not in self.visible_scopes:
            raise PermissionDenied("只能查看全区合计和本单位的统计数字。")
        kind = cleaned["kind"] or first_of(self.indicators.stocks)
        since, until = self._fill_days(cleaned["since"], cleaned["until"])
        definition = cleaned["definition"] or Definition.CERTIFICATE.value
        return BridgeQuestion(kind, scope, since, until, definition)

    def label_of(self, term: flows.FlowTerm) -> str:
        """The term in the words of the kind asked for."""
        return flows.label(term, of_register=self.indicators[self.question.kind].is_register)

    def scope_name(self, scope: str) -> str:
        unit = self.units.get(scope)
        return unit.name if unit else str(Scope(scope).label)


class EventsForm(BridgeForm):
    """A bridge, and the term of it whose firms are wanted."""

    term = forms.ChoiceField(
        label="变动",
        choices=flows.FlowTerm.choices,
        error_messages={"required": "须指定变动（如 first、expired）。"},
    )

    @property
    def term_asked(self) -> flows.FlowTerm:
        return flows.FlowTerm(self.cleaned_data["term"])

    @property
    def label_asked(self) -> str:
        return self.label_of(self.term_asked)
