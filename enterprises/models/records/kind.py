"""Kinds of records in the registers of the plan's tasks, and the fields that each kind has.

A new kind is data: the administrators of the bureau enter it, the code only reads it.
"""

from __future__ import annotations

from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from parks.models import Unit, User


class FieldChoice(TypedDict):
    """A word that a field offers; `aliases`: how else files call it."""

    code: str
    name: str
    aliases: list[str]


class FieldRole(models.TextChoices):
    """What a field says of a record. Counting and looking up go by the role, never by the title."""

    SUBJECT = "subject", "名称"
    FIRM_CODE = "firm_code", "企业信用代码"
    FIRM_NAME = "firm_name", "企业名称"
    UNIT = "unit", "所属单位"
    LEVEL = "level", "级别"
    CLASS = "klass", "类别"
    NUMBER = "number", "文号或编号"
    SINCE = "since", "开始日期"
    UNTIL = "until", "结束日期"
    REVIEWED = "reviewed_on", "复核日期"
    AMOUNT = "amount", "金额"
    RETURNED_ON = "returned_on", "收回日期"
    RETURNED = "returned", "收回金额"
    EXTRA = "extra", "其他"


class FieldType(models.TextChoices):
    TEXT = "text", "文字"
    DAY = "day", "日期"
    MONEY = "money", "金额"
    WHOLE = "whole", "整数"
    CHOICE = "choice", "选项"
    YES_NO = "yes_no", "是否"
    CODE = "code", "信用代码"
    PLACE = "place", "单位"


TYPE_OF_ROLE = {
    FieldRole.SUBJECT: FieldType.TEXT,
    FieldRole.FIRM_CODE: FieldType.CODE,
    FieldRole.FIRM_NAME: FieldType.TEXT,
    FieldRole.UNIT: FieldType.PLACE,
    FieldRole.LEVEL: FieldType.CHOICE,
    FieldRole.CLASS: FieldType.CHOICE,
    FieldRole.NUMBER: FieldType.TEXT,
    FieldRole.SINCE: FieldType.DAY,
    FieldRole.UNTIL: FieldType.DAY,
    FieldRole.REVIEWED: FieldType.DAY,
    FieldRole.AMOUNT: FieldType.MONEY,
    FieldRole.RETURNED_ON: FieldType.DAY,
    FieldRole.RETURNED: FieldType.MONEY,
}
"""A field of these roles is of this type; only an extra one has a choice."""


