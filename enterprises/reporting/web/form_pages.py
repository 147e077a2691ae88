"""What all pages with a form share: the status of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def render_form(
    request: HttpRequest, template: str, form: forms.Form | None, context: Mapping[str, Any]
) -> HttpResponse:
    """The page with the form. A form that comes back with its entries was refused: a 422."""
    status = 422 if form and form.is_bound else 200
    return render(request, template, {**context, "form": form}, status=status)
