"""The portal's addresses, and an empty view to measure against."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from jiangjin_portal.urls import urlpatterns as portal


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.user}")


urlpatterns = [path("empty/", empty), *portal]
