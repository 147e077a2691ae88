"""By which days one calls a firm, and whom to call at a unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from enterprises.refusal import Refusal
from parks.models import Unit, User


class FollowUpRuleQuerySet(models.QuerySet["FollowUpRule"]):
    def in_force_on(self, day: dt.date) -> FollowUpRule:
        """One query. Raises Refusal where no rule is kept; the first one also covers days before."""
        rules = list(self.order_by("since"))
        if not rules:
            raise Refusal("没有对接期限的规定，请先在“系统管理—对接期限”中登记。", "state")
        begun = [rule for rule in rules if rule.since <= day]
        return begun[-1] if begun else rules[0]


class FollowUpRule(models.Model):
    """Which firms need a call: for how long nobody has talked, how soon a certificate ends."""

    since = models.DateField("自何日起")
    quiet_days = models.PositiveSmallIntegerField(
        "未对接天数", help_text="最近一次对接距今超过这些天的，列为久未对接"
    )
    ending_days = models.PositiveSmallIntegerField(
        "到期天数", help_text="证书在这些天内到期、续证没有办结的，列入对接名单"
    )
    source = models.CharField("依据", max_length=200)

    objects = FollowUpRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对接期限"
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                name="followup_rule_once_per_day",
                fields=["since"],
                violation_error_message="同一起始日只能有一条对接期限。",
            ),
            models.CheckConstraint(
                name="followup_rule_days_positive",
                condition=Q(quiet_days__gte=1, ending_days__gte=1),
                violation_error_message="天数至少为1。",
            ),
            models.CheckConstraint(
                name="followup_rule_has_source",
                condition=~Q(source=""),
                violation_error_message="对接期限必须写明依据。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}起：{self.quiet_days}天未对接，{self.ending_days}天内到期"


class UnitContactQuerySet(models.QuerySet["UnitContact"]):
    def of_units(self, units: Iterable[int]) -> dict[int, UnitContact]:
        """Unit → its contact, for those that have one; one query."""
        return {contact.unit_id: contact for contact in self.filter(unit__in=set(units))}


class UnitContact(models.Model):
    """Whom to call at a unit: the number of an office, for everybody who signs in."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="contact", verbose_name="单位")
    name = models.CharField("联系人", max_length=40)
    phone = models.CharField("联系电话", max_length=40)
    told_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人",
        editable=False,
    )  # fmt: skip
    told_at = models.DateTimeField("登记时间", auto_now=True)

    objects = UnitContactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "单位联系人"
        ordering = ["unit"]
        constraints = [
            models.CheckConstraint(
                name="unit_contact_is_whole",
                condition=~Q(name="") & ~Q(phone=""),
                violation_error_message="单位联系人须有姓名和电话。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.phone}"
