"""本周: what waits for a hand, for the bureau and for each unit."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from parks.access import person
from targets.desk.errands import errands_of


@require_safe
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    user, today = person(request), timezone.localdate()
    if not user.in_bureau and user.unit is None:
        raise PermissionDenied("本周是科技局和各单位的工作台。")
    errands = errands_of(user, today)
    monday = today - dt.timedelta(today.weekday())
    context = {
        "today": today,
        "monday": monday,
        "sunday": monday + dt.timedelta(6),
        "waiting": [
            (errand, errand.mark(today), errand.due_in_words(today))
            for errand in errands
            if errand.count
        ],
        "quiet": [errand.label for errand in errands if not errand.count],
    }
    return render(request, "targets/desk/desk.html", context)
