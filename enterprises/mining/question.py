"""What is asked of the page of candidates: which list, for which day, and which of its firms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.utils import timezone

from enterprises.eligibility.rule_sets import RuleBook, rule_book
from enterprises.mining.judging import usual_day
from enterprises.mining.lists import CandidateList, candidate_lists
from enterprises.mining.population import here_on
from enterprises.mining.sifting import Outcome
from enterprises.models import PoolEntry
from enterprises.models.enterprise import EnterpriseQuerySet
from enterprises.uscc import validate_search
from parks.filters import ListForm
from parks.models import Unit, User

POOL = {"in": "在后备库", "out": "不在后备库"}


@dataclass(frozen=True)
class CandidatesQuestion:
    """`on`: the day of the supposed application; who holds what and stands where is today's."""

    list: CandidateList
    today: dt.date
    on: dt.date
    usual: dt.date
    user: User
    book: RuleBook
    outcome: str = ""
    unit: Unit | None = None
    pool: str = ""
    q: str = ""

    def query(self, **changes: Any) -> str:
        """The parameters that differ from the usual ones; `changes` replace single ones."""
        values: dict[str, Any] = {
            "show": self.list.code,
            "outcome": self.outcome,
            "unit": self.unit and self.unit.code,
            "pool": self.pool,
            "q": self.q,
            "on": self.on.isoformat() if self.on != self.usual else None,
        }
        values |= changes
        if values["show"] == next(iter(candidate_lists())):
            values["show"] = None
        return urlencode({name: told for name, told in values.items() if told not in (None, "")})

    def firms(self) -> EnterpriseQuerySet:
        """Whom the list is about, as far as place, name and pool are asked for."""
        firms = self.list.firms(here_on(self.today, self.user, self.unit), self.today)
        if self.q:
            firms = firms.named_like(self.q)
        if self.pool:
            entries = PoolEntry.objects.live_on(self.today)
            pooled = Q(pk__in=entries.values("enterprise"))
            firms = firms.filter(pooled if self.pool == "in" else ~pooled)
        return firms

    def filters_in_words(self) -> str:
        told = [
            self.unit.name if self.unit else "",
            str(Outcome(self.outcome).label) if self.outcome else "",
            POOL.get(self.pool, ""),
            f"“{self.q}”" if self.q else "",
        ]
        return "、".join(filter(None, told))


class CandidatesForm(ListForm):
    """A query string of the page; every part may be left out."""

    show = forms.ChoiceField(label="名单", required=False)
    outcome = forms.ChoiceField(label="结果", required=False)
    unit = forms.CharField(label="单位", required=False, max_length=20)
    pool = forms.ChoiceField(label="后备库", required=False, choices=list(POOL.items()))
    q = forms.CharField(
        label="名称或代码", required=False, max_length=120, validators=[validate_search]
    )
    on = forms.DateField(label="假设申报日", required=False)

    def __init__(
        self, data: Mapping[str, str], *, user: User, beside: frozenset[str] = frozenset({"page"})
    ) -> None:
        super().__init__(data, user=user, beside=beside)
        self.book = rule_book()
        lists = candidate_lists()
        self.wanted = lists.get(data.get("show", ""), next(iter(lists.values())))
        choices = {"show": [(each.code, each.label) for each in lists.values()]}
        choices["outcome"] = [(str(each), each.label) for each in self.wanted.outcomes]
        for name, told in choices.items():
            field: Any = self.fields[name]
            field.choices = told

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day is None:
            return None
        first = self.book.first_day_of(self.wanted.kind)
        if day < first:
            raise forms.ValidationError(f"{first}前没有全部可用的条件。")
        return day

    def question(self) -> CandidatesQuestion:
        """What is asked. Where that is not understood, all of the list; the form has the errors."""
        told: dict[str, Any] = dict(self.cleaned_data) if self.is_valid() else {}
        told.pop("show", None)
        today = timezone.localdate()
        usual = usual_day(today)
        on = told.pop("on", None) or usual
        return CandidatesQuestion(self.wanted, today, on, usual, self.user, self.book, **told)
