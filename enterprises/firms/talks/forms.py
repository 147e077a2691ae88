"""Forms of the contact book."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from enterprises.firms.forms.change_forms import day_field
from enterprises.firms.owners.standing import in_words, people_for
from enterprises.models import Enterprise, TalkKind
from parks.filters import styled
from parks.models import User


def _text(label: str, length: int, rows: int, **options: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=length, widget=widget, **options)


class TalkForm(forms.Form):
    """Who answers is asked for only where something was asked."""

    on = day_field("日期")
    kind = forms.ModelChoiceField(
        TalkKind.objects.all(),
        label="方式",
        to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "没有这种对接方式。"},
    )
    said = _text("谈了什么", 1000, 3)
    asked = _text("企业提出的问题", 500, 2, required=False, help_text="没有则不填。")
    answerer = forms.ChoiceField(label="由谁答复", required=False)
    answer_by = day_field("在哪天前答复", may_come=True, required=False)

    def __init__(self, data: Any = None, *, firm: Enterprise) -> None:
        # The firm's page has other fields of these names.
        super().__init__(data, auto_id="talk_%s")
        styled(self)
        self._people = {person.username: person for person in people_for(firm)}
        self.fields["answerer"].choices = [  # type: ignore[attr-defined]
            ("", "没有问题"),
            *((name, in_words(person)) for name, person in self._people.items()),
        ]
        self.initial["on"] = timezone.localdate()

    def clean_answerer(self) -> User | None:
        return self._people.get(self.cleaned_data["answerer"])

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if "asked" in self.errors:
            return told
        about = {"answerer": "请选由谁答复。", "answer_by": "请填在哪天前答复。"}
        for name, wanted in about.items():
            if name in self.errors:
                continue
            if told["asked"] and not told.get(name):
                self.add_error(name, wanted)
            elif told.get(name) and not told["asked"]:
                self.add_error("asked", "写明了由谁、何时答复的，须写明问题。")
                break
        on, answer_by = told.get("on"), told.get("answer_by")
        if on and answer_by and answer_by < on:
            self.add_error("answer_by", "答复期限不得早于对接日期。")
        return told


class AnswerForm(forms.Form):
    title = "答复"
    answer = _text("答复", 500, 3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)


class WithdrawForm(forms.Form):
    title = "撤回"
    reason = forms.CharField(
        label="理由", max_length=200, help_text="撤回后不再计入，原文、理由和撤回人留存可查。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        styled(self)
