"""What a joint meeting decides, each decision's life step by step, and how it is chased."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from enterprises.marks import Mark, Tone
from parks.models import Unit, User
from targets.models.meetings import AgendaItem, Meeting
from targets.models.plan import Indicator


class DecisionState(models.TextChoices):
    OPEN = "open", "办理中"
    ASKED = "asked", "申请办结"
    CLOSED = "closed", "已办结"

    @property
    def mark(self) -> Mark:
        return DECISION_MARKS[self]


DECISION_MARKS = {
    DecisionState.OPEN: Mark(Tone.MOVE, "arrow-clockwise"),
    DecisionState.ASKED: Mark(Tone.WATCH, "hourglass-split"),
    DecisionState.CLOSED: Mark(Tone.GOOD, "check-circle"),
}
OVERDUE_MARK = Mark(Tone.BAD, "x-circle")


def _of_last_step(column: str) -> Subquery:
    last = DecisionStep.objects.filter(decision=OuterRef("pk")).order_by("-number")
    return Subquery(last.values(column)[:1])


class DecisionQuerySet(models.QuerySet["Decision"]):
    def with_state(self) -> DecisionQuerySet:
        """Each with `state_now`, which its last step tells."""
        return self.annotate(state_now=_of_last_step("state"))

    def unsettled(self) -> DecisionQuerySet:
        return self.alias(now=_of_last_step("state")).exclude(now=DecisionState.CLOSED)

    def settled(self) -> DecisionQuerySet:
        return self.alias(now=_of_last_step("state")).filter(now=DecisionState.CLOSED)

    def led_by(self, unit: Unit) -> DecisionQuerySet:
        """Now, whoever led it before."""
        return self.alias(leads=_of_last_step("lead")).filter(leads=unit.pk)

    def visible_to(self, user: User) -> DecisionQuerySet:
        """Whoever belongs to a unit reads what it leads, has led or supports."""
        if user.sees_whole_district:
            return self.all()
        led = DecisionStep.objects.filter(decision=OuterRef("pk"), lead=user.unit_id)
        supported = Decision.supporting.through.objects.filter(
            decision=OuterRef("pk"), unit=user.unit_id
        )
        return self.filter(Exists(led) | Exists(supported))


class Decision(models.Model):
    """What a meeting decided, in its own words; never rewritten. How it stands, its steps tell.

    A measured decision names a figure (`quantity` of `indicator` at `unit`), the value that meets
    it, and `began_at`, what the figure was when it was decided.
    """

    class Quantity(models.TextChoices):
        STILL_MISSING = "still_missing", "仍缺"
        STOCK = "stock", "现有"

    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="decisions", verbose_name="会议"
    )
    item = models.ForeignKey(
        AgendaItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name="议题",
    )
    number = models.PositiveSmallIntegerField("序号")
    words = models.CharField("决定事项", max_length=500)
    supporting = models.ManyToManyField(
        Unit, blank=True, related_name="supported_decisions", verbose_name="配合单位"
    )
    quantity = models.CharField("衡量", max_length=14, choices=Quantity, blank=True)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="指标"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="衡量单位"
    )
    value = models.PositiveIntegerField("达到", null=True, blank=True)
    began_at = models.IntegerField("决定时", null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "会议决定"
        ordering = ["-meeting__number", "number"]
        constraints = [
            models.UniqueConstraint(
                name="decision_number_once",
                fields=["meeting", "number"],
                violation_error_message="决定序号重复。",
            ),
            models.CheckConstraint(
                name="decision_says_something",
                condition=~Q(words=""),
                violation_error_message="请写明决定事项。",
            ),
            models.CheckConstraint(
                name="decision_measure_whole",
                condition=Q(
                    quantity="", indicator__isnull=True, unit__isnull=True, value__isnull=True
                )
                | Q(
                    quantity__in=["still_missing", "stock"],
                    indicator__isnull=False,
                    unit__isnull=False,
                    value__isnull=False,
                ),
                violation_error_message="衡量须写明指标、单位和数值，或都不填。",
            ),
        ]

    def __str__(self) -> str:
        return f"决定{self.code}"

    @property
    def code(self) -> str:
        """6-3: the third of the sixth meeting."""
        return f"{self.meeting.number}-{self.number}"

    # --- as the steps tell; a list has them prefetched ---
    @property
    def history(self) -> list[DecisionStep]:
        return list(self.steps.all())

    @property
    def first(self) -> DecisionStep:
        return self.history[0]

    @property
    def last(self) -> DecisionStep:
        return self.history[-1]

    @property
    def is_open(self) -> bool:
        return self.last.state != DecisionState.CLOSED

    @property
    def due_was_moved(self) -> bool:
        return self.first.due != self.last.due

    def days_left(self, today: dt.date) -> int:
        return (self.last.due - today).days

    def is_overdue(self, today: dt.date) -> bool:
        return self.is_open and self.days_left(today) < 0


class DecisionStep(models.Model):
    """One thing done about a decision. `lead`, `due` and `state`: how it stands from then on."""

    class Kind(models.TextChoices):
        MADE = "made", "作出决定"
        PROGRESS = "progress", "报进度"
        ASKED = "ask", "申请办结"
        CLOSED = "close", "同意办结"
        SENT_BACK = "send_back", "退回"
        REASSIGNED = "reassign", "改派"
        DUE_MOVED = "move_due", "改期"

    decision = models.ForeignKey(
        Decision, models.PROTECT, related_name="steps", verbose_name="决定"
    )
    number = models.PositiveSmallIntegerField("步")
    kind = models.CharField("事项", max_length=12, choices=Kind)
    text = models.TextField("说明", max_length=2000, blank=True)
    lead = models.ForeignKey(
        Unit, models.PROTECT, related_name="led_decision_steps", verbose_name="牵头单位"
    )
    due = models.DateField("办结期限")
    state = models.CharField("状态", max_length=8, choices=DecisionState)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "决定办理记录"
        ordering = ["decision", "number"]
        constraints = [
            models.UniqueConstraint(
                name="decision_step_once",
                fields=["decision", "number"],
                violation_error_message="别人刚办理过这一项，请刷新后再办。",
            ),
            models.CheckConstraint(
                name="decision_step_state_known",
                condition=Q(state__in=["open", "asked", "closed"]),
                violation_error_message="决定状态无效。",
            ),
            models.CheckConstraint(
                name="decision_step_says_something",
                condition=Q(kind__in=["made", "close"]) | ~Q(text=""),
                violation_error_message="请写明情况或原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.number} {self.get_kind_display()}"

    @property
    def mark(self) -> Mark:
        return DecisionState(self.state).mark


class StepFile(models.Model):
    """Evidence that goes with a step; stored as the files of key tasks are."""

    step = models.ForeignKey(
        DecisionStep, models.PROTECT, related_name="files", verbose_name="办理记录"
    )
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("字节数")

    class Meta:
        verbose_name = verbose_name_plural = "决定附件"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="step_file_sha256_shape",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="SHA-256 应为64位十六进制。",
            )
        ]

    def __str__(self) -> str:
        return self.name
