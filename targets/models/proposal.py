"""A publication that one person of the bureau asks for and another confirms: what both saw."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from enterprises.models import Quarter
from parks.models import User
from targets.models.release import Release


class ProposalQuerySet(models.QuerySet["ReleaseProposal"]):
    def open(self) -> ProposalQuerySet:
        """Neither published nor withdrawn."""
        return self.filter(release=None, withdrawn_at=None)

    def visible_to(self, user: User) -> ProposalQuerySet:
        """What is not published is the bureau's business."""
        return self.all() if user.in_bureau else self.none()


class ReleaseProposal(models.Model):
    """`seen`: what the asker saw, as `targets.releases.preview` keeps it; `mark` tells whether that
    is still so. `doubts`: what was missing when it was published. Once it is published or withdrawn
    the database refuses any change.
    """

    quarter = models.ForeignKey(
        Quarter, models.PROTECT, related_name="proposals", verbose_name="季度"
    )
    reason = models.CharField("修订原因", max_length=300, blank=True)
    mark = models.CharField("所见内容摘要", max_length=64)
    ledger_entry = models.BigIntegerField("提请时账簿至")
    seen = models.JSONField("提请时所见", default=dict)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提请人")
    asked_at = models.DateTimeField("提请时间", auto_now_add=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤回人"
    )
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)
    # Who published it and when stands with the release.
    release = models.OneToOneField(
        Release, models.PROTECT, null=True, blank=True, related_name="proposal", verbose_name="发布"
    )
    doubts = models.JSONField("发布时尚缺", default=list, blank=True)
    sole_reason = models.CharField("由一人办理的理由", max_length=300, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "拟发布"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="proposal_one_open",
                fields=["quarter"],
                condition=Q(release=None, withdrawn_at=None),
                violation_error_message="本季度已有一项拟发布。",
            ),
            models.CheckConstraint(
                name="proposal_withdrawn_whole",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, release=None),
                violation_error_message="撤回须有撤回人和时间；已发布的不能撤回。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter}拟发布（{self.asked_by}）"

    @property
    def is_open(self) -> bool:
        return self.release_id is None and self.withdrawn_at is None


def proposal_of(release: Release) -> ReleaseProposal | None:
    """How a release was asked for; None for editions of the first years."""
    return getattr(release, "proposal", None)
