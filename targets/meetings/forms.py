"""What the office writes about a meeting: its head, its agenda, its minutes, and a decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from parks.filters import styled
from parks.models import Unit
from targets.meetings.keeping import AgendaLine, MeetingHead
from targets.meetings.measures import Gauge
from targets.meetings.steps import DecisionMeasure, NewDecision
from targets.models import AgendaItem, Decision, Indicator, Meeting

MOST_ADDED = 3
"""Blank lines below an agenda."""
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NO_DAY = {"required": "请填日期，如 2026-12-03。", "invalid": "请填日期，如 2026-12-03。"}


class DecisionUnitField(forms.ModelChoiceField):
    """A unit of any kind, by its code."""

    def __init__(self, label: str, *, required: bool = True, empty: str = "请选择") -> None:
        super().__init__(
            Unit.objects.all(),
            label=label,
            required=required,
            to_field_name="code",
            empty_label=empty,
            error_messages={"required": f"请选择{label}。", "invalid_choice": "没有这个单位。"},
        )

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.told_apart)


class SeenForm(forms.Form):
    """`seen`: the version that the writer looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class MeetingForm(SeenForm):
    number = forms.IntegerField(
        label="次数",
        min_value=1,
        max_value=9999,
        error_messages={"required": "请填第几次会议。", "invalid": "请填整数。"},
    )
    day = forms.DateField(label="日期", widget=DAY, error_messages=NO_DAY)
    place = forms.CharField(label="地点", max_length=60, required=False)
    chair = forms.CharField(label="主持人", max_length=60, required=False)

    def __init__(self, *args: Any, meeting: Meeting | None = None, **kwargs: Any) -> None:
        if meeting:
            kwargs["initial"] = {
                "seen": meeting.version,
                "number": meeting.number,
                "day": meeting.day,
                "place": meeting.place,
                "chair": meeting.chair,
            }
        super().__init__(*args, **kwargs)
        # A meeting keeps its number: papers name it.
        self.fields["number"].disabled = meeting is not None
        styled(self)

    @property
    def head(self) -> MeetingHead:
        cleaned = self.cleaned_data
        return MeetingHead(cleaned["day"], cleaned["place"], cleaned["chair"])


class AgendaLineForm(forms.Form):
    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="议题", max_length=100, required=False)
    order = forms.IntegerField(label="次序", min_value=0, max_value=9999, required=False)
    is_dropped = forms.BooleanField(label="不列入", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)
        self.fields["is_dropped"].widget.attrs["class"] = "form-check-input"
        place = int((self.prefix or "0").rpartition("-")[2]) + 1
        for name in ("title", "order", "is_dropped"):
            self.fields[name].widget.attrs["aria-label"] = f"第{place}项{self.fields[name].label}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("pk") and not cleaned.get("title"):
            self.add_error("title", "请写明议题；不要的勾“不列入”。")
        return cleaned


AgendaForms = forms.formset_factory(AgendaLineForm, extra=MOST_ADDED, max_num=200, absolute_max=200)


class AgendaForm(SeenForm):
    """All items with some blank lines below; `items` as shown, dropped ones too."""

    def __init__(self, data: Mapping[str, Any] | None, meeting: Meeting) -> None:
        super().__init__(data, initial={"seen": meeting.version})
        self.items: list[AgendaItem] = list(meeting.items.all())
        initial = [
            {
                "pk": item.pk,
                "title": item.title,
                "order": item.order,
                "is_dropped": item.is_dropped,
            }
            for item in self.items
        ]
        self.lines = AgendaForms(data, prefix="items", initial=initial)

    def is_valid(self) -> bool:
        return super().is_valid() & self.lines.is_valid()

    @property
    def rows(self) -> list[tuple[AgendaLineForm, AgendaItem | None]]:
        """Each line with the item it is about."""
        items = {item.pk: item for item in self.items}
        return [(line, items.get(line["pk"].value() or 0)) for line in self.lines]

    @property
    def agenda(self) -> list[AgendaLine]:
        last = max((item.order for item in self.items), default=0)
        found = []
        for place, line in enumerate(self.lines, 1):
            said = line.cleaned_data
            if said.get("title"):
                order = said["order"] if said.get("order") is not None else last + place
                dropped = bool(said.get("is_dropped"))
                found.append(AgendaLine(said.get("pk"), said["title"], order, dropped))
        return found


class MinutesForm(SeenForm):
    """A text for each item of the agenda."""

    def __init__(self, data: Mapping[str, Any] | None, meeting: Meeting) -> None:
        super().__init__(data, initial={"seen": meeting.version})
        self.items = list(meeting.items.filter(is_dropped=False))
        for place, item in enumerate(self.items, 1):
            self.fields[f"text-{item.pk}"] = forms.CharField(
                label=f"{place}. {item.title}",
                required=False,
                max_length=5000,
                initial=item.minutes,
                help_text=item.reason,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
        styled(self)

    @property
    def texts(self) -> dict[int, str]:
        return {item.pk: self.cleaned_data[f"text-{item.pk}"] for item in self.items}


class DecisionForm(forms.Form):
    words = forms.CharField(
        label="决定事项",
        max_length=500,
        error_messages={"required": "请写明决定事项。"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    item = forms.ModelChoiceField(
        AgendaItem.objects.none(), label="议题", required=False, empty_label="不属于某一议题"
    )
    lead = DecisionUnitField("牵头单位")
    supporting = forms.ModelMultipleChoiceField(
        Unit.objects.all(),
        label="配合单位",
        required=False,
        to_field_name="code",
        help_text="可不选；按住 Ctrl 选几个。",
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    due = forms.DateField(label="办结期限", widget=DAY, error_messages=NO_DAY)
    quantity = forms.ChoiceField(
        label="衡量",
        required=False,
        choices=[("", "不按数字衡量"), *Decision.Quantity.choices],
        help_text="按数字衡量的，是否达到由数字判断：仍缺不高于、现有不低于所填数值。",
    )
    indicator = forms.ModelChoiceField(
        Indicator.objects.none(), label="指标", required=False, to_field_name="code"
    )
    unit = DecisionUnitField("衡量单位", required=False, empty="不选为牵头单位")
    value = forms.IntegerField(label="达到", required=False, min_value=0, max_value=100_000)

    def __init__(self, data: Mapping[str, Any] | None, meeting: Meeting) -> None:
        super().__init__(data)
        item: Any = self.fields["item"]
        item.queryset = meeting.items.filter(is_dropped=False)
        indicator: Any = self.fields["indicator"]
        # Only these are counted for each unit.
        indicator.queryset = Indicator.objects.filter(headline=True)
        styled(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("quantity"):
            return cleaned
        unit = cleaned.get("unit") or cleaned.get("lead")
        if unit and not unit.is_reporting:
            self.add_error("unit", "按数字衡量的，请选择一个园区平台或镇街。")
        cleaned["unit"] = unit
        for name, sentence in (("indicator", "请选择指标。"), ("value", "请填要达到的数。")):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, sentence)
        return cleaned

    def decision(self, gauge: Gauge) -> NewDecision:
        said = self.cleaned_data
        measure = None
        if said["quantity"]:
            quantity, unit = said["quantity"], said["unit"]
            now = gauge.read(quantity, said["indicator"].code, unit)
            measure = DecisionMeasure(quantity, said["indicator"], unit, said["value"], now)
        return NewDecision(
            words=said["words"],
            lead=said["lead"],
            due=said["due"],
            item=said["item"],
            supporting=list(said["supporting"]),
            measure=measure,
        )


def refuse(form: forms.Form, message: str) -> None:
    form.add_error(None, ValidationError(message))
