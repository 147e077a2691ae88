"""The key tasks and safeguards of the plan, and who leads or is responsible for each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from parks.models import Unit


class KeyTaskQuerySet(models.QuerySet["KeyTask"]):
    def coded(self, code: str) -> KeyTaskQuerySet:
        """The task of a code such as task-1 or safeguard-2; none for anything else."""
        kind, _, number = code.partition("-")
        # `isdecimal` alone would accept digits of other scripts.
        is_number = number.isascii() and number.isdecimal() and len(number) < 4
        if kind not in KeyTask.Kind.values or not is_number:
            return self.none()
        return self.filter(kind=kind, number=int(number))


class KeyTask(models.Model):
    """A key task or a safeguard of the plan."""

    class Kind(models.TextChoices):
        TASK = "task", "重点任务"
        SAFEGUARD = "safeguard", "保障措施"

    kind = models.CharField("类别", max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField("序号")
    group = models.CharField("板块", max_length=40, blank=True)
    name = models.CharField("名称", max_length=60)
    asks = models.JSONField("要点", default=list, blank=True)

    objects = KeyTaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "重点任务与保障措施"
        # Descending by code: the plan's tasks stand before its safeguards.
        ordering = ["-kind", "number"]
        constraints = [
            models.UniqueConstraint(
                name="task_number_once",
                fields=["kind", "number"],
                violation_error_message="序号重复。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    @property
    def code(self) -> str:
        """As in addresses: task-1, safeguard-2."""
        return f"{self.kind}-{self.number}"


class TaskBody(models.Model):
    """A unit, or all parks or all towns, that leads a task or is responsible for it."""

    class Role(models.TextChoices):
        LEAD = "lead", "牵头单位"
        RESPONSIBLE = "responsible", "责任单位"

    class Group(models.TextChoices):
        PARKS = "parks", "各园区平台"
        TOWNS = "towns", "各镇街"

    task = models.ForeignKey(KeyTask, models.CASCADE, related_name="bodies", verbose_name="任务")
    role = models.CharField("职责", max_length=12, choices=Role)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="单位"
    )
    group = models.CharField("单位组", max_length=6, choices=Group, blank=True)
    nil_by_default = models.BooleanField(
        "无例外不必填报",
        default=False,
        help_text="没有填报的视为无例外：数据由系统计算，只在有情况时才写",
    )
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "任务责任单位"
        ordering = ["task", "role", "order"]
        constraints = [
            models.CheckConstraint(
                name="task_body_unit_or_group",
                condition=Q(unit__isnull=False, group="")
                | Q(unit__isnull=True, group__in=["parks", "towns"]),
                violation_error_message="责任单位须指定单位或单位组之一。",
            ),
            models.UniqueConstraint(
                name="task_body_once",
                fields=["task", "role", "unit"],
                violation_error_message="同一任务同一职责的单位重复。",
            ),
            models.UniqueConstraint(
                # The group is empty for a single unit, and many of those may stand in one task.
                name="task_group_once",
                fields=["task", "role", "group"],
                condition=~Q(group=""),
                violation_error_message="同一任务同一职责的单位组重复。",
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit or self.get_group_display())
