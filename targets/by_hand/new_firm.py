"""Registering a firm by hand: what page and API do alike."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from enterprises import jobs, registry
from enterprises.firms.forms.registering_form import RegisterForm
from enterprises.models import Enterprise, LedgerEntry
from enterprises.registry.notebook import RegistryError
from parks.models import User
from targets.by_hand.look_alikes import LookAlike, look_alikes

BUREAU_REGISTERS = "只有科技局人员可以登记企业。"


class LooksAlike(Exception):
    """Nothing was written: a person is to look at these firms first."""

    def __init__(self, firms: Sequence[LookAlike]) -> None:
        super().__init__("、".join(one.firm.name for one in firms))
        self.firms = list(firms)


def register_firm(
    form: RegisterForm, *, by: User, reason: str, confirmed: bool | None = None
) -> list[LedgerEntry]:
    """Write the firm of a valid form, and queue in the same transaction what follows a load.

    `confirmed`: None asks the form, which knows what was shown. Raises registry.ActsRefused, or
    LooksAlike while somebody has still to look.
    """
    code, name = form.cleaned_data["uscc"], form.cleaned_data["name"]
    with transaction.atomic():
        # Two people may register one firm at the same time.
        registry.lock_ledger()
        if Enterprise.objects.registered().filter(uscc=code).exists():
            raise registry.ActsRefused([RegistryError("该代码已登记。", uscc=code, field="uscc")])
        found = look_alikes(code, name)
        form.look_alikes = [one.firm.uscc for one in found]
        if found and not (form.is_confirmed if confirmed is None else confirmed):
            raise LooksAlike(found)
        entries = registry.apply(form.build_acts(), by=by, reason=reason).entries
        jobs.follow_up("load", by=by)
        return entries
