"""What the page of a quarter's work asks: which quarter, and of which body."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from parks.models import Unit, User
from targets.key_tasks.forms import TaskQuarterForm


class QuarterlyForm(TaskQuarterForm):
    """`unit`: a body; its own people are shown the own one, whatever is left out."""

    unit = forms.CharField(label="单位", required=False, max_length=20)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_unit(self) -> Unit | None:
        code = self.cleaned_data["unit"]
        if not code:
            return None
        unit = Unit.objects.filter(code=code).first()
        is_hidden = not self.user.sees_whole_district and unit != self.user.unit
        # One answer for both: who may not see a unit is not told whether it exists.
        if unit is None or is_hidden:
            raise ValidationError("没有这个单位，或您无权查看。")
        return unit

    @property
    def body(self) -> Unit | None:
        """None: all of them."""
        told = self.cleaned_data if self.is_valid() else {}
        return told.get("unit") or self.user.unit
