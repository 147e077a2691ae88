"""Grave incidents of a firm, and answers that there were none."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet


class IncidentQuerySet(OfFirmQuerySet):
    def happened(self) -> IncidentQuerySet:
        """Without the answers that there was none."""
        return self.exclude(kind=Incident.Kind.NONE)

    def in_force(self) -> IncidentQuerySet:
        """Without those that were withdrawn."""
        return self.filter(withdrawn_on=None)


class Incident(models.Model):
    """One answer: an incident on a day, or that there was none up to a day; and who said so."""

    class Kind(models.TextChoices):
        NONE = "none", "无"
        SAFETY = "safety", "重大安全事故"
        QUALITY = "quality", "重大质量事故"
        ENVIRONMENT = "environment", "严重环境违法"

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="incidents", verbose_name="企业"
    )
    kind = models.CharField("事故或违法", max_length=12, choices=Kind)
    on = models.DateField("日期")
    source = models.CharField("答复单位", max_length=120)
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重大事故和违法"
        ordering = ["enterprise", "-on"]
        constraints = [
            models.CheckConstraint(
                name="incident_kind_known",
                condition=Q(kind__in=["none", "safety", "quality", "environment"]),
                violation_error_message="事故或违法的种类无效。",
            ),
            models.CheckConstraint(
                name="incident_says_who",
                condition=~Q(source=""),
                violation_error_message="须写明由哪个单位答复。",
            ),
            models.UniqueConstraint(
                name="incident_told_once",
                fields=["enterprise", "kind", "on", "source"],
                violation_error_message="该单位的这一答复已登记。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.on}"

    @property
    def happened(self) -> bool:
        return self.kind != self.Kind.NONE

    @property
    def in_words(self) -> str:
        return self.get_kind_display() if self.happened else f"截至{self.on}无"

    @property
    def in_full(self) -> str:
        """With the day, who said so, and whether it was withdrawn."""
        day = f"{self.on} " if self.happened else ""
        withdrawn = f"，{self.withdrawn_on}撤回" if self.withdrawn_on else ""
        return f"{day}{self.in_words}（{self.source}）{withdrawn}"
