"""What is asked of the list of firms to call."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils import timezone

from enterprises.uscc import normalise, validate_search
from parks.filters import ListForm
from parks.models import Unit, User
from targets.followup.rows import FollowUpRow, Why

NOBODY, WITH_TROUBLE = "none", "trouble"
OPEN, DUE, QUIET = "open", "due", "1"
PAGE_SIZES = ("50", "200")
"""Firms on a page: the usual number, and one for paper."""


@dataclass(frozen=True)
class FollowUpQuestion:
    """None and "" ask for all."""

    today: dt.date
    user: User
    q: str = ""
    unit: Unit | None = None
    why: str = ""
    owner: str = ""
    quiet: str = ""
    question: str = ""
    size: str = ""

    def query(self, **changes: str) -> str:
        told = {
            "q": self.q,
            "unit": self.unit.code if self.unit else "",
            "why": self.why,
            "owner": self.owner,
            "quiet": self.quiet,
            "question": self.question,
            "size": self.size,
        }
        return urlencode({name: value for name, value in (told | changes).items() if value})

    @property
    def address(self) -> str:
        return f"{reverse('followup')}?{self.query()}".rstrip("?")

    def changed(self, **values: Any) -> FollowUpQuestion:
        return replace(self, **values)

    @property
    def this_sunday(self) -> dt.date:
        return self.today + dt.timedelta(6 - self.today.weekday())

    def asks_for(self, row: FollowUpRow) -> bool:
        return all(
            (
                self.unit is None or row.unit == self.unit,
                not self.why or Why(self.why) in row.whys,
                not self.quiet or row.is_quiet,
                self._asks_for_owner(row),
                self._asks_for_question(row),
                self._asks_for_name(row),
            )
        )

    def _asks_for_owner(self, row: FollowUpRow) -> bool:
        if not self.owner:
            return True
        if self.owner == NOBODY:
            return not row.owners.accounts
        if self.owner == WITH_TROUBLE:
            return row.owners.in_trouble
        return self.owner in row.owners.accounts

    def _asks_for_question(self, row: FollowUpRow) -> bool:
        if self.question == DUE:
            return row.has_question_by(self.this_sunday)
        return bool(row.asked) or not self.question

    def _asks_for_name(self, row: FollowUpRow) -> bool:
        key = normalise(self.q)
        return not key or key in row.firm.name_key or row.firm.uscc.startswith(key)


class FollowUpForm(ListForm):
    """A query string of the page; every part may be left out."""

    q = forms.CharField(
        label="名称或代码", required=False, max_length=120, validators=[validate_search]
    )
    unit = forms.CharField(label="单位", required=False, max_length=20)
    why = forms.ChoiceField(
        label="列入原因",
        required=False,
        choices=Why.choices,
        error_messages={"invalid_choice": "没有这个列入原因。"},
    )
    owner = forms.CharField(label="责任人", required=False, max_length=150)
    quiet = forms.ChoiceField(
        label="久未对接",
        required=False,
        choices=[(QUIET, "是")],
        error_messages={"invalid_choice": "久未对接只能填1。"},
    )
    question = forms.ChoiceField(
        label="未答问题",
        required=False,
        choices=[(OPEN, "有"), (DUE, "本周应答复")],
        error_messages={"invalid_choice": "未答问题只能填 open 或 due。"},
    )
    size = forms.ChoiceField(
        label="每页",
        required=False,
        choices=[(size, size) for size in PAGE_SIZES],
        error_messages={"invalid_choice": f"每页只能是{'、'.join(PAGE_SIZES)}。"},
    )

    def question_asked(self) -> FollowUpQuestion:
        """Where it is not understood, the whole list; the form has the errors."""
        told: dict[str, Any] = dict(self.cleaned_data) if self.is_valid() else {}
        return FollowUpQuestion(timezone.localdate(), self.user, **told)
