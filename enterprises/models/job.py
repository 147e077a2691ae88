"""Background jobs. The row says what is true of a job; the broker only wakes a worker to look."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Min, Q
from django.db.models.functions import Now

from enterprises.marks import Mark, Tone
from parks.models import User

ATTEMPTS_CEILING = 10
"""What the database allows; settings.JOB_MAX_ATTEMPTS (3) is what the sweeper allows."""
KIND_LABELS = {
    "recompute": "重算指标",
    "load": "名册入库",
    "check": "名册检查",
    "record_check": "台账检查",
    "record_load": "台账载入",
    "announcement_read": "官方名单读取",
    "roster_check": "季度名册检查",
    "roster_dry_run": "季度名册试检查",
    "roster_apply": "季度名册入库",
    "reminders": "催报提醒",
    "renewal_reminders": "续证提醒",
    "duty_reminders": "年度义务提醒",
    "pool_reminders": "后备库复核提醒",
    "task_reminders": "任务催报提醒",
    "talk_reminders": "对接答复提醒",
    "decision_reminders": "会议决定催办",
    "seal": "封存账本",
    "backup": "备份",
    "accounts": "停用长期未用的账号",
    "verify": "核对数据",
    "statistics": "更新数据表统计",
    "mail": "发送邮件",
}


class JobState(models.TextChoices):
    QUEUED = "queued", "排队"
    RUNNING = "running", "运行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"

    @property
    def mark(self) -> Mark:
        return JOB_MARKS[self]


JOB_MARKS = {
    JobState.QUEUED: Mark(Tone.NONE, "hourglass-split"),
    JobState.RUNNING: Mark(Tone.MOVE, "arrow-clockwise"),
    JobState.DONE: Mark(Tone.GOOD, "check-circle"),
    JobState.FAILED: Mark(Tone.BAD, "x-circle"),
}

FINISHED = (JobState.DONE, JobState.FAILED)
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Times are compared with the database's clock, never with a worker's."""

    def visible_to(self, user: User) -> JobQuerySet:
        """The bureau, leaders and auditors see every job; unit staff those they started."""
        return self if user.sees_whole_district else self.filter(created_by=user)

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=UNFINISHED)

    def owned(self, job_id: int, owner: str) -> JobQuerySet:
        """The job if this owner still holds it; every write of a running job goes through this."""
        return self.filter(pk=job_id, owner=owner, state=JobState.RUNNING)

    def lapsed(self) -> JobQuerySet:
        """Running, but its worker has shown no sign of life for a whole lease."""
        return self.filter(state=JobState.RUNNING, lease_until__lt=Now())

    def claimable(self) -> JobQuerySet:
        # A lapsed job belongs to a worker that is dead or stuck: another may take it over.
        waiting = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=Now())
        return self.filter(waiting, attempts__lt=settings.JOB_MAX_ATTEMPTS)

    def longest_wait(self) -> int:
        """Seconds that the oldest of the claimable jobs has waited; 0 where none waits."""
        waiting = self.claimable().aggregate(oldest=Min("created_at"), now=Min(Now()))
        if waiting["oldest"] is None:
            return 0
        return int((waiting["now"] - waiting["oldest"]).total_seconds())

    def exhausted(self) -> JobQuerySet:
        """Interrupted on the last attempt it had."""
        return self.lapsed().filter(attempts__gte=settings.JOB_MAX_ATTEMPTS)

    def unheard(self) -> JobQuerySet:
        """Claimable jobs for which no bell was rung lately: it may have been lost."""
        silent_since = Now() - timedelta(seconds=settings.JOB_SWEEP_SECONDS)
        return self.claimable().filter(Q(rung_at=None) | Q(rung_at__lt=silent_since))


class Job(models.Model):
    """One piece of background work.

    `state` changes only by conditional UPDATE, in enterprises.jobs.

    `slot` names the night of a nightly job, which must run once. `owner` and `lease_until` say
    which run holds the job, and until when unless it shows a sign of life.
    """

    kind = models.CharField("类型", max_length=40)
    params = models.JSONField("参数", default=dict, blank=True, encoder=DjangoJSONEncoder)
    # NULL for all but nightly jobs: a unique column takes any number of these.
    slot = models.CharField("时段", max_length=80, unique=True, null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    owner = models.CharField("持有者", max_length=32, null=True, blank=True)
    lease_until = models.DateTimeField("租约到期", null=True, blank=True)
    heartbeat_at = models.DateTimeField("最近心跳", null=True, blank=True)
    phase = models.CharField("阶段", max_length=100, blank=True, default="")
    progress_done = models.PositiveIntegerField("已处理", default=0)
    progress_total = models.PositiveIntegerField("总数", null=True, blank=True)
    result = models.JSONField("结果", null=True, blank=True, encoder=DjangoJSONEncoder)
    error = models.TextField("失败原因", blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="jobs",
        verbose_name="发起人",
    )
    # By the database's clock, with which all times of jobs are compared.
    created_at = models.DateTimeField("提交时间", db_default=Now(), editable=False)
    rung_at = models.DateTimeField("最近通知", null=True, blank=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-id"]
        indexes = [
            # Partial: nearly all jobs are finished,
            # and workers and sweeps look for the others only.
            models.Index(fields=["id"], condition=Q(state__in=UNFINISHED), name="job_unfinished")
        ]
        constraints = [
            models.CheckConstraint(
                name="job_state_known",
                condition=Q(state__in=JobState.values),
                violation_error_message="任务状态只能是排队、运行中、完成或失败。",
            ),
            models.CheckConstraint(
                name="job_running_has_owner",
                condition=Q(
                    state=JobState.RUNNING,
                    owner__isnull=False,
                    lease_until__isnull=False,
                    started_at__isnull=False,
                    attempts__gte=1,
                )
                | Q(~Q(state=JobState.RUNNING), owner=None, lease_until=None),
                violation_error_message="运行中的任务必须有持有者和租约，其他任务不得有。",
            ),
            models.CheckConstraint(
                name="job_finished_has_time",
                condition=Q(state__in=FINISHED, finished_at__isnull=False)
                | Q(state__in=UNFINISHED, finished_at__isnull=True),
                violation_error_message="已结束的任务必须有结束时间，未结束的不得有。",
            ),
            models.CheckConstraint(
                name="job_failed_has_reason",
                condition=Q(~Q(error=""), state=JobState.FAILED)
                | Q(~Q(state=JobState.FAILED), error=""),
                violation_error_message="失败的任务必须写明原因，其他任务不得有失败原因。",
            ),
            models.CheckConstraint(
                name="job_attempts_bounded",
                condition=Q(attempts__lte=ATTEMPTS_CEILING),
                violation_error_message=f"任务最多尝试 {ATTEMPTS_CEILING} 次。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_label} #{self.pk}（{self.get_state_display()}）"

    @property
    def kind_label(self) -> str:
        return KIND_LABELS.get(self.kind, self.kind)

    @property
    def mark(self) -> Mark:
        return JobState(self.state).mark

    @property
    def is_running(self) -> bool:
        return self.state == JobState.RUNNING

    @property
    def has_failed(self) -> bool:
        return self.state == JobState.FAILED

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def percent(self) -> int | None:
        """0–100, or None while the handler has not said how much there is."""
        if not self.progress_total:
            return None
        return min(100, 100 * self.progress_done // self.progress_total)

    def may_be_retried_by(self, user: User) -> bool:
        return self.state == JobState.FAILED and user.in_bureau
