"""The forms in which people sign in and change their password: Django's own."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError

from parks.accounts.owed import LAPSED, first_password_lapsed


class SignInForm(AuthenticationForm):
    """Refuses a first password that has lapsed, when it is right: nobody else learns of it."""

    def confirm_login_allowed(self, user: Any) -> None:
        super().confirm_login_allowed(user)
        if first_password_lapsed(user):
            raise ValidationError(LAPSED, code="first_password_lapsed")


class PasswordForm(PasswordChangeForm):
    """The rules of a good password stand once, at the first of the two new ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password2"].help_text = ""
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
