"""What a viewer asks of the board of decisions: of which lead, in which state, of which meeting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from parks.filters import StrictForm, problems
from parks.models import Unit

OPEN, OVERDUE, SOON_DUE, ASKED, CLOSED = "open", "overdue", "soon", "asked", "closed"
STATES = {
    OPEN: "未办结",
    OVERDUE: "逾期",
    SOON_DUE: "临近期限",
    ASKED: "申请办结",
    CLOSED: "已办结",
}


@dataclass(frozen=True)
class DecisionsQuestion:
    """`unit`: the one that leads now. `meeting`: its number."""

    state: str = OPEN
    unit: Unit | None = None
    meeting: int | None = None

    @property
    def state_label(self) -> str:
        return STATES[self.state]

    def address(self, **changes: Any) -> str:
        parts = {
            "state": self.state,
            "unit": self.unit.code if self.unit else "",
            "meeting": self.meeting or "",
        } | changes
        # What goes without saying is left out.
        if parts["state"] == OPEN:
            del parts["state"]
        query = urlencode({name: value for name, value in parts.items() if value})
        return f"{reverse('meetings')}?{query}".rstrip("?")


def board_address(state: str = OPEN, unit: Unit | None = None) -> str:
    return DecisionsQuestion(state, unit).address()


class DecisionsForm(StrictForm):
    """A query string of the board; every part may be left out."""

    state = forms.ChoiceField(label="状态", required=False, choices=list(STATES.items()))
    unit = forms.CharField(label="牵头单位", required=False, max_length=20)
    meeting = forms.IntegerField(label="会议", required=False, min_value=1, max_value=9999)

    def __init__(self, data: Mapping[str, Any], *, beside: frozenset[str] = frozenset()) -> None:
        super().__init__(data)
        self.beside = beside

    def clean_unit(self) -> Unit | None:
        code = self.cleaned_data["unit"]
        unit = Unit.objects.filter(code=code).first() if code else None
        if code and unit is None:
            raise ValidationError("没有这个单位。")
        return unit

    @property
    def problems(self) -> list[str]:
        return problems(self)

    def question(self) -> DecisionsQuestion:
        """What was asked; all that is open where that is not understood."""
        if not self.is_valid():
            return DecisionsQuestion()
        asked = self.cleaned_data
        return DecisionsQuestion(asked["state"] or OPEN, asked["unit"], asked["meeting"])
