"""The contact book: what was said with a firm, what it asked, who answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from enterprises.models.enterprise import Enterprise, Placement
from parks.models import User


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
        """Who sees the whole district, and the unit in which the firm stands today.

        What was said to a record that was merged goes with the firm that stands for it.
        """
        # Not as facts: what is said to the present unit is not for the one that the firm has left.
        if user.sees_whole_district:
            return self.all()
        here = Placement.objects.covering(timezone.localdate()).in_unit(user.unit_id)
        firm = Coalesce(OuterRef("enterprise__merged_into"), OuterRef("enterprise"))
        return self.filter(Exists(here.filter(enterprise=firm)))

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
