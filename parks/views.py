"""Signing in, changing one's password: Django's own views in our dress."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from parks.access import own_path
from parks.accounts import second_factor
from parks.accounts.held_sign_in import FACTOR, HELD, check_code, held, hold
from parks.accounts.sessions import end_access, note_beginning, note_new_key
from parks.forms import PasswordForm, SignInForm
from parks.models import SecurityEvent, User
from parks.security import record_event
from parks.security.doors import note_failure, note_sign_in, note_sign_out


@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that look for it by themselves; pages link the drawing itself."""
    return redirect(static("img/mark.svg"), permanent=True)


FEW_CODES = 3
"""Of the recovery codes: with fewer left a person is reminded."""


class LoginView(views.LoginView):
    redirect_authenticated_user = True
    authentication_form = SignInForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if second_factor.factor_of(user):
            hold(self.request, user, self.get_success_url())
            return redirect("login_code")
        with transaction.atomic():
            response = super().form_valid(form)
            note_beginning(self.request, user)
            note_sign_in(self.request, user)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        # An empty field is no attempt.
        if form.cleaned_data.get("username") and form.cleaned_data.get("password"):
            is_locked = getattr(self.request, "axes_locked_out", False)
            note_failure(self.request, form.cleaned_data["username"], is_locked=is_locked)
        return super().form_invalid(form)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """The second step of the sign-in, for accounts with a second factor."""
    waiting = held(request)
    if waiting is None:
        messages.info(request, "请先输入用户名和密码。")
        return redirect("login")
    if request.method != "POST":
        return render(request, "registration/login_code.html")
    factor, told = waiting
    if not check_code(request, factor, request.POST.get("code", "")):
        return render(request, "registration/login_code.html", {"wrong": True})
    with transaction.atomic():
        login(request, factor.user, backend=told["backend"])
        request.session.pop(HELD, None)
        request.session[FACTOR] = True
        note_beginning(request, factor.user)
        note_sign_in(request, factor.user)
    if (left := second_factor.codes_left(factor)) < FEW_CODES:
        messages.warning(request, f"恢复码还剩{left}个，请在“账号安全”中重新生成。")
    return redirect(own_path(told["to"]) or settings.LOGIN_REDIRECT_URL)


@login_not_required
def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin has no door of its own: who is not signed in comes by the portal's."""
    if request.user.is_authenticated:
        raise PermissionDenied("只有科技局管理员可以进入系统管理。")
    return redirect_to_login(request.GET.get("next", reverse("admin:index")))


class LogoutView(views.LogoutView):
    """Signing out also clears what the browser kept."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        user = request.user
        response = super().post(request, *args, **kwargs)
        if isinstance(user, User):
            note_sign_out(request, user)
        # Pages that the browser may keep would otherwise open again by its Back button.
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


class PasswordChangeView(views.PasswordChangeView):
    form_class = PasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, "密码已修改，在别处的登录和接口密钥已全部结束。")
        before = self.request.session.session_key
        with transaction.atomic():
            # The form saves the person.
            form.user.must_change_password = False
            response = super().form_valid(form)
            note_new_key(before, self.request)
            ended = end_access(form.user, but=self.request.session.session_key)
            record_event(
                SecurityEvent.Action.PASSWORD_CHANGED,
                request=self.request,
                details={"ended": ended},
            )
        return response
