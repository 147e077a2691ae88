"""What may be done with a version that was handed in: a form for each act, with its fields."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict

from enterprises.models import RosterVersion, VersionState
from enterprises.reporting import applying, submission
from parks.filters import styled
from parks.models import User

State = VersionState


def long_text(
    label: str, length: int, help_text: str = "", *, required: bool = True
) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(
        label=label, max_length=length, help_text=help_text, widget=area, required=required
    )


class BatchForm(forms.Form):
    """Which versions are approved together: those ticked, or all that change nothing."""

    version = forms.TypedMultipleChoiceField(coerce=int, required=False)
    unchanged = forms.BooleanField(required=False)
    confirmed = forms.BooleanField(required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        # Any number: one that is no version under review, or no longer, is simply not found.
        given = [number for number in data.getlist("version") if number.isdecimal()]
        chosen = cast(forms.TypedMultipleChoiceField, self.fields["version"])
        chosen.choices = [(number, number) for number in given]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not values.get("version") and not values.get("unchanged"):
            raise forms.ValidationError("还没有选名册。")
        return values


class ReviewForm(forms.Form):
    """An act on one version."""

    title = help = button = done = ""
    states: tuple[str, ...] = ()
    """States in which it is offered."""
    for_unit = False
    """Whether the unit itself may do it too."""

    def __init__(self, *args: Any, version: RosterVersion, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version, self.by = version, by
        self.leave_out_fields()
        styled(self)

    def leave_out_fields(self) -> None:
        """Take out the fields that are not asked of this person."""

    @classmethod
    def is_offered(cls, version: RosterVersion) -> bool:
        return version.state in cls.states

    def carry_out(self) -> None:
        """Do it. Raises Refusal."""
        raise NotImplementedError


class ReviewDecisionForm(ReviewForm):
    states = (State.SUBMITTED,)

    @classmethod
    def is_offered(cls, version: RosterVersion) -> bool:
        """Also for an approved version that could not be written."""
        return super().is_offered(version) or (
            version.state == State.APPROVED and submission.has_given_up(version)
        )


class ApproveForm(ReviewDecisionForm):
    title, button = "审核通过", "审核通过并入库"
    help = "通过后在后台写入登记，结果通知单位。"
    done = "已审核通过，正在入库。"
    same_person_reason = long_text(
        "经办与审核为同一人的说明",
        200,
        "这一版由您上传或报送，应由另一人审核；确实只能由您审核的，写明原因，记入报送经过并在回执等处写明。",
        required=False,
    )

    def leave_out_fields(self) -> None:
        if not self.version.was_sent_by(self.by):
            del self.fields["same_person_reason"]

    def carry_out(self) -> None:
        reason = self.cleaned_data.get("same_person_reason", "")
        submission.approve_version(self.version, by=self.by, same_person_reason=reason)


class ReturnForm(ReviewDecisionForm):
    title, button = "退回", "退回单位修改"
    help = "单位按意见修改后重新报送。"
    done = "已退回，并通知了单位。"
    text = long_text("退回意见", 500, "写明要改什么；已逐条提过意见的可不填。", required=False)

    def carry_out(self) -> None:
        submission.return_to_unit(self.version, by=self.by, text=self.cleaned_data["text"])


class RemarkForm(ReviewForm):
    title, button = "提意见", "提交意见"
    help = "针对整份名册的，企业和单元格都不填。"
    done = "意见已提交。"
    # A draft is still its unit's own business: `submission` refuses remarks on it.
    states = tuple(
        state for state in State if state not in (State.CHECKING, State.FAULTY, State.READY)
    )
    for_unit = True
    text = long_text("意见", 500)
    uscc = forms.CharField(
        label="企业信用代码", max_length=18, required=False, help_text="针对一家企业时填写。"
    )
    cell = forms.CharField(
        label="单元格", max_length=80, required=False, help_text="如 K12；针对一处内容时填写。"
    )

    def clean_uscc(self) -> str:
        return self.cleaned_data["uscc"].strip().upper()

    def carry_out(self) -> None:
        text, uscc = self.cleaned_data["text"], self.cleaned_data["uscc"]
        cell = self.cleaned_data["cell"].strip()
        submission.add_remark(self.version, text, by=self.by, uscc=uscc, cell=cell)


class UndoForm(ReviewForm):
    title, button = "撤销入库", "撤销这份名册的入库"
    help = "这份名册写入的内容（含更正版）全部撤回，登记恢复到入库之前；撤销本身也记入变更账簿。"
    done = "已撤销入库，并通知了单位。"
    states = (State.APPLIED,)
    reason = long_text("撤销理由", 200, "单位能看到。")

    def carry_out(self) -> None:
        applying.undo_roster(self.version, by=self.by, reason=self.cleaned_data["reason"])


FORMS: dict[str, type[ReviewForm]] = {
    "approve": ApproveForm,
    "return": ReturnForm,
    "remark": RemarkForm,
    "undo": UndoForm,
}
"""Code of the act, as it stands in the address → its form."""
