"""How the key tasks get on: each body's reports for a quarter, their files, and the reminders."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from enterprises.marks import Mark, Tone
from enterprises.models import Period
from parks.models import Unit, User
from targets.models.key_tasks import KeyTask

FIGURES_AT_MOST = 4
# A duty is one task of one body in one quarter: within it the versions follow each other.
SAME_DUTY = {name: models.OuterRef(name) for name in ("task", "unit", "year", "quarter")}


class TaskState(models.TextChoices):
    NOT_STARTED = "not_started", "未启动"
    IN_PROGRESS = "in_progress", "推进中"
    DONE = "done", "已完成"
    BEHIND = "behind", "滞后"

    @property
    def mark(self) -> Mark:
        return TASK_MARKS[self]


TASK_MARKS = {
    TaskState.NOT_STARTED: Mark(Tone.NONE, "hourglass-split"),
    TaskState.IN_PROGRESS: Mark(Tone.MOVE, "arrow-clockwise"),
    TaskState.DONE: Mark(Tone.GOOD, "check-circle"),
    TaskState.BEHIND: Mark(Tone.BAD, "x-circle"),
}

# As a leader reads it: what is behind first, then what has not begun.
GRAVEST_FIRST = (TaskState.BEHIND, TaskState.NOT_STARTED, TaskState.IN_PROGRESS, TaskState.DONE)


class TaskProgressQuerySet(models.QuerySet["TaskProgress"]):
    def of_period(self, period: Period) -> TaskProgressQuerySet:
        return self.filter(year=period.year, quarter=period.number)

    def in_force(self) -> TaskProgressQuerySet:
        """Of each task, body and quarter the entry that counts: the last one."""
        # By version and not by time, since versions are given under a lock.
        later = TaskProgress.objects.filter(**SAME_DUTY, version__gt=models.OuterRef("version"))
        return self.filter(~models.Exists(later))

    def with_first(self) -> TaskProgressQuerySet:
        """Each entry with `first_at`: when its body first reported.

        A correction does not make a report late.
        """
        first = TaskProgress.objects.filter(**SAME_DUTY, version=1)
        return self.annotate(first_at=models.Subquery(first.values("at")))


class TaskProgress(models.Model):
    """What one body says of a task for a quarter.

    A correction is the next version; the last version counts. `figures` is a list of at most four
    {"label": "新增孵化器", "value": 2, "unit": "个"}.
    """

    task = models.ForeignKey(KeyTask, models.PROTECT, related_name="progress", verbose_name="任务")
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="task_progress", verbose_name="单位"
    )
    year = models.PositiveSmallIntegerField("年")
    quarter = models.PositiveSmallIntegerField("季度")
    version = models.PositiveSmallIntegerField("版次")
    state = models.CharField("进展状态", max_length=12, choices=TaskState)
    text = models.TextField("进展说明", max_length=2000)
    figures = models.JSONField("主要数据", default=list, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填报人")
    at = models.DateTimeField("填报时间", default=timezone.now, editable=False)

    objects = TaskProgressQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "任务进展"
        ordering = ["-id"]
        indexes = [models.Index(name="task_progress_quarter", fields=["year", "quarter"])]
        constraints = [
            models.UniqueConstraint(
                name="task_progress_version_once",
                fields=["task", "unit", "year", "quarter", "version"],
                violation_error_message="这一版已有人填报，请刷新后再填。",
            ),
            models.CheckConstraint(
                name="task_progress_quarter_1_to_4",
                condition=Q(quarter__gte=1, quarter__lte=4),
                violation_error_message="季度应为1至4。",
            ),
            models.CheckConstraint(
                name="task_progress_state_known",
                condition=Q(state__in=["not_started", "in_progress", "done", "behind"]),
                violation_error_message="进展状态无效。",
            ),
            models.CheckConstraint(
                name="task_progress_version_from_1",
                condition=Q(version__gte=1),
                violation_error_message="版次从1起。",
            ),
            models.CheckConstraint(
                name="task_progress_says_something",
                condition=~Q(text=""),
                violation_error_message="请写明进展。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task.name} {self.unit} {self.period.code} 第{self.version}版"

    @property
    def mark(self) -> Mark:
        return TaskState(self.state).mark

    @property
    def period(self) -> Period:
        return Period(self.year, self.quarter)

    @property
    def content(self) -> tuple[Any, ...]:
        """All that it says, for comparing two versions."""
        # By content: a file that was sent again unchanged is no change.
        files = sorted((file.name, file.sha256) for file in self.files.all())
        return self.state, self.text, self.figures, files


class TaskFile(models.Model):
    """A file that goes with an entry.

    Its bytes are stored once, under their sha256, outside of what the web serves.
    """

    entry = models.ForeignKey(
        TaskProgress, models.PROTECT, related_name="files", verbose_name="任务进展"
    )
    name = models.CharField("文件名", max_length=200)
    # The name of the stored bytes: it must never be a path, hence the shape below.
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("字节数")

    class Meta:
        verbose_name = verbose_name_plural = "任务附件"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="task_file_sha256_shape",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message="SHA-256 应为64位十六进制。",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TaskReminder(models.Model):
    """A body was reminded of what it owes for a quarter at a milestone, once."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    year = models.PositiveSmallIntegerField("年")
    quarter = models.PositiveSmallIntegerField("季度")
    milestone = models.CharField("节点", max_length=20)
    sent_at = models.DateTimeField("提醒时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务催报记录"
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(
                name="task_reminder_once",
                fields=["unit", "year", "quarter", "milestone"],
                violation_error_message="该节点已提醒过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {Period(self.year, self.quarter).code} {self.milestone}"
