"""What a form changes, as {label of the field: [before, after]} in words."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Model

from parks.security.log import HIDDEN

Changes = dict[str, list[str]]


def changes_of(form: forms.BaseForm) -> Changes:
    """Of a bound, valid form; what nobody may read again is not told."""
    pairs = {_label(form, name): _pair(form, name) for name in form.changed_data}
    # Some fields take another spelling of the same for a change.
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] or HIDDEN in pair}


def changes_within(formset: forms.BaseFormSet[Any]) -> Changes:
    """Of the rows that hang on another; each by its own name."""
    told: Changes = {}
    for form in formset.forms:
        row = form.instance
        if form in getattr(formset, "deleted_forms", ()):
            told[str(row)] = [str(row), ""]
        else:
            told |= {f"{row} {name}": pair for name, pair in changes_of(form).items()}
    return told


def _label(form: forms.BaseForm, name: str) -> str:
    return str(form.fields[name].label or name)


def _pair(form: forms.BaseForm, name: str) -> list[str]:
    if isinstance(form.fields[name].widget, forms.PasswordInput):
        return [HIDDEN, HIDDEN]
    before = form.get_initial_for_field(form.fields[name], name)
    return [
        _in_words(form.fields[name], before),
        _in_words(form.fields[name], _cleaned(form, name)),
    ]


def _cleaned(form: forms.BaseForm, name: str) -> Any:
    return form.cleaned_data.get(name)  # type: ignore[attr-defined]


def _in_words(field: forms.Field, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Model):
        return str(value)
    if isinstance(field, forms.TypedChoiceField):
        return str(dict(cast(Any, field.choices)).get(value, value))
    if isinstance(field, forms.ModelChoiceField):
        # Before, it is the key that stands in the form.
        chosen = field.queryset.filter(pk=value).first() if field.queryset is not None else None
        return str(chosen or value)
    return str(value)
