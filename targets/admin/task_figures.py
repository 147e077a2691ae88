"""The admin of the figures of tasks: what each counts is data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from parks.admin import BureauAdmin
from targets.models import TaskFigure
from targets.task_figures import reckoning


class ReckoningForm(forms.ModelForm):
    """The reckoning is tried before it is kept."""

    class Meta:
        help_texts = {
            "reckoning": (
                "台账：kind（台账代码）、of（records 条数、firms 家数、amount 金额、number 某列之和）、levels、classes、"
                "holders（持有的资质）、yes、field、among、units；指标：indicator；企业名单：name、kind、units。"
            )
        }

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            reckoning.validate(TaskFigure(way=told["way"], reckoning=told["reckoning"]))
        return told


@admin.register(TaskFigure)
class TaskFigureAdmin(BureauAdmin):
    form = ReckoningForm
    list_display = ["label", "task", "way", "unit_label", "is_shown", "order"]
    list_select_related = ["task"]
    list_filter = ["way", "is_shown"]
    search_fields = ["label", "code"]
