"""What a viewer asks of the pool's page: which list, of which unit and stage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import TextChoices
from django.urls import reverse
from django.utils import timezone

from enterprises.models import PoolEntry
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.uscc import normalise, validate_search
from parks.filters import ListForm
from parks.models import Unit, User
from targets.pool.conversion import PoolCourse, PoolResult
from targets.pool.reading import DUE_LABELS, OLDEST_BAND, PoolReading, PoolRow


class PoolView(TextChoices):
    """The lists of the page; each number over it opens one."""

    LIVE = "live", "在库"
    DUE = "due", "到期该动"
    ENTER = "enter", "建议入库"
    RAISE = "raise", "建议升级"
    LEAVE = "leave", "建议退库"
    COHORT = "cohort", "按入库年度"


PROPOSED = (PoolView.ENTER, PoolView.RAISE, PoolView.LEAVE)
"""The lists of proposals: each of one advice, whose code it bears."""


@dataclass(frozen=True)
class PoolQuestion:
    on: dt.date
    view: str = PoolView.LIVE
    unit: Unit | None = None
    stage: str = ""
    due: str = ""
    age: int | None = None
    cohort: int | None = None
    result: str = ""
    name: str = ""

    def query(self, **changes: str | None) -> str:
        """The part of the address that asks this, with changes (None leaves out)."""
        values: dict[str, str | None] = {
            "view": None if self.view == PoolView.LIVE else str(self.view),
            "unit": self.unit.code if self.unit else None,
            "stage": self.stage or None,
            "due": self.due or None,
            "age": None if self.age is None else str(self.age),
            "cohort": str(self.cohort) if self.cohort else None,
            "result": self.result or None,
            "q": self.name or None,
        }
        values |= changes
        return urlencode({name: value for name, value in values.items() if value})

    def address(self, **changes: str | None) -> str:
        return f"{reverse('pool')}?{self.query(**changes)}".rstrip("?")

    def listed(self, reading: PoolReading) -> list[PoolRow]:
        return [row for row in self._of_view(reading) if self._fits(row)]

    def courses(self, courses: Sequence[PoolCourse]) -> list[PoolCourse]:
        """Those of the cohort and result asked for."""
        return [
            course
            for course in courses
            if self.cohort in (None, course.year)
            and self.result in ("", course.result_on(self.on))
            and self.stage in ("", course.last.stage)
            and self.name in course.first.name_key
        ]

    def _of_view(self, reading: PoolReading) -> list[PoolRow]:
        if self.view == PoolView.LIVE:
            return reading.live
        if self.view == PoolView.DUE:
            return reading.due
        return reading.proposed(self.view)

    def _fits(self, row: PoolRow) -> bool:
        stage = row.stay.stage if row.stay else row.proposal and row.proposal.stage
        if self.stage and stage != self.stage:
            return False
        if self.due and self.due not in [due.code for due in row.due]:
            return False
        if self.age is not None and row.age_band(self.on) != self.age:
            return False
        return not self.name or self.name in row.name_key


class PoolListForm(ListForm):
    """A list of the pool; `user` limits the units."""

    view = forms.ChoiceField(label="名单", required=False)
    unit = forms.CharField(label="单位", required=False, max_length=20)
    stage = forms.ChoiceField(
        label="层级", required=False, choices=[("", "全部"), *PoolEntry.Stage.choices]
    )
    due = forms.ChoiceField(
        label="到期原因", required=False, choices=[("", "全部"), *DUE_LABELS.items()]
    )
    age = forms.IntegerField(label="在库年数", required=False, min_value=0, max_value=OLDEST_BAND)
    cohort = forms.IntegerField(
        label="入库年度", required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    result = forms.ChoiceField(
        label="结果", required=False, choices=[("", "全部"), *PoolResult.choices]
    )
    q = forms.CharField(
        label="企业名称", required=False, max_length=120, validators=[validate_search]
    )

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        user: User,
        beside: frozenset[str] = frozenset(),
        views: Sequence[PoolView] = tuple(PoolView),
    ) -> None:
        super().__init__(data, user=user, beside=beside)
        choices = [(view.value, view.label) for view in views]
        self.fields["view"].choices = choices  # type: ignore[attr-defined]

    def clean_q(self) -> str:
        return normalise(self.cleaned_data["q"])

    def question(self) -> PoolQuestion:
        """By default where something was not understood: the page says so."""
        today = timezone.localdate()
        if not self.is_valid():
            return PoolQuestion(today)
        told = self.cleaned_data
        return PoolQuestion(
            on=today,
            view=told["view"] or PoolView.LIVE,
            unit=told["unit"],
            stage=told["stage"],
            due=told["due"],
            age=told["age"],
            cohort=told["cohort"],
            result=told["result"],
            name=told["q"],
        )
