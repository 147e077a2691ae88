"""The form in which the bureau enters a batch of the calendar."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from enterprises.rosters.definition.columns import CERTIFIED_KIND
from parks.filters import styled
from targets.models import ApplicationBatch
from targets.models.batches import COURSE

KEYS = ("kind", "year", "number")
MOMENT = "%Y-%m-%dT%H:%M"


class BatchForm(forms.ModelForm):  # type: ignore[type-arg]
    """`seen`: when the batch was last changed, as the person saw it."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    class Meta:
        model = ApplicationBatch
        fields = [*KEYS, *COURSE, "source"]
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in COURSE
            if name != "district_due_at"
        } | {
            "district_due_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
        }
        help_texts = {
            "district_due_at": "区县完成审核上报的时间。",
            "source": "通知或公告的名称、文号。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = cast(forms.ModelChoiceField, self.fields["kind"])
        kind.to_field_name, kind.empty_label = "code", None
        self.initial["seen"] = self._last_change
        if self.instance.pk:
            self.initial["kind"] = self.instance.kind.code
            # Whoever means another batch enters another one: figures may have gone by this one.
            for name in KEYS:
                self.fields[name].disabled = True
        else:
            self.initial.update(kind=CERTIFIED_KIND, year=timezone.localdate().year)
        styled(self)

    @property
    def _last_change(self) -> str:
        changed = self.instance.changed_at
        return changed.isoformat() if changed else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and cleaned.get("seen", "") != self._last_change:
            by, at = self.instance.changed_by or "系统", self.instance.changed_at
            when = f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
            # Shown on what stands now, with all that was entered kept.
            self.data = {name: self.data[name] for name in self.data} | {"seen": self._last_change}
            raise ValidationError(f"{by}已于{when}改过这一批。您的内容还在，请核对后再登记。")
        return cleaned
