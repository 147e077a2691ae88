"""A firm in the plan of a version: what would happen to it, questions and answers."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from enterprises.models.contradiction import Contradicted, Settled
from enterprises.models.roster import RosterVersion
from enterprises.models.version_state import HANDED_IN
from parks.models import Unit


class RosterFirmQuerySet(models.QuerySet["RosterFirm"]):
    def handed_in(self) -> RosterFirmQuerySet:
        """What units have said officially: rows of versions under review or in force."""
        return self.filter(version__state__in=HANDED_IN)

    def listed(self) -> RosterFirmQuerySet:
        return self.exclude(kind=RosterFirm.Kind.MISSING)

    def asked(self) -> RosterFirmQuerySet:
        """Firms of which the unit is asked something; whether it has answered, see `lacks`."""
        missing = Q(kind=RosterFirm.Kind.MISSING, is_waiting=False)
        renamed, contradicting = ~Q(registered_name=""), ~Q(contradictions=[])
        return self.filter(missing | Q(relocated=True) | renamed | contradicting)


class RosterFirm(models.Model):
    """One firm in the plan of a version: what would happen to it, and what the unit says."""

    class Kind(models.TextChoices):
        NEW = "new", "新增"
        CHANGED = "changed", "变更"
        ARRIVING = "arriving", "迁入"
        MISSING = "missing", "未列"
        UNCHANGED = "unchanged", "不变"

    class Word(models.TextChoices):
        """Why a firm that the registry holds at the unit is not on its list."""

        MOVED = "moved", "已迁往区内其他单位"
        CLOSED = "closed", "已注销"
        LEFT = "left", "已迁出江津"
        FORGOTTEN = "forgotten", "仍在本单位，漏列"
        NOT_OURS = "not_ours", "不属于本单位"

    version = models.ForeignKey(
        RosterVersion, models.CASCADE, related_name="firms", verbose_name="版本"
    )
    # The code and no reference: rosters list firms that are not registered yet.
    uscc = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("企业名称", max_length=120)
    kind = models.CharField("类别", max_length=10, choices=Kind)
    row = models.PositiveIntegerField("行", null=True, blank=True)
    cell = models.CharField("单元格", max_length=80, blank=True)
    park = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="园区平台"
    )
    town = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="镇街"
    )
    from_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原单位"
    )
    relocated = models.BooleanField("所在地不同", default=False)
    registered_name = models.CharField("登记名称", max_length=120, blank=True)
    holds_certificate = models.BooleanField("有效高企", default=False)
    # In words: a page shows the plan as the check has found it, and does not reckon it again.
    changes = models.JSONField("变更", default=list, blank=True, encoder=DjangoJSONEncoder)
    word = models.CharField("说明", max_length=10, choices=Word, blank=True)
    # Of a listed firm the day of its move, of a missing one the day of what its word says.
    day = models.DateField("日期", null=True, blank=True)
    to_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="去向"
    )
    renamed_on = models.DateField("更名日期", null=True, blank=True)
    note = models.CharField("补充说明", max_length=200, blank=True)
    # Shows whether the row differs from that of another version, without reading the files again.
    digest = models.CharField("行摘要", max_length=64, blank=True)

    # As the check has found them, see `contradicted`; and the answers by kind, see `settled`.
    contradictions = models.JSONField("与登记的矛盾", default=list, blank=True)
    settlements = models.JSONField("对矛盾的说明", default=dict, blank=True)
    # Of a firm that is not listed: a row has its name under this other code. While it is not known
    # whether that is the same firm, nobody is asked why this one is missing.
    namesake = models.CharField("同名企业的代码", max_length=18, blank=True)
    is_waiting = models.BooleanField("待同名企业说明", default=False)

    objects = RosterFirmQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "名册企业"
        ordering = ["version", "row", "uscc"]
        indexes = [
            models.Index(name="roster_firm_by_kind", fields=["version", "kind"]),
            # For cases: what do all rosters of a quarter say of one firm?
            models.Index(name="roster_firm_by_code", fields=["uscc"]),
        ]
        constraints = [
            models.UniqueConstraint(
                name="roster_firm_once",
                fields=["version", "uscc"],
                violation_error_message="同一版中企业重复。",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.get_kind_display()}"

    @property
    def is_new(self) -> bool:
        return self.kind == self.Kind.NEW

    @property
    def is_missing(self) -> bool:
        return self.kind == self.Kind.MISSING

    @property
    def is_unchanged(self) -> bool:
        return self.kind == self.Kind.UNCHANGED

    @property
    def word_in_force(self) -> str:
        """Nothing while a row of the firm's name speaks for it, whatever was said of it before."""
        return "" if self.is_waiting else self.word

    @property
    def moved_to(self) -> Unit | None:
        """Where its unit says that the firm went; None when it says something else."""
        return self.to_unit if self.word_in_force == self.Word.MOVED else None

    @property
    def statement(self) -> str:
        """What the unit says of a firm that it has not listed, in one line."""
        if self.is_waiting:
            return f"与同名企业（{self.namesake}）一并说明"
        place = f"：{self.moved_to.short_name}" if self.moved_to else ""
        rest = "".join(f"，{part}" for part in (self.day, self.note) if part)
        return (self.get_word_display() or "（未说明）") + place + rest

    @property
    def lacks(self) -> str:
        """What the unit still has to say about the firm, as a Chinese phrase; empty: nothing."""
        if self.kind == self.Kind.MISSING:
            return self._missing_lacks()
        if self.relocated and self.day is None:
            return "迁移日期"
        if self.registered_name and self.renamed_on is None:
            return "更名日期"
        for point in self.contradicted:
            answer = self.settled(point.kind)
            if answer.choice not in point.offered:
                return point.label
            if answer.lacks:
                return answer.lacks
        return ""

    @property
    def contradicted(self) -> list[Contradicted]:
        return [Contradicted.from_json(kept) for kept in self.contradictions]

    def contradict(self, points: list[Contradicted]) -> None:
        self.contradictions = [point.to_json() for point in points]

    def settled(self, kind: str) -> Settled:
        return Settled.from_json(self.settlements.get(kind, {}))

    @property
    def settled_in_words(self) -> str:
        """The answers to all contradictions, in one line."""
        answers = (self.settled(point.kind).in_words for point in self.contradicted)
        return "；".join(answer for answer in answers if answer)

    def _missing_lacks(self) -> str:
        if self.is_waiting:
            return ""
        if not self.word:
            return "未列的原因"
        if self.word in (self.Word.MOVED, self.Word.CLOSED, self.Word.LEFT) and self.day is None:
            return "日期"
        if self.word == self.Word.MOVED and self.to_unit_id is None:
            return "去向单位"
        return ""
