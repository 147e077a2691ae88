"""The admin of units and people, and what the admins of all apps share.

A person's role decides what may be done here; Django's own permissions do not count.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import JSONField
from django.http import HttpRequest, HttpResponse
from knox.models import AuthToken

from parks.accounts.sessions import end_access
from parks.district import DISTRICT
from parks.models import IdempotencyKey, SecurityEvent, Unit, User
from parks.security import record_event
from parks.security.changes import Changes, changes_of, changes_within

admin.site.site_header = f"{DISTRICT.portal} · 系统管理"
admin.site.site_title = "系统管理"
admin.site.index_title = "基础数据与用户"
# Roles take the place of groups. Tokens end with their user and lock-outs by themselves, so nobody
# needs these pages, which are in English.
admin.site.unregister([Group, AuthToken, AccessAttempt, AccessFailureLog, AccessLog])


def administers(request: HttpRequest) -> bool:
    user = request.user
    # Anonymous users come here too, and have no role.
    return user.is_active and getattr(user, "role", "") == User.Role.BUREAU_ADMIN


class LinesField(forms.JSONField):
    """A list of strings, one a line."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": 60})

    def prepare_value(self, value: Any) -> str:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = value if isinstance(value, list) else (value or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class BureauAdmin(admin.ModelAdmin):
    """Seen and changed by the bureau's administrators.

    Figures are counted by codes, so the code of an existing row cannot be changed.
    """

    formfield_overrides = {JSONField: {"form_class": LinesField, "help_text": "每行一个"}}
    show_full_result_count = False
    fixed_codes = True
    addition_is = change_is = SecurityEvent.Action.SETTING_CHANGED

    def has_module_permission(self, request: HttpRequest) -> bool:
        return administers(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        names = {field.name for field in self.model._meta.fields}
        if obj and self.fixed_codes and "code" in names:
            return [*fields, "code"]
        return fields

    # In the transaction that changes them: no change without its entry in the security log.
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        told = changes_of(form)
        for formset in formsets:
            told |= changes_within(formset)
        action = self.change_is if change else self.addition_is
        self._note(request, action, form.instance, told)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        name = str(obj)
        super().delete_model(request, obj)
        self._note(request, self.change_is, obj, {"deleted": [name, ""]})

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        names = "、".join(map(str, queryset))
        with transaction.atomic():
            super().delete_queryset(request, queryset)
            self._note(request, self.change_is, "", {"deleted": [names, ""]})

    def _note(
        self, request: HttpRequest, action: SecurityEvent.Action, about: Any, told: Changes
    ) -> None:
        title = self.model._meta.verbose_name
        record_event(action, request=request, about=f"{title} {about}".strip(), details=told)


class RegistryWrites(BureauAdmin):
    """Only shown here: the registry, a job or a calculation writes these rows, never a hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Unit)
class UnitAdmin(BureauAdmin):
    list_display = ["name", "short_name", "kind", "code", "running_body", "order"]
    list_filter = ["kind"]
    search_fields = ["name", "short_name", "code", "running_body"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        # A park that became a town would move all firms in it from one sum to another.
        return [*fields, "kind"] if obj else fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


ACCESS_FIELDS = {"role", "unit", "is_active", "username"}
"""Of an account: who changes one of them ends what the account has opened."""


@admin.register(User)
class UserAdmin(BureauAdmin, DjangoUserAdmin):
    addition_is, change_is = SecurityEvent.Action.ACCOUNT_MADE, SecurityEvent.Action.ACCOUNT_CHANGED
    list_display = ["username", "first_name", "role", "unit", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    list_select_related = ["unit"]
    search_fields = ["username", "first_name"]
    filter_horizontal = ()
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("人员", {"fields": ["first_name", "email", "role", "unit"]}),
        ("状态", {"fields": ["is_active", "must_change_password", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "role", "unit", "password1", "password2"]})
    ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "first_name":
            field.label = "姓名"  # type: ignore[union-attr]
        return field

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # What a person did stays in the ledger, with the name: an account is deactivated instead.
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        # Django's own flags follow the role: only administrators enter the admin.
        obj.is_staff = obj.is_superuser = obj.role == User.Role.BUREAU_ADMIN
        # Whoever makes an account knows its password.
        obj.must_change_password = obj.must_change_password or not change
        super().save_model(request, obj, form, change)
        if change and ACCESS_FIELDS & set(form.changed_data):
            end_access(obj)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
                person = User.objects.get(pk=id)
                if person != request.user:
                    User.objects.filter(pk=person.pk).update(must_change_password=True)
                    end_access(person)
                self._note(request, SecurityEvent.Action.PASSWORD_SET, person, {})
        return response


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(RegistryWrites):
    """The answers themselves are their senders' alone."""

    list_display = ["key", "user", "action", "status", "created_at"]
    list_select_related = ["user"]
    search_fields = ["key", "user__username"]
    exclude = ["body", "fingerprint", "owner"]
