"""The firm, its names, where it stands and when it was closed."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from enterprises.models.validity import FAR, Validity, in_force
from enterprises.uscc import normalise, validate_uscc
from parks.models import Unit, User

# Sections A to T of the national classification of industries (GB/T 4754).
INDUSTRY_CODE = RegexValidator(r"^[A-T]\d{2,4}$", "行业代码应为门类字母加2至4位数字，如 C3670。")


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    def registered(self) -> EnterpriseQuerySet:
        """Without firms whose registration was undone: for every list, search and count."""
        return self.filter(voided_at=None)

    def registered_or_merged(self) -> EnterpriseQuerySet:
        """With the records that were merged into a registered firm, which stands for them."""
        either = Q(voided_at=None) | Q(merged_into__isnull=False)
        return self.filter(either).select_related("merged_into")

    def visible_to(self, user: User) -> EnterpriseQuerySet:
        """A reporter sees the firms that stand, or once stood, in the unit."""
        # Past figures of the unit must open their lists of firms.
        if user.sees_whole_district:
            return self.all()
        return self.placed_ever_in(user.unit_id)

    def placed_ever_in(self, unit_id: int | None) -> EnterpriseQuerySet:
        placed = Placement.objects.filter(enterprise=OuterRef("pk")).in_unit(unit_id)
        return self.filter(Exists(placed))

    def named_like(self, text: str) -> EnterpriseQuerySet:
        """Any part of the present or a former name, or the beginning of a code; also of merged records."""
        key = normalise(text)
        former = FormerName.objects.filter(enterprise=OuterRef("pk"), name_key__contains=key)
        named = Q(name_key__contains=key) | Q(uscc__startswith=key)
        # Few records were ever merged: they are looked up once, not for each firm.
        merged = Enterprise.objects.filter(named, merged_into__isnull=False)
        return self.filter(named | Q(pk__in=merged.values("merged_into")) | Exists(former))


class Enterprise(models.Model):
    """A firm. Its unified social credit code is its identity; names change."""

    uscc = models.CharField(
        "统一社会信用代码", max_length=18, unique=True, validators=[validate_uscc]
    )
    name = models.CharField("企业名称", max_length=120)
    # The name without differences of width, case and spacing: for searching and comparing.
    name_key = models.CharField("检索名", max_length=120, db_index=True, editable=False)
    registered_on = models.DateField("注册日期", null=True, blank=True)
    industry_code = models.CharField(
        "行业代码", max_length=5, blank=True, validators=[INDUSTRY_CODE]
    )
    tech_field = models.ForeignKey(
        "enterprises.TechField", models.PROTECT, null=True, blank=True, verbose_name="技术领域"
    )
    # As printed on the licence, 有限责任公司（自然人独资）; `eligibility.legal_forms` knows its form.
    legal_form = models.CharField("企业类型", max_length=40, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=40, blank=True)
    # The row stays for the ledger's sake, whose entries refer to it. Set by the registry alone.
    voided_at = models.DateTimeField("登记撤销时间", null=True, blank=True, editable=False)
    # Another record of the same firm, to which all went that this one held. By the registry alone.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_records",
        verbose_name="并入",
    )

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        ordering = ["uscc"]
        # The registry checks these rules first. The database keeps it true whatever writes, and
        # the door puts the broken constraint into words by its error message.
        constraints = [
            models.CheckConstraint(
                name="enterprise_uscc_shape",
                # GB 32100 leaves out I, O, S, V and Z. The check digit is tried in Python alone.
                condition=Q(uscc__regex=r"^[0-9A-HJ-NP-RTUWXY]{18}$"),
                violation_error_message=(
                    "统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）。"
                ),
            ),
            models.CheckConstraint(
                name="enterprise_name_not_blank",
                condition=~Q(name="") & ~Q(name_key=""),
                violation_error_message="企业名称不能为空。",
            ),
            models.CheckConstraint(
                name="enterprise_merged_is_void",
                condition=Q(merged_into__isnull=True) | Q(voided_at__isnull=False),
                violation_error_message="并入另一家的登记须已作废。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        # Bulk writing does not come by here: the registry sets the key itself.
        self.name_key = normalise(self.name)
        super().save(*args, **kwargs)

    @property
    def current(self) -> Enterprise:
        """The firm that stands for this record: another where it was merged."""
        return self.merged_into or self

    @property
    def is_void(self) -> bool:
        """Its registration was undone, as if it had never been: it holds nothing."""
        return self.voided_at is not None


class FormerName(models.Model):
    """A name the firm bore until a day, which is the first day of the next name."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="former_names", verbose_name="企业"
    )
    name = models.CharField("曾用名", max_length=120)
    name_key = models.CharField("检索名", max_length=120, db_index=True, editable=False)
    until = models.DateField("使用至（不含）")

    class Meta:
        verbose_name = verbose_name_plural = "曾用名"
        ordering = ["enterprise", "until"]
        constraints = [
            models.UniqueConstraint(
                name="former_name_once_per_day",
                fields=["enterprise", "until"],
                violation_error_message="同一天只能更名一次。",
            )
        ]

    def __str__(self) -> str:
        return self.name


