"""The joint meeting with its agenda and minutes, and the Word templates of the bureau's own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enterprises.marks import Mark, Tone
from parks.models import User


class MeetingState(models.TextChoices):
    DRAFT = "draft", "草案"
    HELD = "held", "已召开"

    @property
    def mark(self) -> Mark:
        return MEETING_MARKS[self]


MEETING_MARKS = {
    MeetingState.DRAFT: Mark(Tone.NONE, "hourglass-split"),
    MeetingState.HELD: Mark(Tone.GOOD, "check-circle"),
}


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> MeetingQuerySet:
        """An agenda names the figures of all units, so who reports for one reads its decisions only."""
        return self.all() if user.sees_whole_district else self.none()


class Meeting(models.Model):
    """`version` grows with every change of its head, agenda or minutes: two writers notice each other."""

    number = models.PositiveSmallIntegerField("次数", unique=True)
    day = models.DateField("日期")
    place = models.CharField("地点", max_length=60, blank=True)
    chair = models.CharField("主持人", max_length=60, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=MeetingState, default=MeetingState.DRAFT
    )
    version = models.PositiveIntegerField("修改次数", default=1)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="拟订人")
    made_at = models.DateTimeField("拟订时间", auto_now_add=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "联席会议"
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="meeting_state_known",
                condition=Q(state__in=["draft", "held"]),
                violation_error_message="会议状态无效。",
            ),
            models.CheckConstraint(
                name="meeting_number_from_1",
                condition=Q(number__gte=1),
                violation_error_message="会议次数从1起。",
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}次会议"

    @property
    def is_held(self) -> bool:
        return self.state == MeetingState.HELD

    @property
    def mark(self) -> Mark:
        return MeetingState(self.state).mark


class AgendaItem(models.Model):
    """`key` names what the data proposed, "" for what the office added.

    `reason` says the figure that put it there, as it was on `as_of`; `url` opens its list. A
    dropped item is kept, so that it is not proposed again.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items", verbose_name="会议")
    order = models.PositiveSmallIntegerField("次序")
    key = models.CharField("来由代码", max_length=60, blank=True)
    title = models.CharField("议题", max_length=100)
    reason = models.CharField("来由", max_length=400, blank=True)
    figure = models.PositiveIntegerField("数字", null=True, blank=True)
    url = models.CharField("名单地址", max_length=300, blank=True)
    as_of = models.DateField("统计日", null=True, blank=True)
    is_dropped = models.BooleanField("不列入", default=False)
    minutes = models.TextField("会议记录", max_length=5000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会议议题"
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(
                name="agenda_item_proposed_once",
                fields=["meeting", "key"],
                condition=~Q(key=""),
                violation_error_message="同一来由的议题重复。",
            ),
            models.CheckConstraint(
                name="agenda_item_has_title",
                condition=~Q(title=""),
                violation_error_message="请写明议题。",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MeetingTemplate(models.Model):
    """A Word template of the bureau's own; the newest of a purpose counts, none is replaced."""

    class Purpose(models.TextChoices):
        AGENDA = "agenda", "议程"
        MINUTES = "minutes", "纪要"

    purpose = models.CharField("用途", max_length=8, choices=Purpose)
    name = models.CharField("文件名", max_length=200)
    content = models.BinaryField("内容")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "会议文件模板"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name
