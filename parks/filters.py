"""Filters that refuse what they do not understand.

A misspelt parameter must never give the unfiltered list, which would be taken for the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from parks.models import Unit, User

Choices = Sequence[tuple[str, str]]


class StrictForm(forms.Form):
    """A form over a query string that refuses unknown and repeated parameters.

    `beside` names parameters that others read from the same query string, such as the page number.
    """

    beside: frozenset[str] = frozenset()

    def clean(self) -> dict[str, Any]:
        known = {*self.fields, *self.beside}
        if unknown := sorted(name for name in self.data if name not in known):
            raise ValidationError(f"不认识的参数：{'、'.join(unknown)}。", code="unknown_parameter")
        # Only a query string can repeat a parameter; a plain dict has no `lists`.
        if lists := getattr(self.data, "lists", None):
            repeated = sorted(name for name, values in lists() if len(values) > 1)
            if repeated:
                message = f"参数重复：{'、'.join(repeated)}。"
                raise ValidationError(message, code="repeated_parameter")
        return super().clean() or self.cleaned_data


def visible_unit(code: str, user: User) -> Unit | None:
    """The park or town with this code, as far as the user sees it; None where none is asked for.

    A person's own unit also where it is a department, which holds no firms: lists name it in their links.
    """
    if not code:
        return None
    if user.unit and user.unit.code == code:
        return user.unit
    # One answer for both: who may not see a unit is not told whether it exists.
    unit = Unit.objects.reporting().visible_to(user).filter(code=code).first()
    if unit is None:
        raise ValidationError("没有这个单位，或您无权查看。")
    return unit


class ListForm(StrictForm):
    """A query string of a page that lists firms; its field `unit` is limited to what `user` sees."""

    def __init__(
        self, data: Mapping[str, str], *, user: User, beside: frozenset[str] = frozenset()
    ) -> None:
        super().__init__(data)
        self.user, self.beside = user, beside

    def clean_unit(self) -> Unit | None:
        return visible_unit(self.cleaned_data["unit"], self.user)

    @property
    def problems(self) -> list[str]:
        return problems(self)


def problems(form: forms.Form) -> list[str]:
    """Every error of a bound form as a sentence that names the field by its label."""
    sentences = []
    for name, errors in form.errors.items():
        label = f"{form.fields[name].label}：" if name in form.fields else ""
        sentences += [f"{label}{error}" for error in errors]
    return sentences


def styled(form: forms.BaseForm) -> forms.BaseForm:
    """The form with the look of our pages."""
    for field in form.fields.values():
        field.widget.attrs["class"] = "form-select" if hasattr(field, "choices") else "form-control"
    return form


class StrictFilterSet(django_filters.FilterSet):
    """A filter set with a strict form.

    `given_choices` names for a choice filter the function that reads its choices when they are
    needed.
    """

    class Meta:
        form = StrictForm

    def __init__(self, *args: Any, beside: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.beside = frozenset(beside)
        for name, choices in self.given_choices().items():
            self.filters[name].extra["choices"] = choices

    def given_choices(self) -> dict[str, Callable[[], Choices]]:
        return {}

    def beside_others(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """For parameters that mean something only together; `filter_queryset` reads them."""
        return queryset

    @property
    def qs(self) -> QuerySet[Any]:
        """Nothing at all when a parameter is wrong."""
        # An unfiltered list would be taken for the answer to the misspelt question.
        return super().qs if self.is_valid() else self.queryset.none()

    @property
    def form(self) -> StrictForm:
        form = super().form
        form.beside = self.beside
        return form


class NoFilter(StrictFilterSet):
    """For lists without filters: every parameter is unknown."""


def chosen_later() -> Choices:
    """Stands in for choices that come from the database. Callable: nothing is read at import."""
    return []


def choice(label: str, method: str, choices: Choices | Callable[[], Choices] = chosen_later) -> Any:
    return django_filters.ChoiceFilter(
        label=label, method=method, choices=choices, empty_label="全部"
    )


def day(label: str, method: str | None = "beside_others", **kwargs: Any) -> Any:
    return django_filters.DateFilter(
        label=label,
        method=method,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        **kwargs,
    )


class UnitFilter(StrictFilterSet):
    kind = django_filters.ChoiceFilter(label="类别", choices=Unit.Kind.choices)

    class Meta(StrictFilterSet.Meta):
        model = Unit
        fields: list[str] = []
