"""Where and who: the units of the plan, and the people who work with the portal."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q


class UnitQuerySet(models.QuerySet["Unit"]):
    def parks(self) -> UnitQuerySet:
        return self.filter(kind=Unit.Kind.PARK)

    def towns(self) -> UnitQuerySet:
        return self.filter(kind=Unit.Kind.TOWN)

    def reporting(self) -> UnitQuerySet:
        """Units that send rosters and have figures of their own: parks and towns."""
        # Departments lead tasks of the plan, but no firm stands in one.
        return self.filter(kind__in=[Unit.Kind.PARK, Unit.Kind.TOWN])

    def visible_to(self, user: User) -> UnitQuerySet:
        # `pk=None` finds nothing: a reporter without a unit would see none, not all.
        return self.all() if user.sees_whole_district else self.filter(pk=user.unit_id)


class Unit(models.Model):
    """A park platform, a town or a department.

    Park and town are two independent attributes of a firm: neither follows from the other.
    """

    class Kind(models.TextChoices):
        PARK = "park", "园区平台"
        TOWN = "town", "镇街"
        DEPARTMENT = "department", "部门"

    kind = models.CharField("类别", max_length=12, choices=Kind)
    code = models.SlugField(
        "代码", max_length=20, unique=True, help_text="镇街用统计用区划代码，园区和部门用拼音代码"
    )
    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20, help_text="图表和窄屏上使用")
    running_body = models.CharField("运行机构", max_length=60, blank=True)
    aliases = models.JSONField(
        "其他写法", default=list, blank=True, help_text="名册中可能出现的写法"
    )
    order = models.PositiveSmallIntegerField("排序", default=0)

    objects = UnitQuerySet.as_manager()

    BUREAU_CODE = "kjj"
    """The bureau that runs the portal: its people hold the bureau's roles and have no unit."""

    class Meta:
        verbose_name = verbose_name_plural = "单位"
        ordering = ["kind", "order", "code"]
        constraints = [
            models.CheckConstraint(
                name="unit_kind_known",
                condition=Q(kind__in=["park", "town", "department"]),
                violation_error_message="单位类别必须是园区平台、镇街或部门。",
            ),
            models.CheckConstraint(
                name="unit_name_not_blank",
                condition=~Q(name=""),
                violation_error_message="单位名称不能为空。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_park(self) -> bool:
        return self.kind == self.Kind.PARK

    @property
    def is_town(self) -> bool:
        return self.kind == self.Kind.TOWN

    @property
    def told_apart(self) -> str:
        """The name in lists that mix kinds."""
        # A park and a town may share the short name (双福), so towns are named in full.
        return self.short_name if self.kind == self.Kind.PARK else self.name

    @property
    def answering_name(self) -> str:
        """The short name of a unit that answers for firms: a town, for those outside the parks."""
        return self.short_name if self.kind == self.Kind.PARK else f"{self.short_name}（园区外）"

    @property
    def is_reporting(self) -> bool:
        """Sends rosters and has figures of its own; a department does not."""
        return self.kind in (self.Kind.PARK, self.Kind.TOWN)


class User(AbstractUser):
    """A person. The role says what may be done, the unit (of reporters) whose rows may be seen."""

    class Role(models.TextChoices):
        BUREAU_ADMIN = "bureau_admin", "科技局管理员"
        BUREAU_STAFF = "bureau_staff", "科技局工作人员"
        UNIT_STAFF = "unit_staff", "单位填报人"
        LEADER = "leader", "领导"
        AUDITOR = "auditor", "审计员"

    role = models.CharField("角色", max_length=16, choices=Role)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, verbose_name="单位", related_name="people"
    )

    must_change_password = models.BooleanField(
        "登录后须改密码",
        default=False,
        help_text="密码是别人给的：本人登录后先改成自己的，才能办理其他事项",
    )
    password_changed_at = models.DateTimeField(
        "密码修改时间", null=True, blank=True, editable=False
    )

    # The command for the first account asks for these; without a role nobody may do anything.
    REQUIRED_FIELDS = ["email", "role"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        # A unit limits what its reporter sees. All other roles see the whole district.
        constraints = [
            models.CheckConstraint(
                name="user_unit_iff_reporter",
                condition=Q(role="unit_staff", unit__isnull=False)
                | (~Q(role="unit_staff") & Q(unit__isnull=True)),
                violation_error_message="填报人必须指定单位，其他角色不得指定单位。",
            ),
            models.CheckConstraint(
                name="user_role_known",
                condition=Q(
                    role__in=["bureau_admin", "bureau_staff", "unit_staff", "leader", "auditor"]
                ),
                violation_error_message="角色无效。",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def reporting_unit(self) -> Unit | None:
        """The park or town whose firms and figures the person works with; a department has none."""
        return self.unit if self.unit and self.unit.is_reporting else None

    @property
    def in_bureau(self) -> bool:
        """May change the register: the bureau's administrators and staff."""
        return self.role in (self.Role.BUREAU_ADMIN, self.Role.BUREAU_STAFF)

    @property
    def sees_whole_district(self) -> bool:
        # Leaders and auditors read everything; only who reports is held to the own unit.
        return self.role != self.Role.UNIT_STAFF

    def narrowed_to(self, unit: Unit | None) -> Unit | None:
        """Whose firms a list shows: of the unit asked for, or of a reporter's own; None: of all."""
        if unit or self.sees_whole_district:
            return unit
        return self.unit

    def scope_words(self, unit: Unit | None) -> str:
        """The same in words, for a list on paper."""
        if unit:
            return unit.name
        return "全区" if self.sees_whole_district else "本单位"
