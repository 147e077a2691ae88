"""What each unit shall reach in a year, and the rule that gives progress its colour."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from parks.models import Unit, User
from targets.models.plan import Indicator


class GoalRevision(models.Model):
    """The allocation of a year as it was saved once.

    A change makes a further revision; none is ever rewritten.
    """

    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("版次")
    # Of a first revision there is nothing to give a reason for.
    reason = models.CharField("修订原因", max_length=300, blank=True)
    basis_day = models.DateField("基数日", help_text="净增目标 = 年末目标 − 这一天的家数")
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="保存人")
    made_at = models.DateTimeField("保存时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "任务分解方案"
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(
                # The last guard: two that save at once cannot both get the number.
                name="goal_revision_once",
                fields=["year", "number"],
                violation_error_message="版次重复。",
            ),
            models.CheckConstraint(
                name="goal_revision_has_reason",
                condition=Q(number=1) | ~Q(reason=""),
                violation_error_message="修订必须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年任务分解（第{self.number}版）"


class UnitGoal(models.Model):
    """What one unit shall reach for one indicator.

    `stock`: firms at the year's end. `net`: growth from the basis day. `first`: first recognitions.
    A park answers for the firms in it, a town for those in no park. So all goals add up to the
    district.
    """

    revision = models.ForeignKey(
        GoalRevision, models.PROTECT, related_name="goals", verbose_name="方案"
    )
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name="指标")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="单位")
    stock = models.PositiveIntegerField("年末存量")
    # May be negative: a unit that has too many firms outside the parks has to shrink.
    net = models.IntegerField("净增")
    first = models.PositiveIntegerField("首次认定")

    class Meta:
        verbose_name = verbose_name_plural = "单位任务"
        ordering = ["revision", "indicator", "unit"]
        constraints = [
            models.UniqueConstraint(
                name="unit_goal_once",
                fields=["revision", "indicator", "unit"],
                violation_error_message="同一方案中单位和指标重复。",
            ),
            models.CheckConstraint(
                name="unit_goal_net_within_stock",
                condition=Q(net__lte=F("stock")),
                violation_error_message="净增不得大于年末存量。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.indicator.short_name} {self.stock}"


class PaceRule(models.Model):
    """From how many percentage points ahead of the time-proportional progress a state holds.

    Below all thresholds, progress is lagging.
    """

    class State(models.TextChoices):
        AHEAD = "ahead", "超前"
        NORMAL = "normal", "正常"
        OVERDUE = "overdue", "偏慢"
        LAGGING = "lagging", "滞后"

    state = models.CharField("状态", max_length=8, choices=State, unique=True)
    at_least = models.DecimalField(
        "不低于序时进度（百分点）",
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        help_text="负数为落后；滞后不填",
    )
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "进度颜色规则"
        # From best to worst; the two databases put nulls at different ends.
        ordering = [F("at_least").desc(nulls_last=True)]
        constraints = [
            models.CheckConstraint(
                name="pace_rule_has_threshold",
                # The worst state has no threshold: it takes whatever lies below all others.
                condition=Q(state="lagging", at_least__isnull=True)
                | Q(state__in=["ahead", "normal", "overdue"], at_least__isnull=False),
                violation_error_message="除滞后外，每种状态都要填百分点；滞后不填。",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_state_display())
