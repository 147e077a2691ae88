"""What a viewer asks of the renewals page: which certificates, as of which day, in which state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django import forms
from django.utils import timezone

from enterprises.models import QualificationKind
from parks.filters import ListForm
from parks.models import Unit, User
from targets.figures.question import EARLIEST, LATEST
from targets.models import Scope
from targets.renewals import rules
from targets.renewals.rules import APPLIED, OPEN, UNFILED, RenewalRow, RenewalState

MONTHS_AHEAD = 12
DAYS_AHEAD = 90
"""Certificates that lapse later can wait for another week."""
ALL, TODO, NOT_FILED, IN_RENEWAL = "all", "open", "unfiled", "applied"
GROUPS: Mapping[str, tuple[str, tuple[RenewalState, ...]]] = {
    TODO: ("未办结", OPEN),
    NOT_FILED: ("未申报", UNFILED),
    ALL: ("全部", tuple(RenewalState)),
    IN_RENEWAL: ("已申报或公示中", APPLIED),
}
"""State in the address that means several → its words and states."""


@dataclass(frozen=True)
class RenewalsQuestion:
    """Certificates that lapse from `since` to `until`, both included; states as of the day `on`."""

    on: dt.date
    kind: QualificationKind
    since: dt.date
    until: dt.date
    unit: Unit | None = None
    state: str = TODO
    usual_kind: str = ""
    """Code of the kind that goes without saying in an address."""

    @cached_property
    def states(self) -> tuple[RenewalState, ...]:
        if self.state in GROUPS:
            _, states = GROUPS[self.state]
            return states
        return (RenewalState(self.state),)

    @property
    def state_label(self) -> str:
        if self.state in GROUPS:
            label, _ = GROUPS[self.state]
            return label
        return str(RenewalState(self.state).label)

    @cached_property
    def usual(self) -> RenewalsQuestion:
        """What goes without saying of this day and kind."""
        return usual_question(self.on, self.kind)

    def query(self, **changes: str | None) -> str:
        """The part of the address that asks this, with changes (None leaves out).

        What is usual is left out.
        """
        usual = self.usual
        values_and_usual = {
            "on": (self.on.isoformat(), timezone.localdate().isoformat()),
            "kind": (self.kind.code, self.usual_kind),
            "since": (self.since.isoformat(), usual.since.isoformat()),
            "until": (self.until.isoformat(), usual.until.isoformat()),
            "unit": (self.unit.code if self.unit else None, None),
            "state": (self.state, TODO),
        }
        query: dict[str, str | None] = {}
        for name, (value, usual_value) in values_and_usual.items():
            query[name] = value if value != usual_value else None
        query |= changes
        return urlencode({name: value for name, value in query.items() if value is not None})

    def rows(self, user: User) -> list[RenewalRow]:
        """In every state, for the counts; `listed` chooses those in the states asked for."""
        scope = self.unit.code if self.unit else Scope.DISTRICT
        return rules.rows(
            self.kind.code, self.since, self.until, on=self.on, user=user, scope=scope
        )

    def listed(self, rows: list[RenewalRow]) -> list[RenewalRow]:
        return [row for row in rows if row.standing.state in self.states]


def usual_question(on: dt.date, kind: QualificationKind) -> RenewalsQuestion:
    """From what may still be renewed to what lapses within MONTHS_AHEAD months."""
    # To the end of that month, since the page tells lapses month by month.
    until = on + relativedelta(months=MONTHS_AHEAD, day=31)
    return RenewalsQuestion(on, kind, rules.usual_since(on), until)


def unfiled_question(on: dt.date, kind: QualificationKind, unit: Unit | None) -> RenewalsQuestion:
    """到期未申报: lapsed and still renewable, or lapsing within DAYS_AHEAD days, and not filed."""
    return RenewalsQuestion(
        on,
        kind,
        rules.usual_since(on),
        on + dt.timedelta(DAYS_AHEAD + 1),
        unit=unit,
        state=NOT_FILED,
        usual_kind=kind.code,
    )


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, error_messages={"invalid": "请填日期，如 2026-11-30。"}
    )


class RenewalsForm(ListForm):
    """A query string of the page; every part may be left out."""

    on = _day_field("统计日")
    kind = forms.ModelChoiceField(
        QualificationKind.objects.none(),
        label="资质类别",
        required=False,
        to_field_name="code",
        error_messages={"invalid_choice": "没有这一资质类别，或它没有有效期。"},
    )
    since = _day_field("失效日自")
    until = _day_field("失效日至")
    unit = forms.CharField(label="单位", required=False, max_length=20)
    state = forms.ChoiceField(
        label="续证状态",
        required=False,
        choices=[*((code, label) for code, (label, _) in GROUPS.items()), *RenewalState.choices],
        error_messages={"invalid_choice": "没有这一续证状态。"},
    )

    def __init__(
        self,
        data: Mapping[str, str],
        *,
        user: User,
        beside: frozenset[str] = frozenset(),
        usual_state: str = TODO,
    ) -> None:
        super().__init__(data, user=user, beside=beside)
        self.usual_state = usual_state
        self.fields["kind"].queryset = rules.with_a_term()  # type: ignore[attr-defined]

    @cached_property
    def usual_kind(self) -> QualificationKind:
        kind = rules.usual_kind()
        if kind is None:
            raise QualificationKind.DoesNotExist("no kind of qualification has a term")
        return kind

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        # Not ahead: how an application will stand on a day to come nobody knows.
        if day and not EARLIEST <= day <= timezone.localdate():
            raise forms.ValidationError(f"统计日应在{EARLIEST}至今天之间。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("since", "until"):
            day = cleaned.get(name)
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, f"日期应在{EARLIEST}至{LATEST}之间。")
        if not self.errors:
            # One of the days may be left out. So the usual ones must be known before comparing.
            question = self._question(cleaned)
            if question.since > question.until:
                self.add_error("until", "止日不得早于起日。")
        return cleaned

    def question(self) -> RenewalsQuestion:
        """What is asked. Where that is not understood, the default; the form carries the errors."""
        return self._question(self.cleaned_data if self.is_valid() else {})

    def _question(self, cleaned: Mapping[str, Any]) -> RenewalsQuestion:
        on = cleaned.get("on") or timezone.localdate()
        kind = cleaned.get("kind") or self.usual_kind
        values: dict[str, Any] = {"state": self.usual_state}
        for name in ("since", "until", "unit", "state"):
            if cleaned.get(name):
                values[name] = cleaned[name]
        usual = replace(usual_question(on, kind), usual_kind=self.usual_kind.code)
        return replace(usual, **values)
