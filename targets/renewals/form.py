"""What is asked of the renewals page: which certificates, as of which day, in which state."""

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
from parks.filters import StrictForm, problems, visible_unit
from parks.models import Unit, User
from targets.figures.question import EARLIEST, LATEST
from targets.models import Scope
from targets.renewals import rules
from targets.renewals.rules import APPLIED, OPEN, RenewalRow, RenewalState

MONTHS_AHEAD = 12
ALL, TODO, IN_RENEWAL = "all", "open", "applied"
GROUPS: Mapping[str, tuple[str, tuple[RenewalState, ...]]] = {
    TODO: ("未办结", OPEN),
    ALL: ("全部", tuple(RenewalState)),
    IN_RENEWAL: ("已申报或公示中", APPLIED),
}
"""State in the address that means several → its words and states."""


@dataclass(frozen=True)
class RenewalsQuestion:
    """Certificates that lapse from `since` to `until` (both included); states as known on the day `on`."""

    on: dt.date
    kind: QualificationKind
    since: dt.date
    until: dt.date
    unit: Unit | None = None
    state: str = TODO
    usual_kind: str = ""
    """Code of the kind that goes without saying in an address."""

    @property
    def states(self) -> tuple[RenewalState, ...]:
        return GROUPS[self.state][1] if self.state in GROUPS else (RenewalState(self.state),)

    @property
    def state_label(self) -> str:
        return (
            GROUPS[self.state][0] if self.state in GROUPS else str(RenewalState(self.state).label)
        )

    def query(self, **changes: str | None) -> str:
        """The part of the address that asks this, with changes (None leaves out); what is usual goes without saying."""
        usual = usual_of(self.on, self.kind)
        asked: dict[str, str | None] = {
            "on": None if self.on == timezone.localdate() else self.on.isoformat(),
            "kind": None if self.kind.code == self.usual_kind else self.kind.code,
            "since": None if self.since == usual.since else self.since.isoformat(),
            "until": None if self.until == usual.until else self.until.isoformat(),
            "unit": self.unit.code if self.unit else None,
            "state": None if self.state == TODO else self.state,
        }
        return urlencode(
            {name: value for name, value in (asked | changes).items() if value is not None}
        )

    def rows(self, user: User) -> list[RenewalRow]:
        """In every state, for the counts; those `listed` are in the states asked for."""
        scope = self.unit.code if self.unit else Scope.DISTRICT
        return rules.rows(
            self.kind.code, self.since, self.until, on=self.on, user=user, scope=scope
        )

    def listed(self, rows: list[RenewalRow]) -> list[RenewalRow]:
        return [row for row in rows if row.standing.state in self.states]


def usual_of(on: dt.date, kind: QualificationKind) -> RenewalsQuestion:
    """What lapsed within the last half year and may still be renewed, and what lapses within MONTHS_AHEAD months."""
    until = on + relativedelta(months=MONTHS_AHEAD, day=31)
    return RenewalsQuestion(on, kind, rules.usual_since(on), until)


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, error_messages={"invalid": "请填日期，如 2026-11-30。"}
    )


class RenewalsForm(StrictForm):
    """A query string of the page; every part may be left out."""

    on = _day("统计日")
    kind = forms.ModelChoiceField(
        QualificationKind.objects.none(),
        label="资质类别",
        required=False,
        to_field_name="code",
        error_messages={"invalid_choice": "没有这一资质类别，或它没有有效期。"},
    )
    since = _day("失效日自")
    until = _day("失效日至")
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
        super().__init__(data)
        self.user, self.beside, self.usual_state = user, beside, usual_state
        self.fields["kind"].queryset = rules.with_a_term()  # type: ignore[attr-defined]

    @cached_property
    def usual_kind(self) -> QualificationKind:
        kind = rules.usual_kind()
        if kind is None:
            raise QualificationKind.DoesNotExist("no kind of qualification has a term")
        return kind

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day and not EARLIEST <= day <= timezone.localdate():
            raise forms.ValidationError(f"统计日应在{EARLIEST}至今天之间。")
        return day

    def clean_unit(self) -> Unit | None:
        return visible_unit(self.cleaned_data["unit"], self.user)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("since", "until"):
            if given.get(name) and not EARLIEST <= given[name] <= LATEST:
                self.add_error(name, f"日期应在{EARLIEST}至{LATEST}之间。")
        if not self.errors and self._asked(given).since > self._asked(given).until:
            self.add_error("until", "止日不得早于起日。")
        return given

    def asked(self) -> RenewalsQuestion:
        """What was asked; where that is not understood, the default (the form then carries the errors)."""
        return self._asked(self.cleaned_data if self.is_valid() else {})

    def _asked(self, given: Mapping[str, Any]) -> RenewalsQuestion:
        on = given.get("on") or timezone.localdate()
        kind = given.get("kind") or self.usual_kind
        told = {
            name: given[name] for name in ("since", "until", "unit", "state") if given.get(name)
        }
        usual = replace(usual_of(on, kind), usual_kind=self.usual_kind.code)
        return replace(usual, **{"state": self.usual_state, **told})

    @property
    def problems(self) -> list[str]:
        return problems(self)
