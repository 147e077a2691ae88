"""The form that names who sees to a firm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from enterprises.firms.forms.change_forms import ChangeForm, day_field
from enterprises.firms.owners.standing import in_words, people_for
from enterprises.models import Enterprise, FirmOwner
from enterprises.registry import acts
from parks.models import User

Level = FirmOwner.Level
NOBODY = "!"
"""Chosen instead of an account, whose name cannot hold it: nobody sees to the firm any more."""


def levels_of(user: User | None) -> list[tuple[str, str]]:
    """The levels at which the person names owners: the bureau both, a unit its own."""
    if user is None or user.in_bureau:
        return list(Level.choices)
    return [(Level.UNIT.value, str(Level.UNIT.label))]


def offered(people: Sequence[User]) -> list[tuple[str, str]]:
    """Nobody is never chosen by leaving the field as it is."""
    accounts = [(person.username, in_words(person)) for person in people]
    return [("", "请选择"), *accounts, (NOBODY, "不再指定")]


def account_of(told: Mapping[str, Any]) -> str:
    return "" if told["account"] == NOBODY else str(told["account"])


class OwnerForm(ChangeForm):
    """`user`: who names the owner; without one it is the bureau."""

    title = "责任人"
    help = "企业在所在单位、在科技局各有一名责任人；换人后原责任人到变更日为止，记录留存。"
    level = forms.ChoiceField(label="哪一级的责任人")
    account = forms.ChoiceField(
        label="责任人", help_text="只列科技局和企业现在所在园区、镇街的在用账号。"
    )
    on = day_field("自", "从这一天起负责。")
    reason = forms.CharField(label="说明", required=False, max_length=200)

    def __init__(
        self, *args: Any, firm: Enterprise, user: User | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, firm=firm, **kwargs)
        people = people_for(firm)
        if user is not None and not user.in_bureau:
            people = [person for person in people if person.unit_id]
        self.fields["level"].choices = levels_of(user)  # type: ignore[attr-defined]
        self.fields["account"].choices = offered(people)  # type: ignore[attr-defined]
        self.initial["on"] = timezone.localdate()
        # Most often somebody takes a firm on.
        if user is not None:
            self.initial["level"] = Level.BUREAU if user.in_bureau else Level.UNIT
            self.initial["account"] = user.username

    def build_act(self, uscc: str) -> acts.Act:
        told = self.cleaned_data
        return acts.AssignOwner(
            uscc=uscc, level=told["level"], account=account_of(told), on=told["on"]
        )
