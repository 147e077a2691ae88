"""The glossary, for everybody who is signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from targets.terms import catalogue


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "targets/terms/glossary.html", {"groups": catalogue.groups()})
