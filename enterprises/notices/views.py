"""What the portal has told the person who is signed in."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from enterprises.models import Notice
from enterprises.notices import sending
from parks.access import person

PAGE = 30


@require_safe
@never_cache
def notice_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    page = Paginator(Notice.objects.filter(person=user), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "unread": Notice.objects.unread_by(user).count()}
    return render(request, "enterprises/notices/notices.html", context)


@require_POST
def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go to the page it links to."""
    user = person(request)
    notice = get_object_or_404(Notice, pk=pk, person=user)
    sending.mark_read(user, notice.pk)
    return redirect(notice.link or "notices")


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    number = sending.mark_read(person(request))
    if number:
        messages.success(request, f"{number}条消息已标为已读。")
    return redirect("notices")
