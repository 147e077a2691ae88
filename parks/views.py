"""Signing in, changing one's password: Django's own views in our dress."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse_lazy

from parks.forms import PasswordForm


@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that look for it by themselves; pages link the drawing itself."""
    return redirect(static("img/mark.svg"), permanent=True)


class LoginView(views.LoginView):
    redirect_authenticated_user = True


class LogoutView(views.LogoutView):
    """Signing out also clears what the browser kept."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Pages that the browser may keep would otherwise open again by its Back button.
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


class PasswordChangeView(views.PasswordChangeView):
    form_class = PasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, "密码已修改。")
        return super().form_valid(form)
