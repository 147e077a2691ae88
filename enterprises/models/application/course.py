"""Where a firm's application for a qualification stands, for the first one or for a renewal."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q

from enterprises.marks import Mark, Tone
from enterprises.models.application.rejection import RejectionReason
from enterprises.models.enterprise import Enterprise, OfFirmQuerySet
from enterprises.models.reference import QualificationKind
from enterprises.models.validity import FAR, Validity, in_force
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR

MOST_BATCHES = 12
CERTIFIED, CERTIFIED_WORD = "certified", "认定"
"""Further than every stage, and none itself: the certificate says so."""

STAGE_MARKS = {
    "preparing": Mark(Tone.MOVE, "hourglass-split"),
    "filed": Mark(Tone.MOVE, "upload"),
    "publicity": Mark(Tone.MOVE, "info-circle"),
    "rejected": Mark(Tone.BAD, "x-circle"),
    "given_up": Mark(Tone.NONE, "box-arrow-right"),
}
STEPS = {"preparing": 0, "filed": 1, "publicity": 2, "rejected": 3, "given_up": 3}
"""How far each stage has come; every end is equally far."""


class ApplicationQuerySet(OfFirmQuerySet):
    def holding_on(self, day: dt.date) -> ApplicationQuerySet:
        return self.filter(in_force(day, "since", "until"))


class Application(models.Model):
    """The firm's application of a year for a kind stands at a stage from `since` to before `until`.

    A further stage is a further row; of one kind a firm has at most one on any day. Whether a
    certificate came of it is not said here: the certificate itself says so.
    """

    class Stage(models.TextChoices):
        PREPARING = "preparing", "准备中"
        FILED = "filed", "已申报"
        PUBLICITY = "publicity", "公示中"
        REJECTED = "rejected", "未通过"
        GIVEN_UP = "given_up", "放弃"

    APPLIED = (Stage.FILED, Stage.PUBLICITY)
    """Handed in and not decided yet."""
    OF_LISTS = (Stage.PUBLICITY,)
    """Told by official lists; all others are known to whoever reports the firm."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="applications", verbose_name="企业"
    )
    kind = models.ForeignKey(
        QualificationKind, models.PROTECT, related_name="applications", verbose_name="资质类别"
    )
    # The year whose recognition is applied for; the firm may prepare in the year before.
    year = models.PositiveSmallIntegerField("申报年度")
    batch = models.PositiveSmallIntegerField("批次", null=True, blank=True)
    agency = models.CharField("辅导机构", max_length=60, blank=True)
    stage = models.CharField("申报状态", max_length=12, choices=Stage)
    since = models.DateField("自")
    until = models.DateField("至（不含）", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    rejected_for = models.ForeignKey(
        RejectionReason,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name="未通过原因",
    )
    next_action = models.CharField("下一步", max_length=60, blank=True)
    next_on = models.DateField("下一步日期", null=True, blank=True)
    # The name under which the person signs in: it means the same in every database.
    owner = models.CharField("责任人", max_length=150, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "申报记录"
        ordering = ["enterprise", "kind", "since"]
        constraints = [
            models.CheckConstraint(
                name="application_dates_in_order",
                condition=Q(until__isnull=True) | Q(since__lt=F("until")),
                violation_error_message="申报状态的起始日必须早于结束日。",
            ),
            # That stages do not overlap, PostgreSQL checks as well: see the migrations.
            models.UniqueConstraint(
                name="application_one_open",
                fields=["enterprise", "kind"],
                condition=Q(until__isnull=True),
                violation_error_message="一家企业的同一类资质只能有一条当前申报记录。",
            ),
            models.UniqueConstraint(
                name="application_once_per_day",
                fields=["enterprise", "kind", "since"],
                violation_error_message="一家企业的同一类资质同一天只能有一条申报记录。",
            ),
            models.CheckConstraint(
                name="application_year_plausible",
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR),
                violation_error_message=f"申报年度应在{FIRST_YEAR}至{LAST_YEAR}之间。",
            ),
            models.CheckConstraint(
                name="application_batch_plausible",
                condition=Q(batch__isnull=True) | Q(batch__gte=1, batch__lte=MOST_BATCHES),
                violation_error_message=f"批次应在1至{MOST_BATCHES}之间。",
            ),
            models.CheckConstraint(
                name="application_stage_known",
                # Written out: names of the outer class cannot be reached inside Meta.
                condition=Q(stage__in=["preparing", "filed", "publicity", "rejected", "given_up"]),
                violation_error_message="申报状态无效。",
            ),
            models.CheckConstraint(
                name="application_given_up_has_reason",
                condition=~Q(stage="given_up", note=""),
                violation_error_message="放弃申报须写明原因。",
            ),
            models.CheckConstraint(
                name="application_reason_of_rejected",
                condition=Q(rejected_for__isnull=True) | Q(stage="rejected"),
                violation_error_message="只有未通过的申报才有未通过原因。",
            ),
            models.CheckConstraint(
                name="application_next_step_has_day",
                condition=Q(next_action="", next_on__isnull=True)
                | (~Q(next_action="") & Q(next_on__isnull=False)),
                violation_error_message="下一步须有日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.kind.short_name}申报 {self.get_stage_display()} 自 {self.since}"

    def holds_on(self, day: dt.date) -> bool:
        return Validity(self.since, self.until or FAR).covers(day)
