"""Signing in, signing out, changing one's password: Django's own views in our dress."""

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpResponse
from django.urls import reverse_lazy


class LoginView(views.LoginView):
    redirect_authenticated_user = True


class LogoutView(views.LogoutView):
    pass


class PasswordChangeView(views.PasswordChangeView):
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, "密码已修改。")
        return super().form_valid(form)
