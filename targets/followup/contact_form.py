"""Whom to call at a unit."""

from __future__ import annotations

from typing import Any

from django import forms

from enterprises.models import UnitContact
from parks.filters import styled


class UnitContactForm(forms.Form):
    name = forms.CharField(label="联系人", max_length=40)
    phone = forms.CharField(
        label="联系电话", max_length=40, help_text="办公电话；登录门户的人都能看到。"
    )

    def __init__(self, data: Any, *, known: UnitContact | None) -> None:
        told = {"name": known.name, "phone": known.phone} if known else None
        super().__init__(data, initial=told)
        styled(self)
