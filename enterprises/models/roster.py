"""A unit's roster of a quarter, and its versions."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enterprises.marks import Mark
from enterprises.models.job import Job
from enterprises.models.ledger import SourceFile
from enterprises.models.quarter import Quarter
from enterprises.models.version_state import DRAFTS, VersionState
from parks.models import Unit, User


class RosterQuerySet(models.QuerySet["Roster"]):
    def visible_to(self, user: User) -> RosterQuerySet:
        return self.all() if user.sees_whole_district else self.filter(unit=user.unit_id)


class Roster(models.Model):
    """What one unit owes for one quarter.

    The row is made when it is first needed. To change the state of a version, lock this row: of
    two people who decide at once, the second then sees what the first has done.
    """

    quarter = models.ForeignKey(
        Quarter, models.PROTECT, related_name="rosters", verbose_name="季度"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rosters", verbose_name="单位")

    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "季度名册"
        ordering = ["quarter", "unit"]
        constraints = [
            models.UniqueConstraint(
                name="roster_once",
                fields=["quarter", "unit"],
                violation_error_message="该单位本季度名册已登记。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.quarter}"

    @property
    def latest(self) -> RosterVersion | None:
        """The newest version, whatever became of it (a query)."""
        return self.versions.order_by("-number").first()


class VersionQuerySet(models.QuerySet["RosterVersion"]):
    def visible_to(self, user: User) -> VersionQuerySet:
        """Leaders and auditors see what was handed in; a draft is the unit's and the bureau's."""
        if user.in_bureau:
            return self.all()
        if user.sees_whole_district:
            return self.exclude(state__in=DRAFTS)
        return self.filter(roster__unit=user.unit_id)

    def approved_by_the_same_person(self, quarter: Quarter) -> VersionQuerySet:
        """Versions of a quarter whose sender also approved them: a release names them.

        Those in force or on their way there; what was replaced, returned or undone counts no more.
        """
        approved = Q(state__in=[VersionState.APPROVED, VersionState.APPLIED])
        alone = Q(decided_by=F("created_by")) | Q(decided_by=F("submitted_by"))
        found = self.filter(approved & alone, roster__quarter=quarter)
        return found.select_related("roster__quarter", "roster__unit", "decided_by").order_by(
            "roster__unit__kind", "roster__unit__code"
        )


class RosterVersion(models.Model):
    """One file (or nil return) as it was received, and what became of it.

    File and check never change; a correction is a new version. `state` changes only by conditional
    UPDATE, in enterprises.reporting. `ledger_from` to `ledger_to` are the entries it led to.
    """

    roster = models.ForeignKey(Roster, models.PROTECT, related_name="versions", verbose_name="名册")
    number = models.PositiveSmallIntegerField("版次")
    source = models.ForeignKey(
        SourceFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="文件"
    )
    # As it was called this time: the same bytes may have come under another name before.
    filename = models.CharField("文件名", max_length=200, blank=True)
    # What the unit's own column titles meant for this version; its answers may change later.
    mapping = models.JSONField("列对应", default=dict, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=VersionState, default=VersionState.CHECKING
    )
    reason = models.CharField("更正理由", max_length=500, blank=True)
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="任务"
    )
    summary = models.JSONField("检查结果", default=dict, blank=True, encoder=DjangoJSONEncoder)
    reasons = models.JSONField("提醒的理由", default=dict, blank=True)
    annotated_as = models.CharField("批注副本", max_length=80, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    submitted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="报送人"
    )
    submitted_at = models.DateTimeField("报送时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审核人"
    )
    decided_at = models.DateTimeField("审核时间", null=True, blank=True)
    # Why whoever sent it in also approved it; empty where two persons acted.
    same_person_reason = models.CharField("经办与审核为同一人的说明", max_length=200, blank=True)
    applied_at = models.DateTimeField("入库时间", null=True, blank=True)
    # First and last are enough:
    # the ledger is locked while they are written, so all between are ours.
    ledger_from = models.BigIntegerField("首条账目", null=True, blank=True)
    ledger_to = models.BigIntegerField("末条账目", null=True, blank=True)
    outcome = models.JSONField("入库结果", default=dict, blank=True, encoder=DjangoJSONEncoder)
    undone_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undone_reason = models.CharField("撤销理由", max_length=200, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名册版本"
        ordering = ["roster", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="version_number_once",
                fields=["roster", "number"],
                violation_error_message="版次重复。",
            ),
            # Two people may act at the same moment: of two versions the database takes one.
            models.UniqueConstraint(
                name="version_one_under_review",
                fields=["roster"],
                condition=Q(state__in=["submitted", "approved"]),
                violation_error_message="已有一版名册正在审核。",
            ),
            models.UniqueConstraint(
                name="version_one_applied",
                fields=["roster"],
                condition=Q(state="applied"),
                violation_error_message="一份名册只能有一版处于入库状态。",
            ),
            models.CheckConstraint(
                name="version_state_known",
                condition=Q(state__in=VersionState.values),
                violation_error_message="名册状态无效。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster} 第{self.number}版"

    @property
    def is_nil(self) -> bool:
        return self.source_id is None

    @property
    def is_draft(self) -> bool:
        return self.state in DRAFTS

    @property
    def submitter(self) -> str:
        """Who handed it in, and that it was the bureau where it was not the unit itself."""
        by_unit = self.submitted_by is not None and self.submitted_by.unit_id == self.roster.unit_id
        return f"{self.submitted_by}{'' if by_unit else '（科技局代报）'}"

    def was_sent_by(self, user: User) -> bool:
        """The user uploaded it or handed it in, and so should not be the one who approves it."""
        return user.pk in (self.created_by_id, self.submitted_by_id)

    @property
    def same_person_note(self) -> str:
        """What is to be said wherever it is shown, if its sender approved it; otherwise empty."""
        approved = (VersionState.APPROVED, VersionState.APPLIED, VersionState.REPLACED)
        senders = (self.created_by_id, self.submitted_by_id)
        if self.state not in approved or self.decided_by_id not in senders:
            return ""
        # Approvals from before a reason was asked for have none.
        return f"同一人报送并审核：{self.same_person_reason or '未写明理由'}"

    @property
    def is_faulty(self) -> bool:
        return self.state == VersionState.FAULTY

    @property
    def is_ready(self) -> bool:
        return self.state == VersionState.READY

    @property
    def is_submitted(self) -> bool:
        return self.state == VersionState.SUBMITTED

    @property
    def is_returned(self) -> bool:
        return self.state == VersionState.RETURNED

    @property
    def is_approved(self) -> bool:
        return self.state == VersionState.APPROVED

    @property
    def is_applied(self) -> bool:
        return self.state == VersionState.APPLIED

    @property
    def mark(self) -> Mark:
        return VersionState(self.state).mark

    @property
    def was_handed_in(self) -> bool:
        """And not taken back: then it is a draft again."""
        return self.submitted_at is not None and not self.is_draft

    @property
    def is_late(self) -> bool:
        """Handed in after the due day (the portal's time zone is the district's)."""
        if self.submitted_at is None:
            return False
        return self.roster.quarter.is_late(timezone.localdate(self.submitted_at))
