"""What the bureau may register of a firm by hand: what it concerns, and when it has a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import TextChoices

from enterprises.firms.cases import FirmCases
from enterprises.firms.forms.change_forms import (
    ChangeForm,
    CloseForm,
    CorrectCodeForm,
    CorrectNumberForm,
    ExtendForm,
    LeaveForm,
    MoveForm,
    RenameForm,
    ReopenForm,
    RevokeForm,
)
from enterprises.firms.forms.correction_forms import (
    CorrectCertificateForm,
    CorrectPlacementForm,
    CorrectRenamingForm,
    GrantForm,
)
from enterprises.firms.forms.detail_forms import (
    ContactForm,
    DetailsForm,
    IncidentForm,
    WithdrawIncidentForm,
)
from enterprises.firms.forms.duty_forms import DutyForm, WithdrawDutyForm
from enterprises.firms.forms.ip_forms import EndIpItemForm, IpItemForm, UseIpItemForm
from enterprises.firms.forms.merge_form import MergeRecordForm
from enterprises.firms.forms.pool_forms import EnterPoolForm, LeavePoolForm
from enterprises.firms.forms.return_forms import FiguresForm
from enterprises.firms.owners.forms import OwnerForm


class Concern(TextChoices):
    """What a change is about, in the order of the page."""

    FIRM = "firm", "企业"
    QUALIFICATION = "qualification", "资质"
    APPLICATION = "application", "申报"
    POOL = "pool", "后备库"
    DATA = "data", "数据"
    CORRECTION = "correction", "更正"


@dataclass(frozen=True)
class ActByHand:
    """`has_case`: whether the firm as it stands is one of which this may be told."""

    form: type[ChangeForm]
    concern: Concern
    has_case: Callable[[FirmCases], bool] = FirmCases.always


Has, About = FirmCases, Concern
ACTS: dict[str, ActByHand] = {
    "rename": ActByHand(RenameForm, About.FIRM),
    "move": ActByHand(MoveForm, About.FIRM, Has.is_here),
    "leave": ActByHand(LeaveForm, About.FIRM, Has.is_here),
    "close": ActByHand(CloseForm, About.FIRM, Has.is_open),
    "reopen": ActByHand(ReopenForm, About.FIRM, Has.is_closed),
    "grant": ActByHand(GrantForm, About.QUALIFICATION),
    "extend": ActByHand(ExtendForm, About.QUALIFICATION, Has.holds_any),
    "revoke": ActByHand(RevokeForm, About.QUALIFICATION, Has.holds_any),
    "enter_pool": ActByHand(EnterPoolForm, About.POOL, Has.is_reserve),
    "leave_pool": ActByHand(LeavePoolForm, About.POOL, Has.is_pooled),
    "merge": ActByHand(MergeRecordForm, About.CORRECTION),
    "correct_code": ActByHand(CorrectCodeForm, About.CORRECTION),
    "correct_number": ActByHand(CorrectNumberForm, About.CORRECTION, Has.holds_numbered),
    "correct_certificate": ActByHand(CorrectCertificateForm, About.CORRECTION, Has.holds_any),
    "correct_placement": ActByHand(CorrectPlacementForm, About.CORRECTION, Has.was_placed),
    "correct_renaming": ActByHand(CorrectRenamingForm, About.CORRECTION, Has.was_renamed),
    "contact": ActByHand(ContactForm, About.FIRM),
    "details": ActByHand(DetailsForm, About.FIRM),
    "figures": ActByHand(FiguresForm, About.DATA),
    "incident": ActByHand(IncidentForm, About.DATA),
    "withdraw_incident": ActByHand(WithdrawIncidentForm, About.DATA, Has.has_incidents),
    "owner": ActByHand(OwnerForm, About.FIRM, Has.is_here),
    "duty": ActByHand(DutyForm, About.DATA, Has.owes_duties),
    "ip_item": ActByHand(IpItemForm, About.DATA),
    "end_ip_item": ActByHand(EndIpItemForm, About.DATA, Has.owns_rights),
    "use_ip_item": ActByHand(UseIpItemForm, About.DATA, Has.owns_rights),
    "withdraw_duty": ActByHand(WithdrawDutyForm, About.DATA, Has.did_duties),
}
"""Code of the act, as it stands in the address."""
FORMS = {code: act.form for code, act in ACTS.items()}
