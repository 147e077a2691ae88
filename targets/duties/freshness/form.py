"""What a viewer asks of the list of what to bring up to date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone

from parks.filters import ListForm
from parks.models import Unit, User
from targets.duties.freshness import rules
from targets.duties.freshness.rules import Age, FreshPart, FreshRow, Horizon

ALL, TODO = "all", "todo"
AGES = [(TODO, "要补充"), (ALL, "全部"), *Age.choices]
PARTS = [(ALL, "持证和后备库"), *FreshPart.choices]


@dataclass(frozen=True)
class FreshQuestion:
    today: dt.date
    ahead: Horizon
    unit: Unit | None = None
    part: str = ALL
    age: str = TODO

    @property
    def age_label(self) -> str:
        return str(dict(AGES)[self.age])

    @property
    def part_label(self) -> str:
        return str(dict(PARTS)[self.part])

    def query(self, **changes: str | None) -> str:
        query: dict[str, str | None] = {
            "unit": self.unit.code if self.unit else None,
            "part": None if self.part == ALL else self.part,
            "age": None if self.age == TODO else self.age,
        }
        query |= changes
        return urlencode({name: value for name, value in query.items() if value is not None})

    def address(self, **changes: str | None) -> str:
        return f"{reverse('data_freshness')}?{self.query(**changes)}".rstrip("?")

    def rows(self, user: User) -> list[FreshRow]:
        """In every age, for the counts; `listed` chooses those asked for."""
        found = rules.fresh_rows(self.today, self.ahead, user=user, unit=self.unit)
        return [row for row in found if self.part in (ALL, row.part)]

    def listed(self, rows: Sequence[FreshRow]) -> list[FreshRow]:
        return [row for row in rows if is_of(row, self.age)]


def is_of(row: FreshRow, age: str) -> bool:
    if age == TODO:
        return row.age != Age.FRESH
    return age in (ALL, row.age)


class FreshForm(ListForm):
    """A query string of the page; every part may be left out."""

    unit = forms.CharField(label="单位", required=False, max_length=20)
    part = forms.ChoiceField(
        label="企业",
        required=False,
        choices=PARTS,
        error_messages={"invalid_choice": "没有这一类企业。"},
    )
    age = forms.ChoiceField(
        label="新旧",
        required=False,
        choices=AGES,
        error_messages={"invalid_choice": "没有这一状态。"},
    )

    def __init__(
        self,
        data: Mapping[str, str],
        *,
        user: User,
        beside: frozenset[str] = frozenset(),
        usual_age: str = TODO,
    ) -> None:
        super().__init__(data, user=user, beside=beside)
        self.usual_age = usual_age

    def question(self) -> FreshQuestion:
        """What is asked. Where that is not understood, the default; the form carries the errors."""
        told: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        today = timezone.localdate()
        return FreshQuestion(
            today=today,
            ahead=rules.horizon(today),
            unit=told.get("unit"),
            part=told.get("part") or ALL,
            age=told.get("age") or self.usual_age,
        )
