"""The admin of assessment: to look at only, all is written on its pages."""

from __future__ import annotations

from django.contrib import admin

from parks.admin import RegistryWrites
from targets.models import (
    AssessmentAnswer,
    AssessmentEntry,
    AssessmentEvent,
    AssessmentFile,
    AssessmentItem,
    AssessmentObjection,
    AssessmentScheme,
    AssessmentScore,
)


@admin.register(AssessmentScheme)
class AssessmentSchemeAdmin(RegistryWrites):
    list_display = ["year", "kind", "title", "state", "document"]


@admin.register(AssessmentItem)
class AssessmentItemAdmin(RegistryWrites):
    list_display = ["scheme", "order", "title", "source", "weight", "cap"]
    list_select_related = ["scheme"]
    list_filter = ["source"]


@admin.register(AssessmentEvent)
class AssessmentEventAdmin(RegistryWrites):
    list_display = ["scheme", "number", "kind", "text", "by", "at"]
    list_select_related = ["scheme", "by"]


@admin.register(AssessmentEntry)
class AssessmentEntryAdmin(RegistryWrites):
    list_display = ["item", "unit", "number", "points", "reason", "by", "at"]
    list_select_related = ["item", "unit", "by"]


@admin.register(AssessmentObjection)
class AssessmentObjectionAdmin(RegistryWrites):
    list_display = ["scheme", "unit", "item", "words", "by", "at"]
    list_select_related = ["scheme", "unit", "item", "by"]


@admin.register(AssessmentAnswer)
class AssessmentAnswerAdmin(RegistryWrites):
    list_display = ["objection", "outcome", "words", "by", "at"]
    list_select_related = ["objection__unit", "objection__item", "by"]


@admin.register(AssessmentFile)
class AssessmentFileAdmin(RegistryWrites):
    list_display = ["name", "entry", "objection", "size"]
    list_select_related = ["entry__unit", "entry__item", "objection__unit", "objection__item"]


@admin.register(AssessmentScore)
class AssessmentScoreAdmin(RegistryWrites):
    list_display = ["scheme", "unit", "item", "points", "rank"]
    list_select_related = ["scheme", "unit", "item"]