def answered_by(unit: Unit | None) -> Q:
    """Of rows with a park and a town: those for which the unit answers, a town outside parks only.

    None: all rows, as `User.narrowed_to` tells it.
    """
    return Q(park=unit) | Q(park=None, town=unit) if unit else Q()


class PlacementQuerySet(models.QuerySet["Placement"]):
    def in_unit(self, unit_id: int | None) -> PlacementQuerySet:
        """Placements in a park or town (its id); none without a unit."""
        return self.filter(Q(park=unit_id) | Q(town=unit_id)) if unit_id else self.none()

    def answering_units(self) -> dict[int, int]:
        """Firm → the id of the unit that answers for it (`Placement.answering`); one query."""
        return dict(self.order_by().values_list("enterprise", Coalesce("park", "town")))

    def covering(self, day: dt.date) -> PlacementQuerySet:
        return self.filter(in_force(day, "since", "until"))

    def current_of(self, outer: str) -> PlacementQuerySet:
        """The latest placement of the outer query's firm, open or ended."""
        return self.filter(enterprise=OuterRef(outer)).order_by("-since")

    def visible_to(self, user: User) -> PlacementQuerySet:
        return self.all() if user.sees_whole_district else self.in_unit(user.unit_id)


class Placement(models.Model):
    """Where a firm stands from `since` to before `until`: in a town, and in one park or none."""

    class Arrival(models.TextChoices):
        KNOWN = "known", "首次登记"
        FROM_OUTSIDE = "from_outside", "区外迁入"
        MOVED = "moved", "区内迁移"

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="placements", verbose_name="企业"
    )
    park = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="park_placements",
        verbose_name="园区平台",
    )
    # Never empty: a firm in a park stands in a town as well, and towns count all of theirs.
    town = models.ForeignKey(
        Unit, models.PROTECT, related_name="town_placements", verbose_name="镇街"
    )
    since = models.DateField("自")
    until = models.DateField("至（不含）", null=True, blank=True)
    # Decides whether the stay begins as 区外迁入 among the flows (docs/counting.md).
    arrival = models.CharField("来由", max_length=12, choices=Arrival, default=Arrival.KNOWN)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "所在地"
        ordering = ["enterprise", "since"]
        constraints = [
            models.CheckConstraint(
                name="placement_dates_in_order",
                condition=Q(until__isnull=True) | Q(since__lt=F("until")),
                violation_error_message="所在地的起始日必须早于结束日。",
            ),
            # That placements do not overlap, the database checks as well: see the migrations.
            models.UniqueConstraint(
                name="placement_one_open",
                fields=["enterprise"],
                condition=Q(until__isnull=True),
                violation_error_message="一家企业只能有一个当前所在地。",
            ),
            models.UniqueConstraint(
                name="placement_once_per_day",
                fields=["enterprise", "since"],
                violation_error_message="一家企业同一天只能有一个所在地起始。",
            ),
            models.CheckConstraint(
                name="placement_park_is_not_town",
                condition=Q(park__isnull=True) | ~Q(park=F("town")),
                violation_error_message="园区与镇街不能是同一单位。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.park or '园区外'} / {self.town} 自 {self.since}"

    @property
    def answering(self) -> Unit:
        """Who answers for the firm here: the park where it stands in one, else the town."""
        return self.park or self.town

    def holds_on(self, day: dt.date) -> bool:
        return Validity(self.since, self.until or FAR).covers(day)


class OfFirmQuerySet(models.QuerySet):
    """Rows that belong to a firm: who may see the firm, may see them."""

    def visible_to(self, user: User) -> Self:
        if user.sees_whole_district:
            return self.all()
        return self.filter(
            Exists(
                Placement.objects.filter(enterprise=OuterRef("enterprise")).in_unit(user.unit_id)
            )
        )


class ClosureQuerySet(models.QuerySet["Closure"]):
    def holding_on(self, day: dt.date) -> ClosureQuerySet:
        return self.filter(in_force(day, "closed_on", "reopened_on"))


class Closure(models.Model):
    """The firm was struck off. It is not counted from `closed_on` to before `reopened_on`."""

    class Cause(models.TextChoices):
        DEREGISTERED = "deregistered", "注销"
        REVOKED = "revoked", "吊销"

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="closures", verbose_name="企业"
    )
    closed_on = models.DateField("注销日期")
    reopened_on = models.DateField("恢复日期", null=True, blank=True)
    cause = models.CharField("情形", max_length=16, choices=Cause, default=Cause.DEREGISTERED)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "注销记录"
        ordering = ["enterprise", "closed_on"]
        constraints = [
            # Restored on the very day of closing: the closure was a mistake and never held.
            models.CheckConstraint(
                name="closure_dates_in_order",
                condition=Q(reopened_on__isnull=True) | Q(closed_on__lte=F("reopened_on")),
                violation_error_message="恢复日期不得早于注销日期。",
            ),
            models.UniqueConstraint(
                name="closure_one_open",
                fields=["enterprise"],
                condition=Q(reopened_on__isnull=True),
                violation_error_message="企业已处于注销状态。",
            ),
            models.UniqueConstraint(
                name="closure_once_per_day",
                fields=["enterprise", "closed_on"],
                violation_error_message="同一天只能登记一次注销。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.closed_on}"

    def holds_on(self, day: dt.date) -> bool:
        return Validity(self.closed_on, self.reopened_on or FAR).covers(day)
