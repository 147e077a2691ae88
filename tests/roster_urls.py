"""The portal's addresses; of the unit's roster pages, what a test can stand on where the portal has none."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.urls import include, path

from enterprises.models import RosterVersion
from enterprises.review_views import review_panel
from parks.models import User

PAGE = engines["django"].from_string(
    "{% extends 'base.html' %}{% block heading %}<h1>{{ review.version }}</h1>{% endblock %}"
    "{% block content %}{% include 'enterprises/version_review.html' %}{% endblock %}"
)


def version(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    shown = get_object_or_404(RosterVersion.objects.visible_to(user), pk=pk)
    return HttpResponse(PAGE.render({"review": review_panel(shown, user)}, request))


def nothing(request: HttpRequest, *args: str) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [
    path("", include("jiangjin_portal.urls")),
    path("rosters/versions/<int:pk>/", version, name="roster_version"),
    path("rosters/versions/<int:pk>/receipt/", nothing, name="roster_receipt"),
    path("rosters/<str:quarter>/<str:unit>/", nothing, name="roster"),
]
