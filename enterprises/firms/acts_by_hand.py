"""What the bureau may register of a firm by hand."""

from __future__ import annotations

from enterprises.firms import change_forms, detail_forms, duty_forms, pool_forms, return_forms

FORMS: dict[str, type[change_forms.ChangeForm]] = {
    "rename": change_forms.RenameForm,
    "move": change_forms.MoveForm,
    "leave": change_forms.LeaveForm,
    "close": change_forms.CloseForm,
    "reopen": change_forms.ReopenForm,
    "extend": change_forms.ExtendForm,
    "revoke": change_forms.RevokeForm,
    "enter_pool": pool_forms.EnterPoolForm,
    "leave_pool": pool_forms.LeavePoolForm,
    "correct_code": change_forms.CorrectCodeForm,
    "correct_number": change_forms.CorrectNumberForm,
    "details": detail_forms.DetailsForm,
    "figures": return_forms.FiguresForm,
    "incident": detail_forms.IncidentForm,
    "withdraw_incident": detail_forms.WithdrawIncidentForm,
    "duty": duty_forms.DutyForm,
    "withdraw_duty": duty_forms.WithdrawDutyForm,
}
"""Code of the act, as it stands in the address → its form."""
