"""What a kind of qualification asks of its holders each year: reference data, edited in the admin."""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, TextChoices

from enterprises.marks import Mark, Tone
from enterprises.models.reference import QualificationKind


class DutyState(TextChoices):
    DONE = "done", "已办"
    OPEN = "open", "未办"
    MISSED = "missed", "逾期未登记"

    @property
    def mark(self) -> Mark:
        return STATE_MARKS[self.value]


STATE_MARKS = {
    DutyState.DONE.value: Mark(Tone.GOOD, "check-circle"),
    DutyState.OPEN.value: Mark(Tone.WATCH, "exclamation-triangle"),
    DutyState.MISSED.value: Mark(Tone.BAD, "x-circle"),
}


def _days_ahead(value: object) -> None:
    days = value if isinstance(value, list) else [None]
    if any(
        isinstance(day, bool) or not isinstance(day, int) or not 1 <= day <= 365 for day in days
    ):
        raise ValidationError("应为天数的列表，每个在1至365之间，如 [60, 30, 7]。")


class YearlyDuty(models.Model):
    """Who holds the kind on the due day owes it, for each year from `first_year` on.

    The year is the one that is told of: with `years_after` 1, what is owed for a year is due in
    the next one. Years before the first one are not judged: nobody has recorded them.
    """

    code = models.SlugField("代码", max_length=30, unique=True)
    kind = models.ForeignKey(
        QualificationKind, models.PROTECT, related_name="duties", verbose_name="资质类别"
    )
    name = models.CharField("名称", max_length=40)
    short_name = models.CharField("简称", max_length=20)
    first_year = models.PositiveSmallIntegerField(
        "首个年度", help_text="从这一年度起登记和判断，更早的年度不判断"
    )
    years_after = models.PositiveSmallIntegerField(
        "滞后年数", default=1, help_text="1：某年度的在次年办理；0：当年办理"
    )
    due_month = models.PositiveSmallIntegerField("截止月")
    due_day = models.PositiveSmallIntegerField(
        "截止日", help_text="当日仍算按时；该月没有这一天的，为当月最后一天"
    )
    missed_limit = models.PositiveSmallIntegerField(
        "失去资格的未办年数",
        null=True,
        blank=True,
        help_text="累计多少个年度未办即失去资格；没有的不填",
    )
    remind_days = models.JSONField(
        "提前提醒天数", default=list, blank=True, validators=[_days_ahead],
        help_text="截止日前各提醒一次，如 [60, 30, 7]；不填则不提醒",
    )  # fmt: skip
    document = models.CharField("文件", max_length=120, help_text="规定这项义务的文件")
    source = models.CharField("依据", max_length=200, help_text="截止日和未办年数的出处")
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "年度义务"
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="duty_due_day_of_a_year",
                condition=Q(due_month__gte=1, due_month__lte=12, due_day__gte=1, due_day__lte=31),
                violation_error_message="截止月应在1至12之间，截止日应在1至31之间。",
            ),
            models.CheckConstraint(
                name="duty_due_soon_after",
                condition=Q(years_after__lte=1),
                violation_error_message="滞后年数只能为0或1。",
            ),
            models.CheckConstraint(
                name="duty_limit_positive",
                condition=Q(missed_limit__isnull=True) | Q(missed_limit__gte=1),
                violation_error_message="失去资格的未办年数至少为1。",
            ),
            models.CheckConstraint(
                name="duty_has_source",
                condition=~Q(source="") & ~Q(document=""),
                violation_error_message="年度义务必须写明文件和依据。",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def due_on(self, year: int) -> dt.date:
        """The last day on which what is owed for the year is on time."""
        month = dt.date(year + self.years_after, self.due_month, 1)
        return month + relativedelta(day=self.due_day)

    def opens_on(self, year: int) -> dt.date:
        """The first day on which it can be done."""
        return dt.date(year + self.years_after, 1, 1)

    def years_by(self, day: dt.date) -> list[int]:
        """The years for which it can have been done by the day, newest first."""
        return list(range(day.year - self.years_after, self.first_year - 1, -1))

    def state_of(self, year: int, *, done: bool, on: dt.date) -> DutyState:
        """Of a holder who owes it."""
        if done:
            return DutyState.DONE
        return DutyState.MISSED if on > self.due_on(year) else DutyState.OPEN
