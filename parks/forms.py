"""The form in which people change their password: Django's own in the look of our pages."""

from typing import Any

from django.contrib.auth.forms import PasswordChangeForm


class PasswordForm(PasswordChangeForm):
    """The rules of a good password stand once, at the first of the two new ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password2"].help_text = ""
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"
