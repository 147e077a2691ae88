"""What is asked of the applications page: which year and kind, and which of its applications."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from enterprises.applications.courses import ACCEPTED, DECIDED, OPEN, Course, CourseState, Role
from enterprises.applications.rules import NO_SUCH_KIND
from enterprises.models import QualificationKind
from enterprises.models.application import MOST_BATCHES
from enterprises.models.yearly import FIRST_YEAR, LAST_YEAR
from enterprises.rosters.definition.columns import CERTIFIED_KIND
from enterprises.uscc import normalise, validate_search
from parks.filters import StrictForm, visible_unit
from parks.models import Unit, User

GROUPS: Mapping[str, tuple[str, Sequence[CourseState]]] = {
    "open": ("还在办", OPEN),
    "accepted": ("受理", ACCEPTED),
    "decided": ("已出结果", DECIDED),
}
"""State in the address that means several → its words and states."""
LIST, MATRIX = "list", "matrix"
NO_STEP, DUE = "none", "due"
NO_AGENCY, NO_BATCH, GONE = "none", 0, "gone"


@dataclass(frozen=True)
class ApplicationsQuestion:
    """None and "" ask for all."""

    kind: QualificationKind
    year: int
    today: dt.date
    user: User
    batch: int | None = None
    role: str = ""
    state: str = ""
    unit: Unit | None = None
    gone: bool = False
    agency: str = ""
    next: str = ""
    owner: str = ""
    reason: str = ""
    q: str = ""
    view: str = MATRIX

    def query(self, **changes: Any) -> str:
        """The parameters that differ from the usual ones; `changes` replace single ones."""
        values: dict[str, Any] = {
            "kind": self.kind.code if self.kind.code != CERTIFIED_KIND else None,
            "year": self.year if self.year != self.today.year else None,
            "batch": self.batch,
            "role": self.role,
            "state": self.state,
            "unit": GONE if self.gone else self.unit and self.unit.code,
            "agency": self.agency,
            "next": self.next,
            "owner": self.owner,
            "reason": self.reason,
            "q": self.q,
            "view": self.view if self.view != MATRIX else None,
        }
        values |= changes
        return urlencode({name: told for name, told in values.items() if told not in (None, "")})

    @cached_property
    def states(self) -> Sequence[CourseState]:
        if not self.state:
            return tuple(CourseState)
        if self.state in GROUPS:
            return GROUPS[self.state][1]
        return (CourseState(self.state),)

    @property
    def state_label(self) -> str:
        return dict(STATES).get(self.state, "全部")

    def asks_for(self, course: Course) -> bool:
        return all(
            (
                course.state in self.states,
                not self.role or course.role == self.role,
                self.batch is None or (course.application.batch or NO_BATCH) == self.batch,
                self.unit is None or course.unit == self.unit,
                not self.gone or course.unit is None,
                not self.agency or (course.agency or NO_AGENCY) == self.agency,
                not self.owner or course.application.owner == self.owner,
                not self.reason or course.reason == self.reason,
                self._asks_for_step(course),
                self._asks_for_name(course),
            )
        )

    def _asks_for_step(self, course: Course) -> bool:
        if self.next == NO_STEP:
            return course.has_no_next_step
        if self.next == DUE:
            left = course.days_left(self.today)
            return left is not None and left <= 0
        return True

    def _asks_for_name(self, course: Course) -> bool:
        key = normalise(self.q)
        return not key or key in course.firm.name_key or course.firm.uscc.startswith(key)


STATES = [*((code, label) for code, (label, _) in GROUPS.items()), *CourseState.choices]


class ApplicationsForm(StrictForm):
    """A query string of the page; every part may be left out."""

    kind = forms.ModelChoiceField(
        QualificationKind.objects.all(),
        label="资质",
        required=False,
        to_field_name="code",
        error_messages={"invalid_choice": NO_SUCH_KIND},
    )
    year = forms.IntegerField(
        label="年度", required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    batch = forms.IntegerField(label="批次", required=False, min_value=0, max_value=MOST_BATCHES)
    role = forms.ChoiceField(label="首次或重新", required=False, choices=Role.choices)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    unit = forms.CharField(label="单位", required=False, max_length=20)
    agency = forms.CharField(label="辅导机构", required=False, max_length=60)
    next = forms.ChoiceField(
        label="下一步", required=False, choices=[(NO_STEP, "无下一步"), (DUE, "已到期")]
    )
    owner = forms.CharField(label="责任人", required=False, max_length=150)
    reason = forms.CharField(label="未通过原因", required=False, max_length=30)
    q = forms.CharField(
        label="名称或代码", required=False, max_length=120, validators=[validate_search]
    )
    view = forms.ChoiceField(
        label="显示", required=False, choices=[(MATRIX, "阶段矩阵"), (LIST, "名单")]
    )

    def __init__(
        self, data: Mapping[str, str], *, user: User, beside: frozenset[str] = frozenset({"page"})
    ) -> None:
        super().__init__(data)
        self.user, self.beside = user, beside

    def clean_unit(self) -> Unit | str | None:
        code = self.cleaned_data["unit"]
        return GONE if code == GONE else visible_unit(code, self.user)

    def question(self) -> ApplicationsQuestion:
        """What is asked. Where that is not understood, all of this year; the form has the errors."""
        told: dict[str, Any] = dict(self.cleaned_data) if self.is_valid() else {}
        today = timezone.localdate()
        kind = told.pop("kind", None) or QualificationKind.objects.get(code=CERTIFIED_KIND)
        year = told.pop("year", None) or today.year
        unit = told.pop("unit", None)
        view = told.pop("view", "") or MATRIX
        gone = unit == GONE
        return ApplicationsQuestion(
            kind, year, today, self.user, unit=None if gone else unit, gone=gone, view=view, **told
        )
