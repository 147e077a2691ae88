"""The admin of registers: kinds and columns are edited here, records and their entries only shown."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import JSONField
from django.http import HttpRequest

from enterprises.models import Record, RecordEntry, RecordField, RecordKind, RecordLevel
from parks.admin import BureauAdmin, LinesField, RegistryWrites

CHOICE_HELP = "每行一个：代码|名称|其他写法、其他写法。级别从低到高。已用过的代码不要改。"


class ChoicesField(LinesField):
    """A list of choices, one a line: code|name|other spellings."""

    def prepare_value(self, value: Any) -> str:
        if not isinstance(value, list):
            return value
        return "\n".join(
            "|".join([each["code"], each["name"], "、".join(each.get("aliases", []))])
            if isinstance(each, dict)
            else str(each)
            for each in value
        )

    def to_python(self, value: Any) -> list[Any]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        choices = []
        for line in super().to_python(value):
            code, _, rest = line.partition("|")
            name, _, others = rest.partition("|")
            if not code.strip() or not name.strip():
                raise ValidationError(f"“{line}”应写成：代码|名称|其他写法。")
            aliases = [word.strip() for word in others.split("、") if word.strip()]
            choices.append({"code": code.strip(), "name": name.strip(), "aliases": aliases})
        if len({choice["code"] for choice in choices}) < len(choices):
            raise ValidationError("代码重复。")
        return choices

    def has_changed(self, initial: Any, data: Any) -> bool:
        return json.dumps(initial or []) != json.dumps(self.to_python(data))


class RecordFieldForm(forms.ModelForm):
    choices = ChoicesField(label="选项", required=False, help_text=CHOICE_HELP)

    class Meta:
        model = RecordField
        fields = [
            *("kind", "code", "title", "aliases", "role", "type", "is_required", "choices"),
            *("unit", "order"),
        ]


@admin.register(RecordKind)
class RecordKindAdmin(BureauAdmin):
    list_display = ["name", "code", "happens", "review_months", "is_kept", "order"]
    list_filter = ["is_kept", "happens"]
    search_fields = ["name", "code"]
    filter_horizontal = ("keepers",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        # Records are told apart by it: with another rule, those kept could no longer be found.
        return [*fields, "identity"] if obj and obj.records.exists() else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            obj is not None
            and not obj.records.exists()
            and super().has_delete_permission(request, obj)
        )


@admin.register(RecordField)
class RecordFieldAdmin(BureauAdmin):
    form = RecordFieldForm
    list_display = ["title", "kind", "role", "type", "is_required", "order"]
    list_select_related = ["kind"]
    list_filter = ["kind", "role"]
    search_fields = ["title", "code", "kind__name"]
    formfield_overrides = {
        JSONField: {"form_class": LinesField, "help_text": "每行一个：文件中也用的其他列名"}
    }

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        # What is recorded under the column would be read as something else.
        return [*fields, "kind", "role", "type"] if obj else fields


@admin.register(Record)
class RecordAdmin(RegistryWrites):
    list_display = ["subject", "firm_name", "kind", "since", "until", "is_void"]
    list_select_related = ["kind"]
    list_filter = ["kind", "is_void"]
    search_fields = ["subject", "firm_name", "number"]


@admin.register(RecordLevel)
class RecordLevelAdmin(RegistryWrites):
    list_display = ["record", "level", "since", "until"]
    list_select_related = ["record"]


@admin.register(RecordEntry)
class RecordEntryAdmin(RegistryWrites):
    list_display = ["record", "act", "on", "source", "by", "at"]
    list_select_related = ["record", "source", "by"]
    list_filter = ["act"]
