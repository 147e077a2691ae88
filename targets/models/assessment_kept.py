"""What is kept of an assessment for good: points entered, objections, answers, the final scores."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from enterprises.marks import Mark, Tone
from parks.models import Unit, User
from targets.models.assessment import AssessmentItem, AssessmentScheme


class AssessmentEntry(models.Model):
    """Points that somebody gave by the evidence. A change is a further entry, the last counts."""

    item = models.ForeignKey(
        AssessmentItem, models.PROTECT, related_name="entries", verbose_name="项目"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    number = models.PositiveSmallIntegerField("序号")
    points = models.DecimalField("得分", max_digits=6, decimal_places=2)
    reason = models.CharField("评分理由", max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="评分人")
    at = models.DateTimeField("时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "考核评分"
        ordering = ["item", "unit", "number"]
        constraints = [
            models.UniqueConstraint(
                name="assessment_entry_once",
                fields=["item", "unit", "number"],
                violation_error_message="别人刚评过这一项，请刷新后再评。",
            ),
            models.CheckConstraint(
                name="assessment_entry_not_negative",
                condition=Q(points__gte=0),
                violation_error_message="得分不能为负。",
            ),
            models.CheckConstraint(
                name="assessment_entry_has_reason",
                condition=~Q(reason=""),
                violation_error_message="请写明评分理由。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.item} {self.points}"


class AssessmentObjection(models.Model):
    """What a unit says against its score: of an item, or of the whole sheet. Never deleted."""

    scheme = models.ForeignKey(
        AssessmentScheme, models.PROTECT, related_name="objections", verbose_name="方案"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    item = models.ForeignKey(
        AssessmentItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="objections",
        verbose_name="项目",
    )
    words = models.CharField("异议", max_length=1000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    at = models.DateTimeField("时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "考核异议"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="assessment_objection_says_something",
                condition=~Q(words=""),
                violation_error_message="请写明异议。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.item or '总分'}"

    @property
    def is_open(self) -> bool:
        return not hasattr(self, "answer")


class AssessmentAnswer(models.Model):
    """The office's answer, once."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "采纳"
        REFUSED = "refused", "不采纳"

        @property
        def mark(self) -> Mark:
            return OUTCOME_MARKS[self]

    objection = models.OneToOneField(
        AssessmentObjection, models.PROTECT, related_name="answer", verbose_name="异议"
    )
    outcome = models.CharField("结论", max_length=8, choices=Outcome)
    words = models.CharField("答复", max_length=1000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="答复人")
    at = models.DateTimeField("时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "考核异议答复"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="assessment_answer_says_something",
                condition=~Q(words="") & Q(outcome__in=["upheld", "refused"]),
                violation_error_message="请写明答复和结论。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.objection} {self.get_outcome_display()}"

    @property
    def mark(self) -> Mark:
        return self.Outcome(self.outcome).mark


OUTCOME_MARKS = {
    AssessmentAnswer.Outcome.UPHELD: Mark(Tone.GOOD, "check-circle"),
    AssessmentAnswer.Outcome.REFUSED: Mark(Tone.NONE, "x-circle"),
}


class AssessmentFile(models.Model):
    """Evidence of an entry or of an objection; stored as the files of key tasks are."""

    entry = models.ForeignKey(
        AssessmentEntry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name="评分",
    )
    objection = models.ForeignKey(
        AssessmentObjection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="files",
        verbose_name="异议",
    )
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("字节数")

    class Meta:
        verbose_name = verbose_name_plural = "考核佐证材料"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="assessment_file_of_one",
                condition=Q(entry=None, objection__isnull=False)
                | Q(entry__isnull=False, objection=None),
                violation_error_message="材料须属于一次评分或一条异议。",
            ),
            models.CheckConstraint(
                name="assessment_file_sha256_shape",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="SHA-256 应为64位十六进制。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AssessmentScore(models.Model):
    """A unit's points as they were frozen: of an item, or with `item` None all of them together.

    `points` None: it was left out. `part` of `whole`: what was measured, `whole` None of a number.
    `rank` stands with the total. `cases`: what was counted, as it was named then.
    """

    scheme = models.ForeignKey(
        AssessmentScheme, models.PROTECT, related_name="scores", verbose_name="方案"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    item = models.ForeignKey(
        AssessmentItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="scores",
        verbose_name="项目",
    )
    points = models.DecimalField("得分", max_digits=7, decimal_places=2, null=True, blank=True)
    rank = models.PositiveSmallIntegerField("名次", null=True, blank=True)
    part = models.IntegerField("分子", null=True, blank=True)
    whole = models.IntegerField("分母", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    cases = models.JSONField("明细", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "考核定分"
        ordering = ["scheme", "unit", "item"]
        constraints = [
            models.UniqueConstraint(
                name="assessment_score_once",
                fields=["scheme", "unit", "item"],
                violation_error_message="该单位这一项已定分。",
            ),
            models.UniqueConstraint(
                # With an empty item the constraint above would take any number of totals.
                name="assessment_total_once",
                fields=["scheme", "unit"],
                condition=Q(item=None),
                violation_error_message="该单位的总分已定。",
            ),
            models.CheckConstraint(
                name="assessment_score_not_negative",
                condition=Q(points=None) | Q(points__gte=0),
                violation_error_message="得分不能为负。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.item or '总分'} {self.points}"
