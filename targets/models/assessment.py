"""A year's score sheet for parks or towns: its items, and each thing that was done with it."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enterprises.marks import Mark, Tone
from parks.models import Unit, User
from targets.models.plan import Indicator
from targets.models.task_figures import TaskFigure


class AssessmentState(models.TextChoices):
    DRAFT = "draft", "草案"
    PROPOSED = "proposed", "提请下达"
    DECREED = "decreed", "已下达"
    FROZEN = "frozen", "已定分"

    @property
    def mark(self) -> Mark:
        return ASSESSMENT_MARKS[self]


ASSESSMENT_MARKS = {
    AssessmentState.DRAFT: Mark(Tone.NONE, "hourglass-split"),
    AssessmentState.PROPOSED: Mark(Tone.WATCH, "hourglass-split"),
    AssessmentState.DECREED: Mark(Tone.MOVE, "arrow-clockwise"),
    AssessmentState.FROZEN: Mark(Tone.GOOD, "check-circle"),
}


class AssessmentQuerySet(models.QuerySet["AssessmentScheme"]):
    def visible_to(self, user: User) -> AssessmentQuerySet:
        """A draft is the bureau's and the leaders', unless it was opened to the units."""
        if user.sees_whole_district:
            return self.all()
        unit = user.reporting_unit
        if unit is None:
            return self.none()
        decreed = Q(state__in=[AssessmentState.DECREED, AssessmentState.FROZEN])
        return self.filter(decreed | Q(open_to_units=True), kind=unit.kind)


class AssessmentScheme(models.Model):
    """`basis`: where the draft comes from. `document`: by which it was decreed.

    `version` grows with every change, so that two writers notice each other. A frozen sheet does
    not change any more, nor do the items of a decreed one: the database refuses it.
    """

    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("考核对象", max_length=12, choices=Unit.Kind)
    title = models.CharField("名称", max_length=80)
    basis = models.CharField("拟订依据", max_length=500)
    document = models.CharField("下达文号", max_length=120, blank=True)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, default=Decimal(100))
    shows_ranking = models.BooleanField(
        "单位可见排名", default=False, help_text="不勾选时，单位只见本单位的得分"
    )
    open_to_units = models.BooleanField(
        "草案征求意见", default=False, help_text="勾选后，单位可以看到草案和本单位的模拟得分"
    )
    state = models.CharField(
        "状态", max_length=10, choices=AssessmentState, default=AssessmentState.DRAFT
    )
    version = models.PositiveIntegerField("修改次数", default=1)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提请人"
    )
    proposed_at = models.DateTimeField("提请时间", null=True, blank=True)
    decreed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="下达人"
    )
    decreed_at = models.DateTimeField("下达时间", null=True, blank=True)
    freeze_asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提请定分人"
    )
    freeze_asked_at = models.DateTimeField("提请定分时间", null=True, blank=True)
    frozen_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="定分人"
    )
    frozen_at = models.DateTimeField("定分时间", null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考核方案"
        ordering = ["-year", "kind"]
        constraints = [
            models.UniqueConstraint(
                name="assessment_once",
                fields=["year", "kind"],
                violation_error_message="这一年度的考核方案已经有了。",
            ),
            models.CheckConstraint(
                name="assessment_of_parks_or_towns",
                condition=Q(kind__in=["park", "town"]),
                violation_error_message="只考核园区平台和镇街。",
            ),
            models.CheckConstraint(
                name="assessment_total_positive",
                condition=Q(total__gt=0),
                violation_error_message="总分应大于0。",
            ),
            models.CheckConstraint(
                name="assessment_says_its_basis",
                condition=~Q(basis="") & ~Q(title=""),
                violation_error_message="请写明名称和拟订依据。",
            ),
            models.CheckConstraint(
                name="assessment_state_whole",
                # Written out: a state stands with the persons who brought it about.
                condition=Q(
                    state="draft", proposed_by=None, proposed_at=None, decreed_by=None,
                    decreed_at=None, frozen_by=None, frozen_at=None, document="",
                )
                | Q(
                    state="proposed", proposed_by__isnull=False, proposed_at__isnull=False,
                    decreed_by=None, decreed_at=None, frozen_by=None, frozen_at=None,
                )
                & ~Q(document="")
                | Q(
                    state="decreed", proposed_by__isnull=False, proposed_at__isnull=False,
                    decreed_by__isnull=False, decreed_at__isnull=False, frozen_by=None,
                    frozen_at=None,
                )
                & ~Q(document="")
                | Q(
                    state="frozen", proposed_by__isnull=False, proposed_at__isnull=False,
                    decreed_by__isnull=False, decreed_at__isnull=False,
                    frozen_by__isnull=False, frozen_at__isnull=False,
                )
                & ~Q(document=""),
                violation_error_message="提请、下达、定分须写明人和时间，提请起须有文号。",
            ),
            models.CheckConstraint(
                name="assessment_two_persons",
                condition=Q(decreed_by=None) | ~Q(decreed_by=F("proposed_by")),
                violation_error_message="提请和下达不能是同一个人。",
            ),
            models.CheckConstraint(
                name="assessment_frozen_by_two",
                # Sheets that were frozen before two persons were asked for name no asker.
                condition=Q(freeze_asked_by=None) | Q(frozen_by=None)
                | ~Q(frozen_by=F("freeze_asked_by")),
                violation_error_message="提请定分和定分不能是同一个人。",
            ),
            models.CheckConstraint(
                name="assessment_freeze_asked_whole",
                condition=Q(freeze_asked_by=None, freeze_asked_at=None)
                | Q(
                    freeze_asked_by__isnull=False, freeze_asked_at__isnull=False,
                    state__in=["decreed", "frozen"],
                ),
                violation_error_message="提请定分须写明人和时间，并且方案已下达。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def mark(self) -> Mark:
        return AssessmentState(self.state).mark

    @property
    def is_draft(self) -> bool:
        """Its scores are a simulation: nobody is held to it yet."""
        return self.state in (AssessmentState.DRAFT, AssessmentState.PROPOSED)

    @property
    def is_editable(self) -> bool:
        return self.state == AssessmentState.DRAFT

    @property
    def is_proposed(self) -> bool:
        return self.state == AssessmentState.PROPOSED

    @property
    def is_decreed(self) -> bool:
        """In force: points are entered, objections taken."""
        return self.state == AssessmentState.DECREED

    @property
    def freeze_is_asked(self) -> bool:
        """One person found the scores right; another is to look and freeze them."""
        return self.is_decreed and self.freeze_asked_at is not None

    @property
    def is_frozen(self) -> bool:
        return self.state == AssessmentState.FROZEN


class AssessmentItem(models.Model):
    """`source`: what is measured (`targets.assessment.sources`), or that it is entered by hand.

    `floor` and `full`: the measured values from which points begin and at which `weight` is
    reached; beyond it points go on in the same line up to `cap`.
    """

    class Source(models.TextChoices):
        BY_HAND = "hand", "按材料评分"
        GOAL = "goal", "任务完成率"
        RENEWAL = "renewal", "续证率"
        POOL = "pool", "先入库后认定率"
        ROSTER_IN_TIME = "roster_in_time", "名册按时率"
        ROSTER_RIGHT = "roster_right", "名册一次报对率"
        TASK_REPORT = "task_report", "重点任务按时报告率"
        REGISTER = "register", "台账数"
        DECISION = "decision", "会议决定按期办结率"

    class Measure(models.TextChoices):
        STOCK = "stock", "年末存量"
        NET = "net", "净增"
        FIRST = "first", "首次认定"

    class NoCase(models.TextChoices):
        FULL = "full", "得满分"
        LEFT_OUT = "left_out", "不计入，分值按比例分给其他项"

    scheme = models.ForeignKey(
        AssessmentScheme, models.CASCADE, related_name="items", verbose_name="方案"
    )
    order = models.PositiveSmallIntegerField("次序")
    title = models.CharField("项目", max_length=40)
    note = models.CharField("评分说明", max_length=300, blank=True)
    source = models.CharField("怎样计分", max_length=16, choices=Source, default=Source.BY_HAND)
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="指标"
    )
    measure = models.CharField("考核口径", max_length=8, choices=Measure, blank=True)
    figure = models.ForeignKey(
        TaskFigure, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="台账数"
    )
    weight = models.DecimalField("分值", max_digits=6, decimal_places=2)
    cap = models.DecimalField("封顶分", max_digits=6, decimal_places=2)
    floor = models.DecimalField("起分值", max_digits=9, decimal_places=2, default=Decimal(0))
    full = models.DecimalField("满分值", max_digits=9, decimal_places=2, default=Decimal(100))
    no_case = models.CharField("没有发生时", max_length=8, choices=NoCase, default=NoCase.LEFT_OUT)
    needs_evidence = models.BooleanField("须附佐证", default=True, help_text="只用于按材料评分")

    class Meta:
        verbose_name = verbose_name_plural = "考核项目"
        ordering = ["scheme", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                name="assessment_item_once",
                fields=["scheme", "title"],
                violation_error_message="同一方案中项目名称重复。",
            ),
            models.CheckConstraint(
                name="assessment_item_has_title",
                condition=~Q(title=""),
                violation_error_message="请写明项目。",
            ),
            models.CheckConstraint(
                name="assessment_item_cap_from_weight",
                condition=Q(weight__gt=0, cap__gte=F("weight")),
                violation_error_message="分值应大于0，封顶分不得低于分值。",
            ),
            models.CheckConstraint(
                name="assessment_item_floor_below_full",
                condition=Q(floor__gte=0, floor__lt=F("full")),
                violation_error_message="起分值不得为负，且应小于满分值。",
            ),
            models.CheckConstraint(
                name="assessment_item_asks_whole",
                condition=Q(source="goal", indicator__isnull=False, figure=None)
                & Q(measure__in=["stock", "net", "first"])
                | Q(source__in=["renewal", "pool"], indicator__isnull=False)
                & Q(figure=None, measure="")
                | Q(source="register", indicator=None, figure__isnull=False, measure="")
                | Q(
                    source__in=["hand", "roster_in_time", "roster_right", "task_report", "decision"]
                )
                & Q(indicator=None, figure=None, measure=""),
                violation_error_message="来源与指标、考核口径、台账数不相配。",
            ),
            models.CheckConstraint(
                name="assessment_item_no_case_known",
                condition=Q(no_case__in=["full", "left_out"]),
                violation_error_message="请选择没有发生时怎样计分。",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def by_hand(self) -> bool:
        return self.source == self.Source.BY_HAND


class AssessmentEvent(models.Model):
    """What was done with a sheet, one after another; `items` as they stood then, in words."""

    class Kind(models.TextChoices):
        PROPOSED = "proposed", "提请下达"
        WITHDRAWN = "withdrawn", "撤回提请"
        DECREED = "decreed", "下达"
        REOPENED = "reopened", "退回草案"
        FREEZE_ASKED = "asked", "提请定分"
        FROZEN = "frozen", "定分"

    scheme = models.ForeignKey(
        AssessmentScheme, models.PROTECT, related_name="events", verbose_name="方案"
    )
    number = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("事项", max_length=10, choices=Kind)
    text = models.CharField("说明", max_length=500, blank=True)
    items = models.JSONField("当时的项目", default=list, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "考核方案办理记录"
        ordering = ["scheme", "number"]
        constraints = [
            models.UniqueConstraint(
                name="assessment_event_once",
                fields=["scheme", "number"],
                violation_error_message="别人刚办理过这一方案，请刷新后再办。",
            ),
            models.CheckConstraint(
                name="assessment_event_reopened_with_reason",
                condition=~Q(kind="reopened", text=""),
                violation_error_message="退回草案须写明原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.number} {self.get_kind_display()}"
