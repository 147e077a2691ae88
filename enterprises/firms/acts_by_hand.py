"""What the bureau may register of a firm by hand."""

from __future__ import annotations

from enterprises.firms.forms import (
    change_forms,
    correction_forms,
    detail_forms,
    duty_forms,
    ip_forms,
    merge_form,
    pool_forms,
    return_forms,
)
from enterprises.firms.owners.forms import OwnerForm

FORMS: dict[str, type[change_forms.ChangeForm]] = {
    "rename": change_forms.RenameForm,
    "move": change_forms.MoveForm,
    "leave": change_forms.LeaveForm,
    "close": change_forms.CloseForm,
    "reopen": change_forms.ReopenForm,
    "grant": correction_forms.GrantForm,
    "extend": change_forms.ExtendForm,
    "revoke": change_forms.RevokeForm,
    "enter_pool": pool_forms.EnterPoolForm,
    "leave_pool": pool_forms.LeavePoolForm,
    "merge": merge_form.MergeRecordForm,
    "correct_code": change_forms.CorrectCodeForm,
    "correct_number": change_forms.CorrectNumberForm,
    "correct_certificate": correction_forms.CorrectCertificateForm,
    "correct_placement": correction_forms.CorrectPlacementForm,
    "correct_renaming": correction_forms.CorrectRenamingForm,
    "contact": detail_forms.ContactForm,
    "details": detail_forms.DetailsForm,
    "figures": return_forms.FiguresForm,
    "incident": detail_forms.IncidentForm,
    "withdraw_incident": detail_forms.WithdrawIncidentForm,
    "owner": OwnerForm,
    "duty": duty_forms.DutyForm,
    "ip_item": ip_forms.IpItemForm,
    "end_ip_item": ip_forms.EndIpItemForm,
    "use_ip_item": ip_forms.UseIpItemForm,
    "withdraw_duty": duty_forms.WithdrawDutyForm,
}
"""Code of the act, as it stands in the address → its form."""
