"""The list of firms to call as a place of bulk changes: naming who sees to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from enterprises.applications.desk import may_write
from enterprises.bulk.desk import BulkAct, BulkDesk, BulkForm, understood
from enterprises.firms.forms.change_forms import day_field
from enterprises.firms.owners.forms import account_of, offered
from enterprises.firms.owners.naming import NOT_THEIRS
from enterprises.firms.owners.standing import IN_BUREAU
from enterprises.models import Enterprise, FirmOwner
from enterprises.registry import acts
from enterprises.registry.acts import Act
from parks.models import User
from targets.followup.page import FollowUpPage
from targets.followup.question import FollowUpForm

Level = FirmOwner.Level


class UnitOwnerForm(BulkForm):
    account = forms.ChoiceField(label="责任人")
    on = day_field("自", "从这一天起负责。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = offered(self.people())  # type: ignore[attr-defined]

    def people(self) -> list[User]:
        """Of whom one may choose; whether it is the firm's own unit, each firm says."""
        people = User.objects.filter(is_active=True, unit__isnull=False).select_related("unit")
        if self.user.unit_id:
            people = people.filter(unit=self.user.unit_id)
        return list(people.order_by("unit__order", "username"))


class BureauOwnerForm(UnitOwnerForm):
    def people(self) -> list[User]:
        if not self.user.in_bureau:
            return []
        return list(User.objects.filter(IN_BUREAU, is_active=True).order_by("username"))

    def clean(self) -> dict[str, Any]:
        if not self.user.in_bureau:
            raise forms.ValidationError("科技局责任人由科技局指定。")
        return super().clean() or self.cleaned_data


class NameOwner(BulkAct):
    """One account sees to all of them at a level, from a day on."""

    def __init__(self, level: Level, form: type[UnitOwnerForm]) -> None:
        self.code, self.label, self.form = f"{level.value}_owner", f"指定{level.label}责任人", form
        self._level = level.value

    def acts_of(
        self, firms: Sequence[Enterprise], values: Mapping[str, Any]
    ) -> Mapping[str, list[Act] | str]:
        told = {"level": self._level, "account": account_of(values), "on": values["on"]}
        return {firm.uscc: [acts.AssignOwner(uscc=firm.uscc, **told)] for firm in firms}


def filtered(query: str, user: User) -> Sequence[str]:
    form = understood(FollowUpForm(QueryDict(query), user=user))
    return [row.firm.uscc for row in FollowUpPage(form.question_asked()).listed]


DESK = BulkDesk(
    code="followup",
    title="对接",
    home="followup",
    acts=(NameOwner(Level.UNIT, UnitOwnerForm), NameOwner(Level.BUREAU, BureauOwnerForm)),
    filtered=filtered,
    may_write=may_write,
    refusal=NOT_THEIRS,
)
