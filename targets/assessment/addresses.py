"""Addresses of the pages of an assessment."""

from __future__ import annotations

from django.urls import reverse

from parks.models import Unit
from targets.models import AssessmentItem, AssessmentScheme


def _year(scheme: AssessmentScheme) -> str:
    return f"year={scheme.year}"


def list_address(scheme: AssessmentScheme) -> str:
    return f"{reverse('assessment')}?{_year(scheme)}&kind={scheme.kind}"


def unit_address(scheme: AssessmentScheme, unit: Unit) -> str:
    return f"{reverse('assessment_unit', args=[unit.code])}?{_year(scheme)}"


def cases_address(item: AssessmentItem, unit: Unit) -> str:
    return reverse("assessment_cases", args=[item.pk, unit.code])
