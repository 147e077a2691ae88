"""Reference data: technology fields, kinds of qualification and their terms, the rules of reporting.

It changes by decree. The administrators of the bureau edit it in the admin; the code only reads it.
"""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import F, Q

from enterprises.refusal import Refusal


class TechField(models.Model):
    """One of the eight fields of the state's catalogue of supported high technology."""

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    aliases = models.JSONField("其他写法", default=list, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "技术领域"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class QualificationKind(models.Model):
    """A kind of qualification a firm can hold. What counts is decided by its terms alone.

    The days on which the kind itself was in force are only shown.
    """

    code = models.SlugField("代码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    short_name = models.CharField("简称", max_length=20)
    aliases = models.JSONField("其他写法", default=list, blank=True)
    authority = models.CharField("认定机关", max_length=60, blank=True)
    in_force_from = models.DateField("施行日期", null=True, blank=True)
    in_force_until = models.DateField("停止日期", null=True, blank=True)
    class_year_convention = models.BooleanField(
        "有年度口径", default=False, help_text="除证书日期外，另按认定年度（当年起连续若干年）统计"
    )
    is_register = models.BooleanField(
        "名录管理", default=False, help_text="企业入库、退库，而不是认定、取消；增减各项随之改称"
    )
    ends_reserve = models.BooleanField(
        "取得即出后备库", default=False, help_text="企业取得之日起自动退出后备库"
    )
    order = models.PositiveSmallIntegerField("排序", default=0)
    note = models.TextField("说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资质类别"
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(
                name="kind_dates_in_order",
                condition=Q(in_force_from__isnull=True)
                | Q(in_force_until__isnull=True)
                | Q(in_force_from__lte=F("in_force_until")),
                violation_error_message="资质类别的施行日期不得晚于停止日期。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def term_on(self, issued: dt.date) -> KindTerm | None:
        """The term in force for what is issued on the day; None where none is kept for it."""
        # In Python: whoever asks for many certificates has the terms at hand.
        terms = [term for term in self.terms.all() if term.since <= issued]
        return max(terms, key=lambda term: term.since, default=None)


class KindTerm(models.Model):
    """How long a qualification of a kind lasts when it is issued on or after a day."""

    class Rule(models.TextChoices):
        OPEN = "open", "无期限（退库为止）"
        YEARS = "years", "自发证日起若干年"
        CALENDAR = "calendar", "至认定当年年末"

    kind = models.ForeignKey(
        QualificationKind, models.CASCADE, verbose_name="资质类别", related_name="terms"
    )
    # By the day of issue: a new rule leaves the certificates issued before it as they are.
    since = models.DateField("自（发证日）起")
    rule = models.CharField("期限规则", max_length=10, choices=Rule)
    years = models.PositiveSmallIntegerField("年数", null=True, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资质期限"
        ordering = ["kind", "since"]
        constraints = [
            models.UniqueConstraint(
                name="term_once_per_day",
                fields=["kind", "since"],
                violation_error_message="同一类别同一起始日只能有一条期限。",
            ),
            models.CheckConstraint(
                name="term_years_iff_years_rule",
                # Asked for explicitly: a CHECK passes where NULL makes its condition unknown.
                condition=Q(rule="years", years__isnull=False, years__gte=1)
                | (~Q(rule="years") & Q(years__isnull=True)),
                violation_error_message="“若干年”规则必须填年数，其他规则不得填。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_rule_display()}"

    @property
    def in_words(self) -> str:
        """Such as 自发证日起3年."""
        if self.rule == self.Rule.YEARS:
            return f"自发证日起{self.years}年"
        return self.get_rule_display()

    def last_day(self, issued: dt.date) -> dt.date | None:
        """The printed 有效期至 (inclusive) of a certificate issued on a day; None = no end.

        Issue date + years; 29 February gives 28 February where the later year is no leap year.
        """
        if self.rule == self.Rule.YEARS:
            years = self.years or 0
            # A term longer than the calendar has no end.
            return (
                issued + relativedelta(years=years) if issued.year + years <= dt.MAXYEAR else None
            )
        if self.rule == self.Rule.CALENDAR:
            return dt.date(issued.year, 12, 31)
        return None


class QuarterRuleQuerySet(models.QuerySet["QuarterRule"]):
    def in_force_on(self, day: dt.date) -> QuarterRule:
        """The rule for a quarter that ends on the day; one query. Raises Refusal where no rule is kept.

        The first rule also covers the quarters before it: every quarter has a due day.
        """
        # All of them: they are few,
        # and one query then answers also for quarters before the first rule.
        rules = list(self.order_by("since"))
        if not rules:
            raise Refusal("没有报送期限的规定，请先在“系统管理—报送期限”中登记。", "state")
        begun = [rule for rule in rules if rule.since <= day]
        return begun[-1] if begun else rules[0]


class QuarterRule(models.Model):
    """How long after a quarter's end its reports are due, and when they are no longer received.

    It fills in the days of a quarter that is opened. A quarter that is open keeps its own days.
    """

    since = models.DateField(
        "自（季度末）起",
        help_text="季度最后一天在这一天或以后的，按本条；最早的一条也适用于更早的季度",
    )
    due_days = models.PositiveSmallIntegerField(
        "截止天数", help_text="季度结束后第几日截止，到这一天为止（含）为按时报送"
    )
    lock_days = models.PositiveSmallIntegerField(
        "锁定天数", help_text="季度结束后第几日锁定，这一天之后不再接收，除非单独延期"
    )
    source = models.CharField("依据", max_length=200)

    objects = QuarterRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送期限"
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(
                name="quarter_rule_once_per_day",
                fields=["since"],
                violation_error_message="同一起始日只能有一条报送期限。",
            ),
            models.CheckConstraint(
                name="quarter_rule_due_days_positive",
                condition=Q(due_days__gte=1),
                violation_error_message="截止天数至少为1。",
            ),
            models.CheckConstraint(
                name="quarter_rule_due_before_lock",
                condition=Q(due_days__lte=F("lock_days")),
                violation_error_message="锁定天数不得少于截止天数。",
            ),
            models.CheckConstraint(
                name="quarter_rule_has_source",
                condition=~Q(source=""),
                violation_error_message="报送期限必须写明依据。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.since}起：{self.due_days}日截止，{self.lock_days}日锁定"


class ReminderRuleQuerySet(models.QuerySet["ReminderRule"]):
    def sentences_on(self, day: dt.date, subject: str) -> dict[int, str]:
        """Days of a milestone → what a reminder says at it, as in force on the day; one query.

        Where two rules name the same days, the one that began later speaks.
        """
        # `until` is the last day on which the rule still speaks.
        ended = Q(until__isnull=False, until__lt=day)
        rules = self.filter(subject=subject, since__lte=day).exclude(ended).order_by("since")
        return {rule.days: rule.sentence for rule in rules}


class ReminderRule(models.Model):
    """A milestone at which people are reminded, and the words for it."""

    class Subject(models.TextChoices):
        ROSTER = "roster", "季度报送"
        RENEWAL = "renewal", "证书到期"

    subject = models.CharField("提醒事项", max_length=10, choices=Subject)
    days = models.SmallIntegerField(
        "天数",
        help_text="季度报送：截止日后第几天，截止前的为负数，当天为0；证书到期：到期前的天数",
    )
    sentence = models.CharField(
        "提醒文字",
        max_length=40,
        help_text="季度报送如“还有5天截止”，用于名册和重点任务；证书到期如“30天内”，后接家数",
    )
    since = models.DateField("自（提醒日）起")
    until = models.DateField(
        "至（含）", null=True, blank=True, help_text="不再提醒的填最后一天；不填为一直有效"
    )
    source = models.CharField("依据", max_length=200)

    objects = ReminderRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "提醒节点"
        ordering = ["subject", "days", "since"]
        constraints = [
            models.UniqueConstraint(
                name="reminder_rule_once_per_day",
                fields=["subject", "days", "since"],
                violation_error_message="同一事项同一天数同一起始日只能有一条。",
            ),
            models.CheckConstraint(
                name="reminder_rule_subject_known",
                condition=Q(subject__in=["roster", "renewal"]),
                violation_error_message="未知的提醒事项。",
            ),
            models.CheckConstraint(
                name="reminder_rule_renewal_days_positive",
                condition=~Q(subject="renewal") | Q(days__gte=1),
                violation_error_message="证书到期前的天数至少为1。",
            ),
            models.CheckConstraint(
                name="reminder_rule_has_sentence",
                condition=~Q(sentence=""),
                violation_error_message="必须写明提醒文字。",
            ),
            models.CheckConstraint(
                name="reminder_rule_has_source",
                condition=~Q(source=""),
                violation_error_message="提醒节点必须写明依据。",
            ),
            models.CheckConstraint(
                name="reminder_rule_dates_in_order",
                condition=Q(until__isnull=True) | Q(since__lte=F("until")),
                violation_error_message="起始日不得晚于结束日。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_subject_display()} {self.days} {self.sentence}"
