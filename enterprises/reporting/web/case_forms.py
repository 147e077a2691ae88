"""The decision on where a firm belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from enterprises.firms.forms.change_forms import day_field
from enterprises.models import Case, RosterFirm
from enterprises.reporting import cases
from enterprises.reporting.web.review_forms import long_text
from parks.filters import StrictForm, styled
from parks.models import Unit, User


class CaseListForm(StrictForm):
    """What the list shows, from the address."""

    beside = frozenset({"page"})
    show = forms.ChoiceField(
        label="范围",
        required=False,
        choices=[("open", "未决定"), ("decided", "已决定"), ("all", "全部")],
    )


class CaseDecisionForm(forms.Form):
    decision = forms.ChoiceField(label="决定", widget=forms.RadioSelect)
    park = forms.ModelChoiceField(
        Unit.objects.parks(),
        label="园区平台",
        required=False,
        empty_label="园区外",
        to_field_name="code",
        help_text="不在园区的，选“园区外”。",
    )
    town = forms.ModelChoiceField(
        Unit.objects.towns(),
        label="镇街",
        required=False,
        empty_label="请选择",
        to_field_name="code",
        help_text="归入时必填。",
    )
    moved_on = day_field("迁移日期", "从这一天起计入新的园区和镇街；企业登记在别处时必填。")
    note = long_text("决定说明", 300, "双方单位都能看到。", required=False)

    def __init__(
        self, *args: Any, case: Case, statements: Sequence[RosterFirm], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        styled(self)
        choices = [(Case.Decision.PLACED.value, "归入所填的园区和镇街")]
        # A firm that is registered nowhere has no place at which it could stay.
        if case.from_unit:
            choices.append((Case.Decision.STAYS.value, f"维持登记（{case.from_unit}）"))
        decision: Any = self.fields["decision"]
        decision.choices = choices
        decision.widget.attrs["class"] = "form-check-input"
        # Needed only where the firm is registered elsewhere, which `decide_case` finds out.
        self.fields["moved_on"].required = False
        self.initial = {**_first_answer(case, statements), **self.initial}

    @property
    def details(self) -> list[forms.BoundField]:
        """The fields below the decision itself."""
        return [field for field in self if field.name != "decision"]

    def carry_out(self, by: User) -> None:
        """Decide. Raises Refusal."""
        values = dict(self.cleaned_data)
        cases.decide_case(self.case, values.pop("decision"), by=by, **values)


def _first_answer(case: Case, statements: Sequence[RosterFirm]) -> dict[str, Any]:
    """The form as the units would fill it in.

    The claim's place and day, or else where the old unit says that the firm went.
    """
    if claim := cases.claim_of(case, statements):
        return {
            "decision": Case.Decision.PLACED,
            "park": claim.park,
            "town": claim.town,
            "moved_on": claim.day,
        }
    for row in statements:
        if row.to_unit:
            # The kinds of a unit (park, town) are the names of the fields.
            return {row.to_unit.kind: row.to_unit, "moved_on": row.day}
    return {}
