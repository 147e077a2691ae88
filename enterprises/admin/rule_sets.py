"""The admin of the self-check's conditions: each set is held against the one before it, then confirmed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import JSONField
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from enterprises.eligibility.entering.items import Conditions
from enterprises.eligibility.entering.problems import (
    as_text,
    differences,
    in_order,
    items_in_words,
    problems_of,
)
from enterprises.eligibility.rule_sets import dated, rule_book
from enterprises.mining.comparing import changes_on_lists
from enterprises.models import QualificationKind, RuleSet
from enterprises.refusal import Refusal
from parks.admin import BureauAdmin, administers
from parks.models import User

CONFIRM = "请核对以下变化，勾选“确认保存”后再保存一次："
BEGUN = "这套条件已经起用，类别、判断方法和起始日不能改。新的条件请改起始日后点“保存为新的”。"


class ThresholdsField(forms.JSONField):
    widget = forms.Textarea(attrs={"rows": 36, "cols": 100, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, InvalidJSONInput) else as_text(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """As it was typed: also what can be read goes back in its own lines."""
        return initial if data is None else InvalidJSONInput(data)

    def to_python(self, value: Any) -> Any:
        """Says where the text cannot be read, and refuses what a database cannot keep."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            told = json.loads(value, object_pairs_hook=_once_each)
            text = json.dumps(told, ensure_ascii=False)
            text.encode()
        except json.JSONDecodeError as error:
            raise ValidationError(
                f"第{error.lineno}行第{error.colno}字处不能读取：请检查引号、逗号和括号。"
            ) from None
        except (ValueError, RecursionError) as error:
            raise ValidationError(f"标准不能读取：{error}") from None
        if r"\u0000" in text:
            raise ValidationError("标准不能读取：含有不能保存的字符。")
        return told


def _once_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twice}”写了两次")
    return told


class RuleSetForm(forms.ModelForm):
    """A set that was found in order is kept once its changes were seen: `changes`, in words."""

    user: User
    confirmed = forms.BooleanField(
        label="确认保存", required=False, help_text="先保存一次，核对显示的变化，再勾选"
    )

    class Meta:
        model = RuleSet
        fields = ("kind", "conditions", "since", "document", "note", "thresholds")
        widgets = {
            "document": forms.TextInput(attrs={"size": 100}),
            "note": forms.Textarea(attrs={"rows": 3, "cols": 100}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.changes: list[str] = []
        self._kept = RuleSet.objects.filter(pk=self.instance.pk).first()
        if self._kept is not None:
            self.initial["thresholds"] = in_order(self._kept.conditions, self._kept.thresholds)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if self.errors:
            return told
        self._refuse_another_way(told["kind"], told["conditions"])
        self._refuse_moving(told)
        if self.errors:
            return told
        codes = frozenset(QualificationKind.objects.values_list("code", flat=True))
        for wrong in problems_of(Conditions(told["conditions"]), told["thresholds"], codes):
            self.add_error("thresholds", wrong)
        return told

    def _refuse_another_way(self, kind: QualificationKind, conditions: str) -> None:
        others = RuleSet.objects.exclude(pk=self.instance.pk)
        ways = set(others.filter(kind=kind).values_list("conditions", flat=True))
        if ways and conditions not in ways:
            self.add_error("conditions", "这一类别的其他各套条件用的是另一种判断方法。")
        if conditions != Conditions.KIND and (
            others.filter(conditions=conditions).exclude(kind=kind).exists()
        ):
            self.add_error("conditions", "这种判断方法已用于另一资质类别。")

    def _refuse_moving(self, told: dict[str, Any]) -> None:
        """Outcomes were told by it: another day or kind would silently take them back."""
        kept = self._kept
        if kept is None or not kept.has_begun(timezone.localdate()):
            return
        if any(told[name] != getattr(kept, name) for name in ("kind", "conditions", "since")):
            raise ValidationError(BEGUN)

    def _post_clean(self) -> None:
        """After the constraints of the database: nothing else is wrong, and only the changes are to be seen."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        self.changes = self._find_changes()
        if self.changes and not self.cleaned_data["confirmed"]:
            self.add_error(None, ValidationError([CONFIRM, *self.changes]))

    def _find_changes(self) -> list[str]:
        told, kind = self.cleaned_data, self.cleaned_data["kind"].code
        conditions, book = Conditions(told["conditions"]), rule_book()
        before = self._kept or self._superseded()
        found = differences(conditions, before.thresholds if before else {}, told["thresholds"])
        if not found:
            return []
        whom = f"与{before.since}起的一套相比" if before else "这一类别的第一套条件"
        added = dated(
            kind, conditions, told["since"], told["document"], told["note"], told["thresholds"]
        )
        try:
            today = timezone.localdate()
            lists = list(changes_on_lists(book, added, today=today, user=self.user))
        except Refusal:
            # Before the oldest set nothing could be told.
            lists = []
        return [f"{whom}，{each}" for each in found] + lists

    def _superseded(self) -> RuleSet | None:
        """The set that would have been in force on the first day of a new one."""
        told = self.cleaned_data
        earlier = RuleSet.objects.filter(kind=told["kind"], since__lt=told["since"])
        return earlier.order_by("since").last()


@admin.register(RuleSet)
class RuleSetAdmin(BureauAdmin):
    """What has begun is not deleted: firms were told outcomes by it."""

    form = RuleSetForm
    list_display = ["kind", "since", "conditions", "document"]
    list_display_links = ["kind", "since"]
    list_select_related = ["kind"]
    list_filter = ["kind"]
    search_fields = ["document", "note"]
    formfield_overrides = {JSONField: {"form_class": ThresholdsField}}
    save_as = True
    save_as_continue = False
    # Without the action that deletes the ticked rows: it asks no row whether it has begun.
    actions = None
    readonly_fields = ["items"]
    fields = [
        "kind", "conditions", "since", "document", "note", "thresholds", "confirmed", "items",
    ]  # fmt: skip

    @admin.display(description="标准的各项")
    def items(self, obj: RuleSet | None) -> SafeString:
        """What can be written, by way of judging."""
        ways = [Conditions(obj.conditions)] if obj and obj.conditions else list(Conditions)
        return format_html_join(
            "",
            "<p><b>{}</b></p><ul>{}</ul>",
            ((way.label, _listed(items_in_words(way))) for way in ways),
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user  # type: ignore[attr-defined]
        return form

    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        if obj is None or not administers(request):
            return administers(request)
        return not obj.has_begun(timezone.localdate())

    def save_model(self, request: HttpRequest, obj: RuleSet, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        for told in form.changes:
            self.message_user(request, told)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        """What changed, in the history of the row."""
        told = "".join(f"{each.rstrip('。')}。" for each in form.changes)
        return told or super().construct_change_message(request, form, formsets, add)


def _listed(lines: Sequence[str]) -> SafeString:
    return format_html("{}", format_html_join("", "<li>{}</li>", ((line,) for line in lines)))