class RecordKind(models.Model):
    """A register: platforms, loans, members of the association …

    `tasks`: codes of the tasks it serves, such as task-5. `happens`: a record is an event of one
    day and counts in the span of time it falls into (家次); otherwise it is in force from a day
    until another. `identity`: the roles that tell two records apart. `review_months`: how long
    after the start, or the last review, the next one is due.
    """

    code = models.SlugField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=40, unique=True)
    counter = models.CharField("量词", max_length=6, default="个")
    tasks = models.JSONField("对应任务", default=list, blank=True)
    happens = models.BooleanField(
        "一次性事项", default=False, help_text="按发生日期计次；否则按起止日期计存量"
    )
    ends_with_firm = models.BooleanField(
        "随企业终止", default=False, help_text="企业注销或迁出本区后不再计入"
    )
    identity = models.JSONField(
        "区分同类记录的项目", default=list, help_text="这些项目都相同的，是同一条记录"
    )
    review_months = models.PositiveSmallIntegerField("复核周期（月）", null=True, blank=True)
    keepers = models.ManyToManyField(
        Unit,
        blank=True,
        related_name="kept_registers",
        verbose_name="登记单位",
        help_text="除科技局外，可以登记和载入这一台账的单位",
    )
    basis = models.CharField("依据", max_length=200, blank=True)
    note = models.TextField("填报说明", blank=True)
    is_kept = models.BooleanField("在用", default=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "台账种类"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def columns(self) -> list[RecordField]:
        """Its fields in their order."""
        return list(self.fields.all())

    @cached_property
    def by_role(self) -> dict[str, RecordField]:
        """FieldRole → field, without the extra ones."""
        return {field.role: field for field in self.columns if field.role != FieldRole.EXTRA}

    @property
    def is_ready(self) -> bool:
        """It has a first day, and something that tells its records apart."""
        roles = self.by_role
        return FieldRole.SINCE in roles and any(role in roles for role in self.identity)

    @property
    def extras(self) -> list[RecordField]:
        return [field for field in self.columns if field.role == FieldRole.EXTRA]

    @property
    def levels(self) -> list[FieldChoice]:
        """From the lowest to the highest; empty for a kind without levels."""
        return self._choices_of(FieldRole.LEVEL)

    @property
    def classes(self) -> list[FieldChoice]:
        return self._choices_of(FieldRole.CLASS)

    def may_be_written_by(self, user: User) -> bool:
        """The bureau, and the people of the bodies that keep the register."""
        if user.in_bureau:
            return True
        return user.role == User.Role.UNIT_STAFF and user.unit in self.keepers.all()

    def _choices_of(self, role: FieldRole) -> list[FieldChoice]:
        field = self.by_role.get(role)
        return list(field.choices) if field else []

    def clean(self) -> None:
        known = set(FieldRole.values) - {FieldRole.EXTRA}
        if not isinstance(self.identity, list) or not self.identity:
            raise ValidationError({"identity": "请写明至少一个区分记录的项目。"})
        if unknown := [str(role) for role in self.identity if role not in known]:
            raise ValidationError({"identity": f"没有这些项目：{'、'.join(unknown)}。"})


class RecordField(models.Model):
    """A column of a register: its title, how else files call it, and what it says.

    `choices` of a level, a class or an extra field: a list of {"code", "name", "aliases"}, for
    levels from the lowest to the highest.
    """

    kind = models.ForeignKey(
        RecordKind, models.CASCADE, related_name="fields", verbose_name="台账种类"
    )
    code = models.SlugField("代码", max_length=30)
    title = models.CharField("列名", max_length=40)
    aliases = models.JSONField("其他列名", default=list, blank=True)
    role = models.CharField("含义", max_length=12, choices=FieldRole, default=FieldRole.EXTRA)
    type = models.CharField("类型", max_length=8, choices=FieldType, default=FieldType.TEXT)
    is_required = models.BooleanField("必填", default=False)
    choices = models.JSONField("选项", default=list, blank=True)
    unit = models.CharField("计量单位", max_length=10, blank=True)
    order = models.PositiveSmallIntegerField("排序", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "台账列"
        ordering = ["kind", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                name="record_field_once",
                fields=["kind", "code"],
                violation_error_message="同一台账的列代码重复。",
            ),
            models.UniqueConstraint(
                name="record_role_once",
                fields=["kind", "role"],
                condition=~Q(role="extra"),
                violation_error_message="同一台账同一含义只能有一列。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}：{self.title}"

    def clean(self) -> None:
        wanted = TYPE_OF_ROLE.get(FieldRole(self.role)) if self.role else None
        if wanted and self.type != wanted:
            raise ValidationError(
                {"type": f"“{FieldRole(self.role).label}”的类型应为{wanted.label}。"}
            )
        if self.type == FieldType.CHOICE and not self.choices:
            raise ValidationError({"choices": "请列出选项。"})
        if self.type != FieldType.CHOICE and self.choices:
            raise ValidationError({"choices": f"类型为{self.get_type_display()}的列没有选项。"})
        if self.role == FieldRole.SINCE and not self.is_required:
            raise ValidationError({"is_required": "开始日期须必填：每条记录自某日起。"})

    @property
    def words(self) -> dict[str, str]:
        """Code of a choice → its name."""
        return {choice["code"]: choice["name"] for choice in self.choices}

    def shown(self, value: Any) -> str:
        """A value as pages show it: choices by their names, yes and no in words, else as it is."""
        if value in (None, ""):
            return ""
        if self.type == FieldType.CHOICE:
            return self.words.get(value, str(value))
        if self.type == FieldType.YES_NO:
            return "是" if value else "否"
        return str(value)
