"""BulletinWriting a quarter's bulletin before it is published."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from enterprises.models import Quarter
from enterprises.refusal import Refusal
from parks.access import bureau_only, person, posted_data
from targets.drafts import keeping, page
from targets.drafts.form import BulletinForm
from targets.drafts.page import WritingPage

for_bureau = bureau_only("通报由科技局起草。")


@require_http_methods(["GET", "HEAD", "POST"])
@for_bureau
def write(request: HttpRequest, code: str) -> HttpResponse:
    quarter, today = _find(code), timezone.localdate()
    data = posted_data(request)
    if data is None:
        return _show(request, page.open_page(quarter, today))
    form = BulletinForm(data)
    if form.is_valid():
        seen, drafted = form.cleaned_data["seen"], form.cleaned_data["base"]
        try:
            row = keeping.keep(quarter, form.writing, drafted, seen=seen, by=person(request))
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, f"已保存{row}。发布前还可以改，发布时随本版冻结。")
            return redirect("release_preview", code)
    return _show(request, page.sent_page(quarter, form, today), status=422)


@require_POST
@for_bureau
def redraft(request: HttpRequest, code: str) -> HttpResponse:
    """The words that were sent, renewed by today's figures: to be looked at, nothing is saved."""
    quarter, form = _find(code), BulletinForm(request.POST)
    # Only to read what can be read: whatever is wrong is said when it is saved.
    form.is_valid()
    return _show(request, page.redrafted_page(quarter, form, timezone.localdate()))


def _find(code: str) -> Quarter:
    return get_object_or_404(Quarter.objects.coded(code))


def _show(request: HttpRequest, shown: WritingPage, status: int = 200) -> HttpResponse:
    context = {"page": shown, "form": shown.form}
    return render(request, "targets/drafts/write.html", context, status=status)
