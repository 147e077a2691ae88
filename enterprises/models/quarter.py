"""A reporting period: when it opens, falls due and locks, and who may hand in after that."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import F, Q, Subquery

from enterprises.models.reference import QuarterRule
from parks.models import Unit, User

NUMERALS = "一二三四"


def quarter_name(number: int) -> str:
    """三季度: the one way in which a quarter of any year is called."""
    return f"{NUMERALS[number - 1]}季度"


@dataclass(frozen=True)
class Period:
    """A quarter of a year as such, opened or not."""

    year: int
    number: int

    @classmethod
    def of(cls, day: dt.date) -> Period:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def before(cls, day: dt.date) -> Period:
        """The last whole quarter that ended before the day."""
        return cls.of(cls.of(day).first_day - dt.timedelta(days=1))

    @classmethod
    def coded(cls, code: str) -> Period | None:
        """The quarter of a code such as 2026Q3; None for anything else."""
        # ASCII digits only: \d also takes digits of other scripts. A year 0 is no date.
        parts = re.fullmatch(r"([0-9]{4})Q([1-4])", code)
        if parts is None or parts[1] == "0000":
            return None
        return cls(int(parts[1]), int(parts[2]))

    @property
    def code(self) -> str:
        return f"{self.year}Q{self.number}"

    @property
    def label(self) -> str:
        """As it is written everywhere on screen and paper: 2026年三季度."""
        return f"{self.year}年{quarter_name(self.number)}"

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> dt.date:
        """The day of which the rosters speak."""
        return self.first_day + relativedelta(months=3, days=-1)


class QuarterQuerySet(models.QuerySet["Quarter"]):
    def opened_by(self, day: dt.date) -> QuarterQuerySet:
        return self.filter(opens_on__lte=day)

    def taking_rosters(self, day: dt.date) -> QuarterQuerySet:
        """Those for which rosters are taken on the day: opened, and not locked yet."""
        return self.opened_by(day).filter(locks_on__gte=day)

    def coded(self, code: str) -> QuarterQuerySet:
        """The quarter of a code such as 2026Q3; none for anything else."""
        period = Period.coded(code)
        return self.filter(year=period.year, number=period.number) if period else self.none()


class Quarter(models.Model):
    """One opened reporting period. Its rosters speak of its last day.

    They may come until `locks_on`, inclusive; after `due_on` they are late.
    """

    year = models.PositiveSmallIntegerField("年")
    number = models.PositiveSmallIntegerField("季度")
    opens_on = models.DateField("开放日")
    due_on = models.DateField("截止日", help_text="到这一天为止（含）为按时报送")
    locks_on = models.DateField("锁定日", help_text="这一天之后不再接收，除非单独延期")
    # None where the nightly job opened it.
    opened_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="开放人"
    )
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = QuarterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送季度"
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="quarter_once",
                fields=["year", "number"],
                violation_error_message="该季度已经开放。",
            ),
            models.CheckConstraint(
                name="quarter_number_1_to_4",
                condition=Q(number__gte=1, number__lte=4),
                violation_error_message="季度应为1至4。",
            ),
            models.CheckConstraint(
                name="quarter_days_in_order",
                condition=Q(opens_on__lte=F("due_on")) & Q(due_on__lte=F("locks_on")),
                violation_error_message="开放日、截止日、锁定日必须依次先后。",
            ),
        ]

    def __str__(self) -> str:
        return self.period.label

    @property
    def period(self) -> Period:
        return Period(self.year, self.number)

    @property
    def code(self) -> str:
        return self.period.code

    @property
    def last_day(self) -> dt.date:
        return self.period.last_day

    def is_late(self, day: dt.date) -> bool:
        # The due day itself is still in time.
        return day > self.due_on

    @classmethod
    def due_day(cls, period: Period) -> dt.date:
        """The day by which reports on a period are due: as opened, or by the rule; one query.

        Raises Refusal where no rule is kept.
        """
        opened = cls.objects.filter(year=period.year, number=period.number).values("due_on")
        # The rule and the opened quarter in one query: every page with key tasks asks for this.
        rules = QuarterRule.objects.annotate(opened_due_on=Subquery(opened))
        rule = rules.in_force_on(period.last_day)
        due_on = period.last_day + dt.timedelta(days=rule.due_days)
        return rule.opened_due_on or due_on  # type: ignore[attr-defined]

    @staticmethod
    def usual_days(period: Period) -> dict[str, dt.date]:
        """Opening, due and lock day by the rule in force on the period's last day; one query.

        Raises Refusal where no rule is kept.
        """
        rule = QuarterRule.objects.in_force_on(period.last_day)
        return {
            "opens_on": period.last_day + dt.timedelta(days=1),
            "due_on": period.last_day + dt.timedelta(days=rule.due_days),
            "locks_on": period.last_day + dt.timedelta(days=rule.lock_days),
        }


class LockException(models.Model):
    """A unit may hand in until a day although the quarter is locked."""

    quarter = models.ForeignKey(
        Quarter, models.CASCADE, related_name="exceptions", verbose_name="季度"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    until = models.DateField("延期至（含）")
    reason = models.CharField("理由", max_length=200)
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="批准人")
    granted_at = models.DateTimeField("批准时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期报送"
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(
                name="exception_has_reason",
                condition=~Q(reason=""),
                violation_error_message="延期必须写明理由。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} 延期至 {self.until}"


class Reminder(models.Model):
    """A unit was reminded of a quarter at a milestone, once."""

    quarter = models.ForeignKey(
        Quarter, models.CASCADE, related_name="reminders", verbose_name="季度"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    milestone = models.CharField("节点", max_length=20)
    sent_at = models.DateTimeField("提醒时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "催报记录"
        ordering = ["-sent_at"]
        constraints = [
            models.UniqueConstraint(
                name="reminder_once",
                fields=["quarter", "unit", "milestone"],
                violation_error_message="该节点已提醒过。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.quarter} {self.unit} {self.milestone}"
