"""A question between units about where a firm stands, decided by the bureau and seen by both."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q

from enterprises.marks import Mark, Tone
from enterprises.models.quarter import Quarter
from enterprises.models.roster import RosterVersion
from enterprises.models.roster_firm import RosterFirm
from parks.models import Unit, User


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> CaseQuerySet:
        """A unit sees the cases in which it is the registered place or has said something."""
        return self.all() if user.sees_whole_district else self.touching(user.unit_id)

    def touching(self, unit: int | None) -> CaseQuerySet:
        """Cases in which the unit (its id) is the registered place or has said something."""
        statements = RosterFirm.objects.handed_in().filter(
            version__roster__quarter=OuterRef("quarter"),
            version__roster__unit=unit,
            uscc=OuterRef("uscc"),
        )
        return self.filter(Q(from_unit=unit) | Exists(statements))

    def undecided(self) -> CaseQuerySet:
        return self.filter(decision="")

    def about(self, version: RosterVersion) -> CaseQuerySet:
        """Cases about firms of which this version says something."""
        return self.filter(quarter=version.roster.quarter_id, uscc__in=version.firms.values("uscc"))


class Case(models.Model):
    """One firm in one quarter, about which units' rosters do not agree with the registry.

    Their statements are `RosterFirm` rows of versions handed in. TRANSFER: listed by a unit where
    it is not registered. DOUBLE: listed by two. DISOWNED: its unit says it is not its own, and
    nobody lists it.
    """

    class Kind(models.TextChoices):
        TRANSFER = "transfer", "迁移"
        DOUBLE = "double", "重复申报"
        DISOWNED = "disowned", "待认领"

    class Decision(models.TextChoices):
        PLACED = "placed", "归入"
        STAYS = "stays", "维持登记"

    quarter = models.ForeignKey(Quarter, models.PROTECT, related_name="cases", verbose_name="季度")
    # The code and no reference: units also disagree about firms that are not registered yet.
    uscc = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("企业名称", max_length=120)
    kind = models.CharField("情形", max_length=10, choices=Kind)
    # None for a firm that no unit has on record.
    from_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记单位"
    )
    decision = models.CharField("决定", max_length=6, choices=Decision, blank=True)
    moved_on = models.DateField("迁移日期", null=True, blank=True)
    park = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="归入园区"
    )
    town = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="归入镇街"
    )
    note = models.CharField("决定说明", max_length=300, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间", null=True, blank=True)
    created_at = models.DateTimeField("提出时间", auto_now_add=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "归属事项"
        ordering = ["decision", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="case_once_per_quarter",
                fields=["quarter", "uscc"],
                violation_error_message="该企业本季度的归属事项已登记。",
            ),
            models.CheckConstraint(
                name="case_decided_whole",
                condition=Q(decision="", decided_at__isnull=True)
                | Q(decision="stays", decided_at__isnull=False)
                | Q(decision="placed", decided_at__isnull=False, town__isnull=False),
                violation_error_message="归入必须写明镇街。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_kind_display()}"

    @property
    def is_placed(self) -> bool:
        return self.decision == self.Decision.PLACED

    @property
    def mark(self) -> Mark:
        return CASE_MARKS[self.decision]

    @property
    def outcome(self) -> str:
        """The decision in words, or that there is none."""
        if not self.decision:
            return "未决定"
        if not self.is_placed:
            return str(self.Decision.STAYS.label)
        place = self.park or self.town
        return f"归入{place.short_name if place else ''}"

    def takes(self, park_id: int | None, town_id: int | None) -> bool:
        """Whether a row that lists the firm at this place agrees with the decision."""
        if self.decision != self.Decision.PLACED:
            return False
        return (self.park_id, self.town_id) == (park_id, town_id)


CASE_MARKS: dict[str, Mark] = {
    "": Mark(Tone.WATCH, "question-circle"),
    Case.Decision.PLACED: Mark(Tone.GOOD, "check-circle"),
    Case.Decision.STAYS: Mark(Tone.GOOD, "check-circle"),
}
