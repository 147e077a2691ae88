"""Who sees to a firm, and what was said: owners, the contact book, the days by which one calls."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from enterprises.models.enterprise import Enterprise, OfFirmQuerySet, Placement
from enterprises.models.validity import FAR, Validity, in_force
from enterprises.refusal import Refusal
from parks.models import Unit, User


class FirmOwnerQuerySet(OfFirmQuerySet):
    def holding_on(self, day: dt.date) -> FirmOwnerQuerySet:
        return self.filter(in_force(day, "since", "until"))


class FirmOwner(models.Model):
    """Somebody sees to the firm, for its unit or for the bureau, from `since` to before `until`."""

    class Level(models.TextChoices):
        UNIT = "unit", "单位"
        BUREAU = "bureau", "科技局"

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="owners", verbose_name="企业"
    )
    level = models.CharField("层级", max_length=8, choices=Level)
    # The name under which the person signs in: it means the same in every database.
    account = models.CharField("责任人", max_length=150)
    since = models.DateField("自")
    until = models.DateField("至（不含）", null=True, blank=True)

    objects = FirmOwnerQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业责任人"
        ordering = ["enterprise", "level", "since"]
        constraints = [
            models.CheckConstraint(
                name="owner_level_known",
                condition=Q(level__in=["unit", "bureau"]),
                violation_error_message="责任人的层级无效。",
            ),
            models.CheckConstraint(
                name="owner_has_account",
                condition=~Q(account=""),
                violation_error_message="责任人须写明账号。",
            ),
            models.CheckConstraint(
                name="owner_dates_in_order",
                condition=Q(until__isnull=True) | Q(since__lt=F("until")),
                violation_error_message="责任人的起始日必须早于结束日。",
            ),
            models.UniqueConstraint(
                # That they do not overlap, PostgreSQL checks as well: see the migration.
                name="owner_one_open",
                fields=["enterprise", "level"],
                condition=Q(until__isnull=True),
                violation_error_message="一家企业同一层级只能有一名当前责任人。",
            ),
            models.UniqueConstraint(
                name="owner_once_per_day",
                fields=["enterprise", "level", "since"],
                violation_error_message="一家企业同一层级同一天只能登记一名责任人。",
            ),
        ]
        # "My firms" asks by the account.
        indexes = [
            models.Index(name="owner_open", fields=["account"], condition=Q(until__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}责任人 {self.account} 自 {self.since}"

    def holds_on(self, day: dt.date) -> bool:
        return Validity(self.since, self.until or FAR).covers(day)


class TalkKind(models.Model):
    """How one talks with a firm: a visit, a call, and whatever else the bureau names."""

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=20, unique=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "对接方式"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class TalkQuerySet(models.QuerySet["Talk"]):
    def visible_to(self, user: User) -> TalkQuerySet:
        """Who sees the whole district, and the unit in which the firm stands today."""
        # Not as facts: what is said to the present unit is not for the one that the firm has left.
        if user.sees_whole_district:
            return self.all()
        here = Placement.objects.covering(timezone.localdate()).in_unit(user.unit_id)
        return self.filter(Exists(here.filter(enterprise=OuterRef("enterprise"))))

    def standing(self) -> TalkQuerySet:
        """Without those that were withdrawn."""
        return self.filter(withdrawn_at=None)

    def unanswered(self) -> TalkQuerySet:
        return self.standing().filter(answered_at=None).exclude(asked="")


class Talk(models.Model):
    """An entry of the contact book: somebody talked with the firm on a day.

    Nothing of it is changed later. An answer is added once; a wrong entry is withdrawn with a
    reason and stays to be read.
    """

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="talks", verbose_name="企业"
    )
    on = models.DateField("对接日期")
    kind = models.ForeignKey(TalkKind, models.PROTECT, related_name="+", verbose_name="方式")
    said = models.CharField("谈了什么", max_length=1000)
    asked = models.CharField("企业提出的问题", max_length=500, blank=True)
    answerer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人"
    )
    answer_by = models.DateField("答复期限", null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="对接人")
    at = models.DateTimeField("登记时间", auto_now_add=True)
    answer = models.CharField("答复", max_length=500, blank=True)
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复登记人"
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    reminded_at = models.DateTimeField("提醒时间", null=True, blank=True)
    withdrawn_for = models.CharField("撤回理由", max_length=200, blank=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    objects = TalkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "对接记录"
        ordering = ["enterprise", "-on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="talk_says_something",
                condition=~Q(said=""),
                violation_error_message="须写明谈了什么。",
            ),
            models.CheckConstraint(
                name="talk_question_has_answerer",
                condition=Q(asked="", answerer__isnull=True, answer_by__isnull=True)
                | (~Q(asked="") & Q(answerer__isnull=False, answer_by__isnull=False)),
                violation_error_message="有问题的须写明谁在哪天前答复，没有问题的不填。",
            ),
            models.CheckConstraint(
                name="talk_answer_is_whole",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (
                    ~Q(answer="")
                    & ~Q(asked="")
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                ),
                violation_error_message="答复须针对问题，并记明由谁、何时答复。",
            ),
            models.CheckConstraint(
                name="talk_withdrawal_is_whole",
                condition=Q(withdrawn_for="", withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | (
                    ~Q(withdrawn_for="") & Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False)
                ),
                violation_error_message="撤回须写明理由、由谁、何时撤回。",
            ),
        ]
        indexes = [
            # The last talk of each firm.
            models.Index(name="talk_by_firm", fields=["enterprise", "-on", "-id"]),
            models.Index(
                name="talk_open",
                fields=["answer_by"],
                condition=Q(answered_at=None, withdrawn_at=None) & ~Q(asked=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind}"

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def is_open(self) -> bool:
        """Something was asked, and nobody has answered yet."""
        return bool(self.asked) and self.answered_at is None and not self.is_withdrawn


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
