"""Pages of the plan: home, one unit, all targets."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "targets/home.html")


def unit(request: HttpRequest, code: str) -> HttpResponse:
    return render(request, "targets/home.html")


targets = chart_image = recompute = home
