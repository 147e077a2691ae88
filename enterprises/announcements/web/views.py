"""Official lists: take them in, say what they are, settle their lines, write them, take them back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises import registry
from enterprises.announcements import intake, writing
from enterprises.announcements.meaning import list_in_words
from enterprises.announcements.proposal import NoKind
from enterprises.announcements.web import choices, preview
from enterprises.announcements.web.forms import MeaningForm, ReceiveForm
from enterprises.announcements.web.page import build_page
from enterprises.loading import storage
from enterprises.models import Announcement, Job
from enterprises.refusal import Refusal
from parks.access import bureau_only, person
from parks.models import Unit

RECENT = 30
for_bureau = bureau_only("只有科技局人员可以办理官方名单。")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_bureau
def announcements(request: HttpRequest) -> HttpResponse:
    """The door for files and pasted names, and the latest lists."""
    form = ReceiveForm()
    if request.method == "POST":
        form = ReceiveForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                received = _receive(request, form)
            except storage.StorageError as error:
                form.add_error(None, str(error))
            else:
                first = received[0]
                return redirect("announcement", first.pk) if len(received) == 1 else _back()
    recent = Announcement.objects.select_related("source", "received_by").defer("contents")
    context = {"form": form, "recent": [*recent.with_entries()[:RECENT]]}
    status = 422 if form.is_bound else 200
    return render(request, "enterprises/announcements/announcements.html", context, status=status)


def _receive(request: HttpRequest, form: ReceiveForm) -> list[Announcement]:
    user = person(request)
    received = [
        intake.receive(file.chunks(), file.name, by=user) for file in form.cleaned_data["lists"]
    ]
    if pasted := form.cleaned_data["pasted"].strip():
        received.append(intake.receive_text(pasted, by=user))
    return received


def _back() -> HttpResponse:
    return redirect("announcements")


@require_safe
@never_cache
@for_bureau
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _find(pk))


@require_POST
@for_bureau
def announcement_meaning(request: HttpRequest, pk: int) -> HttpResponse:
    """What the list is; not while something of it is in force, for that was written as it was then."""
    found = _find(pk)
    form = MeaningForm(request.POST, announcement=found)
    if found.is_written:
        messages.error(request, "这份名单已写入；要改种类或日期，请先撤销。")
        return redirect("announcement", pk)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    form.note(found, person(request))
    messages.success(request, "已登记：这份名单的种类、日期和批次。")
    return redirect("announcement", pk)


@require_POST
@for_bureau
def announcement_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is ticked beside the lines; what cannot be taken is said beside its line."""
    found = _find(pk)
    pile = request.POST.get("pile", "")[:20]
    with transaction.atomic():
        plan = _plan(found)
        if plan is None:
            return redirect("announcement", pk)
        if "absent" in request.POST:
            found.kept = _kept(request, plan)
            found.save(update_fields=["kept"])
        refused = choices.take(found, plan.proposal, request.POST.dict(), by=person(request))
    if refused:
        return _show(request, found, pile=pile, refused=refused, status=422)
    messages.success(request, "已暂存。")
    if "preview" in request.POST:
        return redirect("announcement_preview", pk)
    return redirect(f"{reverse('announcement', args=[pk])}?pile={pile}")


@require_safe
@never_cache
@for_bureau
def announcement_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that would be written, by what it does."""
    found = _find(pk)
    plan = _plan(found)
    if plan is None:
        return redirect("announcement", pk)
    context = {"announcement": found, "preview": preview.build(plan, by=person(request))}
    return render(request, "enterprises/announcements/preview.html", context)


@require_POST
@for_bureau
def announcement_write(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(pk)
    try:
        entries = writing.write(found, seen=request.POST.get("seen", ""), by=person(request))
    except (Refusal, NoKind) as refused:
        messages.error(request, str(refused))
        return redirect("announcement_preview", pk)
    except registry.ActsRefused:
        # The preview names each of them.
        messages.error(request, "登记不接受其中几行，没有写入任何内容，请看下面的说明。")
        return redirect("announcement_preview", pk)
    messages.success(request, f"已写入：记账{entries}条。" if entries else "没有变化，无须写入。")
    return redirect("announcement", pk)


@require_POST
@for_bureau
def announcement_undo(request: HttpRequest, pk: int) -> HttpResponse:
    found = _find(pk)
    try:
        entries = writing.undo(found, by=person(request), reason=request.POST.get("reason", ""))
    except Refusal as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, f"已撤销：冲回{entries}条。")
    return redirect("announcement", pk)


@require_safe
@for_bureau
def announcement_of_source(request: HttpRequest, source: int) -> HttpResponse:
    """From a ledger entry to the list it came from."""
    found = get_object_or_404(Announcement, source=source)
    return redirect("announcement", found.pk)


def _kept(request: HttpRequest, plan: writing.ListPlan) -> list[str]:
    """Firms of the first edition that are not ticked; only those that the form has shown change."""
    shown, ticked = request.POST.getlist("shown"), request.POST.getlist("withdraw")
    dropped = {firm.uscc for firm in plan.correction.dropped}
    withdrawn = {firm.uscc for firm in plan.correction.withdrawn}
    kept = (dropped - withdrawn - {*shown}) | ({*shown} - {*ticked})
    return sorted(kept & dropped)


def _find(pk: int) -> Announcement:
    wanted = Announcement.objects.select_related("source", "corrects__source", "written_by")
    return get_object_or_404(wanted, pk=pk)


def _plan(found: Announcement) -> writing.ListPlan | None:
    """None where the list is not read, or nobody has said yet what it is."""
    if not found.is_read:
        return None
    try:
        return writing.plan_of(found)
    except NoKind:
        return None


def _show(
    request: HttpRequest, found: Announcement, *, status: int = 200, **shown: Any
) -> HttpResponse:
    form = shown.pop("form", None) or MeaningForm(announcement=found)
    kind = list_in_words(found.kind)
    context: dict[str, Any] = {"announcement": found, "form": form, "kind_in_words": kind}
    pile = shown.pop("pile", request.GET.get("pile", ""))
    if not found.is_read:
        context["job"] = _reading_job(found)
        return render(request, "enterprises/announcements/unread.html", context, status=status)
    try:
        number = request.GET.get("page", 1)
        context["page"] = build_page(found, pile=pile, number=number, **shown)
    except NoKind:
        context["page"] = None
    context["parks"], context["towns"] = Unit.objects.parks(), Unit.objects.towns()
    return render(request, "enterprises/announcements/announcement.html", context, status=status)


def _reading_job(found: Announcement) -> Job | None:
    jobs = Job.objects.filter(kind=intake.READ, params__announcement=found.pk)
    return jobs.order_by("-pk").first()
